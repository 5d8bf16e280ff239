#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

template <class T>
void keep(std::vector<T>& list, T value, std::size_t limit) {
  if (list.size() >= limit) list.erase(list.begin());
  list.push_back(std::move(value));
}

/// Whoever reports the most pushes out their own, and not the word of somebody else.
std::vector<UserReport>::const_iterator most_frequent_reporters_oldest(const std::vector<UserReport>& reports) {
  return std::ranges::max_element(
      reports, {}, [&](const UserReport& report) { return std::ranges::count(reports, report.by, &UserReport::by); });
}

}  // namespace

const FinishedDelivery* UserState::find_delivery(DeliveryId id) const {
  const auto found = std::ranges::find(deliveries, id, &FinishedDelivery::delivery_id);
  return found == deliveries.end() ? nullptr : &*found;
}

const ReviewResource* UserState::find_review(const Uuid& id) const {
  const auto found = std::ranges::find(reviews, id, &ReviewResource::review_id);
  return found == reviews.end() ? nullptr : &*found;
}

bool UserState::blocks(UserId other) const { return std::ranges::find(blocked, other) != blocked.end(); }

void evolve(UserState& state, const ProfileCreated& event) {
  const NewProfile& profile = event.profile;
  state.created = true;
  state.email = profile.email;
  state.first_name = profile.first_name;
  state.last_name = profile.last_name;
  state.user_type = profile.user_type;
  state.phone = profile.phone_number.value_or("");
  state.preferences.language = profile.preferred_language;
  state.preferences.time_zone = profile.time_zone;
  state.created_at = event.at;
}

void evolve(UserState& state, const UserUpdated& event) {
  const ProfileChange& change = event.change;
  if (change.first_name) state.first_name = *change.first_name;
  if (change.last_name) state.last_name = *change.last_name;
  if (change.bio) state.bio = *change.bio;
  if (change.phone_number) state.phone = *change.phone_number;
  if (event.avatar) state.avatar = event.avatar;
}

void evolve(UserState& state, const PreferencesReplaced& event) {
  std::vector<FormerPreferences>& former = state.former_preferences;
  if (event.at) {
    std::erase_if(former,
                  [&](const FormerPreferences& one) { return *event.at - one.until >= former_preferences_kept; });
    if (former.size() < max_former_preferences) former.push_back({state.preferences, *event.at});
  } else {
    former.clear();
  }
  state.preferences = event.preferences;
}

void evolve(UserState& state, const AddressSaved& event) {
  if (event.address.is_default)
    for (SavedAddress& address : state.addresses) address.is_default = false;
  const auto found = std::ranges::find(state.addresses, event.address.id, &SavedAddress::id);
  if (found == state.addresses.end())
    state.addresses.push_back(event.address);
  else
    *found = event.address;
}

void evolve(UserState& state, const AddressRemoved& event) {
  std::erase_if(state.addresses, [&](const SavedAddress& a) { return a.id == event.address_id; });
}

void evolve(UserState& state, const ContactVerified& event) {
  if (event.email) state.email = *event.email;
  if (event.phone) state.phone = *event.phone;
  state.level = std::max(state.level, event.phone ? VerificationLevel::phone : VerificationLevel::email);
  if (event.proven) state.before_papers = std::max(state.before_papers.value_or(*event.proven), *event.proven);
  if (!event.phone || !state.fallen_from) return;
  state.level = std::max(state.level, *state.fallen_from);
  state.fallen_from.reset();
}

void evolve(UserState& state, const PhoneUnproven&) {
  if (state.level < VerificationLevel::phone) return;
  state.fallen_from = state.level;
  state.level = VerificationLevel::email;
  if (state.before_papers) state.before_papers = std::min(*state.before_papers, VerificationLevel::email);
}

namespace {

/// The files of those before go some day, but for those that stand in the new ones.
void replace_papers(UserState& state, std::vector<VerificationDocument> papers) {
  for (const VerificationDocument& former : state.documents)
    if (former.upload_id) state.former_papers.push_back(*former.upload_id);
  state.documents = std::move(papers);
  for (const VerificationDocument& again : state.documents)
    if (again.upload_id) std::erase(state.former_papers, *again.upload_id);
}

}  // namespace

void evolve(UserState& state, const IdentityUnproven& event) {
  const VerificationLevel without = state.before_papers.value_or(VerificationLevel::email);
  if (state.level == VerificationLevel::identity) state.level = without;
  if (state.fallen_from == VerificationLevel::identity) state.fallen_from = without;
  // Papers that were handed in since are still looked at.
  if (state.verification == VerificationState::approved) state.verification = VerificationState::none;
  state.proven_name = event.proven;
}

void evolve(UserState& state, const IdentityProvenAgain& event) {
  // Where the number is not proven any more, the rest comes back with it.
  if (state.fallen_from)
    state.fallen_from = VerificationLevel::identity;
  else
    state.level = VerificationLevel::identity;
  state.verification = VerificationState::approved;
  if (state.proven_name) {
    // What was handed in since is withdrawn by it.
    replace_papers(state, state.proven_name->papers);
    state.verification_note.reset();
    state.decided_at = event.at;
  }
  state.proven_name.reset();
}

void evolve(UserState& state, const VerificationSubmitted& event) {
  state.verification = VerificationState::pending;
  replace_papers(state, event.documents);
  state.said_number.reset();
  state.verification_note.reset();
  state.submitted_at = event.at;
  state.decided_at.reset();
}

void evolve(UserState& state, const PapersRemoved& event) {
  const auto is_gone = [&](const UploadId& id) {
    return std::ranges::find(event.upload_ids, id) != event.upload_ids.end();
  };
  std::erase_if(state.former_papers, is_gone);
  for (VerificationDocument& document : state.documents)
    if (document.upload_id && is_gone(*document.upload_id)) document.upload_id.reset();
  if (!state.proven_name) return;
  for (VerificationDocument& paper : state.proven_name->papers)
    if (paper.upload_id && is_gone(*paper.upload_id)) paper.upload_id.reset();
}

void evolve(UserState& state, const VerificationCompleted& event) {
  state.verification =
      event.decision == VerificationDecision::approved ? VerificationState::approved : VerificationState::rejected;
  state.level = event.level;
  if (event.before && *event.before != VerificationLevel::identity) state.before_papers = event.before;
  state.fallen_from.reset();
  // Papers that are refused were maybe a thief's: the name still brings back what it did.
  if (event.decision == VerificationDecision::approved) state.proven_name.reset();
  if (event.number && event.document) {
    const auto index = static_cast<std::size_t>(*event.document);
    if (index < state.documents.size()) {
      std::optional<std::string>& number = state.documents[index].number;
      if (number && plain_paper_number(*number) != plain_paper_number(*event.number)) state.said_number = number;
      number = event.number;
    }
  } else if (event.number) {
    number_first_paper(state.documents, *event.number);
  }
  state.verification_note = event.note;
  state.decided_at = event.at;
}

void evolve(UserState& state, const DeliveryRecorded& event) {
  const DeliveryOutcome& outcome = event.outcome;
  if (!outcome.by_other) ++(outcome.successful ? state.successful : state.unsuccessful);
  const bool is_slight = outcome.successful && outcome.slight;
  if (is_slight) ++state.slight;
  keep(state.deliveries,
       {outcome.delivery_id,
        outcome.counterpart,
        outcome.role,
        outcome.successful,
        outcome.at,
        false,
        false,
        {},
        event.failed,
        is_slight,
        false,
        outcome.policy_version,
        {},
        outcome.successful && outcome.cheap},
       max_deliveries_kept);
}

namespace {

/// Counts the delivery as a failure from now on, or as what it was before.
void count_as_failed(UserState& state, FinishedDelivery& delivery, bool failed) {
  if (delivery.failed == failed) return;
  const int change = failed ? 1 : -1;
  if (delivery.successful) state.successful -= change;
  if (delivery.slight) state.slight -= change;
  state.unsuccessful += change;
  delivery.failed = failed;
}

}  // namespace

void evolve(UserState& state, const FailureRecorded& event) {
  for (FinishedDelivery& delivery : state.deliveries)
    if (delivery.delivery_id == event.delivery_id) count_as_failed(state, delivery, true);
}

namespace {

bool is_counted(const ReviewResource& review) { return review.status == ReviewStatus::published && !review.uncounted; }

/// It is shown as before, and no part of the mean any more.
void uncount(UserState& state, ReviewResource& review) {
  if (!is_counted(review)) return;
  state.rating_sum -= review.rating;
  --state.rating_count;
  review.uncounted = true;
}

/// Where no review of an author counts any more, the newest does that may: an author is one voice, and has one.
void let_one_count(UserState& state, UserId author) {
  ReviewResource* newest = nullptr;
  for (ReviewResource& review : state.reviews) {
    if (review.author_id != author || review.status != ReviewStatus::published) continue;
    if (is_counted(review)) return;
    const FinishedDelivery* about = state.find_delivery(review.delivery_id);
    if (!about || !about->counts()) continue;
    if (!newest || newest->published_at < review.published_at) newest = &review;
  }
  if (!newest) return;
  state.rating_sum += newest->rating;
  ++state.rating_count;
  newest->uncounted = false;
}

/// Whoever got their money back because the other side is at fault is no accomplice: their word counts.
void weigh_anew(UserState& state, const FinishedDelivery& about) {
  if (!about.given_back) return;
  if (!about.counts())
    for (ReviewResource& review : state.reviews)
      if (review.delivery_id == about.delivery_id) uncount(state, review);
  let_one_count(state, about.counterpart);
}

}  // namespace

void evolve(UserState& state, const CheapRecorded& event) {
  for (FinishedDelivery& delivery : state.deliveries) {
    if (delivery.delivery_id != event.delivery_id) continue;
    if (!delivery.slight && !delivery.failed) ++state.slight;
    delivery.slight = true;
    delivery.given_back = true;
    weigh_anew(state, delivery);
  }
}

void evolve(UserState& state, const VerdictRecorded& event) {
  for (FinishedDelivery& delivery : state.deliveries) {
    if (delivery.delivery_id != event.delivery_id) continue;
    count_as_failed(state, delivery, event.failed);
    weigh_anew(state, delivery);
    delivery.counterpart_failed = event.counterpart_failed;
    delivery.judged_until = event.reviewed_until;
    // A judge who turns it round lets them write anew.
    if (event.counterpart_failed) delivery.reviewed = false;
  }
  if (!event.counterpart_failed) return;
  const auto gone = std::ranges::find(state.reviews, event.delivery_id, &ReviewResource::delivery_id);
  if (gone == state.reviews.end()) return;
  uncount(state, *gone);
  const UserId author = gone->author_id;
  state.reviews.erase(gone);
  // An earlier one counted no more since a newer one did. In entries of earlier builds only cheap ones do not count.
  let_one_count(state, author);
}

void evolve(UserState& state, const MoneyRecorded& event) {
  if (const auto& earned = event.money.earned) add_to(state.earned, *earned);
  if (const auto& spent = event.money.spent) add_to(state.spent, *spent);
}

void evolve(UserState& state, const ReviewSubmitted& event) {
  ReviewResource review;
  review.review_id = event.review_id;
  review.delivery_id = event.delivery_id;
  review.author_id = event.author_id;
  review.author_role = event.author_role;
  review.rating = event.rating;
  review.comment = event.comment;
  review.created_at = event.at;
  keep(state.reviews, std::move(review), max_reviews_kept);
  for (FinishedDelivery& delivery : state.deliveries)
    if (delivery.delivery_id == event.delivery_id) delivery.reviewed = true;
}

void evolve(UserState& state, const ReviewPublished& event) {
  if (!event.uncounted) {
    state.rating_sum += event.rating;
    ++state.rating_count;
  }
  if (event.only_one)
    for (ReviewResource& review : state.reviews)
      if (review.author_id == event.author_id && review.review_id != event.review_id) uncount(state, review);
  for (ReviewResource& review : state.reviews)
    if (review.review_id == event.review_id) {
      review.status = ReviewStatus::published;
      review.uncounted = event.uncounted;
      review.published_at = event.at;
    }
}

void evolve(UserState& state, const CounterReviewRecorded& event) {
  for (FinishedDelivery& delivery : state.deliveries)
    if (delivery.delivery_id == event.delivery_id) {
      delivery.wrote = true;
      delivery.wrote_at = event.at;
    }
}

void evolve(UserState& state, const ReviewAnswered& event) {
  for (ReviewResource& review : state.reviews)
    if (review.review_id == event.review_id) {
      review.response = event.text;
      review.responded_at = event.at;
    }
}

void evolve(UserState& state, const UserReported& event) {
  if (!event.replaces) return keep(state.reports, event.report, max_reports_kept);
  std::erase_if(state.reports, [&](const UserReport& former) {
    const bool is_same = event.report.delivery_id ? former.delivery_id == event.report.delivery_id
                                                  : !former.delivery_id && former.reason == event.report.reason;
    return former.by == event.report.by && is_same;
  });
  state.reports.push_back(event.report);
  if (state.reports.size() > max_reports_kept) state.reports.erase(most_frequent_reporters_oldest(state.reports));
}

void evolve(UserState& state, const UserBlocked& event) { state.blocked.push_back(event.user_id); }

void evolve(UserState& state, const UserUnblocked& event) { std::erase(state.blocked, event.user_id); }

void evolve(UserState& state, const WhereaboutsRecorded& event) {
  keep(state.whereabouts, event.seen, max_whereabouts);
}

void evolve(UserState& state, const ProfileClosed&) {
  // Personal data goes. What matters to others stays: the reviews received, the counts, the reports.
  state.closed = true;
  state.email.clear();
  state.first_name = name_of_deleted;
  state.last_name.clear();
  state.phone.clear();
  state.bio.clear();
  state.avatar.reset();
  state.addresses.clear();
  state.documents.clear();
  state.proven_name.reset();
  state.former_papers.clear();
  state.blocked.clear();
  state.whereabouts.clear();
  state.level = VerificationLevel::none;
  state.fallen_from.reset();
  state.verification = VerificationState::none;
}

namespace {

void count_for_a_day(std::vector<CountedInvitation>& counted, const CountedInvitation& one) {
  std::erase_if(counted, [&](const CountedInvitation& each) { return !each.counts(one.at); });
  counted.push_back(one);
}

}  // namespace

void evolve(UserState& state, const InvitationCounted& event) {
  count_for_a_day(state.asked, {event.traveler_id, event.at});
}

void evolve(UserState& state, const InvitationReceived& event) {
  count_for_a_day(state.invited, {event.customer_id, event.at, event.is_of_newcomer});
}

}  // namespace caravan
