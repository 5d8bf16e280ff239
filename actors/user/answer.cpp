#include <algorithm>

#include "actors/messages/talk.hpp"
#include "actors/user/entity.hpp"
#include "actors/user/verify_rule.hpp"

namespace caravan {

namespace {

/// The user itself, administrators of users, services and the platform see everything.
bool sees_all(const Context& context) {
  const Caller& caller = context.caller;
  return caller.is_user(owner(context)) || caller.may(Permission::users) || caller.is_service() || caller.is_platform();
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The first character and a point.
std::string initial(const Context& context, const std::string& name) {
  return name.empty() ? name : std::string(context.first_characters(name, 1)) + '.';
}

/// Whoever reads what everybody may read is not told how to reach its writer; who looks after people reads it all.
std::string public_text(const Context& context, const std::string& text) {
  const Caller& caller = context.caller;
  return caller.may(Permission::users) || caller.is_platform() ? text : masked_contacts(text);
}

ReviewResource resource(const Context& context, ReviewResource review) {
  review.subject_id = owner(context);
  review.flags = talk_flags(review.comment.value_or("") + '\n' + review.response.value_or(""));
  if (review.comment) review.comment = public_text(context, *review.comment);
  if (review.response) review.response = public_text(context, *review.response);
  return review;
}

}  // namespace

Answer answer(const UserState& state, const Context& context, const ViewProfile&) {
  ProfileResource out;
  out.user_id = owner(context);
  out.first_name = state.first_name;
  out.last_name = initial(context, state.last_name);
  out.user_type = state.user_type;
  out.bio = unless_empty(public_text(context, state.bio));
  out.avatar = state.avatar;
  out.verification_level = state.level;
  out.average_rating = state.average_rating();
  out.rating_count = state.rating_count;
  out.successful_deliveries = state.successful;
  out.created_at = state.created_at;
  if (sees_all(context)) {
    out.bio = unless_empty(state.bio);
    out.last_name = state.last_name;
    out.email = unless_empty(state.email);
    out.phone_number = unless_empty(state.phone);
    out.preferred_language = state.preferences.language;
    out.time_zone = state.preferences.time_zone;
  }
  return show(std::move(out));
}

Answer answer(const UserState& state, const Context& context, const ViewPreferences&) {
  if (!sees_all(context)) return refuse(UserRejection::not_owner);
  return show(state.preferences);
}

Answer answer(const UserState& state, const Context& context, const ListAddresses&) {
  if (!sees_all(context)) return refuse(UserRejection::not_owner);
  AddressList list;
  for (const SavedAddress& address : state.addresses)
    list.items.push_back(
        {address.id, address.label, address.address, address.location.lat, address.location.lng, address.is_default});
  return show(std::move(list));
}

Answer answer(const UserState& state, const Context& context, const ViewVerification&) {
  if (!sees_all(context)) return refuse(UserRejection::not_owner);
  return show(VerificationResource{owner(context), state.level, state.verification, state.documents,
                                   state.verification_note, state.submitted_at, state.decided_at, state.said_number});
}

Answer answer(const UserState& state, const Context& context, const ListPendingReviews&) {
  if (!sees_all(context)) return refuse(UserRejection::not_owner);
  PendingReviewList list;
  for (auto it = state.deliveries.rbegin(); it != state.deliveries.rend(); ++it) {
    if (!it->successful || it->wrote || it->failed) continue;
    std::optional<Time> others_review;
    if (it->reviewed) {
      const auto review = std::ranges::find(state.reviews, it->delivery_id, &ReviewResource::delivery_id);
      if (review != state.reviews.end()) others_review = review->created_at;
    }
    if (const Time until = it->reviewed_until(others_review); until > context.now)
      list.items.push_back({it->delivery_id, it->counterpart, it->role, it->at, until});
  }
  return show(std::move(list));
}

Answer answer(const UserState& state, const Context& context, const ViewStatistics&) {
  Statistics out;
  out.user_id = owner(context);
  out.total_deliveries = state.successful + state.unsuccessful;
  out.successful_deliveries = state.successful;
  out.cancelled_deliveries = state.unsuccessful;
  if (out.total_deliveries > 0)
    out.completion_rate = static_cast<double>(state.successful) / static_cast<double>(out.total_deliveries);
  out.average_rating = state.average_rating();
  out.rating_count = state.rating_count;
  if (sees_all(context)) {
    out.total_earnings = state.earned;
    out.total_spent = state.spent;
  }
  return show(std::move(out));
}

Answer answer(const UserState& state, const Context& context, const ListReviews& query) {
  // Who is reviewed reads no hidden review of themself first, to answer in kind.
  const bool all = context.caller.may(Permission::users) && context.caller.user.value != context.self.id;
  const auto limit = static_cast<std::size_t>(query.limit.value_or(50));
  ReviewList list;
  for (auto it = state.reviews.rbegin(); it != state.reviews.rend(); ++it) {
    if (query.cursor && it->review_id >= *query.cursor) continue;
    if (it->status == ReviewStatus::hidden && !all) continue;
    if (list.items.size() == limit) {
      list.next_cursor = list.items.back().review_id.text();
      break;
    }
    list.items.push_back(resource(context, *it));
  }
  return show(std::move(list));
}

Answer answer(const UserState& state, const Context& context, const ViewReview& query) {
  const ReviewResource* review = state.find_review(query.review_id);
  const bool visible = review && (review->status == ReviewStatus::published ||
                                  context.caller.is_user(review->author_id) || context.caller.may(Permission::users));
  if (!visible) return refuse(UserRejection::no_review);
  return show(resource(context, *review));
}

Answer answer(const UserState& state, const Context& context, const ListReports&) {
  const Caller& caller = context.caller;
  if (caller.is_user(owner(context)) || !caller.may(Permission::users)) return refuse(UserRejection::permission_denied);
  ReportList out;
  out.total = static_cast<std::int64_t>(state.reports.size());
  if (caller.may(Permission::private_data)) out.items.assign(state.reports.rbegin(), state.reports.rend());
  return show(std::move(out));
}

Answer answer(const UserState& state, const Context& context, const ViewStanding& query) {
  if (!context.caller.is_platform() && !context.caller.is_service()) return refuse(UserRejection::not_owner);
  const auto recent = std::ranges::count_if(state.deliveries, [&](const FinishedDelivery& each) {
    return each.successful && !each.failed && each.at > context.now - verify_window;
  });
  const auto count = [&](const std::vector<CountedInvitation>& counted, std::optional<UserId> other = {}) {
    return static_cast<std::int32_t>(count_since_yesterday(counted, context.now, other));
  };
  return show(Standing{owner(context), state.closed, state.user_type, state.level, state.average_rating(),
                       state.rating_count, query.other && state.blocks(*query.other), state.first_name,
                       state.preferences.currency, state.successful > state.slight, state.successful, recent,
                       count(state.asked), count(state.invited), query.other ? count(state.invited, query.other) : 0,
                       static_cast<std::int32_t>(newcomers_since_yesterday(state.invited, context.now))});
}

Answer answer(const UserState& state, const Context& context, const ViewReviewWindow& query) {
  if (!sees_all(context)) return refuse(UserRejection::not_owner);
  const FinishedDelivery* delivery = state.find_delivery(query.delivery_id);
  return show(ReviewWindow{query.delivery_id, delivery != nullptr, delivery ? delivery->counterpart : UserId{}});
}

}  // namespace caravan
