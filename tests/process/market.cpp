#include "tests/process/market.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "tests/process/server.hpp"

namespace caravan::testing {

namespace {

using nlohmann::json;

constexpr const char* password = "a-long-enough-Passw0rd";

/// Seven days from now, on the real clock: the tests that use this leave the virtual one alone.
std::string next_week() {
  const std::time_t at = std::time(nullptr) + 7 * 86'400;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

json new_york() { return {{"address", "New York, NY"}, {"lat", 40.7484}, {"lng", -73.9857}}; }
json boston() { return {{"address", "Boston, MA"}, {"lat", 42.3584}, {"lng", -71.0598}}; }

}  // namespace

std::string json_at(const std::string& body, const std::string& path) {
  const json root = json::parse(body, nullptr, false);
  std::string pointer;
  for (const char c : path) pointer += c == '.' || c == '[' ? "/" : c == ']' ? "" : std::string(1, c);
  const json::json_pointer at("/" + pointer);
  if (root.is_discarded() || !root.contains(at)) return {};
  const json& value = root[at];
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<std::string> json_column(const std::string& body, const std::string& field) {
  std::vector<std::string> out;
  const json root = json::parse(body, nullptr, false);
  if (!root.is_object() || !root.contains("items")) return out;
  for (const json& item : root["items"])
    if (item.contains(field))
      out.push_back(item[field].is_string() ? item[field].get<std::string>() : item[field].dump());
  return out;
}

HttpAnswer Market::attempt(const std::string& method, const std::string& path, const std::string& token,
                           const std::string& body, const std::string& idempotency_key) {
  HttpHeaders headers;
  if (!token.empty()) headers["Authorization"] = "Bearer " + token;
  if (!idempotency_key.empty()) headers["Idempotency-Key"] = idempotency_key;
  return client_.call(method, "/api/v1" + path, headers, body);
}

HttpAnswer Market::call(const std::string& method, const std::string& path, const std::string& token,
                        const std::string& body, const std::string& idempotency_key) {
  HttpAnswer answer = attempt(method, path, token, body, idempotency_key);
  if (answer.status / 100 != 2)
    throw std::runtime_error(method + ' ' + path + " -> " + std::to_string(answer.status) + ' ' + answer.body);
  return answer;
}

MarketPerson Market::person(const std::string& name) {
  MarketPerson person;
  person.email = name + "@example.org";
  const json registration = {{"email", person.email},
                             {"password", password},
                             {"firstName", name},
                             {"lastName", "Example"},
                             {"userType", "both"}};
  person.id = json_at(call("POST", "/auth/register", "", registration.dump()).body, "userId");
  std::string mailed;
  for (int i = 0; mailed.empty() && i < 500; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const json mails = json::parse(call("GET", "/sandbox/messages?to=" + person.email, "").body);
    for (const json& mail : mails["items"])
      if (mail["templateId"] == "email_verification_template") mailed = mail["variables"]["verificationToken"];
  }
  call("POST", "/auth/verify-email", "", json{{"token", mailed}}.dump());
  const json credentials = {{"email", person.email}, {"password", password}};
  person.token = json_at(call("POST", "/auth/login", "", credentials.dump()).body, "accessToken");
  const std::string card = R"({"provider":"sandbox","token":"tok_ok"})";
  person.card = json_at(call("POST", "/payments/methods", person.token, card).body, "methodId");
  person.account = json_at(call("POST", "/payments/payout-accounts", person.token, card).body, "accountId");
  return person;
}

std::string Market::admin_token() {
  const json credentials = {{"email", admin_email}, {"password", admin_password}};
  return json_at(call("POST", "/auth/login", "", credentials.dump()).body, "accessToken");
}

std::string Market::trip(const MarketPerson& traveler) {
  const json body = {
      {"title", "New York to Boston"}, {"origin", new_york()},
      {"destination", boston()},       {"departureTime", next_week()},
      {"transportMode", "car"},        {"capacity", {{"weight", 500}, {"volume", 1000}, {"items", 100}}}};
  return json_at(call("POST", "/trips", traveler.token, body.dump()).body, "tripId");
}

std::string Market::request(const MarketPerson& customer) {
  json pickup = new_york();
  json delivery = boston();
  pickup.update({{"contactName", "Ana"}, {"contactPhone", "+12125550100"}});
  delivery.update({{"contactName", "Eva"}, {"contactPhone", "+16175550100"}});
  const json body = {{"title", "A parcel"},
                     {"pickup", pickup},
                     {"delivery", delivery},
                     {"item",
                      {{"description", "Books"},
                       {"category", "books"},
                       {"weight", 2.5},
                       {"volume", 3.0},
                       {"items", 1},
                       {"value", 50.0}}},
                     {"urgency", "standard"},
                     {"maxPrice", 60.0},
                     {"currency", "USD"}};
  return json_at(call("POST", "/delivery-requests", customer.token, body.dump()).body, "requestId");
}

std::string Market::offer(const MarketPerson& traveler, const std::string& request, const std::string& trip) {
  const json body = {{"tripId", trip}, {"price", 35.0}};
  const std::string offers = "/delivery-requests/" + request + "/offers";
  return json_at(call("POST", offers, traveler.token, body.dump()).body, "offerId");
}

MarketDelivery Market::offered(const MarketPerson& customer, const MarketPerson& traveler, const std::string& trip) {
  MarketDelivery out;
  out.trip = trip;
  out.request = request(customer);
  out.offer = offer(traveler, out.request, trip);
  return out;
}

std::string Market::accept(const MarketPerson& customer, MarketDelivery& delivery) {
  const json body = {{"paymentMethodId", customer.card}};
  const HttpAnswer accepted = call("POST", "/offers/" + delivery.offer + "/accept", customer.token, body.dump());
  return delivery.delivery = json_at(accepted.body, "deliveryId");
}

void Market::scan(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery,
                  const std::string& type, double lat, double lng) {
  const std::string codes = call("GET", "/qr-codes/delivery/" + delivery.delivery, customer.token).body;
  std::string id = json_at(codes, "items[0].qrCodeId");
  if (json_at(codes, "items[0].type") != type) id = json_at(codes, "items[1].qrCodeId");
  const std::string code = call("GET", "/qr-codes/" + id + "/image?format=text", customer.token).body;
  const json scanned = {{"code", code}, {"location", {{"lat", lat}, {"lng", lng}}}};
  call("POST", "/qr-codes/validate", traveler.token, scanned.dump());
}

void Market::pick_up(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery) {
  scan(customer, traveler, delivery, "pickup", 40.7484, -73.9857);
}

void Market::hand_over(const MarketPerson& customer, const MarketPerson& traveler, const MarketDelivery& delivery) {
  scan(customer, traveler, delivery, "delivery", 42.3584, -71.0598);
}

}  // namespace caravan::testing
