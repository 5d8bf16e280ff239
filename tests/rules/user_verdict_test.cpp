#include "tests/rules/user_given.hpp"

/// What a judge's decision means for the reputation of both sides.
namespace user_verdict_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;
using std::chrono::days;

TEST_CASE("user: a judge's verdict counts for one side alone, and may be turned round") {
  Given<User> person = finished();
  const DeliveryId left = test_id<DeliveryId>(77), waited = test_id<DeliveryId>(78);
  const auto counts = [&] {
    const auto seen = *person.ask(ViewStatistics{}).resource.get_if<Statistics>();
    return std::pair(seen.successful_deliveries, seen.cancelled_deliveries);
  };
  using Counts = std::pair<std::int64_t, std::int64_t>;
  person.when(RecordDelivery{left, bob, DeliveryRole::customer, false, test_start});          // their doing
  person.when(RecordDelivery{waited, bob, DeliveryRole::customer, false, test_start, true});  // nobody's, at first
  person.when(RecordFailure{waited, test_start});
  CHECK(counts() == Counts(1, 2));
  CHECK(person.as(user(bob)).when(RecordVerdict{left, bob, test_start}) == "! not_owner");
  person.as(entity({EntityKind::delivery, left.value}));
  CHECK(person.when(RecordVerdict{left, bob, test_start}) == "delivery.verdict_recorded");
  CHECK(person.when(RecordVerdict{waited, bob, test_start}) == "delivery.verdict_recorded");
  CHECK(counts() == Counts(1, 0));
  CHECK(person.when(RecordVerdict{waited, bob, test_start}) == "(nothing)");
  CHECK(person.when(RecordVerdict{waited, ann, test_start}) == "delivery.verdict_recorded");
  CHECK(counts() == Counts(1, 1));
  CHECK(person.when(RecordVerdict{parcel, ann, test_start}) == "delivery.verdict_recorded");
  CHECK(counts() == Counts(0, 2));
  CHECK(person.when(RecordVerdict{parcel, {}, test_start}) == "delivery.verdict_recorded");
  CHECK(counts() == Counts(1, 1));
  CHECK(person.when(RecordVerdict{test_id<DeliveryId>(79), ann, test_start}) == "(nothing)");
}

TEST_CASE("user: whoever does not pay for what was delivered has that mark, whatever a judge says of the traveler") {
  Given<User> person = created();
  person.as(entity({EntityKind::delivery, parcel.value}));
  person.when(RecordDelivery{parcel, bob, DeliveryRole::customer, true, test_start});
  person.when(RecordFailure{parcel, test_start});
  CHECK(person.when(RecordVerdict{parcel, {}, test_start}) == "(nothing)");
  CHECK(person.when(RecordVerdict{parcel, bob, test_start}) == "delivery.verdict_recorded");
  CHECK(person.ask(ViewStatistics{}).resource.get_if<Statistics>()->cancelled_deliveries == 1);
}

TEST_CASE("user: whoever a judge found at fault reviews nothing of that delivery") {
  Given<User> person = finished();
  Given<User> wrote = person;
  person.when(RecordVerdict{parcel, bob, test_start});
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1, "liar"}) == "! review_window_closed");
  wrote.as(user(bob)).when(SubmitReview{parcel, 1, "liar"});
  const std::string name = wrote.last.timers.at(0).name;
  wrote.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, bob, test_start});
  CHECK(wrote.as(timer()).when(TimerFired{name}) == "(nothing)");  // nor is shown what waited
  CHECK(wrote.state.reviews.empty());
  Given<User> guilty = finished();
  guilty.when(RecordVerdict{parcel, ann, test_start});
  CHECK(guilty.as(user(ann)).ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items.empty());
  CHECK(guilty.as(user(bob)).when(SubmitReview{parcel, 1}) == "review.submitted");
}

TEST_CASE("user: what whoever is at fault wrote goes though it was shown, and its rating with it") {
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 1, "liar"});
  person.as(timer()).when(TimerFired{person.last.timers.at(0).name});
  REQUIRE(person.state.rating_count == 1);
  Given<User> innocent = person;
  innocent.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, ann, test_start});
  CHECK(innocent.state.rating_count == 1);  // what the victim wrote stays
  person.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, bob, test_start});
  CHECK(person.state.reviews.empty());
  CHECK(person.state.rating_count == 0);
  CHECK(person.state.rating_sum == 0);
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1}) == "! review_window_closed");
  // Turned round, it is theirs to write again.
  person.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, ann, test_start});
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1}) == "review.submitted");
}

TEST_CASE("user: a cheap delivery's review is shown, and no part of the mean") {
  for (const bool cheap : {true, false}) {
    Given<User> person = created();
    person.as(entity({EntityKind::delivery, parcel.value}));
    person.when(RecordDelivery{{parcel, bob, DeliveryRole::traveler, true, test_start, false, true, {}, cheap}});
    person.as(user(bob)).when(SubmitReview{parcel, 5});
    CHECK(person.as(timer()).when(TimerFired{person.last.timers.at(0).name}) == "review.published");
    CHECK(person.state.rating_count == (cheap ? 0 : 1));
    const auto shown = person.as(user(bob)).ask(ListReviews{}).resource.get_if<ReviewList>()->items;
    REQUIRE(shown.size() == 1);
    CHECK(shown.front().uncounted == cheap);
    person.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, bob, test_start});
    CHECK(person.state.reviews.empty());
    CHECK(person.state.rating_count == 0);
  }
}

TEST_CASE("user: a review counts no more once the price went back, unless whom it is about was at fault") {
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 5});
  const std::string name = person.last.timers.at(0).name;
  Given<User> waiting = person;
  person.as(timer()).when(TimerFired{name});
  REQUIRE(person.state.rating_count == 1);
  CHECK(person.as(user(bob)).when(RecordCheap{parcel, test_start}) == "! not_owner");
  CHECK(person.as(delivery).when(RecordCheap{parcel, test_start}) == "delivery.cheap_recorded");
  CHECK(person.when(RecordCheap{parcel, test_start}) == "(nothing)");
  CHECK(person.state.rating_count == 0);
  CHECK(person.state.rating_sum == 0);
  CHECK(person.state.reviews.at(0).uncounted);
  CHECK_FALSE(person.ask(ViewStanding{bob}).resource.get_if<Standing>()->has_delivered);
  waiting.as(delivery).when(RecordCheap{parcel, test_start});
  waiting.as(timer()).when(TimerFired{name});
  CHECK(waiting.state.rating_count == 0);
  // A judge has found that Bob was right to have it back: his word counts.
  for (Given<User>* each : {&person, &waiting}) {
    each->as(delivery).when(RecordVerdict{parcel, ann, test_start});
    CHECK(each->state.rating_count == 1);
    CHECK(each->state.rating_sum == 5);
    each->when(RecordVerdict{parcel, {}, test_start});
    CHECK(each->state.rating_count == 0);
  }
  CHECK(person.state.slight == 1);
  CHECK(person.state.successful == 1);
}

TEST_CASE("user: of one author the newest review alone counts, whichever side they were on") {
  Given<User> person = created();
  const auto reviewed = [&](std::uint8_t number, UserId author, DeliveryRole role, int rating, bool cheap = false) {
    const DeliveryId id = test_id<DeliveryId>(number);
    person.as(entity({EntityKind::delivery, id.value}));
    person.when(RecordDelivery{{id, author, role, true, test_start, false, cheap, {}, cheap}});
    person.as(user(author)).when(SubmitReview{id, rating});
    person.as(timer()).when(TimerFired{person.last.timers.at(0).name});
  };
  reviewed(80, bob, DeliveryRole::traveler, 5);
  reviewed(81, eve, DeliveryRole::traveler, 2);
  reviewed(82, bob, DeliveryRole::customer, 4);
  CHECK(person.state.rating_count == 2);
  CHECK(person.state.rating_sum == 6);
  reviewed(83, bob, DeliveryRole::traveler, 1, true);  // what counts for nothing takes no place
  CHECK(person.state.rating_count == 2);
  CHECK(person.state.rating_sum == 6);
  CHECK(person.as(user(eve)).ask(ListReviews{}).resource.get_if<ReviewList>()->items.size() == 4);
  evolve(person.state, ReviewPublished{Uuid{}, test_id<DeliveryId>(99), bob, 3, test_start});  // of an earlier build
  CHECK(person.state.rating_count == 3);
}

TEST_CASE("user: whoever is reviewed reads no hidden review of themself, though they administer users") {
  Given<User> person = created();
  person.as(entity({EntityKind::delivery, parcel.value}));
  person.when(RecordDelivery{{parcel, bob, DeliveryRole::traveler, true, test_start, false, true, {}, false}});
  person.as(user(bob)).when(SubmitReview{parcel, 1});
  const auto shown_to = [&](UserId administrator) {
    const auto list =
        person.as(admin(administrator, Permission::users)).ask(ListReviews{}).resource.get_if<ReviewList>();
    return list->items.size();
  };
  CHECK(shown_to(eve) == 1);
  CHECK(shown_to(UserId{person.self.id}) == 0);
}

TEST_CASE("user: an author is one voice, and keeps it, whatever becomes of each of their reviews") {
  Given<User> person = created();
  const auto about = [&](std::uint8_t number) {
    person.as(entity({EntityKind::delivery, test_id<DeliveryId>(number).value}));
    return test_id<DeliveryId>(number);
  };
  const auto reviewed = [&](std::uint8_t number, int rating) {
    const DeliveryId id = about(number);
    person.when(RecordDelivery{id, bob, DeliveryRole::traveler, true, test_start});
    person.as(user(bob)).when(SubmitReview{id, rating});
    person.as(timer()).when(TimerFired{person.last.timers.at(0).name});
  };
  const auto voice = [&] { return std::pair{person.state.rating_count, person.state.rating_sum}; };
  using Voice = std::pair<std::int64_t, std::int64_t>;
  reviewed(80, 5);
  person.when(RecordCheap{about(80), test_start});
  CHECK(voice() == Voice{0, 0});
  reviewed(81, 4);
  CHECK(voice() == Voice{1, 4});
  person.when(RecordVerdict{about(80), ann, test_start});  // the first one may count again, and is one too many
  CHECK(voice() == Voice{1, 4});
  person.when(RecordCheap{about(81), test_start});
  CHECK(voice() == Voice{1, 5});
  reviewed(82, 3);
  CHECK(voice() == Voice{1, 3});
  person.when(RecordVerdict{about(82), bob, test_start});  // takes the newest away
  CHECK(person.state.reviews.size() == 2);
  CHECK(voice() == Voice{1, 5});
}

TEST_CASE("user: the victim of a late verdict has a week for the own review") {
  const Time judged = test_start + days{20};
  Given<User> guilty = finished();
  guilty.at(judged).as(user(bob));
  CHECK(Given<User>(guilty).when(SubmitReview{parcel, 1}) == "! review_window_closed");
  guilty.as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, ann, judged});
  CHECK(Given<User>(guilty).at(judged + days{7}).as(user(bob)).when(SubmitReview{parcel, 1}) ==
        "! review_window_closed");
  guilty.at(judged + days{7} - std::chrono::seconds{1}).as(user(bob));
  CHECK(guilty.when(SubmitReview{parcel, 1}) == "review.submitted");
  // And is told of it.
  Given<User> victim = finished();
  victim.at(judged).as(entity({EntityKind::delivery, parcel.value})).when(RecordVerdict{parcel, bob, judged});
  const auto pending = victim.as(user(ann)).ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items;
  REQUIRE(pending.size() == 1);
  CHECK(pending.front().review_until == judged + days{7});
}

TEST_CASE("user: a verdict that turns out to be nobody's fault gives the week for what it took away") {
  const Time judged = test_start + days{20}, turned = judged + days{10};
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 5});
  person.as(timer()).when(TimerFired{person.last.timers.at(0).name});
  person.at(judged).as(delivery).when(RecordVerdict{parcel, bob, judged});
  REQUIRE(person.state.reviews.empty());
  person.at(turned).when(RecordVerdict{parcel, {}, turned});
  CHECK(Given<User>(person).at(turned + days{7}).as(user(bob)).when(SubmitReview{parcel, 5}) ==
        "! review_window_closed");
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 5}) == "review.submitted");
}

TEST_CASE("user: the victim of whoever did not pay has the week of the verdict as well") {
  const Time judged = test_start + days{20};
  Given<User> person = created();
  person.as(entity({EntityKind::delivery, parcel.value}));
  person.when(RecordDelivery{parcel, bob, DeliveryRole::customer, true, test_start});
  person.when(RecordFailure{parcel, test_start});
  CHECK(person.at(judged).when(RecordVerdict{parcel, ann, judged}) == "delivery.verdict_recorded");
  CHECK(person.when(RecordVerdict{parcel, ann, judged}) == "(nothing)");
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1}) == "review.submitted");
}

}  // namespace user_verdict_test
