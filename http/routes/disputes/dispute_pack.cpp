#include "actors/audit/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/tracker/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/json/parts.hpp"
#include "http/routes/deliveries/conversation.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/location/track.hpp"
#include "http/routes/payments/payments.hpp"

namespace caravan::http {

namespace {

/// What is known of a disputed delivery, in one file. Photos are ids of uploads; of the money the dispute tells what is
/// at stake and what was decided, and no more.
struct DisputePack {
  static constexpr std::string_view record_name = "DisputePack";
  DisputeResource dispute;
  DeliveryResource delivery;
  std::vector<TimelineItem> timeline;
  std::vector<ProofItem> proof;  // photos and signatures by the id of their upload
  std::vector<ScanResource> scans;
  std::vector<MessageResource> messages;
  std::vector<GeofenceEvent> geofence_events;
  std::vector<TrackPoint> track;
  Time made_at;
  static constexpr auto fields() {
    return std::array{field<&DisputePack::dispute>(1, "dispute"),
                      field<&DisputePack::delivery>(2, "delivery"),
                      field<&DisputePack::timeline>(3, "timeline"),
                      field<&DisputePack::proof>(4, "proof"),
                      field<&DisputePack::scans>(5, "scans"),
                      field<&DisputePack::messages>(6, "messages"),
                      field<&DisputePack::geofence_events>(7, "geofenceEvents"),
                      field<&DisputePack::track>(8, "track"),
                      field<&DisputePack::made_at>(9, "madeAt")};
  }
};

/// What the entity answers the platform; empty where it knows nothing.
template <class Resource, class Query>
Resource known(Call& call, Address of, Query query) {
  return find_answer<Resource>(call.door(), of, std::move(query)).value_or(Resource{});
}

void add_scans(Call& call, Address delivery, DisputePack& out) {
  for (const QrCodeResource& code : known<DeliveryPage<QrCodeResource>>(call, delivery, ViewQrCodes{}).items)
    for (const ScanResource& scan : known<DeliveryPage<ScanResource>>(call, delivery, ViewScans{code.qr_code_id}).items)
      out.scans.push_back(scan);
}

template <class T>
std::vector<AnyRecord> as_records(const std::vector<T>& items) {
  return std::vector<AnyRecord>(items.begin(), items.end());
}

JsonParts::NextPage pages_of_messages(Door& door, Address delivery) {
  constexpr std::size_t page_size = 200;
  return [&door, delivery, from = std::optional<std::uint64_t>(1)]() mutable -> std::optional<std::vector<AnyRecord>> {
    if (!from) return std::nullopt;
    const Conversation page = conversation_of(door, delivery, *from, page_size);
    from = page.next;
    return as_records(page.messages);
  };
}

/// What came after the dispute was opened is marked: by then its teller knew what they would have to have done.
JsonParts::NextPage pages_of_track(Door& door, Address tracker, Time disputed) {
  return [&door, tracker, disputed, span = TrackSpan{},
          is_over = false]() mutable -> std::optional<std::vector<AnyRecord>> {
    if (is_over) return std::nullopt;
    TrackPage page = track_page(door, tracker, span);
    is_over = page.is_last;
    for (TrackPoint& point : page.points) point.told_late |= point.received_at >= disputed;
    if (!page.points.empty()) span.after = page.points.back().timestamp;
    return as_records(page.points);
  };
}

void add_geofence_events(Call& call, Address tracker, DisputePack& out) {
  for (const GeofenceResource& fence : known<GeofenceList>(call, tracker, ViewGeofences{}).items)
    for (const GeofenceEvent& event :
         known<GeofenceEventList>(call, tracker, ViewGeofenceEvents{fence.geofence_id}).items) {
      out.geofence_events.push_back(event);
      if (event.received_at && *event.received_at >= out.dispute.created_at)
        out.geofence_events.back().told_late = true;
    }
}

/// For the two sides, and for whoever may look at what is private. Messages and track may be
/// long, so they are read while the answer is sent.
Response pack(Call& call) {
  DisputePack out;
  const Reply reply = call.ask_query({EntityKind::dispute, call.path_uuid("disputeId")}, ViewDispute{});
  out.dispute = call.resource<DisputeResource>(reply);
  const bool is_party = call.caller().is_user(out.dispute.customer) || call.caller().is_user(out.dispute.traveler);
  if (!is_party && !call.caller().may(Permission::private_data))
    throw Problem{"permission_denied", "A pack is for the two sides, and for the permission private."};
  const Address delivery{EntityKind::delivery, out.dispute.delivery_id.value};
  const Reply shown = call.try_query(delivery, ViewDelivery{});
  if (const auto* seen = shown.resource.get_if<DeliveryResource>()) {
    if (is_party) check_private_shown(*seen);
    out.delivery = *seen;
  }
  call.record_look(PrivateThing::dispute_pack, {EntityKind::dispute, out.dispute.dispute_id.value},
                   {out.dispute.customer, out.dispute.traveler});
  const Address tracker{EntityKind::tracker, out.dispute.delivery_id.value};
  out.timeline = known<DeliveryPage<TimelineItem>>(call, delivery, ViewTimeline{}).items;
  out.proof = known<DeliveryPage<ProofItem>>(call, delivery, ViewProof{}).items;
  add_scans(call, delivery, out);
  add_geofence_events(call, tracker, out);
  out.made_at = call.door().now();
  const Time disputed = out.dispute.created_at;
  Response response{.status = call.route().status};
  const auto parts = std::make_shared<JsonParts>(
      AnyRecord(std::move(out)),
      std::map<std::string_view, JsonParts::NextPage>{{"messages", pages_of_messages(call.door(), delivery)},
                                                      {"track", pages_of_track(call.door(), tracker, disputed)}});
  response.next_part = [parts] { return parts->next(); };
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"dispute.json\"");
  return response;
}

}  // namespace

std::vector<Route> dispute_pack_routes(Services&) {
  return {
      get("/admin/disputes/:disputeId/pack", user, "Track, geofence events, scans, photos' ids, messages in one file")
          .answers<DisputePack>()
          .rated(RateClass::bulk)
          .handle(pack)};
}

}  // namespace caravan::http
