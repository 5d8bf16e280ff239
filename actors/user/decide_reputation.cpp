#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/messages/talk.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

constexpr std::chrono::hours reviewed_by_most{48};  // whoever has not written by then is reminded, once

std::string publish_timer(const Uuid& review) { return "publish/" + review.text(); }
std::string review_timer(DeliveryId delivery) { return "review/" + delivery.text(); }

/// Unless they have written, or were asked to, when the other side wrote, or may not any more.
void ask_for_review(Decision& decision, const UserState& state, const Context& context,
                    const FinishedDelivery& delivery) {
  const Time until = delivery.reviewed_until(delivery.wrote_at);
  if (state.closed || delivery.wrote || delivery.reviewed || delivery.failed || context.now >= until) return;
  decision.send(inbox_of(owner(context)), Notify{"review_due",
                                                 {{"deliveredAt", to_rfc3339(delivery.at)},
                                                  {"reviewUntil", to_rfc3339(until)},
                                                  {"uselessFrom", to_rfc3339(until)}},
                                                 {},
                                                 NotifyPriority::low,
                                                 delivery.delivery_id.value});
}

/// Both sides wrote, or the time is up: everybody sees the review, and it counts. Whoever has twenty accounts makes
/// between them as many cheap deliveries as they like: those count for nothing. Of each author only the newest counts:
/// two accounts that deal with each other again and again are one voice.
void publish(Decision& decision, const UserState& state, const Context& context, const Uuid& review,
             DeliveryId delivery, UserId author, int rating) {
  const FinishedDelivery* about = state.find_delivery(delivery);
  const bool uncounted = about && !about->counts();
  decision.emit(ReviewPublished{review, delivery, author, rating, context.now, uncounted, !uncounted});
  decision.send(
      inbox_of(owner(context)),
      Notify{"review_received", {{"rating", std::to_string(rating)}}, {}, NotifyPriority::normal, delivery.value});
}

/// A review is somebody's own word of somebody else.
Decision not_by_service() {
  return reject(UserRejection::by_key,
                "A review, and its answer, is written by the person, not by a service for them.");
}

}  // namespace

Decision decide(const UserState& state, const Context& context, const RecordDelivery& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.find_delivery(command.outcome.delivery_id)) return {};
  const bool failed = !command.outcome.successful && !command.outcome.by_other;
  Decision decision;
  decision.emit(DeliveryRecorded{command.outcome, failed});
  if (command.outcome.successful && !state.closed)
    decision.set_timer(review_timer(command.outcome.delivery_id), command.outcome.at + reviewed_by_most);
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

Decision decide(const UserState& state, const Context& context, const RecordCheap& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery || !delivery->successful || delivery->given_back) return {};
  return Decision{}.emit(CheapRecorded{command.delivery_id, command.at});
}

Decision decide(const UserState& state, const Context& context, const RecordVerdict& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery) return {};
  // Whoever does not pay for what was delivered has that mark whatever a judge says of the traveler.
  const bool unpaid = delivery->failed && delivery->successful && delivery->role == DeliveryRole::customer;
  const bool failed = unpaid || command.at_fault == owner(context);
  const bool other_failed = command.at_fault == delivery->counterpart;
  // The victim of whoever had the mark before has the week as well.
  const bool has_week = !command.at_fault || delivery->judged_until;
  if (delivery->failed == failed && delivery->counterpart_failed == other_failed && has_week) return {};
  Decision decision;
  VerdictRecorded event{command.delivery_id, failed, other_failed, command.at};
  // What the other side wrote went with a verdict that is turned round now: it has a week to write it again.
  if (command.at_fault || delivery->counterpart_failed)
    event.reviewed_until = command.at + std::chrono::days{delivery->terms().after_verdict_days};
  decision.emit(std::move(event));
  if (other_failed)
    for (const ReviewResource& review : state.reviews)
      if (review.delivery_id == command.delivery_id && review.status == ReviewStatus::hidden)
        decision.clear_timer(publish_timer(review.review_id));
  return decision;
}

Decision decide(const UserState&, const Context& context, const RecordMoney& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (!command.money.earned && !command.money.spent) return {};
  return Decision{}.emit(MoneyRecorded{command.money});
}

Decision decide(const UserState& state, const Context& context, const SubmitReview& command) {
  if (context.caller.is_acting()) return not_by_service();
  if (context.caller.is_user(owner(context))) return reject(UserRejection::self_not_allowed);
  const FinishedDelivery* delivery = state.find_delivery(command.delivery_id);
  if (!delivery || !context.caller.is_user(delivery->counterpart)) return reject(UserRejection::not_a_party);
  if (delivery->reviewed) return reject(UserRejection::already_reviewed);
  if (!delivery->successful) return reject(UserRejection::review_window_closed, "the delivery was not completed");
  if (delivery->counterpart_failed)
    return reject(UserRejection::review_window_closed, "a dispute found you at fault for this delivery");
  if (context.now >= delivery->reviewed_until(delivery->wrote_at))
    return reject(UserRejection::review_window_closed,
                  "reviews are taken for " + std::to_string(delivery->terms().open_days) +
                      " days after the delivery, and for at least " + std::to_string(delivery->terms().answer_days) +
                      " and at most " + std::to_string(delivery->terms().hidden_days) + " after the other side's");
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
  answer.created_at = context.now;
  if (command.comment) {
    answer.flags = talk_flags(*command.comment);
    answer.comment = masked_contacts(*command.comment);  // as everybody will read it
  }
  if (delivery->wrote) {
    publish(decision, state, context, review, command.delivery_id, context.caller.user, command.rating);
    answer.status = ReviewStatus::published;
    answer.published_at = context.now;
  } else {
    decision.set_timer(publish_timer(review), context.now + std::chrono::days{delivery->terms().hidden_days});
    decision.send(inbox_of(owner(context)), Notify{"review_reminder",
                                                   {{"reviewUntil", to_rfc3339(delivery->reviewed_until(context.now))}},
                                                   {},
                                                   NotifyPriority::low,
                                                   command.delivery_id.value});
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
      publish(decision, state, context, review.review_id, review.delivery_id, review.author_id, review.rating);
      decision.clear_timer(publish_timer(review.review_id));
    }
  return decision;
}

Decision decide(const UserState& state, const Context& context, const TimerFired& command) {
  if (command.name == papers_timer) return end_papers(state, context);
  Decision decision;
  for (const FinishedDelivery& delivery : state.deliveries)
    if (command.name == review_timer(delivery.delivery_id)) ask_for_review(decision, state, context, delivery);
  for (const ReviewResource& review : state.reviews)
    if (review.status == ReviewStatus::hidden && command.name == publish_timer(review.review_id))
      publish(decision, state, context, review.review_id, review.delivery_id, review.author_id, review.rating);
  return decision;
}

Decision decide(const UserState& state, const Context& context, const RespondToReview& command) {
  if (context.caller.is_acting()) return not_by_service();
  if (!context.caller.is_user(owner(context)) || state.closed) return reject(UserRejection::not_owner);
  const ReviewResource* review = state.find_review(command.review_id);
  if (!review || review->status == ReviewStatus::hidden) return reject(UserRejection::no_review);
  // So long after it was shown; then nobody looks there any more. A delivery that is kept no longer has no terms.
  const FinishedDelivery* delivery = state.find_delivery(review->delivery_id);
  const std::int64_t open_days = (delivery ? delivery->terms() : policy.reviews).open_days;
  if (review->published_at && context.now >= *review->published_at + std::chrono::days{open_days})
    return reject(
        UserRejection::review_window_closed,
        "answers are written, and edited, for " + std::to_string(open_days) + " days after the review was shown");
  return Decision{}.emit(ReviewAnswered{command.review_id, command.text, context.now});
}

}  // namespace caravan
