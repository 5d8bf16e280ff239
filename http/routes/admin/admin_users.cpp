#include "http/routes/admin/admin_users.hpp"

#include <algorithm>

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/account/undo.hpp"
#include "actors/audit/commands.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/user/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/admin/last_administrator.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/auth/shut_out.hpp"
#include "http/routes/users/user_bodies.hpp"
#include "storage/codec/digest.hpp"
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

/// Whom else a paper's number has verified; nil: nobody. Builds before told the same number of two kinds apart.
UserId verified_by(Call& call, UserId whose, const std::string& number) {
  std::vector<Address> claims{paper_claim_address(sodium_crypto, number)};
  for (const std::string_view kind : enum_labels(DocumentType{}))
    claims.push_back(former_paper_claim_address(sodium_crypto, kind, number));
  for (const Address& claim : claims) {
    const Reply reply = call.try_query_as(edge_caller(), claim, ViewClaim{});
    const auto* holder = reply.resource.get_if<ClaimHolder>();
    if (holder && !holder->owner.is_nil() && holder->owner != whose.value) return UserId{holder->owner};
  }
  return {};
}

/// Which of the papers that count have verified somebody else.
std::vector<TakenPaper> taken_papers(Call& call, UserId whose, const std::vector<VerificationDocument>& papers) {
  std::vector<TakenPaper> out;
  for (const std::int32_t index : counted_papers(papers)) {
    const VerificationDocument& paper = papers[static_cast<std::size_t>(index)];
    if (!has_usable_number(paper)) continue;
    const UserId holder = verified_by(call, whose, *paper.number);
    if (!holder.is_nil()) out.push_back({paper.type, *paper.number, holder});
  }
  return out;
}

Response search(Call& call) {
  const auto& query = call.query<UserQuery>();
  call.record_listing(PrivateThing::account, filter_of(query));
  const Paging paging{static_cast<std::size_t>(query.limit.value_or(default_page_limit)), query.cursor.value_or("")};
  try {
    auto page = search_users(needed(call.services().read_models),
                             {query.q, query.status, query.user_type, query.verification}, paging);
    return call.list(page.items, page.next_cursor);
  } catch (const BadCursor& bad) {
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", bad.what()}}};
  }
}

/// What others told the platform about the person: how often to every administrator of users, the words and who said
/// them to whoever may read what is private.
void add_reports(Call& call, UserOverview& out) {
  const Address person = user_address(out.user_id);
  const Reply reply = call.try_query(person, ListReports{});
  const auto* found = reply.resource.get_if<ReportList>();
  if (!found) return;
  out.report_count = found->total;
  if (!call.caller().may(Permission::private_data)) return;
  call.record_look(PrivateThing::messages, person, {out.user_id});
  out.reports = found->items;
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
  if (out.verification) out.taken_papers = taken_papers(call, out.user_id, out.verification->documents);
  add_reports(call, out);
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

/// No administrator takes the other side of their own delivery or dispute out of it, nor decides what it may do. The
/// other side may object until the time for disputes is over, so it keeps its account until then.
/// Nor does whoever has the permission from that side, or gave them one.
void require_no_side(Call& call) {
  const UserId self = call.user(), other = named(call);
  const ReadModels* models = call.services().read_models;
  if (!models || self == other) return;  // about oneself the account says what is possible
  const Time window = call.door().now() - std::chrono::days{longest_dispute_days};
  const auto shared_with = [&](UserId side) {
    const auto shared = delivery_between(*models, side, other, window);
    return shared ? shared : dispute_between(*models, side, other);
  };
  const auto refuse = [](DeliveryId delivery, const std::string& who) {
    throw Problem{"self_not_allowed", who + " the other side of their delivery " + delivery.text() +
                                          ": another administrator does this, until it is over and " +
                                          std::to_string(longest_dispute_days) + " days have passed since."};
  };
  if (const auto shared = shared_with(self)) refuse(*shared, "You are");
  const auto hands = hands_of(call.door(), self, static_cast<std::uint32_t>(Permission::users));
  for (const UserId hand : hands)
    if (const auto shared = hand == other ? std::nullopt : shared_with(hand))
      refuse(*shared, "You have your permission from");
  // The account knows what it was given, whatever it has now: it may have lost that a minute ago.
  for (const Counterpart& counterpart : counterparts_of(*models, other, window)) {
    if (counterpart.user == self) continue;
    const auto theirs = hands_of(call.door(), counterpart.user, all_permissions, true);
    if (std::ranges::find(theirs, self) != theirs.end()) refuse(counterpart.delivery, "You gave permissions to");
  }
}

template <class Command>
Response change_account(Call& call) {
  require_no_side(call);
  Reply reply;
  keep_an_administrator(call, named(call),
                        [&] { reply = call.ask(account_address(named(call)), call.body<Command>(), ViewAccount{}); });
  const auto& account = call.resource<AccountResource>(reply);
  const bool is_active = account.status == UserStatus::active;
  stop_services_of(call, named(call), is_active ? permission_bits(account.permissions) : 0);
  return call.answer(reply);
}

/// What was given by a thief goes with what the giver has of the same thief.
Response set_roles(Call& call) {
  auto& body = call.body<SetRoles>();
  body.roots = grant_roots(call, call.user(),
                           permission_bits(body.permissions) | static_cast<std::uint32_t>(Permission::users), Time{});
  return change_account<SetRoles>(call);
}

/// A paper that is to prove an identity has a number, and by it proves one only: of two who are approved at once one is
/// first.
void claim_papers(Call& call, DecideVerification& command) {
  const Reply reply = call.ask_query(user_address(named(call)), ViewVerification{});
  const auto& known = call.resource<VerificationResource>(reply);
  const bool approved = command.decision == VerificationDecision::approved;
  const auto level = command.level.value_or(approved ? VerificationLevel::identity : known.level);
  if (!approved || level != VerificationLevel::identity || known.level == level || known.documents.empty()) return;
  std::vector<VerificationDocument> papers = known.documents;
  if (command.number && !is_usable_number(*command.number))
    throw Problem{.code = "validation_failed",
                  .errors = {{"number", "invalid_format", "letters A to Z and digits, as the paper shows them"}}};
  if (command.number && !number_paper(papers, command))
    throw Problem{.code = "validation_failed",
                  .errors = {{"document", "unknown_value", "the place of a document with a picture, from 0"}}};
  for (const std::int32_t index : counted_papers(papers))
    if (!has_usable_number(papers[static_cast<std::size_t>(index)]))
      throw Problem{.code = "validation_failed",
                    .errors = {{"number", "required",
                                "documents[" + std::to_string(index) +
                                    "] has none that counts: give the one that its picture shows"}}};
  for (const std::int32_t index : counted_papers(papers))
    take_claim(call, paper_claim_address(sodium_crypto, *papers[static_cast<std::size_t>(index)].number), named(call));
  command.taken = taken_papers(call, named(call), papers);
}

/// Refuses whoever has their permission through the person's hands, or gave them one.
void require_no_tie(Call& call) {
  if (find_appointment(call.door(), call.caller(), PermissionName::users, {named(call)}).is_tied_to(named(call)))
    throw Problem{"self_not_allowed", "You have your permission from them, or they have one from you."};
}

/// The end of a ban lets the payouts go, also by a suspension between, and nobody lets those of a tie go.
Response set_status(Call& call) {
  auto& body = call.body<SetAccountStatus>();
  if (body.status != UserStatus::banned)
    body.office = find_appointment(call.door(), call.caller(), PermissionName::users, {named(call)});
  return change_account<SetAccountStatus>(call);
}

/// The profile does not know what its person may do: the account does.
Response decide_verification(Call& call) {
  require_no_side(call);
  const Reply reply = call.ask_query(account_address(named(call)), ViewAccount{});
  if ((permission_bits(call.resource<AccountResource>(reply).permissions) & ~call.caller().permissions) != 0)
    throw Problem{"permission_denied", "They may do more than you."};
  require_no_tie(call);
  auto& command = call.body<DecideVerification>();
  claim_papers(call, command);
  return call.answer(call.ask(user_address(named(call)), command, ViewVerification{}));
}

Response revoke_sessions(Call& call) {
  require_no_side(call);
  // Its finder would keep the owner out, and so from deleting it.
  if (call.caller().api_key && call.caller().is_user(named(call)))
    throw Problem{"self_not_allowed", "An API key signs its own owner out nowhere."};
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
      get("/admin/users/:userId", people,
          "The user overview: profile, statistics, active deliveries, spend, reports about them")
          .answers<UserOverview>()
          .handle(overview),
      put("/admin/users/:userId/status", people, "Activate, suspend, ban")
          .body<SetAccountStatus>()
          .answers<AccountResource>()
          .after_step_up()
          .handle(set_status),
      put("/admin/users/:userId/verification", people,
          "Decide a verification; a paper proves one identity, unless you say that the duplicate is accepted")
          .body<DecideVerification>()
          .answers<VerificationResource>()
          .after_step_up()
          .handle(decide_verification),
      put("/admin/users/:userId/roles", people, "Roles and permissions")
          .body<SetRoles>()
          .answers<AccountResource>()
          .after_step_up()
          .handle(set_roles),
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
