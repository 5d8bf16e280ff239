#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/rules/user_given.hpp"

namespace user_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;
using namespace std::chrono_literals;

namespace {

const DeliveryId other_parcel = test_id<DeliveryId>(8);
const Address delivery{EntityKind::delivery, parcel.value};

ReviewList reviews(Given<User>& person, UserId reader) {
  return *person.as(user(reader)).ask(ListReviews{}).resource.get_if<ReviewList>();
}

}  // namespace

TEST_CASE("user: a profile is made once, by the platform or a service") {
  Given<User> person(self);
  CHECK(person.as(user(ann)).when(profile()) == "! not_owner");
  CHECK(person.as(service()).when(profile()) == "profile.created");
  CHECK(person.when(profile()) == "(nothing)");
}

TEST_CASE("user: a traveler waits at one place at a time, and is not sooner at the next than anybody travels") {
  constexpr Coordinates new_york{40.7128, -74.006}, philadelphia{39.9526, -75.1652}, next_door{40.7138, -74.006};
  const auto waits = [](DeliveryId at, Coordinates place, Duration from, Duration until) {
    return RecordWhereabouts{{at, place, 100, test_start + from, test_start + until, true, TransportMode::car}};
  };
  const auto doubted = [](const Given<User>& person) {
    std::vector<Uuid> all;
    for (const Effect& effect : person.last.effects)
      if (effect.command.get_if<DoubtWait>()) all.push_back(effect.to.id);
    return all;
  };
  Given<User> person = created();
  person.as(entity(delivery)).when(waits(parcel, new_york, 0min, 20min));
  CHECK(doubted(person).empty());
  const Given<User> at_first = person;
  person.when(waits(other_parcel, philadelphia, 1min, 21min));
  CHECK(doubted(person) == std::vector{parcel.value, other_parcel.value});
  // 129 km by car: half an hour at the very least.
  for (const auto& [pause, is_possible] : {std::pair{20min, false}, {40min, true}}) {
    person = at_first;
    person.when(waits(other_parcel, philadelphia, 20min + pause, 40min + pause));
    CHECK(doubted(person).empty() == is_possible);
    person = at_first;
    RecordWhereabouts scan = waits(other_parcel, philadelphia, -pause, -pause);
    scan.seen.waited = false;
    person.when(scan);
    CHECK(doubted(person) == (is_possible ? std::vector<Uuid>{} : std::vector{parcel.value}));
  }
  // One stands at two doors whose circles meet.
  person = at_first;
  person.when(waits(other_parcel, next_door, 1min, 21min));
  CHECK(doubted(person).empty());
  CHECK(person.as(user(ann)).when(waits(parcel, new_york, 0min, 1min)) == "! not_owner");
}

TEST_CASE("user: strangers see less of a profile than its owner, administrators and services") {
  Given<User> person = created();
  auto seen = *person.as(user(bob)).ask(ViewProfile{}).resource.get_if<ProfileResource>();
  CHECK(seen.last_name == "A.");
  CHECK(!seen.email);
  for (const Caller& reader : {user(ann), admin(bob, Permission::users), service()}) {
    seen = *person.as(reader).ask(ViewProfile{}).resource.get_if<ProfileResource>();
    CHECK(seen.last_name == "Archer");
    CHECK(seen.email == "ann@example.com");
  }
  CHECK(person.as(user(bob)).ask(ViewPreferences{}).rejection->code == "not_owner");
}

TEST_CASE("user: a review stays hidden until both sides wrote") {
  Given<User> person = finished();
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 5, "quick"}) == "review.submitted");
  CHECK(effects(person.last) == std::vector<std::string>{"user counter_review_written", "inbox notify"});
  CHECK(person.last.effects.at(0).to == user_address(bob));
  CHECK(reviews(person, ann).items.empty());
  CHECK(reviews(person, eve).items.empty());
  CHECK(person.when(SubmitReview{parcel, 1}) == "! not_a_party");  // eve
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1}) == "! already_reviewed");
  CHECK(person.as(entity(user_address(bob))).when(CounterReviewWritten{parcel}) == "review.written, review.published");
  CHECK(person.last.timers.at(0).due == std::nullopt);
  const auto list = reviews(person, eve);
  REQUIRE(list.items.size() == 1);
  CHECK(list.items[0].rating == 5);
  CHECK(list.items[0].author_role == DeliveryRole::customer);
  CHECK(person.state.average_rating() == 5.0);
}

TEST_CASE("user: no service writes a review, or answers one, in anybody's name") {
  Given<User> person = finished();
  Caller bobs = user(bob), anns = user(ann);
  bobs.service = anns.service = test_id<UserId>(90).value;
  CHECK(person.as(bobs).when(SubmitReview{parcel, 1}) == "! forbidden");
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 5}) == "review.submitted");
  CHECK(person.as(anns).when(RespondToReview{test_id<UserId>(91).value, "Thanks"}) == "! forbidden");
}

TEST_CASE("user: who writes second publishes both") {
  Given<User> person = finished();
  person.when(CounterReviewWritten{parcel});
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 4}) == "review.submitted, review.published");
  CHECK(person.last.reply.get_if<ReviewResource>()->status == ReviewStatus::published);
}

TEST_CASE("user: a review is published after seven days even if the other side never writes") {
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 3});
  REQUIRE(person.last.timers.size() == 1);
  CHECK(*person.last.timers[0].due == test_start + std::chrono::days{7});
  const std::string name = person.last.timers[0].name;
  CHECK(person.state.rating_count == 0);
  CHECK(person.as(timer()).when(TimerFired{name}) == "review.published");
  CHECK(person.when(TimerFired{name}) == "(nothing)");
  CHECK(person.state.rating_count == 1);
}

TEST_CASE("user: reviews are taken for 14 days, of completed deliveries, from the other side") {
  Given<User> person = finished();
  person.when(RecordDelivery{other_parcel, bob, DeliveryRole::traveler, false, test_start});
  CHECK(person.as(user(bob)).when(SubmitReview{other_parcel, 5}) == "! review_window_closed");
  CHECK(person.as(user(ann)).when(SubmitReview{parcel, 5}) == "! self_not_allowed");
  CHECK(person.as(user(eve)).when(SubmitReview{parcel, 5}) == "! not_a_party");
  CHECK(person.as(user(ann)).ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items.size() == 1);
  person.at(test_start + std::chrono::days{14});
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 5}) == "! review_window_closed");
  CHECK(person.as(user(ann)).ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items.empty());
}

TEST_CASE("user: whoever is reviewed near the end has three more days for their own") {
  Given<User> person = finished();  // the user who wrote in the last minute
  const Time end = test_start + std::chrono::days{14};
  person.at(end - std::chrono::minutes{1}).as(entity(user_address(bob))).when(CounterReviewWritten{parcel});
  Given<User> late = person;
  person.at(end + std::chrono::days{2});
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 2}) == "review.submitted, review.published");
  late.at(end + std::chrono::days{3});
  CHECK(late.as(user(bob)).when(SubmitReview{parcel, 2}) == "! review_window_closed");
  Given<User> reviewed = finished();
  reviewed.at(end - std::chrono::minutes{1}).as(user(bob)).when(SubmitReview{parcel, 2});
  reviewed.at(end + std::chrono::days{2}).as(user(ann));
  const auto pending = reviewed.ask(ListPendingReviews{}).resource.get_if<PendingReviewList>()->items;
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].review_until == end + std::chrono::days{3} - std::chrono::minutes{1});
}

TEST_CASE("user: only the reviewed may answer, and only what is published") {
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 2});
  const Uuid review = person.last.reply.get_if<ReviewResource>()->review_id;
  CHECK(person.as(user(ann)).when(RespondToReview{review, "sorry"}) == "! not_found");
  person.as(entity(user_address(bob))).when(CounterReviewWritten{parcel});
  CHECK(person.as(user(bob)).when(RespondToReview{review, "hm"}) == "! not_owner");
  CHECK(person.as(user(ann)).when(RespondToReview{review, "sorry"}) == "review.answered");
  CHECK(reviews(person, eve).items.at(0).response == "sorry");
  person.now += std::chrono::days{14} - std::chrono::seconds{1};
  CHECK(person.as(user(ann)).when(RespondToReview{review, "very sorry"}) == "review.answered");
  person.now += std::chrono::seconds{1};  // nobody looks there any more
  CHECK(person.when(RespondToReview{review, "she lives at 1 Main St"}) == "! review_window_closed");
}

TEST_CASE("user: what turns out to have failed counts so, once, and the other side may still write its review") {
  Given<User> person = finished();
  const DeliveryId left = test_id<DeliveryId>(77);
  const auto counts = [&] {
    const auto seen = *person.ask(ViewStatistics{}).resource.get_if<Statistics>();
    return std::pair(seen.successful_deliveries, seen.cancelled_deliveries);
  };
  person.when(RecordDelivery{left, bob, DeliveryRole::traveler, false, test_start, true});
  CHECK(counts() == std::pair<std::int64_t, std::int64_t>(1, 0));
  CHECK(person.when(RecordFailure{left, test_start}) == "delivery.failure_recorded");
  CHECK(counts() == std::pair<std::int64_t, std::int64_t>(1, 1));
  CHECK(person.when(RecordFailure{parcel, test_start}) == "delivery.failure_recorded");
  CHECK(counts() == std::pair<std::int64_t, std::int64_t>(0, 2));
  CHECK(person.when(RecordFailure{parcel, test_start}) == "(nothing)");
  CHECK(person.when(RecordFailure{test_id<DeliveryId>(78), test_start}) == "(nothing)");
  person.when(RecordDelivery{other_parcel, bob, DeliveryRole::traveler, false, test_start});
  CHECK(person.when(RecordFailure{other_parcel, test_start}) == "(nothing)");
  CHECK(counts() == std::pair<std::int64_t, std::int64_t>(0, 3));
  CHECK(person.as(user(bob)).when(SubmitReview{parcel, 1}) == "review.submitted");
}

TEST_CASE("user: a slight delivery makes nobody known, though it counts") {
  Given<User> person = created();
  const auto is_known = [&] { return person.ask(ViewStanding{bob}).resource.get_if<Standing>()->has_delivered; };
  person.as(entity(delivery))
      .when(RecordDelivery{{parcel, bob, DeliveryRole::traveler, true, test_start, false, true}});
  CHECK_FALSE(is_known());
  CHECK(person.ask(ViewStatistics{}).resource.get_if<Statistics>()->successful_deliveries == 1);
  person.when(RecordDelivery{{other_parcel, bob, DeliveryRole::traveler, true, test_start}});
  CHECK(is_known());
  person.when(RecordFailure{parcel, test_start});
  CHECK(is_known());
  person.when(RecordFailure{other_parcel, test_start});
  CHECK_FALSE(is_known());
}

TEST_CASE("user: statistics count deliveries and money; money is shown to its owner and administrators") {
  Given<User> person = finished();
  person.when(RecordDelivery{other_parcel, bob, DeliveryRole::traveler, false, test_start});
  CHECK(person.when(RecordDelivery{parcel, bob, DeliveryRole::traveler, true, test_start}) == "(nothing)");
  const Currency usd, eur = *Currency::parse("EUR");
  person.when(RecordMoney{parcel, Money{3'000, usd}, {}});
  person.when(RecordMoney{parcel, Money{200, usd}, {}});
  person.when(RecordMoney{other_parcel, {}, Money{500, eur}});
  auto seen = *person.as(user(ann)).ask(ViewStatistics{}).resource.get_if<Statistics>();
  CHECK(seen.total_deliveries == 2);
  CHECK(seen.successful_deliveries == 1);
  CHECK(seen.cancelled_deliveries == 1);
  CHECK(seen.completion_rate == 0.5);
  // One that the other side left is none of theirs.
  const RecordDelivery left{test_id<DeliveryId>(77), bob, DeliveryRole::traveler, false, test_start, true};
  CHECK(person.as(entity({EntityKind::delivery, test_id<DeliveryId>(77).value})).when(left) == "delivery.recorded");
  seen = *person.as(user(ann)).ask(ViewStatistics{}).resource.get_if<Statistics>();
  CHECK(seen.total_deliveries == 2);
  CHECK(seen.completion_rate == 0.5);
  CHECK(*seen.total_earnings == std::vector{Money{3'200, usd}});
  CHECK(*seen.total_spent == std::vector{Money{500, eur}});
  seen = *person.as(user(bob)).ask(ViewStatistics{}).resource.get_if<Statistics>();
  CHECK(!seen.total_earnings);
}

TEST_CASE("user: verification is submitted once at a time and decided by somebody else") {
  Given<User> person = created();
  const SubmitVerification documents{{{DocumentType::passport, {}, "X123"}}, {}};
  person.as(user(ann));
  CHECK(person.when(documents) == "verification.submitted");
  CHECK(person.when(documents) == "! invalid_state");
  CHECK(person.as(admin(ann, Permission::users)).when(DecideVerification{}) == "! self_not_allowed");
  CHECK(person.as(admin(bob, Permission::finance)).when(DecideVerification{}) == "! permission_denied");
  person.as(admin(bob, Permission::users));
  CHECK(person.when(DecideVerification{VerificationDecision::rejected}) == "verification.completed");
  CHECK(person.when(DecideVerification{}) == "! invalid_state");
  CHECK(person.as(user(ann)).when(documents) == "verification.submitted");
  CHECK(person.as(admin(bob, Permission::users)).when(DecideVerification{}) == "verification.completed");
  CHECK(person.state.level == VerificationLevel::identity);
  CHECK(person.as(user(ann)).when(documents) == "! already_verified");
}

TEST_CASE("user: the level identity needs documents") {
  Given<User> person = created();
  const DecideVerification identity{VerificationDecision::approved, VerificationLevel::identity, {}};
  CHECK(person.as(admin(bob, Permission::users)).when(identity) == "! invalid_state");
  person.as(user(ann)).when(SubmitVerification{{{DocumentType::passport, {}, "X123"}}, {}});
  CHECK(person.as(admin(bob, Permission::users)).when(identity) == "verification.completed");
}

TEST_CASE("user: channels that are switched off are told of") {
  Given<User> person = created();
  ReplacePreferences command{"en", "UTC", *Currency::parse("EUR"), {.email = false, .sms = true, .push = false}, {}};
  person.as(user(ann)).when(command);
  REQUIRE(person.sent<Notify>());
  CHECK(person.sent<Notify>()->template_id == "channels_switched_off");
  CHECK(person.sent<Notify>()->variables.at("channels") == "email, push");
  person.when(command);
  CHECK_FALSE(person.sent<Notify>());
  command.channels.email = true;
  person.when(command);
  CHECK_FALSE(person.sent<Notify>());
}

TEST_CASE("user: quiet hours that begin or change are told of") {
  Given<User> person = created();
  ReplacePreferences command{"en", "UTC", *Currency::parse("EUR"), {}, QuietHours{"00:00", "23:59"}};
  person.as(user(ann)).when(command);
  REQUIRE(person.sent<Notify>());
  CHECK(person.sent<Notify>()->template_id == "quiet_hours_changed");
  CHECK(person.sent<Notify>()->variables.at("to") == "23:59");
  person.when(command);
  CHECK_FALSE(person.sent<Notify>());
  command.quiet_hours->from = "01:00";
  person.when(command);
  CHECK(person.sent<Notify>());
  command.quiet_hours.reset();
  person.when(command);
  CHECK_FALSE(person.sent<Notify>());
}

TEST_CASE("user: preferences go on to the inbox") {
  Given<User> person = created();
  person.as(user(ann));
  ReplacePreferences command{"de", "Europe/Berlin", *Currency::parse("EUR"), {}, QuietHours{"22:00", "7:00"}};
  CHECK(person.when(command) == "! validation_failed");
  command.quiet_hours->to = "07:00";
  CHECK(person.when(command) == "preferences.replaced");
  CHECK(person.sent<UpdateContact>()->time_zone == "Europe/Berlin");
  CHECK(person.sent<SetNotificationPreferences>()->quiet_hours->from == "22:00");
  CHECK(person.sent<SetNotificationPreferences>()->digest == MatchDigest::daily);
  command.digest = MatchDigest::off;
  person.when(command);
  command.digest.reset();  // a client that does not know it
  person.when(command);
  CHECK(person.sent<SetNotificationPreferences>()->digest == MatchDigest::off);
}

TEST_CASE("user: one saved address is the default") {
  Given<User> person = created();
  person.as(user(ann));
  person.when(AddAddress{"home", "1 Main St", {}, {}, {}, {40.7, -74.0}});
  CHECK(person.last.reply.get_if<AddressResource>()->is_default);
  person.when(AddAddress{"work", "2 Main St", {}, {}, true, {40.8, -74.0}});
  const Uuid work = person.last.reply.get_if<AddressResource>()->address_id;
  CHECK(!person.state.addresses[0].is_default);
  CHECK(person.when(EditAddress{work, "office"}) == "address.saved");
  CHECK(person.state.addresses[1].location.lat == 40.8);
  CHECK(person.when(RemoveAddress{work}) == "address.removed");
  CHECK(person.when(RemoveAddress{work}) == "! not_found");
  while (person.state.addresses.size() < max_addresses) person.when(AddAddress{{}, "3 Main St"});
  CHECK(person.when(AddAddress{{}, "4 Main St"}) == "! limit_reached");
}

TEST_CASE("user: blocking, and what the platform learns of it") {
  Given<User> person = created();
  person.as(user(ann));
  CHECK(person.when(BlockUser{ann}) == "! self_not_allowed");
  CHECK(person.when(BlockUser{bob}) == "user.blocked");
  CHECK(effects(person.last) == std::vector<std::string>{"inbox forget_matches", "inbox forget_matches"});
  for (const auto& [place, side, other] : {std::tuple{0, ann, bob}, std::tuple{1, bob, ann}}) {
    const Effect& effect = person.last.effects.at(static_cast<std::size_t>(place));
    CHECK(effect.to == inbox_of(side));
    CHECK(effect.command.get_if<ForgetMatches>()->customer_id == other);
  }
  CHECK(person.when(BlockUser{bob}) == "(nothing)");
  CHECK(person.as(provider()).ask(ViewStanding{bob}).resource.get_if<Standing>()->blocks_other);
  CHECK(!person.ask(ViewStanding{eve}).resource.get_if<Standing>()->blocks_other);
  CHECK(person.as(user(ann)).when(UnblockUser{bob}) == "user.unblocked");
  CHECK(person.as(user(bob)).when(ReportUser{"rude"}) == "user.reported");
  CHECK(person.when(ReportUser{"rude"}) == "(nothing)");
}

TEST_CASE("user: closing takes the person away and leaves the reputation of others alone") {
  Given<User> person = finished();
  person.as(user(bob)).when(SubmitReview{parcel, 5});
  person.as(anns_account);
  auto much_later = person;
  CHECK(person.when(CloseProfile{}) == "profile.closed");
  // Their deliveries are told, as long as the other side sees anything of theirs.
  REQUIRE(person.sent<SideClosed>());
  CHECK(person.sent<SideClosed>()->side == ann);
  CHECK(person.last.effects.front().to == delivery);
  CHECK(person.when(CloseProfile{}) == "(nothing)");
  much_later.now += std::chrono::days{14};
  much_later.when(CloseProfile{});
  CHECK_FALSE(much_later.sent<SideClosed>());
  person.as(entity({EntityKind::delivery, other_parcel.value}));
  person.when(RecordDelivery{{other_parcel, bob, DeliveryRole::traveler, false, person.now}});
  CHECK(person.sent<SideClosed>());  // it ended after they had left
  person.as(anns_account);
  CHECK(person.state.email.empty());
  CHECK(person.state.reviews.size() == 1);
  CHECK(person.as(user(ann)).when(UpdateProfile{"Ann"}) == "! not_owner");
}

TEST_CASE("user: every state against every command") {
  auto hidden = finished();
  hidden.as(user(bob)).when(SubmitReview{parcel, 5});
  const Uuid review = hidden.state.reviews.at(0).review_id;
  auto busy = hidden;  // a published review, a saved address, documents under review, a block
  busy.as(entity(delivery)).when(CounterReviewWritten{parcel});
  busy.as(user(ann)).when(AddAddress{"home", "1 Main St"});
  const Uuid address = busy.state.addresses.at(0).id;
  busy.when(SubmitVerification{{{DocumentType::passport}}, {}});
  busy.when(BlockUser{eve});
  auto closed = hidden;
  closed.as(entity(delivery)).when(CloseProfile{});
  check_table<User>(
      {{"none", {}},
       {"created", created().state},
       {"finished", finished().state},
       {"hidden", hidden.state},
       {"busy", busy.state},
       {"closed", closed.state}},
      {{"by account", AnyRecord(profile()), anns_account},
       {"by owner", AnyRecord(profile()), user(ann)},
       {"by delivery", AnyRecord(RecordDelivery{parcel, bob, DeliveryRole::traveler, true, test_start}),
        entity(delivery)},
       {"by owner", AnyRecord(RecordDelivery{parcel, bob, DeliveryRole::traveler, true, test_start}), user(ann)},
       {"by delivery", AnyRecord(RecordWhereabouts{{parcel, {}, 100, test_start, test_start, true, {}}}),
        entity(delivery)},
       {"by owner", AnyRecord(RecordWhereabouts{{parcel, {}, 100, test_start, test_start, true, {}}}), user(ann)},
       {"by delivery", AnyRecord(RecordFailure{parcel, test_start}), entity(delivery)},
       {"by owner", AnyRecord(RecordFailure{parcel, test_start}), user(ann)},
       {"by delivery", AnyRecord(RecordVerdict{parcel, ann, test_start}), entity(delivery)},
       {"by owner", AnyRecord(RecordVerdict{parcel, ann, test_start}), user(ann)},
       {"by delivery", AnyRecord(RecordCheap{parcel, test_start}), entity(delivery)},
       {"by owner", AnyRecord(RecordCheap{parcel, test_start}), user(ann)},
       {"by escrow", AnyRecord(RecordMoney{parcel, Money{100, {}}, {}}), entity(delivery)},
       {"by owner", AnyRecord(RecordMoney{parcel, Money{100, {}}, {}}), user(ann)},
       {"by user actor", AnyRecord(CounterReviewWritten{parcel}), entity(user_address(bob))},
       {"by owner", AnyRecord(CounterReviewWritten{parcel}), user(ann)},
       {"by account", AnyRecord(CloseProfile{}), anns_account},
       {"by owner", AnyRecord(CloseProfile{}), user(ann)},
       {"by account", AnyRecord(RecordContactVerified{"ann@example.com", {}}), anns_account},
       {"by owner", AnyRecord(RecordContactVerified{"ann@example.com", {}}), user(ann)},
       {"by account", AnyRecord(RecordPhoneUnproven{}), anns_account},
       {"by owner", AnyRecord(RecordPhoneUnproven{}), user(ann)},
       {"by owner", AnyRecord(UpdateProfile{"Anna"}), user(ann)},
       {"by other", AnyRecord(UpdateProfile{"Anna"}), user(bob)},
       {"by owner", AnyRecord(ReplacePreferences{}), user(ann)},
       {"by other", AnyRecord(ReplacePreferences{}), user(bob)},
       {"by owner", AnyRecord(AddAddress{{}, "2 Main St"}), user(ann)},
       {"by other", AnyRecord(AddAddress{{}, "2 Main St"}), user(bob)},
       {"by owner", AnyRecord(EditAddress{address, "cabin"}), user(ann)},
       {"by other", AnyRecord(EditAddress{address, "cabin"}), user(bob)},
       {"by owner", AnyRecord(RemoveAddress{address}), user(ann)},
       {"by other", AnyRecord(RemoveAddress{address}), user(bob)},
       {"by owner", AnyRecord(SetAvatar{std::string(64, 'a')}), user(ann)},
       {"by other", AnyRecord(SetAvatar{std::string(64, 'a')}), user(bob)},
       {"by owner", AnyRecord(SubmitVerification{{{DocumentType::passport}}, {}}), user(ann)},
       {"by other", AnyRecord(SubmitVerification{{{DocumentType::passport}}, {}}), user(bob)},
       {"by admin", AnyRecord(DecideVerification{}), admin(bob, Permission::users)},
       {"by owner", AnyRecord(DecideVerification{}), user(ann)},
       {"by counterpart", AnyRecord(SubmitReview{parcel, 5}), user(bob)},
       {"by owner", AnyRecord(SubmitReview{parcel, 5}), user(ann)},
       {"by stranger", AnyRecord(SubmitReview{parcel, 5}), user(eve)},
       {"by owner", AnyRecord(RespondToReview{review, "thanks"}), user(ann)},
       {"by other", AnyRecord(RespondToReview{review, "thanks"}), user(bob)},
       {"by other", AnyRecord(ReportUser{"rude"}), user(bob)},
       {"by owner", AnyRecord(ReportUser{"rude"}), user(ann)},
       {"by inbox", AnyRecord(RecordUnsubscribed{}), entity(inbox_of(ann))},
       {"by owner", AnyRecord(RecordUnsubscribed{}), user(ann)},
       {"by account", AnyRecord(RestorePreferences{}), anns_account},
       {"by owner", AnyRecord(RestorePreferences{}), user(ann)},
       {"by request", AnyRecord(CountInvitation{}), entity({EntityKind::request, {}})},
       {"by owner", AnyRecord(CountInvitation{}), user(ann)},
       {"by user actor", AnyRecord(ReceiveInvitation{}), entity(user_address(bob))},
       {"by other", AnyRecord(ReceiveInvitation{}), user(bob)},
       {"by owner", AnyRecord(BlockUser{eve}), user(ann)},
       {"by other", AnyRecord(BlockUser{eve}), user(bob)},
       {"by owner", AnyRecord(UnblockUser{eve}), user(ann)},
       {"by other", AnyRecord(UnblockUser{eve}), user(bob)},
       {"publish", AnyRecord(TimerFired{"publish/" + review.text()}), timer()}},
      self);
}

}  // namespace user_test
