#include "actors/account/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/rules/ways_out.hpp"

/// Ways out of the states of requests, offers, trips, trackers and people.
namespace caravan::testkit::ways_out {

using namespace delivery_stages;

void walk_the_market(Walked& walked) {
  using namespace caravan::testkit::request;
  const auto offer_after = [](auto prepare, const std::string& timer_name) {
    Given<Request> asked = offered();
    prepare(asked);
    const OfferStatus before = asked.state.offers.front().status;
    asked.now += long_enough;
    asked.as(timer()).when(TimerFired{timer_name});
    REQUIRE(before != asked.state.offers.front().status);
    return asked.state.offers.front().status;
  };
  const std::string offer_timer = "offer:" + offer_id.text();
  check_ways<OfferStatus>(
      walked, {{OfferStatus::pending, "its timer", [&] { return offer_after([](Given<Request>&) {}, offer_timer); }},
               {OfferStatus::countered, "its timer",
                [&] {
                  return offer_after(
                      [](Given<Request>& asked) {
                        asked.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
                      },
                      offer_timer);
                }},
               {OfferStatus::accepting, "the acceptance, which its timer ends",
                [] {
                  Given<Request> asked = offered();
                  asked.as(user(ann)).when(accept(offer_id));
                  testkit::request::fail(asked, offer_id, "acceptance_timeout");
                  return asked.state.offers.front().status;
                }},
               {OfferStatus::accepted, ""},
               {OfferStatus::rejected, ""},
               {OfferStatus::withdrawn, ""},
               {OfferStatus::expired, ""}});
  check_ways<RequestStatus>(walked, {{RequestStatus::open, "its timer",
                                      [] {
                                        Given<Request> asked = posted();
                                        asked.now += long_enough;
                                        asked.as(timer()).when(TimerFired{asked.last.timers.front().name});
                                        return asked.state.status;
                                      }},
                                     {RequestStatus::accepting, "the acceptance, which its timer ends",
                                      [] {
                                        Given<Request> asked = offered();
                                        asked.as(user(ann)).when(accept(offer_id));
                                        testkit::request::fail(asked, offer_id, "acceptance_timeout");
                                        return asked.state.status;
                                      }},
                                     {RequestStatus::accepted, ""},
                                     {RequestStatus::cancelled, ""},
                                     {RequestStatus::expired, ""}});
  const auto trip_after = [](TripStatus status) {
    Given<Trip> travel(trip);
    travel.state.traveler_id = carrier;
    travel.state.status = status;
    travel.as(admin(judge_id, Permission::deliveries)).when(CancelTrip{"nobody is there any more"});
    return travel.state.status;
  };
  check_ways<TripStatus>(
      walked, {{TripStatus::upcoming, "an administrator", [&] { return trip_after(TripStatus::upcoming); }},
               {TripStatus::under_way, "an administrator", [&] { return trip_after(TripStatus::under_way); }},
               {TripStatus::completed, ""},
               {TripStatus::cancelled, ""}});
  const auto tracking_after = [](TrackingStatus status) {
    Given<Tracker> followed(tracker);
    followed.state.customer = sender;
    followed.state.traveler = carrier;
    followed.state.status = status;
    followed.as(entity(parcel)).when(EndTracking{});
    return followed.state.status;
  };
  check_ways<TrackingStatus>(
      walked, {{TrackingStatus::idle, "the delivery's end", [&] { return tracking_after(TrackingStatus::idle); }},
               {TrackingStatus::active, "the delivery's end", [&] { return tracking_after(TrackingStatus::active); }},
               {TrackingStatus::stopped, "the delivery's end", [&] { return tracking_after(TrackingStatus::stopped); }},
               {TrackingStatus::ended, ""}});
}

void walk_people(Walked& walked) {
  const auto deleted_by_office = [](UserStatus status) {
    Given<Account> account(account_address(owner_id));
    account.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
    account.state.status = status;
    account.as(admin(judge_id, Permission::users)).when(DeleteAccount{"gone"});
    return account.state.status;
  };
  const auto closed_after_wait = [] {
    Given<Account> account(account_address(owner_id));
    account.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
    account.state.status = UserStatus::active;
    account.state.email_verified = true;
    account.as(user(owner_id)).when(DeleteAccount{});
    REQUIRE(account.state.status == UserStatus::closing);
    account.now += long_enough;
    account.as(timer()).when(TimerFired{"closing"});
    return account.state.status;
  };
  check_ways<UserStatus>(
      walked, {{UserStatus::pending_verification, "its timer",
                [] {
                  Given<Account> account(account_address(owner_id));
                  account.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
                  account.now += long_enough;
                  account.as(timer()).when(TimerFired{"unverified"});
                  return account.state.status;
                }},
               {UserStatus::active, "an administrator", [&] { return deleted_by_office(UserStatus::active); }},
               {UserStatus::suspended, "an administrator", [&] { return deleted_by_office(UserStatus::suspended); }},
               {UserStatus::banned, "an administrator", [&] { return deleted_by_office(UserStatus::banned); }},
               {UserStatus::deleted, ""},
               {UserStatus::closing, "its timer", [&] { return closed_after_wait(); }}});
  check_ways<VerificationState>(walked, {{VerificationState::none, ""},
                                         {VerificationState::pending, "an administrator",
                                          [] {
                                            Given<User> person(user_address(owner_id));
                                            person.state.created = true;
                                            person.state.verification = VerificationState::pending;
                                            person.as(admin(judge_id, Permission::users))
                                                .when(DecideVerification{VerificationDecision::rejected, {}, {}});
                                            return person.state.verification;
                                          }},
                                         {VerificationState::approved, ""},
                                         {VerificationState::rejected, ""}});
  check_ways<ReviewStatus>(
      walked, {{ReviewStatus::hidden, "its timer",
                [] {
                  Given<User> person(user_address(owner_id));
                  person.state.created = true;
                  person.as(entity(parcel))
                      .when(RecordDelivery{DeliveryId{parcel.id}, sender, DeliveryRole::traveler, true, test_start});
                  person.as(user(sender)).when(SubmitReview{DeliveryId{parcel.id}, 5, {}});
                  REQUIRE(person.state.reviews.front().status == ReviewStatus::hidden);
                  const TimerChange due = person.last.timers.front();
                  person.as(timer()).when(TimerFired{due.name});
                  return person.state.reviews.front().status;
                }},
               {ReviewStatus::published, ""}});
  const auto dispatch_after = [](DispatchState before, auto act) {
    Given<Inbox> inbox(inbox_of(owner_id));
    inbox.as(entity(account_address(owner_id)))
        .when(UpdateContact{"ann@example.com", "+12025550100", "en", "America/New_York", "Ann"});
    inbox.state.email_unproven = false;
    inbox.as(entity(parcel)).when(Notify{"offer_received", {}});
    for (Notification& notice : inbox.state.notifications)
      for (Dispatch& dispatch : notice.dispatches)
        if (dispatch.channel == Channel::email) dispatch.state = before;
    act(inbox, inbox.state.notifications.front().id);
    return inbox.state.notifications.front().dispatch(Channel::email)->state;
  };
  check_ways<DispatchState>(walked,
                            {{DispatchState::sending, "the runtime, which gives the message up",
                              [&] {
                                return dispatch_after(DispatchState::sending, [](Given<Inbox>& inbox, const Uuid& id) {
                                  inbox.as(provider()).when(MessageFailed{id, Channel::email, "smtp", "busy", false});
                                });
                              }},
                             {DispatchState::waiting, "its timer",
                              [&] {
                                return dispatch_after(DispatchState::waiting, [](Given<Inbox>& inbox, const Uuid& id) {
                                  inbox.as(timer()).when(TimerFired{retry_timer(id, Channel::email)});
                                });
                              }},
                             {DispatchState::sent, ""},
                             {DispatchState::delivered, ""},
                             {DispatchState::dead, ""}});
}

}  // namespace caravan::testkit::ways_out
