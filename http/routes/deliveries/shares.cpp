#include <algorithm>
#include <cmath>

#include "actors/delivery/shares.hpp"
#include "actors/tracker/resources.hpp"
#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/access/token_seal.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/deliveries/arrival.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "storage/codec/digest.hpp"

/// Links by which somebody without an account follows a delivery.
namespace caravan::http {

namespace {

/// Where the parcel was seen. With a radius: the middle of the area in which it was.
struct SharedPosition {
  static constexpr std::string_view record_name = "SharedPosition";
  Coordinates location;
  std::optional<std::int32_t> radius;  // metres; absent: exactly there
  Time at;
  static constexpr auto fields() {
    return std::array{field<&SharedPosition::location>(1, "location"), field<&SharedPosition::radius>(2, "radius"),
                      field<&SharedPosition::at>(3, "at")};
  }
};

struct SharedPeople {
  static constexpr std::string_view record_name = "SharedPeople";
  std::optional<std::string> customer, traveler;  // first names
  static constexpr auto fields() {
    return std::array{field<&SharedPeople::customer>(1, "customer"), field<&SharedPeople::traveler>(2, "traveler")};
  }
};

/// All that a link shows.
struct SharedDelivery {
  static constexpr std::string_view record_name = "SharedDelivery";
  DeliveryStatus status = DeliveryStatus::accepted;
  bool late = false;
  std::string from, to;                  // towns or areas
  std::optional<std::int32_t> progress;  // percent of the way; absent where it does not lead to the receiver any more
  std::optional<Time> expected_at, picked_up_at, delivered_at;
  std::optional<SharedPosition> position;  // between pickup and delivery alone
  std::optional<SharedPeople> people;
  Time shown_until;
  bool handed_on = false;  // of a relay: its traveler has given it to the next one: it has not arrived by that
  static constexpr auto fields() {
    return std::array{field<&SharedDelivery::status>(1, "status"),
                      field<&SharedDelivery::late>(2, "late"),
                      field<&SharedDelivery::from>(3, "from"),
                      field<&SharedDelivery::to>(4, "to"),
                      field<&SharedDelivery::progress>(5, "progress", between(0, 100)),
                      field<&SharedDelivery::expected_at>(6, "expectedAt"),
                      field<&SharedDelivery::picked_up_at>(7, "pickedUpAt"),
                      field<&SharedDelivery::delivered_at>(8, "deliveredAt"),
                      field<&SharedDelivery::position>(9, "position"),
                      field<&SharedDelivery::people>(10, "people"),
                      field<&SharedDelivery::shown_until>(11, "shownUntil"),
                      field<&SharedDelivery::handed_on>(12, "handedOn")};
  }
};

[[noreturn]] void refuse_link() { throw Problem{"not_found", "This link shows nothing any more, or was never one."}; }

Response share(Call& call) {
  const Address delivery{EntityKind::delivery, call.path_uuid("deliveryId")};
  const TokenSeal& seal = needed(call.services().token_seal);
  auto made = call.resource<ShareResource>(call.ask(delivery, call.body<ShareDelivery>()));
  if (made.token) made.token = seal.seal(*made.token);
  // Behind the # it is in no request for the page, and in no Referer. The page then asks with it in a path: our logs
  // leave it out, those of a proxy of somebody else's may not.
  if (made.token) made.url = call.services().settings.public_url + "/track#" + *made.token;
  return call.answer(AnyRecord(std::move(made)));
}

Response list_shares(Call& call) {
  const Reply reply = call.ask_query({EntityKind::delivery, call.path_uuid("deliveryId")}, ListShares{});
  return call.list(call.resource<DeliveryPage<ShareResource>>(reply).items);
}

bool is_carried(const DeliveryResource& delivery) {
  return delivery.status == DeliveryStatus::picked_up || delivery.status == DeliveryStatus::in_transit;
}

Coordinates point_of(const DeliveryStop& stop) { return {stop.lat.value_or(0), stop.lng.value_or(0)}; }

/// The edge of an area may be next to a door: whoever is near is at it as well.
bool is_around(Coordinates place, Coordinates door) {
  constexpr double near_meters = 1'000;
  return area_center(place) == area_center(door) || distance_meters(place, door) < near_meters;
}

/// Nobody learns from it where a door is: around the pickup, and for whom the traveler lets look on around the
/// receiver's too, only the area is shown.
std::optional<SharedPosition> position_of(Call& call, const DeliveryResource& delivery, const ShareResource& link) {
  if (!is_carried(delivery) || !delivery.pickup_completed_at) return std::nullopt;
  const Reply reply =
      call.try_query_as(edge_caller(), {EntityKind::tracker, delivery.delivery_id.value}, ViewPosition{});
  const auto* seen = reply.resource.get_if<PositionResource>();
  if (!seen || !seen->location || !seen->timestamp || *seen->timestamp < *delivery.pickup_completed_at)
    return std::nullopt;
  const bool at_a_door = is_around(*seen->location, point_of(delivery.pickup)) ||
                         (link.by != delivery.customer_id && is_around(*seen->location, point_of(delivery.delivery)));
  if (link.shows.position && !at_a_door) return SharedPosition{*seen->location, {}, *seen->timestamp};
  return SharedPosition{area_center(*seen->location), area_radius_meters, *seen->timestamp};
}

/// By what the link shows of the position; else by the time.
std::int32_t progress_of(const DeliveryResource& delivery, const SharedDelivery& shown, Time now) {
  if (delivery.status == DeliveryStatus::delivered) return 100;
  if (!is_carried(delivery)) return 0;
  constexpr double least = 5, most = 95;  // it is neither at one end nor at the other
  double part = 0;
  if (shown.position) {
    const double behind = distance_meters(point_of(delivery.pickup), shown.position->location),
                 ahead = distance_meters(shown.position->location, point_of(delivery.delivery));
    part = behind / std::max(behind + ahead, 1.0);
  } else if (shown.picked_up_at && shown.expected_at && *shown.expected_at > *shown.picked_up_at) {
    part = static_cast<double>((now - *shown.picked_up_at).count()) /
           static_cast<double>((*shown.expected_at - *shown.picked_up_at).count());
  }
  return static_cast<std::int32_t>(std::lround(std::clamp(100 * part, least, most)));
}

std::optional<std::string> name_of(Call& call, UserId user) {
  std::string name = first_name_of(call, user);
  return name.empty() ? std::nullopt : std::optional(std::move(name));
}

SharedDelivery shown_by(Call& call, const DeliveryResource& delivery, const OpenedShare& opened) {
  const ShareResource& link = opened.link;
  SharedDelivery out;
  out.from = opened.from;
  out.to = opened.to;
  out.status = delivery.status;
  out.late = delivery.late;
  out.picked_up_at = delivery.pickup_completed_at;
  const bool is_delivered = delivery.status == DeliveryStatus::delivered;
  out.handed_on = is_delivered && delivery.leg && delivery.leg->hands_on;
  if (!out.handed_on) out.delivered_at = delivery.delivery_completed_at;
  out.shown_until = link.expires_at;
  out.position = position_of(call, delivery, link);
  const bool is_ahead = delivery.status == DeliveryStatus::accepted || is_carried(delivery);
  // To five minutes: it is a guess, and tells no more of where the parcel is.
  using FiveMinutes = std::chrono::duration<std::int64_t, std::ratio<300>>;
  if (is_ahead) out.expected_at = std::chrono::ceil<FiveMinutes>(expected_time(call, delivery));
  if (is_ahead || (is_delivered && !out.handed_on)) out.progress = progress_of(delivery, out, call.door().now());
  if (link.shows.people)
    out.people = SharedPeople{name_of(call, delivery.customer_id), name_of(call, delivery.traveler_id)};
  return out;
}

/// Whoever invents tokens wakes no delivery.
Response show_shared(Call& call) {
  const auto opened = needed(call.services().token_seal).open(call.path_text("token"));
  const auto parts = opened && opened->sealed ? parse_token(sodium_crypto, opened->token) : std::nullopt;
  if (!parts) refuse_link();
  const Address address{EntityKind::delivery, parts->owner};
  const Reply known = call.try_query_as(edge_caller(), address, ViewShared{opened->token});
  const auto* link = known.resource.get_if<OpenedShare>();
  if (!link) refuse_link();
  const Reply reply = call.try_query_as(edge_caller(), address, ViewDelivery{});
  const auto* delivery = reply.resource.get_if<DeliveryResource>();
  if (!delivery) refuse_link();
  return call.answer(AnyRecord(shown_by(call, *delivery, *link)));
}

}  // namespace

std::vector<Route> share_routes(Services&) {
  return {
      post(
          "/deliveries/:deliveryId/share", person,
          "A link by which somebody without an account follows it, for 1 hour to 30 days (72 hours), and at most a day "
          "beyond its end; made by no key, and ended by another password and logout-all. `shows`: the exact position, "
          "else its area; the first names of the two sides")
          .scoped_also(Scope::location_read)
          .body<ShareDelivery>()
          .answers<ShareResource>(201)
          .secret_once()
          .handle(share),
      get("/deliveries/:deliveryId/shares", user, "Its links that show anything; the tokens are shown once")
          .lists_own<ShareResource>()
          .handle(list_shares),
      del("/deliveries/:deliveryId/shares/:shareId", person, "End a link: the customer any, the traveler their own")
          .command<EndShare>(by_path(EntityKind::delivery))
          .answers_nothing(),
      get("/deliveries/shared/:token", anyone,
          "What a link shows: status, progress, expected arrival, between pickup and delivery the position, first "
          "names")
          .with_secret_path()
          .answers<SharedDelivery>()
          .handle(show_shared),
  };
}

}  // namespace caravan::http
