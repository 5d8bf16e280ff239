#include <algorithm>

#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours send_within{24};
constexpr std::string_view digest_timer = "digest";
constexpr std::chrono::hours digest_gathers{1}, time_between_digests{24};
constexpr std::int32_t most_in_digest = 10;  // titles
constexpr std::string_view chat_mail = "messages_waiting", chat_timers = "chat/";
constexpr std::chrono::minutes chat_is_seen_within{10}, time_between_chat_mails{60};

bool has_device(const InboxState& state, Time now) {
  return std::ranges::any_of(state.devices, [&](const Device& device) { return !device.expired(now); });
}

/// Whether quiet hours put it off.
bool may_wait(const TemplateRule& rule, Channel channel) {
  return !rule.mandatory && !(rule.any_hour && channel == Channel::email);
}

/// To an address that is not proven goes what proves it, and nothing else: a stranger may have given it.
bool reachable(const InboxState& state, const Notify& command, const TemplateRule& rule, Channel channel, Time now) {
  if (channel == Channel::in_app) return true;
  if (channel == Channel::push) return has_device(state, now);
  if (command.recipient) return true;
  if (channel == Channel::email && state.email_unproven && !rule.secret) return false;
  return !(channel == Channel::email ? state.email : state.phone).empty();
}

/// The template's channels, as far as the preferences allow and an address is known.
std::vector<Channel> default_channels(const InboxState& state, const Notify& command, const TemplateRule& rule,
                                      Time now) {
  std::vector<Channel> out;
  if (!rule.secret) out.push_back(Channel::in_app);
  if (rule.id == match_template && state.digest == MatchDigest::off) return out;
  const auto add = [&](Channel channel, bool of_template, bool preferred) {
    if (of_template && (preferred || rule.mandatory) && reachable(state, command, rule, channel, now))
      out.push_back(channel);
  };
  add(Channel::email, rule.email, state.channels.email);
  add(Channel::sms, rule.sms, state.channels.sms);
  add(Channel::push, rule.push, state.channels.push);
  return out;
}

SendMessage message(const InboxState& state, const Notification& notification, Channel channel, int attempt,
                    bool quiet_allowed, Time now) {
  SendMessage out;
  out.notification_id = notification.id;
  out.channel = channel;
  out.template_id = notification.template_id;
  out.language = state.language;
  out.variables = notification.variables;
  out.priority = notification.priority;
  out.at = now;
  out.time_zone = state.time_zone;
  out.attempt = attempt;
  out.subject = notification.subject;
  out.term = {now, now + send_within, 0};
  if (channel == Channel::push)
    for (const Device& device : state.devices) {
      if (!device.expired(now)) out.to.push_back(device.token);
    }
  else if (notification.recipient)
    out.to.push_back(*notification.recipient);
  else
    out.to.push_back(channel == Channel::email ? state.email : state.phone);
  if (quiet_allowed && state.quiet_hours && notification.priority != NotifyPriority::high) {
    out.quiet_from = minutes_of_day(state.quiet_hours->from).value_or(0);
    out.quiet_to = minutes_of_day(state.quiet_hours->to).value_or(0);
  }
  // A recipient of its own, or an address not proven yet, may be another person's: a name is words of whoever gave it.
  const bool proven = !notification.recipient && !(channel == Channel::email && state.email_unproven);
  if (proven)
    out.variables.try_emplace("firstName", state.first_name);
  else
    out.variables.erase("firstName");
  // Where it would end nothing, or is another person's to read, there is none.
  if (channel == Channel::email && notification.listed && proven && !template_rule(notification.template_id).is_kept())
    out.variables["unsubscribeToken"] = state.unsubscribe_token;
  return out;
}

struct Awaited {
  const Notification* notification = nullptr;
  const Dispatch* dispatch = nullptr;
  explicit operator bool() const { return dispatch != nullptr; }
};

/// The dispatch that waits for this answer of the provider; none where it is late or a repeat.
Awaited awaited(const InboxState& state, const Uuid& id, Channel channel) {
  const Notification* notification = state.find(id);
  const Dispatch* dispatch = notification ? notification->dispatch(channel) : nullptr;
  if (!dispatch || dispatch->state != DispatchState::sending) return {};
  return {notification, dispatch};
}

/// It was given up as undelivered, and went out after all.
bool is_late(const InboxState& state, const MessageSent& answer) {
  const Notification* notification = state.find(answer.notification_id);
  const Dispatch* dispatch = notification ? notification->dispatch(answer.channel) : nullptr;
  return dispatch && dispatch->state == DispatchState::dead;
}

/// Of a notification that leaves the inbox nothing more is sent, unless the account's safety may rest on it.
void stop_sending(Decision& decision, const Notification& notification) {
  if (template_rule(notification.template_id).is_kept()) return;
  bool is_asked = false;
  for (const Dispatch& dispatch : notification.dispatches) {
    if (dispatch.state == DispatchState::waiting) decision.clear_timer(retry_timer(notification.id, dispatch.channel));
    is_asked = is_asked || dispatch.state == DispatchState::sending || dispatch.state == DispatchState::dead;
  }
  if (is_asked) decision.withdraw(notification.id);
}

/// What makes room in a full inbox: the oldest that is sent, or else the oldest that may be withdrawn.
const Notification& displaced(const InboxState& state) {
  const auto& all = state.notifications;
  auto found = std::ranges::find_if(all, [](const Notification& other) { return !other.open(); });
  if (found == all.end())
    found = std::ranges::find_if(all,
                                 [](const Notification& other) { return !template_rule(other.template_id).is_kept(); });
  return found == all.end() ? all.front() : *found;
}

constexpr std::string_view newer_goes_out = "a newer one goes out";

/// Whether one of them repeats the other: of the two only the newer goes out, where none is out yet.
bool is_repeat(const Notification& a, const Notification& b) {
  if (!a.subject || a.subject != b.subject || a.template_id != b.template_id) return false;
  const TemplateRule rule = template_rule(a.template_id);
  const auto told_apart_by = [&](const Notification& notification) {
    const auto found = notification.variables.find(std::string(rule.told_apart_by));
    return found == notification.variables.end() ? std::string_view() : std::string_view(found->second);
  };
  return rule.is_paused() && told_apart_by(a) == told_apart_by(b);
}

/// When a channel sent it, or was asked to; nothing where it waits, or was given up.
std::optional<Time> went_out(const Notification& notification, const Dispatch& dispatch) {
  if (dispatch.state == DispatchState::waiting || dispatch.state == DispatchState::dead) return std::nullopt;
  Time at = notification.created_at;
  for (const Attempt& attempt : notification.attempts)
    if (attempt.channel == dispatch.channel) at = std::max(at, attempt.next_attempt_at.value_or(attempt.at));
  return at;
}

/// When this may go out, after one that it repeats; nothing where it may now.
std::optional<Time> next_turn(const InboxState& state, const Notification& notification, Time now) {
  const Duration pause = template_rule(notification.template_id).pause;
  std::optional<Time> turn;
  for (const Notification& other : state.notifications) {
    if (!is_repeat(other, notification)) continue;
    for (const Dispatch& dispatch : other.dispatches)
      if (const auto at = went_out(other, dispatch)) turn = std::max(turn.value_or(now), *at + pause);
  }
  return turn && *turn > now ? turn : std::nullopt;
}

bool goes_to(const Notification& notification, Channel channel) {
  return std::ranges::find(notification.dispatches, channel, &Dispatch::channel) != notification.dispatches.end();
}

/// One that it takes the place of in the inbox: of those that it repeats, the oldest that neither waits nor is the last
/// that went out, by which the next turn is known. nullptr where there is none.
const Notification* outdated(const InboxState& state, const Notification& notification) {
  const auto is_out = [](const Notification& other) {
    return std::ranges::any_of(other.dispatches,
                               [&](const Dispatch& dispatch) { return went_out(other, dispatch).has_value(); });
  };
  const Notification* last_out = nullptr;
  for (const Notification& other : state.notifications)
    if (is_repeat(other, notification) && is_out(other)) last_out = &other;
  for (const Notification& other : state.notifications)
    if (is_repeat(other, notification) && &other != last_out && !other.open()) return &other;
  return nullptr;
}

/// Of what waits, for its turn or for the end of quiet hours, only the newest goes out.
void replace_waiting(Decision& decision, const InboxState& state, const Notification& notification, Time now) {
  for (const Notification& other : state.notifications)
    for (const Dispatch& dispatch : other.dispatches) {
      if (dispatch.state != DispatchState::waiting || !is_repeat(other, notification)) continue;
      if (!goes_to(notification, dispatch.channel)) continue;
      decision.clear_timer(retry_timer(other.id, dispatch.channel));
      decision.emit(
          NotificationFailed{other.id, dispatch.channel, "", std::string(newer_goes_out), dispatch.attempts, now});
    }
}

/// A reminder that would come when there is nothing to be reminded of any more.
bool is_useless(const Notification& notification, Time at) {
  const auto from = notification.variables.find("uselessFrom");
  const auto moment = from == notification.variables.end() ? std::nullopt : parse_rfc3339(from->second);
  return moment && at >= *moment;
}

/// Whether one that repeats it, and goes to that channel, came after it.
bool is_repeated(const InboxState& state, const Notification& notification, Channel channel) {
  return std::ranges::any_of(state.notifications, [&](const Notification& other) {
    return &other > &notification && is_repeat(other, notification) && goes_to(other, channel);
  });
}

}  // namespace

std::string retry_timer(const Uuid& notification, Channel channel) {
  return "retry/" + notification.text() + '/' + std::string(enum_labels(channel)[static_cast<std::size_t>(channel)]);
}

Notification notify(Decision& decision, const InboxState& state, const Context& context, const Notify& command) {
  const TemplateRule rule = template_rule(command.template_id);
  NotificationCreated event;
  event.notification_id = context.new_uuid();
  event.template_id = command.template_id;
  event.variables = command.variables;
  event.priority = rule.mandatory ? NotifyPriority::high : command.priority;
  event.subject = command.subject;
  event.recipient = command.recipient;
  event.listed = !rule.secret;
  event.at = context.now;
  if (command.channels.empty()) {
    event.channels = default_channels(state, command, rule, context.now);
  } else {
    for (const Channel channel : command.channels) {
      auto& list = reachable(state, command, rule, channel, context.now) ? event.channels : event.skipped;
      if (std::ranges::find(list, channel) == list.end()) list.push_back(channel);
    }
  }
  const Notification* before = rule.is_paused() ? outdated(state, stored(event)) : nullptr;
  if (before) {
    event.displaced = before->id;  // nobody pushes out what others told by repeating themselves
  } else if (state.notifications.size() >= max_notifications) {
    const Notification& oldest = displaced(state);
    stop_sending(decision, oldest);
    event.displaced = oldest.id;
  }
  Notification notification = stored(event);
  const std::optional<Time> turn = rule.is_paused() ? next_turn(state, notification, context.now) : std::nullopt;
  decision.emit(std::move(event));
  if (rule.is_paused()) replace_waiting(decision, state, notification, context.now);
  for (const Dispatch& dispatch : notification.dispatches) {
    if (turn) {
      decision.emit(NotificationDeferred{notification.id, dispatch.channel, context.now, *turn, "told of it just now"});
      decision.set_timer(retry_timer(notification.id, dispatch.channel), *turn);
      continue;
    }
    decision.send(messages_address,
                  message(state, notification, dispatch.channel, 1, may_wait(rule, dispatch.channel), context.now));
  }
  return notification;
}

namespace {

/// Matches go into a mail of their own, a while after the first and at most one a day.
void plan_digest(Decision& decision, const InboxState& state, const Context& context) {
  if (state.digest_due || state.digest == MatchDigest::off || !state.channels.email) return;
  Time due = context.now + digest_gathers;
  if (state.last_digest) due = std::max<Time>(due, *state.last_digest + time_between_digests);
  decision.emit(DigestPlanned{due}).set_timer(std::string(digest_timer), due);
}

/// What came since the last one and was not looked at meanwhile.
Decision send_digest(const InboxState& state, const Context& context) {
  std::int32_t count = 0;
  std::string titles;
  for (const Notification& each : state.notifications) {
    const bool is_told = state.last_digest && each.created_at <= *state.last_digest;
    if (each.template_id != match_template || each.read || !each.shown() || is_told) continue;
    if (each.is_over || is_useless(each, context.now)) continue;
    const auto title = each.variables.find("title");
    if (++count <= most_in_digest && title != each.variables.end()) titles += (count == 1 ? "" : ", ") + title->second;
  }
  const bool wanted = state.digest == MatchDigest::daily && state.channels.email;
  Decision decision;
  decision.emit(DigestEnded{wanted ? count : 0, context.now});
  if (wanted && count > 0)
    notify(decision, state, context,
           Notify{.template_id = "match_digest",
                  .variables = {{"count", std::to_string(count)}, {"titles", titles}, {"one", count == 1 ? "yes" : ""}},
                  .channels = {Channel::email}});
  return decision;
}

bool is_chat(const Notification& notification) {
  return notification.template_id == "message_received" || notification.template_id == "messages_received";
}

/// What of one delivery's conversation its owner has not seen, and was not mailed of.
struct Unseen {
  std::optional<Time> mailed;  // the last mail of that conversation
  std::vector<const Notification*> notices;
};

Unseen unseen(const InboxState& state, const Uuid& subject) {
  Unseen out;
  for (const Notification& each : state.notifications) {
    if (each.subject != subject) continue;
    if (each.template_id == chat_mail) {
      out.mailed = each.created_at;
      out.notices.clear();
    } else if (is_chat(each) && !each.read && each.shown()) {
      out.notices.push_back(&each);
    }
  }
  return out;
}

std::string chat_timer(const Uuid& subject) { return std::string(chat_timers) + subject.text(); }

/// Whoever has no push hears of a message by mail, if they have not seen it by then, and of one deal once an hour.
void plan_chat_mail(Decision& decision, const InboxState& state, const Context& context, const Uuid& subject) {
  if (!state.channels.email || has_device(state, context.now)) return;
  const Unseen known = unseen(state, subject);
  Time due = (known.notices.empty() ? context.now : known.notices.front()->created_at) + chat_is_seen_within;
  if (known.mailed) due = std::max<Time>(due, *known.mailed + time_between_chat_mails);
  decision.set_timer(chat_timer(subject), std::max(due, context.now));
}

Decision send_chat_mail(const InboxState& state, const Context& context, std::string_view timer) {
  Decision decision;
  const auto subject = Uuid::parse(timer.substr(chat_timers.size()));
  const bool has_address = state.channels.email && !state.email.empty() && !state.email_unproven;
  if (!subject || !has_address || state.closed || has_device(state, context.now)) return decision;
  const Unseen known = unseen(state, *subject);
  if (known.notices.empty()) return decision;
  Notify mail{.template_id = std::string(chat_mail),
              .variables = known.notices.back()->variables,
              .channels = {Channel::email},
              .subject = *subject};
  mail.variables.erase("count");  // of the last notice: others may have come before
  notify(decision, state, context, mail);
  return decision;
}

}  // namespace

Decision decide(const InboxState& state, const Context& context, const Notify& command) {
  if (!context.caller.is_platform() && !context.caller.is_service() && !context.caller.may(Permission::notifications))
    return reject(InboxRejection::not_owner);
  // What an account's safety rests on comes from the platform alone: nobody else may sound like it.
  const TemplateRule rule = template_rule(command.template_id);
  if (!context.caller.is_platform() && (rule.secret || rule.mandatory))
    return reject(InboxRejection::reserved_template, "only the platform sends " + command.template_id);
  if (state.closed) return {};
  Decision decision;
  const Notification notification = notify(decision, state, context, command);
  if (command.template_id == match_template) plan_digest(decision, state, context);
  if (is_chat(notification) && notification.subject) plan_chat_mail(decision, state, context, *notification.subject);
  return decision.answer(NotificationResource{notification.id,
                                              notification.template_id,
                                              {},
                                              {},
                                              {},
                                              notification.priority,
                                              notification.channels,
                                              notification.subject,
                                              state.language,
                                              false,
                                              context.now});
}

Decision decide(const InboxState& state, const Context& context, const MessageSent& command) {
  if (!awaited(state, command.notification_id, command.channel) && !is_late(state, command)) return {};
  Decision decision;
  decision.emit(NotificationSent{command.notification_id, command.channel, command.provider, context.now});
  if (command.delivered) decision.emit(NotificationDelivered{command.notification_id, command.channel, context.now});
  return decision;
}

Decision decide(const InboxState& state, const Context& context, const MessageFailed& command) {
  const Awaited found = awaited(state, command.notification_id, command.channel);
  if (!found) return {};
  Decision decision;
  if (!found.notification->listed) decision.withdraw(command.notification_id);  // its secret has ended by now
  return decision.emit(NotificationFailed{command.notification_id, command.channel, command.provider, command.error,
                                          found.dispatch->attempts, context.now});
}

Decision decide(const InboxState& state, const Context& context, const MessageDeferred& command) {
  const Awaited found = awaited(state, command.notification_id, command.channel);
  if (!found) return {};
  if (is_repeated(state, *found.notification, command.channel))
    return Decision{}.emit(NotificationFailed{command.notification_id, command.channel, "", std::string(newer_goes_out),
                                              found.dispatch->attempts, context.now});
  if (found.notification->is_over || is_useless(*found.notification, command.until))
    return Decision{}.emit(NotificationFailed{command.notification_id, command.channel, "", "its time is over",
                                              found.dispatch->attempts, context.now});
  // A provider that asked for a moment long past, or a year ahead, must not stall the inbox.
  const Time until = std::clamp(command.until, context.now + 1s, context.now + 24h);
  return Decision{}
      .emit(NotificationDeferred{command.notification_id, command.channel, context.now, until})
      .set_timer(retry_timer(command.notification_id, command.channel), until);
}

Decision decide(const InboxState& state, const Context& context, const TimerFired& command) {
  if (command.name == digest_timer)
    return state.digest_due && context.now >= *state.digest_due ? send_digest(state, context) : Decision{};
  if (command.name.starts_with(chat_timers)) return send_chat_mail(state, context, command.name);
  for (const Notification& notification : state.notifications)
    for (const Dispatch& dispatch : notification.dispatches) {
      if (dispatch.state != DispatchState::waiting || retry_timer(notification.id, dispatch.channel) != command.name)
        continue;
      if (dispatch.channel == Channel::push && !has_device(state, context.now))
        return Decision{}.emit(NotificationFailed{notification.id, dispatch.channel, "", "no device is left",
                                                  dispatch.attempts, context.now});
      const bool quiet_allowed =
          dispatch.deferrals < max_deferrals && may_wait(template_rule(notification.template_id), dispatch.channel);
      Decision decision;
      decision.emit(NotificationRetried{notification.id, dispatch.channel, context.now});
      return decision.send(messages_address, message(state, notification, dispatch.channel, dispatch.attempts + 1,
                                                     quiet_allowed, context.now));
    }
  return {};
}

Decision decide(const InboxState& state, const Context& context, const RemoveNotification& command) {
  if (!context.caller.is_user(UserId{context.self.id})) return reject(InboxRejection::not_owner);
  const Notification* notification = state.find(command.notification_id);
  if (!notification || !notification->shown()) return reject(InboxRejection::no_notification);
  Decision decision;
  if (!notification->open()) stop_sending(decision, *notification);  // what was given up is not tried anew
  return decision.emit(NotificationRemoved{command.notification_id, true});
}

Decision decide(const InboxState& state, const Context& context, const CloseInbox&) {
  if (!context.caller.is_platform()) return reject(InboxRejection::not_owner);
  if (state.closed) return {};
  Decision decision;
  for (const Notification& notification : state.notifications)
    stop_sending(decision, notification);  // but for what tells of the deletion, or of a thief before it
  return decision.emit(InboxClosed{});
}

}  // namespace caravan
