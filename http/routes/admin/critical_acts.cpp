#include "http/routes/admin/critical_acts.hpp"

#include <algorithm>

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/cover/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/request/commands.hpp"
#include "actors/request/resources.hpp"
#include "actors/services/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/payments/payment_bodies.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

/// `others`: of nobody's account, but of a delivery, trip or request in which the administrator has no part.
/// `money`: of a question that an escrow or a wallet has asked.
enum class Of : std::uint8_t { anybody, administrators, others, money };

struct CriticalAct {
  Method method;
  std::string_view path;
  std::string_view what;  // a section of the mail's text
  Of of = Of::anybody;    // whose account has to be meant
};

/// Whatever gives or takes rights, or moves money by hand. Services tell by a mail of their own, as it names what they
/// may do (service_identities.cpp).
constexpr auto acts = std::to_array<CriticalAct>({
    {Method::put, "/admin/users/:userId/roles", "roles"},
    {Method::put, "/admin/users/:userId/status", "standing", Of::administrators},
    {Method::put, "/admin/users/:userId/verification", "verification", Of::administrators},
    {Method::post, "/admin/users/:userId/2fa/removal", "secondFactor", Of::administrators},
    {Method::post, "/admin/users/:userId/sessions/revoke", "signedOut", Of::administrators},
    {Method::post, "/admin/finance/payouts", "payout"},
    {Method::post, "/admin/finance/write-offs", "writeOff"},
    {Method::post, "/admin/finance/collections", "collection"},
    {Method::post, "/admin/finance/cover", "coverAdded"},
    {Method::post, "/admin/finance/held-payouts/:userId/release", "payoutsLetGo"},
    {Method::post, "/payments/refunds", "refund"},
    {Method::del, "/admin/dead-letters/:letterId", "questionDropped", Of::money},
    {Method::post, "/admin/disputes/:disputeId/resolve", "disputeDecided"},
    {Method::post, "/admin/disputes/:disputeId/reopen", "disputeReopened"},
    {Method::post, "/deliveries/:deliveryId/cancel", "deliveryCancelled", Of::others},
    {Method::post, "/trips/:tripId/cancel", "tripCancelled", Of::others},
    {Method::post, "/delivery-requests/:requestId/cancel", "requestCancelled", Of::others},
});

/// Of services. Who became an administrator a moment ago neither makes one that acts for others nor stops one.
constexpr auto acts_on_services = std::to_array<std::pair<Method, std::string_view>>({
    {Method::post, "/admin/services"},
    {Method::patch, "/admin/services/:serviceId"},
    {Method::del, "/admin/services/:serviceId"},
    {Method::post, "/admin/services/:serviceId/keys"},
    {Method::del, "/admin/services/:serviceId/keys/:keyId"},
});

constexpr Duration new_for = std::chrono::days{7};

std::optional<UserId> person_of(Call& call) {
  if (call.route().path.find(":userId") != std::string_view::npos) return call.path<UserId>("userId");
  if (call.body_type() == &schema::type_of<ManualPayout>()) return call.body<ManualPayout>().user_id;
  return std::nullopt;
}

bool administers(Call& call, UserId person) {
  const Reply reply = call.try_query_as(edge_caller(), account_address(person), ViewAccount{});
  const auto* account = reply.resource.get_if<AccountResource>();
  return account && !account->permissions.empty();
}

/// Whom a thief, or a friend, has just promoted does not shut out whoever could take it back.
void require_not_new(Call& call) {
  const auto person = person_of(call);
  if (!person || call.caller().is_user(*person) || !administers(call, *person)) return;
  const Appointment office = find_appointment(call.door(), call.caller(), PermissionName::users);
  const Time from = office.since + new_for;
  if (!office.by.is_nil() && call.door().now() < from)
    throw Problem{"new_administrator", "You may administer users since less than a week: from " + to_rfc3339(from) +
                                           " on you change accounts of other administrators."};
}

/// What somebody needs to give the scopes that the call names, or that the service has.
std::uint32_t needed_for_service(Call& call) {
  std::uint32_t needed = static_cast<std::uint32_t>(Permission::security);
  const schema::Type* type = call.body_type();
  if (type == &schema::type_of<AddService>()) needed |= permissions_to_give(call.body<AddService>().scopes);
  if (type == &schema::type_of<ChangeService>())
    needed |= permissions_to_give(call.body<ChangeService>().scopes.value_or(std::vector<Scope>{}));
  if (call.route().path.find(":serviceId") == std::string_view::npos) return needed;
  const auto id = call.path<ServiceId>("serviceId");
  const Reply reply = call.ask_query(services_address, ListServices{});
  for (const ServiceResource& service : call.resource<ServiceList>(reply).items)
    if (service.service_id == id) needed |= permissions_to_give(service.scopes);
  return needed;
}

/// A service has what its maker has, and is nobody's account: a new administrator would act through it at once.
void require_not_new_for_service(Call& call) {
  for (const PermissionName name : permission_list(needed_for_service(call) & call.caller().permissions)) {
    const Appointment office = find_appointment(call.door(), call.caller(), name);
    const Time from = office.since + new_for;
    if (!office.by.is_nil() && call.door().now() < from)
      throw Problem{"new_administrator", "You have a permission that this needs since less than a week: from " +
                                             to_rfc3339(from) + " on you change such services."};
  }
}

template <class Enum>
void add_labels(std::string& out, const std::vector<Enum>& values) {
  for (const Enum value : values)
    (out += out.empty() ? "" : ", ") += enum_labels(value)[static_cast<std::size_t>(value)];
}

/// "customer, admin, users", "banned", "35.00 USD": what the act came to, as far as the call says it.
std::string value_of(Call& call) {
  std::string out;
  const schema::Type* type = call.body_type();
  if (type == &schema::type_of<SetRoles>()) {
    add_labels(out, call.body<SetRoles>().roles);
    add_labels(out, call.body<SetRoles>().permissions);
  } else if (type == &schema::type_of<SetAccountStatus>()) {
    add_labels(out, std::vector{call.body<SetAccountStatus>().status});
  } else if (type == &schema::type_of<ManualPayout>()) {
    const auto& payout = call.body<ManualPayout>();
    if (payout.amount && payout.currency) out = money_text({*payout.amount, *payout.currency});
  } else if (type == &schema::type_of<RefundRequest>()) {
    const auto& refund = call.body<RefundRequest>();
    out = refund.amount ? std::to_string(*refund.amount) + " (minor units)" : "all";
    if (refund.escrow_id) out += ", " + refund.escrow_id->text();
    if (refund.intent_id) out += ", " + refund.intent_id->text();
    if (refund.delivery_id) out += ", " + refund.delivery_id->text();
  } else if (type == &schema::type_of<ResolveDispute>()) {
    const auto& decision = call.body<ResolveDispute>();
    add_labels(out, std::vector{decision.resolution});
    if (decision.refund_amount) out += ", " + std::to_string(*decision.refund_amount) + " (minor units)";
    if (decision.cover_amount) out += ", cover " + std::to_string(*decision.cover_amount) + " (minor units)";
  } else if (type == &schema::type_of<AddToCover>()) {
    const auto& added = call.body<AddToCover>();
    out = money_text({added.amount, added.currency});
  } else if (type == &schema::type_of<EscrowOrder>()) {
    out = call.body<EscrowOrder>().escrow_id.text();
  }
  return out;
}

/// The delivery, trip, request, dispute or letter that the path names.
std::optional<std::string> subject_of(Call& call) {
  for (const std::string_view name : {"deliveryId", "tripId", "requestId", "disputeId"})
    if (call.route().path.find(":" + std::string(name)) != std::string_view::npos) return call.path_uuid(name).text();
  if (call.route().path.find(":letterId") != std::string_view::npos) return call.path_text("letterId");
  return std::nullopt;
}

/// An administrator cancels what is theirs as everybody does; a trial of it cancels nothing. What cannot be seen is
/// told.
bool is_of_others(Call& call) {
  const Caller& by = call.caller();
  if (!by.may(Permission::deliveries)) return false;
  if (call.route().path.find(":tripId") != std::string_view::npos) {
    const Reply trip = call.try_query({EntityKind::trip, call.path_uuid("tripId")}, ViewTrip{});
    const auto* shown = trip.resource.get_if<TripResource>();
    return !shown || !by.is_user(shown->traveler_id);
  }
  if (call.route().path.find(":requestId") != std::string_view::npos) {
    const Reply request = call.try_query({EntityKind::request, call.path_uuid("requestId")}, ViewRequest{});
    const auto* shown = request.resource.get_if<RequestResource>();
    return !shown || !by.is_user(shown->customer_id);
  }
  const Reply delivery = call.try_query({EntityKind::delivery, call.path_uuid("deliveryId")}, ViewDelivery{});
  const auto* shown = delivery.resource.get_if<DeliveryResource>();
  return !shown || (shown->status == DeliveryStatus::cancelled && !by.is_user(shown->customer_id) &&
                    !by.is_user(shown->traveler_id));
}

bool is_of_money(Call& call) {
  const std::string& letter = call.path_text("letterId");
  return letter.starts_with("escrow-") || letter.starts_with("wallet-");
}

/// Nor does a trial by a service end anything. What cannot be seen is told.
bool has_ended_delivery(Call& call) {
  if (call.route().path.find(":deliveryId") == std::string_view::npos) return false;
  const Reply delivery = call.try_query({EntityKind::delivery, call.path_uuid("deliveryId")}, ViewDelivery{});
  const auto* shown = delivery.resource.get_if<DeliveryResource>();
  return !shown || shown->status == DeliveryStatus::cancelled;
}

/// What a service ends in its own name, which are deliveries alone, whoever made it may have ordered. Nobody made the
/// one of the settings, and what one does in a user's name that user is told.
void tell_of_service(Call& call, const CriticalAct& act) {
  const Identity& service = call.identity();
  if (act.of != Of::others || !service.caller.is_service() || service.makers.empty()) return;
  if (!has_ended_delivery(call)) return;
  std::string makers;
  for (const UserId maker : service.makers) (makers += makers.empty() ? "" : ", ") += maker.text();
  // The first one has no name.
  const std::string name = service.service.empty() ? service.caller.service->text() : service.service;
  Notify notice{"critical_act", {{"by", makers}, {"service", name}, {std::string(act.what), "yes"}}};
  if (const auto subject = subject_of(call)) notice.variables.emplace("subject", *subject);
  tell_administrators(call, notice);
}

void tell_of(Call& call, const CriticalAct& act) {
  if (call.caller().kind != Caller::Kind::user) return tell_of_service(call, act);
  const auto person = person_of(call);
  // The end of a ban lets the payouts go that it held.
  const bool is_lifted = call.body_type() == &schema::type_of<SetAccountStatus>() &&
                         call.body<SetAccountStatus>().status == UserStatus::active;
  if (act.of == Of::others && !is_of_others(call)) return;
  if (act.of == Of::money && !is_of_money(call)) return;
  if (act.of == Of::administrators && !is_lifted && !administers(call, *person)) return;
  Notify notice{"critical_act", {{"by", call.user().text()}, {std::string(act.what), "yes"}}};
  if (is_lifted) notice.variables.emplace("lifted", "yes");
  if (person) notice.variables.emplace("person", person->text());
  if (const auto subject = subject_of(call)) notice.variables.emplace("subject", *subject);
  if (std::string value = value_of(call); !value.empty()) notice.variables.emplace("value", std::move(value));
  tell_administrators(call, notice);
}

}  // namespace

std::vector<std::string> watch_critical_acts(std::vector<Route>& rows) {
  std::vector<std::string> missing;
  const auto row_of = [&](Method method, std::string_view path) -> Route* {
    const auto row =
        std::ranges::find_if(rows, [&](const Route& each) { return each.method == method && each.path == path; });
    if (row != rows.end()) return &*row;
    missing.push_back(std::string(to_text(method)) + ' ' + std::string(path));
    return nullptr;
  };
  for (const auto& [method, path] : acts_on_services)
    if (Route* row = row_of(method, path)) row->before = require_not_new_for_service;
  for (const CriticalAct& act : acts)
    if (Route* row = row_of(act.method, act.path)) {
      row->before = require_not_new;
      row->after = [&act](Call& call) { tell_of(call, act); };
    }
  return missing;
}

void tell_administrators(Call& call, const Notify& notice) {
  const ReadModels* models = call.services().read_models;
  if (!models) return;
  for (const UserId administrator : administrators(*models)) call.tell(inbox_of(administrator), notice);
}

}  // namespace caravan::http
