#include "http/routes/admin/admin_users.hpp"

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/account/undo.hpp"
#include "actors/audit/commands.hpp"
#include "actors/user/queries.hpp"
#include "http/routes/admin/last_administrator.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/users/user_bodies.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/money.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t max_active = 200;

UserId named(Call& call) { return call.path<UserId>("userId"); }

struct UserQuery {
  static constexpr std::string_view record_name = "UserQuery";
  std::optional<std::string> q;
  std::optional<UserStatus> status;
  std::optional<UserType> user_type;
  std::optional<VerificationState> verification;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{
        field<&UserQuery::q>(1, "q", length(1, 200)),          field<&UserQuery::status>(2, "status"),
        field<&UserQuery::user_type>(3, "userType"),           field<&UserQuery::verification>(4, "verification"),
        field<&UserQuery::limit>(5, "limit", between(1, 200)), field<&UserQuery::cursor>(6, "cursor", length(1, 500))};
  }
};

template <class Enum>
std::string_view label(Enum value) {
  return enum_labels(value)[static_cast<std::size_t>(value)];
}

/// "status=active, q=ana", for the trail.
std::string filter_of(const UserQuery& query) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    (((out += out.empty() ? "" : ", ") += name) += '=') += value;
  };
  if (query.status) add("status", label(*query.status));
  if (query.user_type) add("userType", label(*query.user_type));
  if (query.verification) add("verification", label(*query.verification));
  if (query.q) add("q", *query.q);
  return out.empty() ? "everybody" : out;
}

Response search(Call& call) {
  const auto& query = call.query<UserQuery>();
  call.record_listing(PrivateThing::account, filter_of(query));
  const Paging paging{static_cast<std::size_t>(query.limit.value_or(default_page_limit)), query.cursor.value_or("")};
  try {
    const auto page = search_users(needed(call.services().read_models),
                                   {query.q, query.status, query.user_type, query.verification}, paging);
    return call.list(page.items, page.next_cursor);
  } catch (const BadCursor& bad) {
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", bad.what()}}};
  }
}

/// An account and, beside it, what its user actor knows; the profile follows the account by a moment.
Response overview(Call& call) {
  UserOverview out;
  out.user_id = named(call);
  const Reply account = call.ask_query(account_address(out.user_id), ViewAccount{});
  call.record_look(PrivateThing::account, account_address(out.user_id), {out.user_id});
  out.account = call.resource<AccountResource>(account);
  const Address person = user_address(out.user_id);
  if (const Reply reply = call.try_query(person, ViewProfile{}); reply.outcome == Outcome::done)
    out.profile = call.resource<ProfileResource>(reply);
  if (const Reply reply = call.try_query(person, ViewStatistics{}); reply.outcome == Outcome::done) {
    out.statistics = call.resource<Statistics>(reply);
    out.spend = out.statistics->total_spent.value_or(std::vector<Money>{});
  }
  if (const Reply reply = call.try_query(person, ViewVerification{}); reply.outcome == Outcome::done)
    out.verification = call.resource<VerificationResource>(reply);
  if (const ReadModels* models = call.services().read_models) {
    DeliveryFilter active;
    active.party = out.user_id;
    active.open = true;
    const Viewer viewer{call.door().now(), call.caller()};
    for (const DeliveryResource& delivery :
         deliveries(*models, viewer, active, {.limit = max_active, .cursor = {}}).items)
      out.active_deliveries.push_back(delivery.delivery_id);
  }
  return call.answer(AnyRecord(std::move(out)));
}

/// No administrator takes the other side of their own delivery or dispute out of it, nor decides what it may do.
void require_no_side(Call& call) {
  const UserId self = call.user(), other = named(call);
  const ReadModels* models = call.services().read_models;
  if (!models || self == other) return;  // about oneself the account says what is possible
  auto shared = open_delivery_between(*models, self, other);
  if (!shared) shared = dispute_between(*models, self, other);
  if (shared)
    throw Problem{"self_not_allowed", "You are the other side of their delivery " + shared->text() +
                                          ": another administrator does this, until it is over."};
}

template <class Command>
Response change_account(Call& call) {
  require_no_side(call);
  Reply reply;
  keep_an_administrator(call, named(call),
                        [&] { reply = call.ask(account_address(named(call)), call.body<Command>(), ViewAccount{}); });
  return call.answer(reply);
}

/// The profile does not know what its person may do: the account does.
Response decide_verification(Call& call) {
  require_no_side(call);
  const Reply reply = call.ask_query(account_address(named(call)), ViewAccount{});
  if ((permission_bits(call.resource<AccountResource>(reply).permissions) & ~call.caller().permissions) != 0)
    throw Problem{"permission_denied", "They may do more than you."};
  return call.answer(call.ask(user_address(named(call)), call.body<DecideVerification>(), ViewVerification{}));
}

Response revoke_sessions(Call& call) {
  require_no_side(call);
  call.ask(account_address(named(call)), RevokeAllSessions{});
  return call.nothing();
}

}  // namespace

std::vector<Route> admin_user_routes(Services&) {
  constexpr auto people = admin(Permission::users);
  return {
      get("/admin/users", people, "Search by words, status, user type, verification")
          .query<UserQuery>()
          .lists<UserRow>()
          .rated(RateClass::search)
          .handle(search),
      get("/admin/users/:userId", people, "The user overview: profile, statistics, active deliveries, spend")
          .answers<UserOverview>()
          .handle(overview),
      put("/admin/users/:userId/status", people, "Activate, suspend, ban")
          .body<SetAccountStatus>()
          .answers<AccountResource>()
          .after_step_up()
          .handle(change_account<SetAccountStatus>),
      put("/admin/users/:userId/verification", people, "Decide a verification")
          .body<DecideVerification>()
          .answers<VerificationResource>()
          .after_step_up()
          .handle(decide_verification),
      put("/admin/users/:userId/roles", people, "Roles and permissions")
          .body<SetRoles>()
          .answers<AccountResource>()
          .after_step_up()
          .handle(change_account<SetRoles>),
      post("/admin/users/:userId/2fa/removal", people,
           "Have a second factor that is lost, or a thief's, go off in 24 hours; its owner is mailed and can keep it")
          .command<RequestTwoFactorRemoval>(by_path(EntityKind::account),
                                            [](Call& call, RequestTwoFactorRemoval&) { require_no_side(call); })
          .answers<TwoFactorRemovalAnswer>(202)
          .after_step_up(),
      post("/admin/users/:userId/sessions/revoke", people, "Sign a user out everywhere; their API keys end")
          .answers_nothing()
          .handle(revoke_sessions),
  };
}

}  // namespace caravan::http
