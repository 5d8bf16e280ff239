#include "actors/delivery/resources.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/tracker/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/deliveries/conversation.hpp"
#include "http/routes/location/track.hpp"
#include "http/routes/payments/payments.hpp"

namespace caravan::http {

namespace {

/// Everything that is known of a disputed delivery, in one file.
struct DisputePack {
  static constexpr std::string_view record_name = "DisputePack";
  DisputeResource dispute;
  DeliveryResource delivery;
  std::vector<TimelineItem> timeline;
  std::vector<ProofItem> proof;  // photos and signatures by the id of their upload
  std::vector<ScanResource> scans;
  std::vector<MessageResource> messages;
  std::vector<GeofenceEvent> geofence_events;
  std::vector<Fix> track;
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
  const Reply reply = call.try_query_as(edge_caller(), of, std::move(query));
  const auto* found = reply.outcome == Outcome::done ? reply.resource.get_if<Resource>() : nullptr;
  return found ? *found : Resource{};
}

void add_scans(Call& call, Address delivery, DisputePack& out) {
  for (const QrCodeResource& code : known<DeliveryPage<QrCodeResource>>(call, delivery, ViewQrCodes{}).items)
    for (const ScanResource& scan : known<DeliveryPage<ScanResource>>(call, delivery, ViewScans{code.qr_code_id}).items)
      out.scans.push_back(scan);
}

void add_messages(Call& call, Address delivery, DisputePack& out) {
  constexpr std::size_t page_size = 500;
  for (std::optional<std::uint64_t> from = 1; from;) {
    Conversation page = conversation_of(call.door(), delivery, *from, page_size);
    out.messages.insert(out.messages.end(), page.messages.begin(), page.messages.end());
    from = page.next;
  }
}

void add_geofence_events(Call& call, Address tracker, DisputePack& out) {
  for (const GeofenceResource& fence : known<GeofenceList>(call, tracker, ViewGeofences{}).items)
    for (const GeofenceEvent& event :
         known<GeofenceEventList>(call, tracker, ViewGeofenceEvents{fence.geofence_id}).items)
      out.geofence_events.push_back(event);
}

/// The dispute itself says who may see it; all else follows from that.
Response pack(Call& call) {
  DisputePack out;
  const Reply reply = call.ask_query({EntityKind::dispute, call.path_uuid("disputeId")}, ViewDispute{});
  out.dispute = call.resource<DisputeResource>(reply);
  const Address delivery{EntityKind::delivery, out.dispute.delivery_id.value};
  const Address tracker{EntityKind::tracker, out.dispute.delivery_id.value};
  out.delivery = known<DeliveryResource>(call, delivery, ViewDelivery{});
  out.timeline = known<DeliveryPage<TimelineItem>>(call, delivery, ViewTimeline{}).items;
  out.proof = known<DeliveryPage<ProofItem>>(call, delivery, ViewProof{}).items;
  add_scans(call, delivery, out);
  add_messages(call, delivery, out);
  add_geofence_events(call, tracker, out);
  out.track = track_of(call, tracker);
  out.made_at = call.door().now();
  Response response = call.answer(AnyRecord(std::move(out)));
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"dispute.json\"");
  return response;
}

}  // namespace

std::vector<Route> dispute_pack_routes(Services&) {
  return {get("/admin/disputes/:disputeId/pack", user, "Track, geofence events, scans, photos, messages in one file")
              .answers<DisputePack>()
              .handle(pack)};
}

}  // namespace caravan::http
