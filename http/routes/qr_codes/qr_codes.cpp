#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "http/qr/picture.hpp"
#include "http/qr/seal.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/deliveries/proof_pictures.hpp"
#include "storage/read_models/deliveries.hpp"

namespace caravan::http {

namespace {

using namespace std::chrono_literals;

// The answer waits so long, so that whoever reads the escrow next sees it released.
constexpr auto release_patience = 2s;

struct IssueBody {
  static constexpr std::string_view record_name = "QrCodeOrder";
  DeliveryId delivery_id;
  std::optional<std::string> security_level;  // unused: the contract has it, and there is one level
  std::optional<LocationBinding> location_binding;
  std::optional<std::int32_t> expiration_hours;
  static constexpr auto fields() {
    return std::array{field<&IssueBody::delivery_id>(1, "deliveryId"),
                      field<&IssueBody::security_level>(2, "securityLevel", length(1, 20)),
                      field<&IssueBody::location_binding>(3, "locationBinding"),
                      field<&IssueBody::expiration_hours>(4, "expirationHours", between(1, 24 * 90))};
  }
};

struct ScanBody {
  static constexpr std::string_view record_name = "QrScanRequest";
  std::string code;
  MeasuredPlace location;
  std::optional<Time> scanned_at;
  std::optional<VerificationData> verification_data;
  std::optional<std::string> elsewhere;  // why the receiver got the parcel off the agreed place
  std::optional<bool> accepts_goods;     // at the pickup: the traveler saw what travels only as declared, and takes it
  static constexpr auto fields() {
    return std::array{field<&ScanBody::code>(1, "code", length(1, 1'000)),
                      field<&ScanBody::location>(2, "location"),
                      field<&ScanBody::scanned_at>(3, "scannedAt"),
                      field<&ScanBody::verification_data>(4, "verificationData"),
                      field<&ScanBody::elsewhere>(5, "elsewhere", length(1, 500)),
                      field<&ScanBody::accepts_goods>(6, "acceptsGoods")};
  }
};

// `text` is the code itself, for programs that have no eyes.
enum class PictureFormat : std::uint8_t { png, svg, text };
constexpr auto enum_labels(PictureFormat) { return std::to_array<std::string_view>({"png", "svg", "text"}); }

struct PictureQuery {
  static constexpr std::string_view record_name = "PictureQuery";
  std::optional<PictureFormat> format;
  static constexpr auto fields() { return std::array{field<&PictureQuery::format>(1, "format")}; }
};

const CodeSealer& sealer_of(Call& call) {
  if (!call.services().codes) throw Problem{"unavailable", "This node seals no QR codes."};
  return *call.services().codes;
}

Address delivery_of_code(Call& call) {
  const Address owner = call.locate(call.path_uuid("qrCodeId"));
  if (owner.kind != EntityKind::delivery) throw Problem{"not_found"};
  return owner;
}

/// Where the traveler's parcel changes hands next.
Coordinates next_stop(const DeliveryResource& delivery) {
  const bool at_sender = delivery.status == DeliveryStatus::accepted || delivery.status == DeliveryStatus::returning;
  const DeliveryStop& stop = at_sender ? delivery.pickup : delivery.delivery;
  return {stop.lat.value_or(0), stop.lng.value_or(0)};
}

/// A forged text names no delivery: it counts as a try at the traveler's open delivery whose next stop is nearest, so
/// that it is recorded and a guesser is locked out. Nothing where the traveler carries nothing.
std::optional<CodeContent> content_of_forged(Call& call, const MeasuredPlace& place) {
  constexpr std::size_t most_looked_at = 200;
  if (!call.services().read_models) return std::nullopt;
  DeliveryFilter carried;
  carried.traveler = call.user();
  carried.open = true;
  const Viewer viewer{call.door().now(), call.caller()};
  const auto page = deliveries(*call.services().read_models, viewer, carried, {.limit = most_looked_at, .cursor = {}});
  const auto nearest = std::ranges::min_element(page.items, {}, [&](const DeliveryResource& delivery) {
    return distance_meters(next_stop(delivery), place.at());
  });
  if (nearest == page.items.end()) return std::nullopt;
  return CodeContent{{}, nearest->delivery_id, {}};
}

Response validate(Call& call) {
  const auto& body = call.body<ScanBody>();
  call.user();  // refuses services: a person must have scanned
  check_scan_time(call, body.scanned_at);
  auto content = sealer_of(call).open(body.code);
  if (!content) content = content_of_forged(call, body.location);
  if (!content) throw Problem{"qr_invalid", "This is not a code of this platform, or it was changed."};
  ScanCode command{content->qr_code_id, {content->secret}, body.location, body.scanned_at, {}, {},
                   body.elsewhere,      body.accepts_goods};
  const Address delivery{EntityKind::delivery, content->delivery_id.value};
  GivenFiles files(call, call.user(), delivery);
  take_proof(files, body.verification_data, command);
  const Reply reply = call.ask(delivery, std::move(command));
  const auto& result = call.resource<ScanResult>(reply);
  settle_scan(call, files, reply);
  if (result.delivery_status == DeliveryStatus::delivered && !reply.is_replay)
    call.await(
        delivery, ViewDelivery{},
        [](const Reply& now) {
          const auto* seen = now.resource.get_if<DeliveryResource>();
          return !seen || seen->funds_moved || seen->dispute_id || seen->handed_elsewhere || seen->handed_late;
        },
        release_patience);
  return call.answer(reply);
}

constexpr std::string_view other_picture_types[] = {"image/svg+xml", "text/plain"};

/// The code is the receiver's word that the parcel came: whoever has it can say so. A service on behalf of the customer
/// is not the customer.
Response show_picture(Call& call) {
  if (call.caller().is_acting()) throw Problem{"forbidden", "A code is shown to the customer alone."};
  const Reply reply = call.ask_query(delivery_of_code(call), ViewQrSecret{call.path<QrCodeId>("qrCodeId")});
  const auto& code = call.resource<QrCodeResource>(reply);
  const std::string text = sealer_of(call).seal({code.qr_code_id, code.delivery_id, code.secret.value});
  const PictureFormat format = call.query<PictureQuery>().format.value_or(PictureFormat::png);
  Response response = format == PictureFormat::text  ? call.bytes("text/plain", text)
                      : format == PictureFormat::svg ? call.bytes("image/svg+xml", qr_svg(text))
                                                     : call.bytes("image/png", qr_png(text));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response issue(Call& call, Handover type) {
  const auto& body = call.body<IssueBody>();
  const Address delivery{EntityKind::delivery, body.delivery_id.value};
  return call.answer(call.ask(delivery, IssueCode{type, body.location_binding, body.expiration_hours}));
}

Response scans(Call& call) {
  const Reply reply = call.ask_query(delivery_of_code(call), ViewScans{call.path<QrCodeId>("qrCodeId")});
  record_look_at(call, PrivateThing::places, delivery_of_code(call));
  return call.list(call.resource<DeliveryPage<ScanResource>>(reply).items);
}

Response codes_of_delivery(Call& call) {
  const Address delivery{EntityKind::delivery, call.path_uuid("deliveryId")};
  const Reply reply = call.ask_query(delivery, ViewQrCodes{});
  const auto& codes = call.resource<DeliveryPage<QrCodeResource>>(reply).items;
  for (const QrCodeResource& code : codes) call.remember_part(code.qr_code_id.value, delivery);
  record_look_at(call, PrivateThing::places, delivery);
  return call.list(codes);
}

}  // namespace

std::vector<Route> qr_code_routes(Services&) {
  const Target code = by_part(EntityKind::delivery);
  return {
      post("/qr-codes/pickup", service, "Make the pickup code; securityLevel changes nothing")
          .body<IssueBody>()
          .answers<QrCodeResource>(201)
          .handle([](Call& call) { return issue(call, Handover::pickup); }),
      post("/qr-codes/delivery", service, "Make the delivery code; securityLevel changes nothing")
          .body<IssueBody>()
          .answers<QrCodeResource>(201)
          .handle([](Call& call) { return issue(call, Handover::delivery); }),
      post("/qr-codes/validate", person,
           "Scan: checks code, order, place, time, scanner; moves the delivery; elsewhere says why off its place")
          .scoped(Scope::qr_scan)
          .body<ScanBody>()
          .answers<ScanResult>()
          .handle(validate),
      get("/qr-codes/:qrCodeId", user, "State of a code")
          .view<ViewQrCode>(code)
          .shows_private(PrivateThing::places)
          .answers<QrCodeResource>(),
      get("/qr-codes/:qrCodeId/image", person, "PNG, SVG, or its text (format)")
          .query<PictureQuery>()
          .answers_media("image/png")
          .or_media(other_picture_types)
          .handle(show_picture),
      post("/qr-codes/:qrCodeId/rotate", person, "New code, old one void")
          .command<RotateCode>(code)
          .shows_private(PrivateThing::places)
          .answers<QrCodeResource>(),
      post("/qr-codes/:qrCodeId/revoke", person, "Void")
          .command<RevokeCode>(code)
          .then<ViewQrCode>()
          .shows_private(PrivateThing::places)
          .answers<QrCodeResource>(),
      get("/qr-codes/:qrCodeId/scans", user, "Scan history, failures included").lists_own<ScanResource>().handle(scans),
      get("/qr-codes/delivery/:deliveryId", user, "The codes of a delivery")
          .lists_own<QrCodeResource>()
          .handle(codes_of_delivery),
  };
}

}  // namespace caravan::http
