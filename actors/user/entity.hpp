#pragma once

#include "actors/entity/entity.hpp"
#include "actors/user/commands.hpp"
#include "actors/user/events.hpp"
#include "actors/user/queries.hpp"
#include "actors/user/state.hpp"

namespace caravan {

struct User {
  static constexpr EntityKind kind = EntityKind::user;
  using State = UserState;
  using Rejection = UserRejection;
  using Creates = List<CreateProfile>;
  using Commands = List<CreateProfile, RecordDelivery, RecordMoney, CounterReviewWritten, CloseProfile,
                        RecordContactVerified, UpdateProfile, ReplacePreferences, AddAddress, EditAddress,
                        RemoveAddress, SetAvatar, SubmitVerification, DecideVerification, SubmitReview, RespondToReview,
                        ReportUser, BlockUser, UnblockUser, RecordUnsubscribed, TimerFired>;
  using Events = List<ProfileCreated, UserUpdated, PreferencesReplaced, AddressSaved, AddressRemoved, ContactVerified,
                      VerificationSubmitted, VerificationCompleted, DeliveryRecorded, MoneyRecorded, ReviewSubmitted,
                      ReviewPublished, CounterReviewRecorded, ReviewAnswered, UserReported, UserBlocked, UserUnblocked,
                      ProfileClosed>;
  using Queries = List<ViewProfile, ViewPreferences, ListAddresses, ViewVerification, ListPendingReviews,
                       ViewStatistics, ListReviews, ViewStanding, ViewReviewWindow, ViewReview>;
};

/// Whose profile it is: a profile's id is its user's.
inline UserId owner(const Context& context) { return UserId{context.self.id}; }

Decision decide(const UserState&, const Context&, const CreateProfile&);
Decision decide(const UserState&, const Context&, const RecordDelivery&);
Decision decide(const UserState&, const Context&, const RecordMoney&);
Decision decide(const UserState&, const Context&, const CounterReviewWritten&);
Decision decide(const UserState&, const Context&, const CloseProfile&);
Decision decide(const UserState&, const Context&, const RecordContactVerified&);
Decision decide(const UserState&, const Context&, const UpdateProfile&);
Decision decide(const UserState&, const Context&, const ReplacePreferences&);
Decision decide(const UserState&, const Context&, const AddAddress&);
Decision decide(const UserState&, const Context&, const EditAddress&);
Decision decide(const UserState&, const Context&, const RemoveAddress&);
Decision decide(const UserState&, const Context&, const SetAvatar&);
Decision decide(const UserState&, const Context&, const SubmitVerification&);
Decision decide(const UserState&, const Context&, const DecideVerification&);
Decision decide(const UserState&, const Context&, const SubmitReview&);
Decision decide(const UserState&, const Context&, const RespondToReview&);
Decision decide(const UserState&, const Context&, const ReportUser&);
Decision decide(const UserState&, const Context&, const BlockUser&);
Decision decide(const UserState&, const Context&, const UnblockUser&);
Decision decide(const UserState&, const Context&, const RecordUnsubscribed&);
Decision decide(const UserState&, const Context&, const TimerFired&);
void evolve(UserState&, const ProfileCreated&);
void evolve(UserState&, const UserUpdated&);
void evolve(UserState&, const PreferencesReplaced&);
void evolve(UserState&, const AddressSaved&);
void evolve(UserState&, const AddressRemoved&);
void evolve(UserState&, const ContactVerified&);
void evolve(UserState&, const VerificationSubmitted&);
void evolve(UserState&, const VerificationCompleted&);
void evolve(UserState&, const DeliveryRecorded&);
void evolve(UserState&, const MoneyRecorded&);
void evolve(UserState&, const ReviewSubmitted&);
void evolve(UserState&, const ReviewPublished&);
void evolve(UserState&, const CounterReviewRecorded&);
void evolve(UserState&, const ReviewAnswered&);
void evolve(UserState&, const UserReported&);
void evolve(UserState&, const UserBlocked&);
void evolve(UserState&, const UserUnblocked&);
void evolve(UserState&, const ProfileClosed&);
Answer answer(const UserState&, const Context&, const ViewProfile&);
Answer answer(const UserState&, const Context&, const ViewPreferences&);
Answer answer(const UserState&, const Context&, const ListAddresses&);
Answer answer(const UserState&, const Context&, const ViewVerification&);
Answer answer(const UserState&, const Context&, const ListPendingReviews&);
Answer answer(const UserState&, const Context&, const ViewStatistics&);
Answer answer(const UserState&, const Context&, const ListReviews&);
Answer answer(const UserState&, const Context&, const ViewStanding&);
Answer answer(const UserState&, const Context&, const ViewReviewWindow&);
Answer answer(const UserState&, const Context&, const ViewReview&);

}  // namespace caravan
