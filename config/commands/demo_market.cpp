#include "config/commands/demo_market.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace caravan::demo {

namespace {

constexpr auto wait_deadline = std::chrono::seconds(10);
constexpr auto wait_poll = std::chrono::milliseconds(100);
constexpr const char* password = "demo-market-Passw0rd";
constexpr int days_until_departure = 7;
constexpr int points_on_the_way = 8;
constexpr int payout_hours = 49;

std::string json_text(const std::string& text) { return '"' + text + '"'; }

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6f", value);
  return text;
}

std::string place_json(const Place& place) {
  return R"("address":)" + json_text(place.address) + R"(,"lat":)" + number(place.lat) + R"(,"lng":)" +
         number(place.lng);
}

std::string point_json(double lat, double lng) { return R"({"lat":)" + number(lat) + R"(,"lng":)" + number(lng) + '}'; }

std::string card_body(const std::string& token) { return R"({"provider":"sandbox","token":")" + token + R"("})"; }

}  // namespace

void tell(const std::string& line) {
  std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

std::string Market::now() { return client_.call("GET", "/sandbox/clock").at("now"); }

Answer Market::wait_for(const std::string& what, const std::string& token, const std::string& path,
                        const std::string& wanted) {
  const auto until = std::chrono::steady_clock::now() + wait_deadline;
  while (true) {
    Answer answer = client_.call("GET", what, token);
    const std::string found = answer.find(path);
    if (wanted.empty() ? !found.empty() : found == wanted) return answer;
    if (std::chrono::steady_clock::now() > until)
      throw Failure("GET " + what + ": " + path + " is \"" + found + "\" after 10 s, expected " +
                    (wanted.empty() ? "something" : wanted));
    std::this_thread::sleep_for(wait_poll);
  }
}

void Market::sign_in(Person& person) {
  const Answer answer =
      client_.call("POST", "/auth/login", {},
                   R"({"email":)" + json_text(person.email) + R"(,"password":)" + json_text(password) + '}');
  person.token = answer.at("accessToken");
}

void Market::sign_in_admin() {
  const Answer answer = client_.call(
      "POST", "/auth/login", {},
      R"({"email":)" + json_text(admin_.email) + R"(,"password":)" + json_text(admin_password_) + '}', 401);
  if (answer.status == 401)
    throw Failure("the node has no administrator " + admin_.email +
                  " with the demo's password: give node and demo the same CARAVAN_BOOTSTRAP_ADMIN=EMAIL:PASSWORD");
  admin_.token = answer.at("accessToken");
  admin_.id = answer.at("user.userId");
}

void Market::register_person(Person& person) {
  person.id = client_
                  .call("POST", "/auth/register", {},
                        R"({"email":)" + json_text(person.email) + R"(,"password":)" + json_text(password) +
                            R"(,"firstName":)" + json_text(person.name) + R"(,"lastName":)" + json_text(person.family) +
                            R"(,"userType":)" + json_text(person.type) + '}')
                  .at("userId");
  const std::string path = "items[templateId=email_verification_template].variables.verificationToken";
  const std::string mailed = wait_for("/sandbox/messages?to=" + person.email, {}, path, "").at(path);
  client_.call("POST", "/auth/verify-email", {}, R"({"token":)" + json_text(mailed) + '}');
  sign_in(person);
  tell(person.name + ' ' + person.family + " registers as a " + person.type + ", opens the mail to " + person.email +
       ", signs in");
  if (person.type != "customer") {
    client_.call("POST", "/payments/payout-accounts", person.token, card_body("tok_ok"));
    tell(person.name + " says where to be paid");
    return;
  }
  const Answer card = client_.call("POST", "/payments/methods", person.token, card_body("tok_ok"));
  person.card = card.at("methodId");
  tell(person.name + " adds a " + card.find("brand") + " card ending in " + card.find("last4"));
}

void Market::publish_trip(Parcel& parcel) {
  const std::string body = R"({"title":)" + json_text(parcel.traveler->name + " drives by") + R"(,"origin":{)" +
                           place_json(parcel.from) + R"(},"destination":{)" + place_json(parcel.to) +
                           R"(},"departureTime":")" + time_after(now(), 24 * days_until_departure) +
                           R"(","transportMode":"car","capacity":{"weight":8,"volume":40,"items":3},)"
                           R"("minPrice":10.00,"currency":"USD"})";
  const Answer trip = client_.call("POST", "/trips", parcel.traveler->token, body);
  parcel.trip = trip.at("tripId");
  const long km = std::stol(trip.at("route.distanceMeters")) / 1'000;
  tell(parcel.traveler->name + " drives from " + parcel.from.address + " to " + parcel.to.address + " (" +
       std::to_string(km) + " km) in a week, with room for 8 kg");
}

void Market::search_trips(const Parcel& parcel) {
  const std::string day =  // by the clocks where the trip begins
      client_.call("GET", "/trips/" + parcel.trip, parcel.customer->token).at("departureLocal").substr(0, 10);
  const std::string search = "/trips/search?origin=" + parcel.from.address + "&destination=" + parcel.to.address +
                             "&departureDate=" + day + "&maxDistance=50&minCapacity=" + parcel.weight;
  const Answer found = wait_for(search, parcel.customer->token, "items[tripId=" + parcel.trip + "].tripId", "");
  tell(parcel.customer->name + " searches and finds that trip, " +
       std::to_string(std::stol(found.at("items[tripId=" + parcel.trip + "].distanceFromOrigin"))) +
       " m from the start");
}

void Market::post_request(Parcel& parcel) {
  const auto stop = [](const Place& place, const char* name, const char* phone) {
    return '{' + place_json(place) + R"(,"contactName":")" + name + R"(","contactPhone":")" + phone + R"("})";
  };
  const std::string body = R"({"title":)" + json_text(parcel.title) + R"(,"pickup":)" +
                           stop(parcel.from, "Front door", "+12125550100") + R"(,"delivery":)" +
                           stop(parcel.to, "Reception", "+16175550100") + R"(,"item":{"description":)" +
                           json_text(parcel.title) + R"(,"category":)" + json_text(parcel.category) + R"(,"weight":)" +
                           parcel.weight + R"(,"volume":6.0,"items":1,"value":)" + parcel.value +
                           R"(},"urgency":"standard","maxPrice":90.00,"currency":"USD"})";
  const Answer request = client_.call("POST", "/delivery-requests", parcel.customer->token, body);
  parcel.request = request.at("requestId");
  tell(parcel.customer->name + " posts: " + parcel.title + ", " + parcel.weight + " kg; recommended price " +
       money(request.at("priceRecommendation.amount"), "USD"));
  const std::string match = "matches[tripId=" + parcel.trip + "].";
  if (!request.find(match + "score").empty())
    tell("it fits " + parcel.traveler->name + "'s trip: score " + request.at(match + "score").substr(0, 5) + ", \"" +
         request.find(match + "reasons[0]") + '"');
}

void Market::offer(Parcel& parcel) {
  const Answer offer = client_.call(
      "POST", "/delivery-requests/" + parcel.request + "/offers", parcel.traveler->token,
      R"({"tripId":)" + json_text(parcel.trip) + R"(,"price":)" + parcel.price + R"(,"message":"I pass right by."})");
  parcel.offer = offer.at("offerId");
  tell(parcel.traveler->name + " offers to carry it for " + money(offer.at("amount"), offer.at("currency")));
}

void Market::accept_with_declined_card(Parcel& parcel) {
  constexpr int payment_required = 402;
  const std::string bad =
      client_.call("POST", "/payments/methods", parcel.customer->token, card_body("tok_declined")).at("methodId");
  const Answer refused = client_.call("POST", "/offers/" + parcel.offer + "/accept", parcel.customer->token,
                                      R"({"paymentMethodId":)" + json_text(bad) + '}', payment_required);
  if (refused.status != payment_required) throw Failure("a declined card was taken");
  tell(parcel.customer->name + " accepts with a card that the bank declines: " + refused.at("code") +
       ", everything is undone");
}

void Market::accept(Parcel& parcel) {
  const Answer accepted = client_.call("POST", "/offers/" + parcel.offer + "/accept", parcel.customer->token,
                                       R"({"paymentMethodId":)" + json_text(parcel.customer->card) + '}');
  parcel.delivery = accepted.at("deliveryId");
  parcel.number = accepted.at("deliveryNumber");
  parcel.escrow = accepted.at("escrowId");
  parcel.pickup_code = accepted.at("qrCodes[type=pickup].qrCodeId");
  parcel.delivery_code = accepted.at("qrCodes[type=delivery].qrCodeId");
  const Answer escrow = client_.call("GET", "/payments/escrow/" + parcel.escrow, parcel.customer->token);
  tell(parcel.customer->name + " accepts: " + parcel.number + ", " + money(escrow.at("amount"), escrow.at("currency")) +
       " are " + escrow.at("status") + ", two QR codes and two geofences made");
}

void Market::cancel(Parcel& parcel) {
  client_.call("POST", "/deliveries/" + parcel.delivery + "/cancel", parcel.customer->token,
               R"({"reason":"I found another way"})");
  wait_for("/payments/escrow/" + parcel.escrow, parcel.customer->token, "status", "refunded");
  tell(parcel.customer->name + " cancels " + parcel.number + " before the pickup: the money is back");
}

void Market::scan(Parcel& parcel, const std::string& qr_code, const Place& place) {
  const std::string code =
      client_.call("GET", "/qr-codes/" + qr_code + "/image?format=text", parcel.customer->token).body;
  const Answer scanned =
      client_.call("POST", "/qr-codes/validate", parcel.traveler->token,
                   R"({"code":)" + json_text(code) + R"(,"location":)" + point_json(place.lat, place.lng) + '}');
  tell(parcel.traveler->name + " scans the " + scanned.at("type") + " code at " + place.address + ": " + parcel.number +
       " is " + scanned.at("deliveryStatus"));
}

void Market::pick_up(Parcel& parcel) {
  client_.call("POST", "/deliveries/" + parcel.delivery + "/messages", parcel.customer->token,
               R"({"text":"Ring twice, please."})");
  tell(parcel.customer->name + " writes: Ring twice, please.");
  scan(parcel, parcel.pickup_code, parcel.from);
}

void Market::drive(Parcel& parcel) {
  client_.call("POST", "/location/tracking/start", parcel.traveler->token,
               R"({"deliveryId":)" + json_text(parcel.delivery) + '}');
  std::string hits;
  const bool on_terminal = isatty(STDOUT_FILENO) == 1;
  const std::string arrived = now();
  for (int i = 1; i <= points_on_the_way; ++i) {
    const double part = static_cast<double>(i) / points_on_the_way;
    const Answer taken =
        client_.call("POST", "/location/tracking/update", parcel.traveler->token,
                     R"({"deliveryId":)" + json_text(parcel.delivery) + R"(,"location":)" +
                         point_json(parcel.from.lat + part * (parcel.to.lat - parcel.from.lat),
                                    parcel.from.lng + part * (parcel.to.lng - parcel.from.lng)) +
                         R"(,"accuracy":8,"timestamp":")" + time_after(arrived, i - points_on_the_way) + R"("})");
    if (!taken.find("geofenceEvents[0].eventType").empty())
      hits += "; " + taken.at("geofenceEvents[0].eventType") + " at the " + taken.at("geofenceEvents[0].geofenceType") +
              " place";
    std::string bar(static_cast<std::size_t>(points_on_the_way), '.');
    bar.replace(0, static_cast<std::size_t>(i), static_cast<std::size_t>(i), '#');
    if (!on_terminal && i < points_on_the_way) continue;
    std::printf("%s  %s is on the road  [%s]", on_terminal ? "\r" : "", parcel.traveler->name.c_str(), bar.c_str());
    std::fflush(stdout);
  }
  const Answer delivery = client_.call("GET", "/deliveries/" + parcel.delivery, parcel.customer->token);
  std::printf("  %s%s\n", delivery.at("status").c_str(), hits.c_str());
}

void Market::deliver(Parcel& parcel) {
  scan(parcel, parcel.delivery_code, parcel.to);
  const Answer escrow = wait_for("/payments/escrow/" + parcel.escrow, parcel.customer->token, "status", "released");
  tell("the money is released: " + money(escrow.at("travelerAmount"), escrow.at("currency")) + " for " +
       parcel.traveler->name + ", " + money(escrow.at("platformFee"), escrow.at("currency")) + " for the platform");
}

void Market::review(Parcel& parcel) {
  const auto write = [&](const Person& from, const Person& about, const std::string& text) {
    wait_for("/users/me/reviews/pending", from.token, "items[deliveryId=" + parcel.delivery + "].deliveryId", "");
    client_.call(
        "POST", "/users/" + about.id + "/reviews", from.token,
        R"({"deliveryId":)" + json_text(parcel.delivery) + R"(,"rating":5,"comment":)" + json_text(text) + '}');
    tell(from.name + " reviews " + about.name + ": five stars, \"" + text + '"');
  };
  write(*parcel.customer, *parcel.traveler, "Careful and on time");
  write(*parcel.traveler, *parcel.customer, "Well packed");
  const Answer statistics =
      wait_for("/users/" + parcel.traveler->id + "/statistics", parcel.customer->token, "ratingCount", "");
  tell("both see both now; " + parcel.traveler->name + " has " + statistics.at("successfulDeliveries") +
       " delivery done, average rating " + statistics.find("averageRating"));
}

void Market::dispute(Parcel& parcel) {
  const std::string dispute =
      client_
          .call("POST", "/admin/disputes", parcel.customer->token,
                R"({"deliveryId":)" + json_text(parcel.delivery) +
                    R"(,"reason":"damaged","description":"The lid is cracked","requestedAmount":2000})")
          .at("disputeId");
  tell(parcel.customer->name + " opens a dispute: the lid is cracked; the traveler's payout freezes");
  sign_in_admin();
  client_.call("PUT", "/admin/disputes/" + dispute + "/assign", admin_.token,
               R"({"assigneeId":)" + json_text(admin_.id) + '}');
  client_.call("POST", "/admin/disputes/" + dispute + "/messages", parcel.traveler->token,
               R"({"text":"It was whole when I handed it over."})");
  tell(parcel.traveler->name + " answers: It was whole when I handed it over.");
  const Answer resolved = client_.call("POST", "/admin/disputes/" + dispute + "/resolve", admin_.token,
                                       R"({"resolution":"split","refundAmount":1500,"note":"Likely, but not proven"})");
  tell("the administrator splits the money: " + money("1500", "USD") + " back to " + parcel.customer->name + ", " +
       resolved.at("status"));
}

void Market::pay_out(Parcel& parcel) {
  client_.call("POST", "/sandbox/clock/advance", {}, R"({"seconds":)" + std::to_string(payout_hours * 3'600) + '}');
  sign_in(*parcel.traveler);
  const Answer payouts = wait_for("/payments/payouts", parcel.traveler->token, "items[0].status", "paid");
  tell("two days pass on the virtual clock: " + parcel.traveler->name + " is paid " +
       money(payouts.at("items[0].amount"), payouts.at("items[0].currency")));
}

void Market::check_ledger() {
  sign_in_admin();
  const Answer ledger = client_.call("GET", "/admin/finance/ledger-check", admin_.token);
  if (ledger.at("balanced") != "true") throw Failure("the ledger does not balance: " + ledger.body);
  tell("the ledger balances: debits " + ledger.at("debits") + ", credits " + ledger.at("credits") + ", open holds " +
       ledger.at("openHolds"));
}

}  // namespace caravan::demo
