#include "storage/read_models/signals.hpp"

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/read_models/alerts.hpp"
#include "tests/storage/story.hpp"

/// Signs of fraud become alerts, each once.
namespace signals_test {

using namespace caravan;
using namespace caravan::testkit;
using std::chrono::days;

namespace {

const UserId ann = test_id<UserId>(1), ben = test_id<UserId>(2), cem = test_id<UserId>(3);

Address of(EntityKind kind, UserId user) { return {kind, user.value}; }

/// "shared_card medium", newest first.
std::vector<std::string> signs(const Story& story, std::optional<UserId> user = {}) {
  std::vector<std::string> out;
  for (const SecurityAlertItem& item :
       security_alerts(story.models, {.type = std::string(fraud_signal), .severity = {}, .user = user}, {}).items)
    out.push_back(item.detail + ' ' + item.severity);
  return out;
}

void keeps_card(Story& story, UserId user, const std::string& token, const std::string& provider = "bank") {
  PaymentMethodAdded event;
  event.method.provider = provider;
  event.method.token = token;
  story.tell(of(EntityKind::wallet, user), event);
}

void is_paid_to(Story& story, UserId user, const std::string& token) {
  PayoutAccountAdded event;
  event.account.provider = "bank";
  event.account.token = token;
  story.tell(of(EntityKind::wallet, user), event);
}

void has_device(Story& story, UserId user, const std::string& token) {
  DeviceRegistered event;
  event.device.token = token;
  story.tell(of(EntityKind::inbox, user), event);
}

void registers(Story& story, UserId user, Time at, const std::string& phone = "", const std::string& ip = "") {
  UserRegistered event;
  event.user_id = user;
  event.at = at;
  if (!phone.empty()) event.phone_number = phone;
  event.client = {ip, "Firefox/1.0", ip};
  story.tell(of(EntityKind::account, user), event);
}

/// Ann and Ben agree, about an item of so many dollars.
Address deal(Story& story, std::uint8_t id, std::int64_t dollars = 20) {
  const Address delivery{EntityKind::delivery, test_id<DeliveryId>(id).value};
  AcceptanceStarted started;
  started.terms.price = {1'000, *Currency::parse("USD")};
  started.terms.item.value = Price{dollars * 10'000};
  DeliveryCreated created;
  created.customer_id = ann;
  created.traveler_id = ben;
  story.tell(delivery, started);
  story.tell(delivery, created);
  return delivery;
}

using Signs = std::vector<std::string>;

}  // namespace

TEST_CASE("signals: whoever shows many throwaways is found by what they show after them, and no kind grows for ever") {
  Story story;
  keeps_card(story, ann, "first");
  const auto seen_with = [&](UserId other, const std::string& token) {
    const std::size_t before = signs(story, other).size();
    keeps_card(story, other, token);
    return signs(story, other).size() > before;
  };
  const auto throwaway = [](std::int64_t number) { return "throwaway" + std::to_string(number); };
  for (std::int64_t i = 1; i <= signals::most_traces; ++i) {
    story.now += std::chrono::seconds{1};
    keeps_card(story, ann, throwaway(i));
  }
  story.now += std::chrono::seconds{1};
  keeps_card(story, ann, "shared");
  CHECK(seen_with(ben, "shared"));
  // The oldest made room.
  CHECK(seen_with(test_id<UserId>(4), throwaway(2)));
  CHECK_FALSE(seen_with(test_id<UserId>(5), throwaway(1)));
  CHECK_FALSE(seen_with(test_id<UserId>(6), "first"));
}

TEST_CASE("signals: what two accounts have in common is told once, with both and why") {
  Story story;
  keeps_card(story, ann, "4242");
  keeps_card(story, ann, "4242");
  keeps_card(story, cem, "1881");
  CHECK(signs(story).empty());
  keeps_card(story, ben, "4242");
  keeps_card(story, ben, "4242");
  REQUIRE(signs(story) == Signs{"shared_card medium"});
  const auto item = security_alerts(story.models, {.type = {}, .severity = {}, .user = ann}, {}).items.at(0);
  CHECK(item.user_id == ben);
  CHECK(item.other_user_id == ann);
  CHECK(item.reason == "Two accounts keep the same card.");
  CHECK(item.links == Signs{"/api/v1/admin/users/" + ben.text(), "/api/v1/admin/users/" + ann.text()});
  CHECK(signs(story, cem).empty());
  is_paid_to(story, ann, "DE1");
  is_paid_to(story, ben, "DE1");
  has_device(story, ann, "phone");
  has_device(story, cem, "phone");
  registers(story, ann, test_start, "+12125550100");
  story.tell(of(EntityKind::account, ben), PhoneVerified{"+12125550100", test_start});
  CHECK(signs(story) ==
        Signs{"shared_phone medium", "shared_device medium", "shared_payout_account high", "shared_card medium"});
  // Another card of the same two is no news; the sandbox's tokens are everybody's.
  keeps_card(story, ann, "0002");
  keeps_card(story, ben, "0002");
  keeps_card(story, ann, "tok_ok", "sandbox");
  keeps_card(story, cem, "tok_ok", "sandbox");
  CHECK(signs(story).size() == 4);
}

TEST_CASE("signals: one trace of many accounts makes few alerts") {
  Story story;
  for (std::uint8_t id = 10; id < 30; ++id) has_device(story, test_id<UserId>(id), "farm");
  const auto of_last = signs(story, test_id<UserId>(29));
  CHECK(of_last.size() == static_cast<std::size_t>(signals::most_pairs));
}

TEST_CASE("signals: the two sides of a deal that share something may be one person") {
  Story story;
  deal(story, 40);
  CHECK(signs(story).empty());
  keeps_card(story, ann, "4242");
  keeps_card(story, ben, "4242");  // known after the deal alone
  CHECK(signs(story) == Signs{"own_deal high", "shared_card medium"});
  deal(story, 41);
  CHECK(signs(story).size() == 2);

  Story before;
  has_device(before, ann, "phone");
  has_device(before, ben, "phone");
  const Address delivery = deal(before, 42);
  CHECK(signs(before) == Signs{"own_deal high", "shared_device medium"});
  const auto item = security_alerts(before.models, {}, {}).items.at(0);
  CHECK(item.reason == "The two sides of a deal share a device.");
  CHECK(item.links.at(0) == "/api/v1/admin/deliveries/" + delivery.id.text());
}

TEST_CASE("signals: a network that both came from counts little, and one of many or of our own not at all") {
  const auto from = [](const std::string& ip, int others) {
    Story story;
    registers(story, ann, test_start - days{60}, "", ip);
    registers(story, ben, test_start - days{60}, "", ip);
    for (int i = 0; i < others; ++i)
      registers(story, test_id<UserId>(static_cast<std::uint8_t>(50 + i)), test_start, "", ip);
    deal(story, 40);
    return signs(story);
  };
  CHECK(from("203.0.113.7", 0) == Signs{"own_deal_network low"});
  CHECK(from("172.2.1.1", 0) == Signs{"own_deal_network low"});
  CHECK(from("203.0.113.7", 4).empty());
  for (const char* inside : {"127.0.0.1", "10.1.2.3", "172.16.0.9", "172.31.0.9", "192.168.1.2", "::1", "fd00:1::"})
    CHECK_MESSAGE(from(inside, 0).empty(), inside);
}

TEST_CASE("signals: a young account in a deal of great worth, once it has come about") {
  const auto signs_of = [](Time registered, std::int64_t dollars) {
    Story story;
    registers(story, ben, registered);
    deal(story, 40, dollars);
    return signs(story);
  };
  CHECK(signs_of(test_start - days{1}, 500) == Signs{"young_account_dear_deal medium"});
  CHECK(signs_of(test_start - days{1}, 499).empty());
  CHECK(signs_of(test_start - days{7}, 500).empty());
  Story failed;
  registers(failed, ben, test_start);
  AcceptanceStarted started;
  started.terms.price = {90'000, *Currency::parse("USD")};
  failed.tell(Address{EntityKind::delivery, test_id<DeliveryId>(40).value}, started);
  failed.tell(Address{EntityKind::delivery, test_id<DeliveryId>(40).value}, AcceptanceFailedEvent{});
  CHECK(signs(failed).empty());
}

TEST_CASE("signals: a relay counts as an acceptance for each of its legs") {
  Story story;
  const Address request{EntityKind::request, test_id<RequestId>(9).value};
  story.caller = user(ann);
  RelayStarted started;
  started.legs.resize(2);
  for (int i = 2; i < signals::many_acts; i += 2) story.tell(request, started);
  CHECK(signs(story).empty());
  story.tell(request, started);
  CHECK(signs(story) == Signs{"many_acceptances medium"});
}

TEST_CASE("signals: many acceptances or cancellations of one person within an hour, once a day") {
  Story story;
  const Address request{EntityKind::request, test_id<RequestId>(9).value};
  story.caller = user(ann);
  for (int i = 1; i < signals::many_acts; ++i) story.tell(request, OfferAcceptanceStarted{});
  CHECK(signs(story).empty());
  story.tell(request, OfferAcceptanceStarted{});
  CHECK(signs(story) == Signs{"many_acceptances medium"});
  for (int i = 0; i < 2 * signals::many_acts; ++i) story.tell(request, OfferAcceptanceStarted{});
  CHECK(signs(story).size() == 1);
  for (int i = 0; i < signals::many_acts; ++i) story.tell(request, RequestCancelled{});
  CHECK(signs(story) == Signs{"many_cancellations medium", "many_acceptances medium"});
  // What the platform does is nobody's haste, nor is what is spread over the day.
  story.caller = timer();
  for (int i = 0; i < signals::many_acts; ++i) story.tell(request, RequestCancelled{});
  story.caller = user(ben);
  for (int i = 0; i < signals::many_acts; ++i) {
    story.now += signals::acts_window;
    story.tell(request, RequestCancelled{});
  }
  CHECK(signs(story).size() == 2);
}

}  // namespace signals_test
