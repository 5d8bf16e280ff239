#include "actors/delivery/policy.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_messages_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::days;

namespace {

/// How many of so many messages of theirs are taken.
int taken(Given<Delivery>& delivery, UserId by, int many) {
  int count = 0;
  for (int i = 0; i < many; ++i) count += delivery.as(user(by)).when(PostMessage{"."}) == "delivery.message_posted";
  return count;
}

}  // namespace

TEST_CASE("messages: no side uses up the other's, and a hundred a day of each are always taken") {
  Given<Delivery> delivery = accepted();
  const int half = delivery_policy::max_messages_of_side, a_day = delivery_policy::always_taken_messages_a_day;
  CHECK(2 * half == delivery_policy::max_messages);
  CHECK(taken(delivery, carrier, half + 10) == half);
  CHECK(delivery.when(PostMessage{"."}) == "! limit_reached");
  CHECK(taken(delivery, sender, half + 10) == half);
  CHECK(delivery.state.messages == delivery_policy::max_messages);
  for (int day = 1; day <= 2; ++day) {
    delivery.now += days{1};
    CHECK(taken(delivery, carrier, a_day + 10) == a_day);
    CHECK(taken(delivery, sender, a_day + 10) == a_day);
  }
}

TEST_CASE("messages: what an earlier build counted for both sides together leaves each its hundred a day") {
  Given<Delivery> delivery = accepted();
  delivery.state.messages = delivery_policy::max_messages;
  const int a_day = delivery_policy::always_taken_messages_a_day;
  CHECK(taken(delivery, carrier, 300) == a_day);
  CHECK(taken(delivery, sender, 300) == a_day);
}

TEST_CASE("messages: talk of paying or talking elsewhere is marked and warned of, and free of masks after acceptance") {
  Given<Delivery> delivery = accepted();
  const std::string said = "I ring you up: +1 212 555 0199, you pay me by Venmo";
  CHECK(delivery.as(user(carrier)).when(PostMessage{said}) == "delivery.message_posted");
  const auto* message = delivery.last.reply.get_if<MessageResource>();
  REQUIRE(message);
  CHECK(message->text == said);
  CHECK(message->flags == std::vector<std::string>{"payment", "contact"});
  REQUIRE(delivery.sent<Notify>());
  CHECK(delivery.sent<Notify>()->variables.at("text") == said);
  CHECK(delivery.sent<Notify>()->variables.contains("flagged"));
  Given<Delivery> other = accepted();
  other.as(user(sender)).when(PostMessage{"I am downstairs"});
  CHECK(other.last.reply.get_if<MessageResource>()->flags.empty());
  CHECK_FALSE(other.sent<Notify>()->variables.contains("flagged"));
}

TEST_CASE("messages: nobody writes to an account that is closed, nor reads on once nothing is open") {
  const auto shows_private = [](Given<Delivery>& delivery, UserId who) {
    return delivery.as(user(who)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->shows_private;
  };
  for (const auto& [leaver, other] : {std::pair{sender, carrier}, {carrier, sender}}) {
    Given<Delivery> delivery = delivered();
    CHECK(delivery.as(user(leaver)).when(SideClosed{leaver}) == "! forbidden");
    delivery.as(entity(user_address(leaver)));
    CHECK(delivery.when(SideClosed{stranger}) == "(nothing)");
    CHECK(delivery.when(SideClosed{leaver}) == "delivery.side_closed");
    CHECK(delivery.when(SideClosed{leaver}) == "(nothing)");
    CHECK(delivery.as(user(other)).when(PostMessage{"I know where you live"}) == "! forbidden");
    CHECK_FALSE(shows_private(delivery, other));
    const bool sees_doors =
        delivery.as(user(carrier)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->shows_doors;
    CHECK(sees_doors == (leaver == carrier));  // the customer's doors went with the customer
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
    CHECK(shows_private(delivery, other));
    CHECK(delivery.as(user(other)).when(PostMessage{"hello"}) == "! forbidden");
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeSettled{DisputeId{parcel.id}, "refund"});
    CHECK_FALSE(shows_private(delivery, other));
  }
}

}  // namespace delivery_messages_test
