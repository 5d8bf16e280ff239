#include "http/routes/deliveries/deliveries.hpp"

#include "actors/audit/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/delivery/try_cancellation.hpp"
#include "actors/pricing/policy.hpp"
#include "http/access/accounts.hpp"
#include "http/qr/seal.hpp"
#include "http/routes/deliveries/conversation.hpp"
#include "http/routes/deliveries/history.hpp"
#include "http/routes/deliveries/proof_pictures.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

enum class ListedRole : std::uint8_t { customer, traveler };
constexpr auto enum_labels(ListedRole) { return std::to_array<std::string_view>({"customer", "traveler"}); }

struct DeliveryListQuery {
  static constexpr std::string_view record_name = "DeliveryListQuery";
  std::optional<ListedRole> role;  // absent: either
  std::optional<DeliveryStatus> status;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&DeliveryListQuery::role>(1, "role"), field<&DeliveryListQuery::status>(2, "status"),
                      field<&DeliveryListQuery::limit>(3, "limit", between(1, 200)),
                      field<&DeliveryListQuery::cursor>(4, "cursor", length(1, 500))};
  }
};

struct StatusBody {
  static constexpr std::string_view record_name = "DeliveryStatusChange";
  DeliveryStatus status = DeliveryStatus::picked_up;
  std::optional<QrCodeId> qr_code_id;
  std::optional<UserId> scanned_by;
  std::optional<Time> scanned_at;
  std::optional<MeasuredPlace> location;
  std::optional<VerificationData> verification_data;
  std::optional<std::string> code;    // the text that was scanned: without it the money waits for objections
  std::optional<bool> accepts_goods;  // at the pickup: the traveler saw what travels only as declared, and takes it
  static constexpr auto fields() {
    return std::array{field<&StatusBody::status>(1, "status"),
                      field<&StatusBody::qr_code_id>(2, "qrCodeId"),
                      field<&StatusBody::scanned_by>(3, "scannedBy"),
                      field<&StatusBody::scanned_at>(4, "scannedAt"),
                      field<&StatusBody::location>(5, "location"),
                      field<&StatusBody::verification_data>(6, "verificationData"),
                      field<&StatusBody::code>(7, "code", length(1, 1'000)),
                      field<&StatusBody::accepts_goods>(8, "acceptsGoods")};
  }
};

struct CancelQuery {
  static constexpr std::string_view record_name = "CancelQuery";
  std::optional<bool> dry_run;
  static constexpr auto fields() { return std::array{field<&CancelQuery::dry_run>(1, "dryRun")}; }
};

/// A traveler who refuses the parcel at the pickup, with the reason not_as_declared, says more and shows it.
struct CancelBody {
  static constexpr std::string_view record_name = "CancelDelivery";
  std::optional<std::string> reason;
  std::optional<std::string> note;
  std::optional<MeasuredPlace> location;
  std::optional<Bytes> photo;
  std::optional<UploadId> photo_upload;
  static constexpr auto fields() {
    return std::array{field<&CancelBody::reason>(1, "reason", length(0, 500)),
                      field<&CancelBody::note>(2, "note", length(0, 1'000)),
                      field<&CancelBody::location>(3, "location"),
                      field<&CancelBody::photo>(4, "photo", length(1, max_picture_bytes)),
                      field<&CancelBody::photo_upload>(5, "photoUploadId", length(1, 64))};
  }
};

struct AttemptBody {
  static constexpr std::string_view record_name = "FailedAttempt";
  std::string reason;
  std::optional<std::string> note;
  std::optional<std::int32_t> waited_seconds;
  std::optional<NextStep> next_step;
  std::optional<MeasuredPlace> location;
  std::optional<Bytes> photo;
  std::optional<UploadId> photo_upload;
  static constexpr auto fields() {
    return std::array{field<&AttemptBody::reason>(1, "reason", length(1, 500)),
                      field<&AttemptBody::note>(2, "note", length(0, 1'000)),
                      field<&AttemptBody::waited_seconds>(3, "waitedSeconds", between(0, 86'400)),
                      field<&AttemptBody::next_step>(4, "nextStep"),
                      field<&AttemptBody::location>(5, "location"),
                      field<&AttemptBody::photo>(6, "photo", length(1, max_picture_bytes)),
                      field<&AttemptBody::photo_upload>(7, "photoUploadId", length(1, 64))};
  }
};

struct ReturnBody {
  static constexpr std::string_view record_name = "ReturnLeg";
  std::optional<std::string> reason;
  std::optional<MeasuredPlace> location;
  std::optional<Bytes> photo;
  std::optional<UploadId> photo_upload;
  static constexpr auto fields() {
    return std::array{field<&ReturnBody::reason>(1, "reason", length(0, 500)),
                      field<&ReturnBody::location>(2, "location"),
                      field<&ReturnBody::photo>(3, "photo", length(1, max_picture_bytes)),
                      field<&ReturnBody::photo_upload>(4, "photoUploadId", length(1, 64))};
  }
};

Address delivery_of(const Call& call) { return {EntityKind::delivery, call.path_uuid("deliveryId")}; }

Response own_deliveries(Call& call) {
  const auto& query = call.query<DeliveryListQuery>();
  if (!call.services().read_models) throw Problem{"unavailable", "This node has no read models."};
  DeliveryFilter filter;
  filter.status = query.status;
  if (query.role == ListedRole::customer)
    filter.customer = call.lister();
  else if (query.role == ListedRole::traveler)
    filter.traveler = call.lister();
  else
    filter.party = call.lister();
  const Paging paging{static_cast<std::size_t>(query.limit.value_or(default_page_limit)), query.cursor.value_or("")};
  try {
    const auto page =
        deliveries(*call.services().read_models, Viewer{call.door().now(), call.caller()}, filter, paging);
    // Lists show contacts to their parties alone.
    if (call.caller().is_acting()) call.record_look(PrivateThing::contacts, {EntityKind::user, call.user().value});
    return call.list(page.items, page.next_cursor);
  } catch (const BadCursor& bad) {
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", bad.what()}}};
  }
}

bool is_handover(DeliveryStatus status) {
  return status == DeliveryStatus::picked_up || status == DeliveryStatus::delivered ||
         status == DeliveryStatus::returned;
}

/// A handover is proven by a code, by who scanned it and by where.
void check_scan_is_named(const StatusBody& body) {
  if (!is_handover(body.status)) return;
  Problem problem{.code = "validation_failed"};
  const auto need = [&](bool is_there, const char* name) {
    if (!is_there) problem.errors.push_back({name, "required", "names the scan that this status comes from"});
  };
  need(body.qr_code_id.has_value(), "qrCodeId");
  need(body.scanned_by.has_value(), "scannedBy");
  need(body.location.has_value(), "location");
  if (!problem.errors.empty()) throw problem;
}

/// The secret of the text that a service has read; empty where it is no text of the code that it names.
Bytes secret_of(Call& call, const StatusBody& body) {
  if (!call.services().codes) throw Problem{"unavailable", "This node seals no QR codes."};
  const auto content = call.services().codes->open(*body.code);
  const bool is_it =
      content && content->qr_code_id == body.qr_code_id && content->delivery_id.value == call.path_uuid("deliveryId");
  return is_it ? Bytes{content->secret} : Bytes{};
}

/// A status that comes from a scan is refused with the scan's codes.
Response change_status(Call& call) {
  const auto& body = call.body<StatusBody>();
  check_scan_is_named(body);
  check_scan_time(call, body.scanned_at);
  ChangeStatus command{body.status, body.qr_code_id, body.scanned_by, body.scanned_at, body.location, {}, {}};
  if (body.code) command.secret = secret_of(call, body);
  command.accepts_goods = body.accepts_goods;
  const Address delivery = delivery_of(call);
  const Reply known = call.ask_query(delivery, ViewDelivery{});
  const auto& shown = call.resource<DeliveryResource>(known);
  GivenFiles files(call, shown.traveler_id, delivery);
  take_proof(files, body.verification_data, command);
  const Reply reply = call.ask(delivery, std::move(command));
  if (is_handover(body.status))
    settle_scan(call, files, reply);
  else
    files.keep(reply);
  const Reply now = call.ask_query(delivery, ViewDelivery{});
  if (is_look_at_contacts(call.caller(), now.resource)) call.record_look(PrivateThing::contacts, delivery);
  return call.answer(now);
}

/// Asks the delivery with the photo that the body brings, or names, and answers with the delivery.
template <class Body, class Command>
Response answer_with_photo(Call& call, const Body& body, Command command,
                           UploadPurpose purpose = UploadPurpose::proof) {
  const Address delivery = delivery_of(call);
  GivenFiles files(call, call.caller().user, delivery);
  command.photo = files.take(body.photo, body.photo_upload, purpose, "photo");
  const Reply reply = call.ask(delivery, std::move(command), ViewDelivery{});
  files.keep(reply);
  if (is_look_at_contacts(call.caller(), reply.resource)) call.record_look(PrivateThing::contacts, delivery);
  return call.answer(reply);
}

/// A block ends the conversation once the delivery is over: while it is under way the two have to understand each
/// other.
void note_block(Call& call, PostMessage& command) {
  // Few block anybody, or are blocked: only then are the delivery and the two asked.
  if (call.services().read_models && kept_apart(*call.services().read_models, call.user()).empty()) return;
  const Reply known = call.try_query_as(edge_caller(), delivery_of(call), ViewDelivery{});
  const auto* delivery = known.outcome == Outcome::done ? known.resource.get_if<DeliveryResource>() : nullptr;
  command.blocked = delivery && delivery->ended_at && are_blocked(call, delivery->customer_id, delivery->traveler_id);
}

Response record_attempt(Call& call) {
  const auto& body = call.body<AttemptBody>();
  RecordFailedAttempt command{body.reason, body.note, body.waited_seconds, body.next_step, body.location, {}};
  return answer_with_photo(call, body, std::move(command));
}

Response start_return(Call& call) {
  const auto& body = call.body<ReturnBody>();
  return answer_with_photo(call, body, StartReturn{body.reason, body.location, {}});
}

/// A list that the delivery itself keeps.
template <class Item, class Query>
Response own_list(Call& call, Query query) {
  const Reply reply = call.ask_query(delivery_of(call), std::move(query));
  const auto& page = call.resource<DeliveryPage<Item>>(reply);
  record_look_at(call, PrivateThing::places, delivery_of(call));
  return call.list(page.items, page.next_cursor);
}

/// Whether whom the caller leaves has an account that can still come; of administrators, what ties them to the sides.
void add_other_side(Call& call, CancelDelivery& command) {
  if (call.caller().kind != Caller::Kind::user) return;
  const Reply seen = call.ask_query(delivery_of(call), ViewDelivery{});
  const auto& parties = call.resource<DeliveryResource>(seen);
  if (call.caller().is_user(parties.customer_id))
    command.other_inactive = is_inactive(call.door(), parties.traveler_id);
  if (call.caller().is_user(parties.traveler_id))
    command.other_inactive = is_inactive(call.door(), parties.customer_id);
  if (call.caller().may(Permission::deliveries))
    command.office = find_appointment(call.door(), call.caller(), PermissionName::deliveries,
                                      {parties.customer_id, parties.traveler_id});
}

Response cancel(Call& call) {
  const auto& body = call.body<CancelBody>();
  CancelDelivery command{body.reason};
  command.note = body.note;
  command.location = body.location;
  add_other_side(call, command);
  if (call.query<CancelQuery>().dry_run.value_or(false)) {
    if (body.photo || body.photo_upload) command.photo = UploadId{};  // any: nothing is kept
    const Reply reply = call.ask_query(delivery_of(call), TryCancellation{std::move(command)});
    if (is_look_at_contacts(call.caller(), reply.resource)) call.record_look(PrivateThing::contacts, delivery_of(call));
    return call.answer(reply);
  }
  const bool refuses_parcel = body.reason == delivery_policy::not_as_declared;
  return answer_with_photo(call, body, std::move(command),
                           refuses_parcel ? UploadPurpose::refused_parcel : UploadPurpose::proof);
}

Response conversation(Call& call) {
  const Address delivery = delivery_of(call);
  const Reply seen = call.ask_query(delivery, ViewDelivery{});  // refuses who may not see it
  const auto& parties = call.resource<DeliveryResource>(seen);
  const bool is_party = call.caller().is_user(parties.customer_id) || call.caller().is_user(parties.traveler_id);
  if (!is_party && !call.caller().may(Permission::private_data))
    throw Problem{"permission_denied", "Messages are for the two sides, and for the permission private."};
  check_private_shown(parties);
  call.record_look(PrivateThing::messages, delivery, {parties.customer_id, parties.traveler_id});
  const auto& query = call.query<PageQuery>();
  const auto limit = static_cast<std::size_t>(query.limit.value_or(default_page_limit));
  const Conversation page = conversation_of(call.door(), delivery, first_after(query.cursor), limit);
  std::optional<std::string> cursor;
  if (page.next) cursor = std::to_string(*page.next - 1);
  return call.list(page.messages, cursor);
}

}  // namespace

bool is_look_at_contacts(const Caller& by, const AnyRecord& delivery) {
  const auto* shown = delivery.get_if<DeliveryResource>();
  if (!shown || !shown->pickup.contact_name) return false;
  return by.is_acting() || (!by.is_user(shown->customer_id) && !by.is_user(shown->traveler_id));
}

void check_private_shown(const DeliveryResource& delivery) {
  using delivery_policy::private_shown_for;
  if (delivery.shows_private) return;
  throw Problem{
      "forbidden",
      "What is private of a delivery is shown until " +
          std::to_string(
              std::chrono::floor<std::chrono::days>(private_shown_for(kept_policy(delivery.policy_version))).count()) +
          " days after its end, or until a side's account is closed; longer while it is "
          "disputed."};
}

void record_look_at(Call& call, PrivateThing what, Address delivery) {
  if (!call.looks_in()) return;
  const Reply reply = call.try_query_as(edge_caller(), delivery, ViewDelivery{});
  const auto* parties = reply.resource.get_if<DeliveryResource>();
  if (!parties) throw Problem{"not_found"};
  call.record_look(what, delivery, {parties->customer_id, parties->traveler_id});
}

std::vector<Route> delivery_routes(Services&) {
  const Target delivery = by_path(EntityKind::delivery);
  return {
      get("/deliveries", user, "Own deliveries, either role")
          .query<DeliveryListQuery>()
          .lists<DeliveryResource>()
          .handle(own_deliveries),
      get("/deliveries/:deliveryId", user, "One delivery")
          .view<ViewDelivery>(delivery)
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      post("/deliveries/:deliveryId/status", service,
           "Status change from a verified scan; without the code's text the money waits for objections")
          .body<StatusBody>()
          .answers<DeliveryResource>()
          .handle(change_status),
      post("/deliveries/:deliveryId/location-event", service, "Geofence entry, exit or dwell")
          .command<GeofenceHit>(delivery)
          .then<ViewDelivery>()
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      post("/deliveries/:deliveryId/cancel", user,
           "Cancel with the policy's fee; restores capacity, refunds. The traveler at the pickup: no_show, or, with a "
           "note, a location there and a photo for it (purpose refused_parcel), not_as_declared, which refuses the "
           "parcel and is decided about. With dryRun nothing is done: the answer shows the delivery as it would be, "
           "and in `settlement` what that costs whom")
          .may_ask_step_up("an administrator who is no party")
          .query<CancelQuery>()
          .body<CancelBody>()
          .answers<DeliveryResource>()
          .handle(cancel),
      post("/deliveries/:deliveryId/confirm", person,
           "Confirm receipt; of a parcel that comes back this ends the return, and the money waits for objections")
          .may_ask_step_up("whoever confirms what no scan at its place proves, and so ends a hold or a return")
          .command<ConfirmReceipt>(delivery)
          .then<ViewDelivery>()
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      post("/deliveries/:deliveryId/failed-attempt", person,
           "Nobody there: proof, wait time, next step; while returning: not taken back, which asks for a decision")
          .body<AttemptBody>()
          .answers<DeliveryResource>()
          .handle(record_attempt),
      post("/deliveries/:deliveryId/return", person, "Return leg with its own proof")
          .body<ReturnBody>()
          .answers<DeliveryResource>()
          .handle(start_return),
      get("/deliveries/:deliveryId/timeline", user, "What happened, with the facts behind each step")
          .lists_own<TimelineItem>()
          .handle([](Call& call) { return own_list<TimelineItem>(call, ViewTimeline{}); }),
      get("/deliveries/:deliveryId/proof", user, "Scans, photos, signatures")
          .lists_own<ProofItem>()
          .handle([](Call& call) { return own_list<ProofItem>(call, ViewProof{}); }),
      post("/deliveries/:deliveryId/pin", user, "Propose or agree where exactly the handover is")
          .command<SetPin>(delivery)
          .then<ViewDelivery>()
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      post("/deliveries/:deliveryId/pin/withdraw", user, "Take a proposed place back; it also lapses after an hour")
          .command<WithdrawPin>(delivery)
          .then<ViewDelivery>()
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      post("/deliveries/:deliveryId/presence", person,
           "Say that somebody is at the next place: a fee for a wait there then needs a decision")
          .command<SayPresent>(delivery)
          .then<ViewDelivery>()
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
      get("/deliveries/:deliveryId/messages", user, "Conversation")
          .query<PageQuery>()
          .lists_own<MessageResource>()
          .handle(conversation),
      post("/deliveries/:deliveryId/messages", user, "Write")
          .command<PostMessage>(delivery, note_block)
          .answers<MessageResource>(201),
  };
}

}  // namespace caravan::http
