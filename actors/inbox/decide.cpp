#include <algorithm>

#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/user/commands.hpp"

namespace caravan {

namespace {

bool by_owner(const Context& context) { return context.caller.is_user(UserId{context.self.id}); }

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

/// Whether it is a match of which all that the command names holds.
bool is_meant(const Notification& notification, const ForgetMatches& command) {
  const auto holds = [&](const char* variable, const auto& id) {
    const auto found = notification.variables.find(variable);
    return !id || (found != notification.variables.end() && found->second == id->text());
  };
  return notification.template_id == match_template && !notification.is_over &&
         holds("requestId", command.request_id) && holds("tripId", command.trip_id) &&
         holds("customerId", command.customer_id);
}

}  // namespace

std::optional<int> minutes_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = two_digits(text.substr(0, 2)), minutes = two_digits(text.substr(3, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return *hours * 60 + *minutes;
}

Decision decide(const InboxState& state, const Context& context, const UpdateContact& command) {
  if (!context.caller.is_platform() && !context.caller.is_service()) return reject(InboxRejection::not_owner);
  if (state.closed) return {};
  ContactUpdated event{command.email,         command.phone,      command.language,
                       command.time_zone,     command.first_name, {},
                       command.email_unproven};
  if (!state.opened) event.unsubscribe_token = context.token(context.secret(24));
  return Decision{}.emit(std::move(event));
}

Decision decide(const InboxState& state, const Context& context, const SetNotificationPreferences& command) {
  if (!context.caller.is_platform()) return reject(InboxRejection::not_owner);
  if (state.closed) return {};
  return Decision{}.emit(NotificationPreferencesSet{command.channels, command.quiet_hours, command.digest});
}

Decision decide(const InboxState& state, const Context& context, const MarkRead& command) {
  if (!by_owner(context)) return reject(InboxRejection::not_owner);
  const Notification* notification = state.find(command.notification_id);
  if (!notification || !notification->shown()) return reject(InboxRejection::no_notification);
  if (notification->read) return {};
  return Decision{}.emit(NotificationRead{command.notification_id});
}

Decision decide(const InboxState& state, const Context& context, const MarkAllRead&) {
  if (!by_owner(context)) return reject(InboxRejection::not_owner);
  if (std::ranges::all_of(state.notifications, &Notification::read)) return {};
  return Decision{}.emit(NotificationRead{});
}

Decision decide(const InboxState& state, const Context& context, const RegisterDevice& command) {
  if (!by_owner(context) || state.closed) return reject(InboxRejection::not_owner);
  const auto known = std::ranges::find(state.devices, command.token, &Device::token);
  const auto lives = [&](const Device& device) { return !device.expired(context.now); };
  if (known == state.devices.end() &&
      std::ranges::count_if(state.devices, lives) >= static_cast<std::ptrdiff_t>(max_devices))
    return reject(InboxRejection::too_many_devices, "remove a device first");
  Device device{known == state.devices.end() ? context.new_uuid() : known->device_id,
                command.token,
                command.platform,
                command.name,
                context.now,
                command.session_id,
                command.key_id,
                command.key_until};
  Decision decision;
  for (const Device& other : state.devices)
    if (!lives(other) && other.device_id != device.device_id) decision.emit(DeviceRemoved{other.device_id});
  // Told on the devices from before and by mail: whoever registers one reads along.
  if (known == state.devices.end())
    notify(
        decision, state, context,
        Notify{"device_added",
               {{"platform", std::string(enum_labels(command.platform)[static_cast<std::size_t>(command.platform)])}}});
  return decision.emit(DeviceRegistered{device}).answer(device);
}

Decision decide(const InboxState& state, const Context& context, const RemoveDevice& command) {
  if (!by_owner(context)) return reject(InboxRejection::not_owner);
  if (std::ranges::find(state.devices, command.device_id, &Device::device_id) == state.devices.end())
    return reject(InboxRejection::no_device);
  return Decision{}.emit(DeviceRemoved{command.device_id});
}

Decision decide(const InboxState& state, const Context& context, const ForgetDevices& command) {
  if (!context.caller.is_platform()) return reject(InboxRejection::not_owner);
  Decision decision;
  for (const Device& device : state.devices) {
    const bool all = !command.of_session && !command.of_key;
    const bool meant = all || (command.of_session && device.session_id == command.of_session) ||
                       (command.of_key && device.key_id == command.of_key);
    const bool stays = command.but && device.session_id == command.but;
    if (meant && !stays) decision.emit(DeviceRemoved{device.device_id});
  }
  return decision;
}

Decision decide(const InboxState& state, const Context& context, const ForgetMatches& command) {
  if (!context.caller.is_platform()) return reject(InboxRejection::not_owner);
  if (!command.request_id && !command.trip_id && !command.customer_id) return {};
  Decision decision;
  MatchesForgotten forgotten;
  for (const Notification& match : state.notifications) {
    if (!is_meant(match, command)) continue;
    forgotten.notification_ids.push_back(match.id);
    for (const Dispatch& dispatch : match.dispatches) {
      if (dispatch.state != DispatchState::waiting) continue;
      decision.clear_timer(retry_timer(match.id, dispatch.channel));
      decision.emit(NotificationFailed{match.id, dispatch.channel, "", "the match came to nothing", dispatch.attempts,
                                       context.now});
    }
  }
  if (!forgotten.notification_ids.empty()) decision.emit(std::move(forgotten));
  return decision;
}

Decision decide(const InboxState& state, const Context& context, const Unsubscribe& command) {
  if (state.closed || !context.crypto.equal(command.token, state.unsubscribe_token))
    return reject(InboxRejection::token_invalid);
  if (!state.channels.email) return {};
  ChannelPreferences channels = state.channels;
  channels.email = false;
  return Decision{}
      .emit(NotificationPreferencesSet{channels, state.quiet_hours, state.digest})
      .send(user_address(UserId{context.self.id}), RecordUnsubscribed{})
      // Whoever saw one mail has its link: as in the preferences, the owner hears of it.
      .send(context.self, Notify{"channels_switched_off", {{"channels", "email"}}});
}

}  // namespace caravan
