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
  using Commands =
      List<CreateProfile, RecordDelivery, RecordMoney, CounterReviewWritten, CloseProfile, RecordContactVerified,
           UpdateProfile, ReplacePreferences, AddAddress, EditAddress, RemoveAddress, SetAvatar, SubmitVerification,
           DecideVerification, SubmitReview, RespondToReview, ReportUser, BlockUser, UnblockUser, RecordUnsubscribed,
           TimerFired, RecordWhereabouts, RecordFailure, RecordPhoneUnproven>;
  using Events =
      List<ProfileCreated, UserUpdated, PreferencesReplaced, AddressSaved, AddressRemoved, ContactVerified,
           VerificationSubmitted, VerificationCompleted, DeliveryRecorded, MoneyRecorded, ReviewSubmitted,
           ReviewPublished, CounterReviewRecorded, ReviewAnswered, UserReported, UserBlocked, UserUnblocked,
           ProfileClosed, PhoneUnproven, IdentityUnproven, PapersRemoved, WhereaboutsRecorded, FailureRecorded>;
  using Queries = List<ViewProfile, ViewPreferences, ListAddresses, ViewVerification, ListPendingReviews,
                       ViewStatistics, ListReviews, ViewStanding, ViewReviewWindow, ViewReview, ListReports>;
};

inline constexpr std::string_view papers_timer = "papers";
/// A while after the last decision, or after another name: the papers that the account's level does not rest on go.
Decision end_papers(const UserState& state, const Context& context);

bool has_number(const VerificationDocument& paper);
/// The claim of a paper that has a number.
Address claim_of(const Crypto& crypto, const VerificationDocument& paper);
/// Says which number the first paper has that was handed in without one.
void number_first_paper(std::vector<VerificationDocument>& papers, const std::string& number);

/// Whose profile it is: a profile's id is its user's.
inline UserId owner(const Context& context) { return UserId{context.self.id}; }

}  // namespace caravan
