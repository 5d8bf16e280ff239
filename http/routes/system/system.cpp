#include "http/routes/system/system.hpp"

#include <map>

#include "actors/inbox/commands.hpp"
#include "http/access/authenticator.hpp"
#include "http/access/tokens.hpp"
#include "http/documents/mail_pages.hpp"
#include "http/documents/pages.hpp"
#include "http/documents/track_page.hpp"
#include "http/providers/messages/sandbox_outbox.hpp"
#include "http/providers/sandbox_clock.hpp"
#include "http/routes/notifications/notifications.hpp"
#include "http/routes/system/policy.hpp"

namespace caravan::http {

namespace {

struct ClockView {
  static constexpr std::string_view record_name = "SandboxClock";
  Time now;
  static constexpr auto fields() { return std::array{field<&ClockView::now>(1, "now")}; }
};

struct AdvanceClock {
  static constexpr std::string_view record_name = "AdvanceClock";
  std::int64_t seconds = 0;
  static constexpr auto fields() {
    return std::array{field<&AdvanceClock::seconds>(1, "seconds", between(1, 366 * 24 * 3'600))};
  }
};

struct MessageQuery {
  static constexpr std::string_view record_name = "MessageQuery";
  std::optional<std::string> to;
  std::optional<std::int32_t> limit;
  static constexpr auto fields() {
    return std::array{field<&MessageQuery::to>(1, "to", length(1, 320)),
                      field<&MessageQuery::limit>(2, "limit", between(1, 200))};
  }
};

template <class T>
T& present(T* service) {
  if (!service) throw Problem{"unavailable"};
  return *service;
}

Response show_clock(Call& call) { return call.answer(ClockView{present(call.services().clock).now()}); }

Response advance_clock(Call& call) {
  const Duration by = std::chrono::seconds{call.body<AdvanceClock>().seconds};
  return call.answer(ClockView{present(call.services().clock).advance(by)});
}

Response show_messages(Call& call) {
  const auto& query = call.query<MessageQuery>();
  const auto limit = static_cast<std::size_t>(query.limit.value_or(default_page_limit));
  return call.list(present(call.services().captured).newest(query.to, limit));
}

/// For a person's browser.
Route page(std::string_view path, std::string_view summary) {
  Route row = get(path, anyone, summary);
  row.at_root = row.is_page = true;
  row.rate = RateClass::page;
  row.media_type = "text/html";
  return row;
}

/// What a mail program posts by itself, as RFC 8058 says: the token stands in the link, the body is always the same.
Route one_click_unsubscribe() {
  Route row = post("/unsubscribe", anyone, "What a mail's header leads to").query<Unsubscribe>().without_key();
  row.at_root = row.is_page = true;
  return row.answers_nothing().handle([](Call& call) { return unsubscribe(call, call.query<Unsubscribe>().token); });
}

Route at_root(Route row) {
  row.at_root = true;
  row.rate = RateClass::page;
  return row;
}

/// A row for load balancers. They ask all the time and must always be answered, so there is no limit and no look at who
/// they are.
Route probe(Route row) {
  row = at_root(std::move(row));
  row.rate = RateClass::unlimited;
  return row;
}

SystemPages& pages(Call& call) { return present(call.services().pages); }

}  // namespace

std::vector<Route> operators_routes(const std::vector<Route>& all) {
  std::vector<Route> rows;
  for (const Route& row : all) {
    const bool is_probe = row.at_root && (row.path.starts_with("/health") || row.path == "/metrics");
    const bool is_for_operators = row.access.kind == Access::Kind::admin && row.access.permission == Permission::ops;
    if (is_probe || is_for_operators) rows.push_back(row);
  }
  for (Route& row : rows) {
    if (!row.at_root) continue;
    row.access = anyone;
    row.rate = RateClass::unlimited;
    if (row.path == "/health")
      row.handler = [](Call& call) { return pages(call).health().report(call.door().now(), true); };
  }
  return rows;
}

namespace {

struct PolicyQuery {
  static constexpr std::string_view record_name = "PolicyQuery";
  std::optional<std::int32_t> version;  // that a delivery names (`policyVersion`); absent: of deals made from now on
  static constexpr auto fields() {
    return std::array{field<&PolicyQuery::version>(1, "version", between(1, 1'000'000))};
  }
};

/// Every version, put into words once.
std::map<std::int32_t, AnyRecord> policies_of(const DealTerms& fees) {
  std::map<std::int32_t, AnyRecord> out;
  for (const Policy& each : policy_versions) out.emplace(each.version, policy_terms(each, fees));
  return out;
}

Response show_policy(Call& call, const std::map<std::int32_t, AnyRecord>& terms) {
  const auto asked = terms.find(call.query<PolicyQuery>().version.value_or(policy.version));
  if (asked == terms.end())
    throw Problem{
        "not_found",
        "No deal was made under that version; the first is " + std::to_string(policy_versions.front().version) + ".",
        "version"};
  return call.answer(asked->second);
}

}  // namespace

std::vector<Route> system_routes(Services& services) {
  std::vector<Route> rows{
      at_root(get("/health", anyone, "How the node is; operators see what it needs as well")
                  .or_status(503)
                  .handle([](Call& call) {
                    return pages(call).health().report(call.door().now(), is_operator(call.identity()));
                  })),
      probe(get("/health/live", anyone, "Is the process alive?").handle([](Call& call) {
        return pages(call).health().live();
      })),
      probe(get("/health/ready", anyone, "Does the node take requests?").or_status(503).handle([](Call& call) {
        return pages(call).health().ready();
      })),
      at_root(get("/metrics", operators, "Prometheus text").answers_media("text/plain").handle([](Call& call) {
        return call.bytes("text/plain; version=0.0.4; charset=utf-8", pages(call).metrics_text());
      })),
      at_root(get("/openapi.json", anyone, "This contract").handle([](Call& call) {
        return call.bytes("application/json", pages(call).openapi());
      })),
      get("/policy", anyone, "Fees, waits, windows and terms: the numbers that decide, and what they mean in words")
          .query<PolicyQuery>()
          .answers<PolicyResource>()
          .handle([terms = policies_of(services.settings.deal)](Call& call) { return show_policy(call, terms); }),
      page("/", "Leads to the contract").handle([](Call&) {
        return Response{302, {}, "text/html", {{"Location", "/docs"}}};
      }),
      page("/docs", "The contract for a person").handle([](Call& call) { return pages(call).docs(); }),
      page("/docs/:file", "What that page loads").handle([](Call& call) {
        return pages(call).docs_file(call.path_text("file"));
      }),
      page("/verify-email", "Where the mail's link leads").handle([](Call&) { return verify_email_page(); }),
      page("/confirm-email", "Where the mail's link leads").handle([](Call&) { return confirm_email_page(); }),
      page("/not-me", "Where the mail's link leads").handle([](Call&) { return not_me_page(); }),
      page("/unsubscribe", "Where the mail's link leads").handle([](Call&) { return unsubscribe_page(); }),
      one_click_unsubscribe(),
      page("/undo", "Where the mail's link leads").handle([](Call&) { return undo_page(); }),
      page("/keep-two-factor", "Where the mail's link leads").handle([](Call&) { return keep_two_factor_page(); }),
      page("/open", "Where a mail's link leads that speaks of a delivery or the like").handle([](Call&) {
        return open_page();
      }),
      page("/track", "Where a link leads by which somebody follows a delivery").handle([](Call& call) {
        return track_page(call.request().list_header("Accept-Language"));
      }),
      page("/reset-password", "Where the mail's link leads").handle([](Call&) { return reset_password_page(); }),
      get("/auth/jwks.json", anyone, "Public keys that verify access tokens")
          .handle([](Call& call) {
            Response response = call.bytes("application/jwk-set+json", present(call.services().tokens).jwks());
            response.headers.emplace_back("Cache-Control", "max-age=300");
            return response;
          })
          .answers_media("application/jwk-set+json"),
  };
  if (!services.settings.sandbox) return rows;
  rows.push_back(get("/sandbox/clock", anyone, "The virtual clock").answers<ClockView>().handle(show_clock));
  rows.push_back(post("/sandbox/clock/advance", anyone, "Move it forward; due timers fire")
                     .body<AdvanceClock>()
                     .answers<ClockView>()
                     .without_key()
                     .rated(RateClass::unlimited)
                     .handle(advance_clock));
  rows.push_back(get("/sandbox/messages", anyone, "Mails, SMS and pushes that were captured instead of sent")
                     .query<MessageQuery>()
                     .lists_own<CapturedMessage>()
                     .handle(show_messages));
  return rows;
}

}  // namespace caravan::http
