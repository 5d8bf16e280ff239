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
           TimerFired, RecordWhereabouts, RecordFailure, RecordPhoneUnproven, RecordVerdict, RestorePreferences,
           RecordCheap, CountInvitation, ReceiveInvitation>;
  using Events =
      List<ProfileCreated, UserUpdated, PreferencesReplaced, AddressSaved, AddressRemoved, ContactVerified,
           VerificationSubmitted, VerificationCompleted, DeliveryRecorded, MoneyRecorded, ReviewSubmitted,
           ReviewPublished, CounterReviewRecorded, ReviewAnswered, UserReported, UserBlocked, UserUnblocked,
           ProfileClosed, PhoneUnproven, IdentityUnproven, PapersRemoved, WhereaboutsRecorded, FailureRecorded,
           VerdictRecorded, IdentityProvenAgain, CheapRecorded, InvitationCounted, InvitationReceived>;
  using Queries = List<ViewProfile, ViewPreferences, ListAddresses, ViewVerification, ListPendingReviews,
                       ViewStatistics, ListReviews, ViewStanding, ViewReviewWindow, ViewReview, ListReports>;
};

inline constexpr std::string_view papers_timer = "papers";
/// A while after the last decision, or after another name: the papers that the account's level does not rest on go.
Decision end_papers(const UserState& state, const Context& context);

/// Whether a number of letters A to Z and digits can be compared: other letters look like these.
bool is_usable_number(std::string_view number);
bool has_usable_number(const VerificationDocument& paper);
/// The places of the papers that an identity rests on: those with a picture, or all where none has one.
std::vector<std::int32_t> counted_papers(const std::vector<VerificationDocument>& papers);
/// Gives the paper that the command names the number that the command says; without a name the first that counts and
/// lacks one, or the first that counts. Its place; nothing where there is no number, or no such paper.
std::optional<std::int32_t> number_paper(std::vector<VerificationDocument>& papers, const DecideVerification& command);
/// For evolve, of entries that do not say which paper: numbers the first that was handed in without a number.
void number_first_paper(std::vector<VerificationDocument>& papers, const std::string& number);

/// How many of them count now; those with that other person alone, where one is named.
std::size_t count_since_yesterday(const std::vector<CountedInvitation>& counted, Time now,
                                  std::optional<UserId> other = {});
/// How many by new customers count now.
std::size_t newcomers_since_yesterday(const std::vector<CountedInvitation>& invited, Time now);

/// Whose profile it is: a profile's id is its user's.
inline UserId owner(const Context& context) { return UserId{context.self.id}; }

}  // namespace caravan
