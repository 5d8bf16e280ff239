#include "actors/inbox/commands.hpp"
#include "actors/user/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Until when each side of a delivery may write about the other: never after it could read what was written about it.
namespace review_windows_test {

using namespace caravan;
using namespace caravan::testkit;
using std::chrono::days;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const DeliveryId parcel = test_id<DeliveryId>(7);

/// A person whose delivery for the other one is over.
Given<User> finished(UserId self, UserId other, DeliveryRole role) {
  Given<User> person(user_address(self));
  person.state.created = true;
  person.as(entity({EntityKind::delivery, parcel.value}));
  REQUIRE(person.when(RecordDelivery{parcel, other, role, true, test_start}) == "delivery.recorded");
  return person;
}

/// Bob writes about Ann: what Ann's actor tells his, it tells him `delay` later.
struct Pair {
  Given<User> anns = finished(ann, bob, DeliveryRole::traveler);
  Given<User> bobs = finished(bob, ann, DeliveryRole::customer);

  void bob_writes(Time at, Duration delay = {}) {
    REQUIRE(anns.at(at).as(user(bob)).when(SubmitReview{parcel, 2}) == "review.submitted");
    const CounterReviewWritten told = *anns.sent<CounterReviewWritten>();
    REQUIRE(bobs.at(at + delay).as(entity(user_address(ann))).when(told) == "review.written");
  }
  std::string ann_writes(Time at) {
    Given<User> his = bobs;
    return his.at(at).as(user(ann)).when(SubmitReview{parcel, 1});
  }
  std::string publish(Time at) {
    const std::string name = "publish/" + anns.state.reviews.front().review_id.text();
    return anns.at(at).as(timer()).when(TimerFired{name});
  }
  std::optional<Time> ann_is_told() {
    const auto list = anns.as(user(ann)).ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items;
    return list.empty() ? std::nullopt : std::optional(list.front().review_until);
  }
};

}  // namespace

TEST_CASE("review windows: whoever has read the published review has no own one left to take revenge with") {
  for (const days written : {days{0}, days{3}, days{6}, days{13}}) {
    CAPTURE(written.count());
    Pair pair;
    const Time at = test_start + written;
    pair.bob_writes(at);
    const Time shown = at + days{policy.reviews.hidden_days};
    const Time last = pair.ann_is_told().value();
    CHECK(last <= shown);
    CHECK(last >= at + days{policy.reviews.answer_days});
    CHECK(pair.ann_writes(last - std::chrono::milliseconds{1}) == "review.submitted, review.published");
    CHECK(pair.ann_writes(last) == "! review_window_closed");
    CHECK(pair.publish(shown) == "review.published");
    CHECK(pair.ann_writes(shown) == "! review_window_closed");
    CHECK_FALSE(pair.ann_is_told());
  }
}

TEST_CASE("review windows: it counts from when it was written, however late the other actor hears of it") {
  Pair pair;
  pair.bob_writes(test_start, days{2});
  CHECK(pair.bobs.state.deliveries.front().wrote_at == test_start);
  CHECK(pair.ann_writes(test_start + days{7}) == "! review_window_closed");
  Pair silent;  // of former builds, which did not say when
  silent.bobs.at(test_start + days{1}).as(entity(user_address(ann))).when(CounterReviewWritten{parcel});
  CHECK(silent.bobs.state.deliveries.front().wrote_at == test_start + days{1});
}

TEST_CASE("review windows: who has not written two days after the delivery is asked to, once") {
  const auto asked = [](Given<User>& person) {
    person.at(test_start + days{2}).as(timer()).when(TimerFired{"review/" + parcel.text()});
    return person.sent<Notify>();
  };
  Given<User> silent = finished(bob, ann, DeliveryRole::customer);
  REQUIRE(silent.last.timers.size() == 1);
  CHECK(silent.last.timers[0].name == "review/" + parcel.text());
  CHECK(silent.last.timers[0].due == test_start + days{2});
  REQUIRE(asked(silent));
  CHECK(silent.sent<Notify>()->template_id == "review_due");
  CHECK(silent.sent<Notify>()->subject == parcel.value);
  CHECK(silent.sent<Notify>()->variables.at("reviewUntil") == to_rfc3339(test_start + days{14}));
  Pair pair;
  pair.bob_writes(test_start);
  CHECK_FALSE(asked(pair.bobs));  // he has written
  CHECK_FALSE(asked(pair.anns));  // and she was asked when he did
  Given<User> failed(user_address(ann));
  failed.state.created = true;
  failed.as(entity({EntityKind::delivery, parcel.value}));
  failed.when(RecordDelivery{parcel, bob, DeliveryRole::traveler, false, test_start});
  CHECK(failed.last.timers.empty());
}

}  // namespace review_windows_test
