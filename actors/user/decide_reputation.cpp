#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

std::string publish_timer(const Uuid& review) { return "publish/" + review.text(); }

/// Both sides wrote, or the time is up: the review counts and everybody sees it.
void publish(Decision& decision, const Context& context, const Uuid& review, DeliveryId delivery, UserId author,
             int rating) {
  decision.emit(ReviewPublished{review, delivery, author, rating, context.now});
  decision.send(
      inbox_of(owner(context)),
      Notify{"review_received", {{"rating", std::to_string(rating)}}, {}, NotifyPriority::normal, delivery.value});
}

}  // namespace

Decision decide(const UserState& state, const Context& context, const RecordDelivery& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.find_delivery(command.outcome.delivery_id)) return {};
  const bool failed = !command.outcome.successful && !command.outcome.by_other;
  Decision decision;
  decision.emit(DeliveryRecorded{command.outcome, failed});
  // It ended after its side's account did.
  if (state.closed)
    decision.send({EntityKind::delivery, command.outcome.delivery_id.value}, SideClosed{owner(context)});
  return decision;
}

Decision decide(const UserState& state, const Context& context, const RecordFailure& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery || delivery->failed) return {};
  return Decision{}.emit(FailureRecorded{command.delivery_id, command.at});
}

Decision decide(const UserState&, const Context& context, const RecordMoney& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (!command.money.earned && !command.money.spent) return {};
  return Decision{}.emit(MoneyRecorded{command.money});
}

Decision decide(const UserState& state, const Context& context, const SubmitReview& command) {
  if (context.caller.is_user(owner(context))) return reject(UserRejection::self_not_allowed);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery || !context.caller.is_user(delivery->counterpart)) return reject(UserRejection::not_a_party);
  if (delivery->reviewed) return reject(UserRejection::already_reviewed);
  if (!delivery->successful) return reject(UserRejection::review_window_closed, "the delivery was not completed");
  if (context.now >= delivery->reviewed_until(delivery->wrote_at))
    return reject(UserRejection::review_window_closed,
                  "reviews are taken for " + std::to_string(policy.reviews.open_days) +
                      " days after the delivery, and for at least " + std::to_string(policy.reviews.answer_days) +
                      " and at most " + std::to_string(policy.reviews.hidden_days) + " after the other side's");
  const Uuid review = context.new_uuid();
  const DeliveryRole role = delivery->role == DeliveryRole::customer ? DeliveryRole::traveler : DeliveryRole::customer;
  Decision decision;
  decision.emit(ReviewSubmitted{review, command.delivery_id, context.caller.user, role, command.rating, command.comment,
                                context.now});
  decision.send(user_address(context.caller.user), CounterReviewWritten{command.delivery_id, context.now});
  ReviewResource answer;
  answer.review_id = review;
  answer.delivery_id = command.delivery_id;
  answer.author_id = context.caller.user;
  answer.subject_id = owner(context);
  answer.author_role = role;
  answer.rating = command.rating;
  answer.comment = command.comment;
  answer.created_at = context.now;
  if (delivery->wrote) {
    publish(decision, context, review, command.delivery_id, context.caller.user, command.rating);
    answer.status = ReviewStatus::published;
    answer.published_at = context.now;
  } else {
    decision.set_timer(publish_timer(review), context.now + review_hidden_for);
    decision.send(inbox_of(owner(context)),
                  Notify{"review_reminder", {}, {}, NotifyPriority::low, command.delivery_id.value});
  }
  return decision.answer(std::move(answer));
}

Decision decide(const UserState& state, const Context& context, const CounterReviewWritten& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery || delivery->wrote) return {};
  Decision decision;
  decision.emit(CounterReviewRecorded{command.delivery_id, command.at.value_or(context.now)});
  for (const ReviewResource& review : state.reviews)
    if (review.delivery_id == command.delivery_id && review.status == ReviewStatus::hidden) {
      publish(decision, context, review.review_id, review.delivery_id, review.author_id, review.rating);
      decision.clear_timer(publish_timer(review.review_id));
    }
  return decision;
}

Decision decide(const UserState& state, const Context& context, const TimerFired& command) {
  if (command.name == papers_timer) return end_papers(state, context);
  Decision decision;
  for (const ReviewResource& review : state.reviews)
    if (review.status == ReviewStatus::hidden && command.name == publish_timer(review.review_id))
      publish(decision, context, review.review_id, review.delivery_id, review.author_id, review.rating);
  return decision;
}

Decision decide(const UserState& state, const Context& context, const RespondToReview& command) {
  if (!context.caller.is_user(owner(context)) || state.closed) return reject(UserRejection::not_owner);
  const ReviewResource* review = state.find_review(command.review_id);
  if (!review || review->status == ReviewStatus::hidden) return reject(UserRejection::no_review);
  return Decision{}.emit(ReviewAnswered{command.review_id, command.text, context.now});
}

}  // namespace caravan
