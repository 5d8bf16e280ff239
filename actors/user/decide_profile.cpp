#include <algorithm>

#include "actors/account/commands.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/files/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

bool by_owner(const UserState& state, const Context& context) {
  return context.caller.is_user(owner(context)) && !state.closed;
}

/// Whatever was handed in since.
bool brings_identity_back(const UserState& state, Time now, const std::string& first, const std::string& last) {
  const auto& proven = state.proven_name;
  return proven && now < proven->until && proven->first_name == first && proven->last_name == last;
}

AddressResource resource(const SavedAddress& address) {
  return {address.id, address.label, address.address, address.location.lat, address.location.lng, address.is_default};
}

}  // namespace

Decision decide(const UserState& state, const Context& context, const CreateProfile& command) {
  if (!context.caller.is_platform() && !context.caller.is_service()) return reject(UserRejection::not_owner);
  if (state.created) return {};
  return Decision{}.emit(ProfileCreated{command.profile, context.now});
}

Decision decide(const UserState& state, const Context& context, const CloseProfile&) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed) return {};
  Decision decision;
  decision.emit(ProfileClosed{context.now});
  // What is older is private again by itself.
  for (const FinishedDelivery& delivery : state.deliveries)
    if (context.now < delivery.at + delivery_policy::private_shown_for(kept_policy(delivery.policy_version)))
      decision.send({EntityKind::delivery, delivery.delivery_id.value}, SideClosed{owner(context)});
  return decision;
}

Decision decide(const UserState& state, const Context& context, const RecordContactVerified& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed) return {};
  const VerificationLevel proven = command.phone ? VerificationLevel::phone : VerificationLevel::email;
  return Decision{}.emit(ContactVerified{command.email, command.phone, context.now, proven});
}

Decision decide(const UserState& state, const Context& context, const RecordPhoneUnproven& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed || state.phone != command.phone || state.level < VerificationLevel::phone) return {};
  return Decision{}.emit(PhoneUnproven{context.now});
}

Decision decide(const UserState& state, const Context& context, const UpdateProfile& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  const ProfileChange& change = command.change;
  if (!change.first_name && !change.last_name && !change.bio && !change.phone_number) return {};
  const std::string first = change.first_name.value_or(state.first_name);
  const std::string last = change.last_name.value_or(state.last_name);
  const bool is_renamed = first != state.first_name || last != state.last_name;
  const bool loses_identity = is_renamed && state.rests_on_papers();
  if (loses_identity && (context.caller.api_key || context.caller.service))
    return reject(UserRejection::by_key,
                  "A name that papers proved is changed by whoever is signed in, not by an API key nor a service.");
  if (loses_identity && context.caller.is_stale_session())
    return reject(UserRejection::step_up_required, std::string(show_once_more));
  Decision decision;
  decision.emit(UserUpdated{change, {}, context.now});
  if (loses_identity) {
    const Time until = context.now + proven_name_life;
    decision.emit(IdentityUnproven{context.now, ProvenName{state.first_name, state.last_name, until, state.documents}});
    decision.set_timer(std::string(papers_timer), context.now + papers_outlive_decision);
    decision.send(inbox_of(owner(context)), Notify{"identity_unproven", {{"until", to_rfc3339(until)}}});
  } else if (is_renamed && brings_identity_back(state, context.now, first, last)) {
    decision.emit(IdentityProvenAgain{context.now});
  }
  if (change.phone_number && *change.phone_number != state.phone) {
    if (state.level >= VerificationLevel::phone) decision.emit(PhoneUnproven{context.now});
    decision.send(account_address(owner(context)), NotePhoneChange{*change.phone_number});
  }
  if (change.first_name) decision.send(inbox_of(owner(context)), UpdateContact{.first_name = change.first_name});
  return decision;
}

Decision decide(const UserState& state, const Context& context, const SetAvatar& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (state.avatar == command.upload_id) return {};
  Decision decision;
  decision.emit(UserUpdated{{}, command.upload_id, context.now});
  decision.send(files_of(owner(context)), KeepUpload{command.upload_id});
  if (state.avatar) decision.send(files_of(owner(context)), DropUpload{*state.avatar});
  return decision;
}

Decision decide(const UserState& state, const Context& context, const ReplacePreferences& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (command.quiet_hours && (!minutes_of_day(command.quiet_hours->from) || !minutes_of_day(command.quiet_hours->to)))
    return reject(UserRejection::invalid_quiet_hours, "quietHours: from and to are times of day, such as 22:00");
  const ChannelPreferences &before = state.preferences.channels, &after = command.channels;
  std::string off;
  const auto note = [&](bool was, bool is, std::string_view name) {
    if (was && !is) off += (off.empty() ? "" : ", ") + std::string(name);
  };
  note(before.email, after.email, "email");
  note(before.sms, after.sms, "sms");
  note(before.push, after.push, "push");
  const MatchDigest digest = command.digest.value_or(state.preferences.digest);
  Decision decision;
  decision.emit(PreferencesReplaced{
      {command.language, command.time_zone, command.currency, command.channels, command.quiet_hours, digest},
      context.now});
  // Whoever got in may silence what would tell of them.
  if (!off.empty()) decision.send(inbox_of(owner(context)), Notify{"channels_switched_off", {{"channels", off}}});
  const auto& quiet = command.quiet_hours;
  const auto& quiet_before = state.preferences.quiet_hours;
  if (quiet && !(quiet_before && quiet_before->from == quiet->from && quiet_before->to == quiet->to))
    decision.send(inbox_of(owner(context)), Notify{"quiet_hours_changed", {{"from", quiet->from}, {"to", quiet->to}}});
  return decision
      .send(inbox_of(owner(context)), UpdateContact{.language = command.language, .time_zone = command.time_zone})
      .send(inbox_of(owner(context)), SetNotificationPreferences{command.channels, command.quiet_hours, digest});
}

Decision decide(const UserState& state, const Context& context, const RecordUnsubscribed&) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed || !state.preferences.channels.email) return {};
  PreferencesResource preferences = state.preferences;
  preferences.channels.email = false;
  return Decision{}.emit(PreferencesReplaced{std::move(preferences), context.now});
}

Decision decide(const UserState& state, const Context& context, const RestorePreferences& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const auto former = std::ranges::find_if(state.former_preferences,
                                           [&](const FormerPreferences& one) { return one.until > command.since; });
  if (state.closed || former == state.former_preferences.end()) return {};
  const PreferencesResource& back = former->preferences;
  Decision decision;
  decision.emit(PreferencesReplaced{back});
  const Address inbox = inbox_of(owner(context));
  decision.send(inbox, UpdateContact{.language = back.language, .time_zone = back.time_zone});
  decision.send(inbox, SetNotificationPreferences{back.channels, back.quiet_hours, back.digest});
  return decision.send(inbox, Notify{"preferences_restored", {}});
}

Decision decide(const UserState& state, const Context& context, const AddAddress& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (state.addresses.size() >= max_addresses)
    return reject(UserRejection::limit_reached, "at most 20 addresses are saved");
  const SavedAddress address{context.new_uuid(), command.label, command.address, command.location,
                             command.is_default.value_or(state.addresses.empty())};
  return Decision{}.emit(AddressSaved{address}).answer(resource(address));
}

Decision decide(const UserState& state, const Context& context, const EditAddress& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  const auto found = std::ranges::find(state.addresses, command.address_id, &SavedAddress::id);
  if (found == state.addresses.end()) return reject(UserRejection::no_address);
  SavedAddress address = *found;
  if (command.label) address.label = command.label;
  if (command.address) address.address = *command.address;
  if (command.location) address.location = *command.location;
  if (command.is_default) address.is_default = *command.is_default;
  return Decision{}.emit(AddressSaved{address}).answer(resource(address));
}

Decision decide(const UserState& state, const Context& context, const RemoveAddress& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (std::ranges::find(state.addresses, command.address_id, &SavedAddress::id) == state.addresses.end())
    return reject(UserRejection::no_address);
  return Decision{}.emit(AddressRemoved{command.address_id});
}

namespace {

void remove_papers(Decision& decision, const UserState& state, const Context& context, std::vector<UploadId> ids) {
  if (ids.empty() || state.closed) return;
  for (const UploadId& id : ids) decision.send(files_of(owner(context)), DropUpload{id});
  decision.emit(PapersRemoved{std::move(ids), context.now});
}

}  // namespace

Decision end_papers(const UserState& state, const Context& context) {
  Decision decision;
  // The next decision counts anew.
  if (state.verification == VerificationState::pending) return decision;
  std::vector<UploadId> ids = state.former_papers;
  if (state.verification == VerificationState::rejected || !state.rests_on_papers())
    for (const VerificationDocument& document : state.documents)
      if (document.upload_id) ids.push_back(*document.upload_id);
  remove_papers(decision, state, context, std::move(ids));
  return decision;
}

Decision decide(const UserState& state, const Context& context, const SubmitVerification& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (state.level == VerificationLevel::identity) return reject(UserRejection::already_verified);
  if (state.verification == VerificationState::pending)
    return reject(UserRejection::verification_pending, "the documents are being looked at");
  // The name may be a thief's who has a key or a session, and so would the papers be.
  if (state.proven_name && context.now < state.proven_name->until) {
    if (context.caller.api_key || context.caller.service)
      return reject(UserRejection::by_key,
                    "Within a week of another name papers are handed in by whoever is signed in, not by an API key nor "
                    "a service.");
    if (context.caller.is_stale_session()) return reject(UserRejection::step_up_required, std::string(show_once_more));
  }
  Decision decision;
  if (state.former_papers.size() + state.documents.size() > max_former_papers) {
    std::vector<UploadId> former = state.former_papers;
    for (const VerificationDocument& again : command.documents)
      if (again.upload_id) std::erase(former, *again.upload_id);
    remove_papers(decision, state, context, std::move(former));
  }
  decision.emit(VerificationSubmitted{command.documents, command.note, context.now});
  for (const VerificationDocument& document : command.documents)
    if (document.upload_id) decision.send(files_of(owner(context)), KeepUpload{*document.upload_id});
  return decision;
}

bool is_usable_number(std::string_view number) {
  const bool is_latin = std::ranges::none_of(number, [](char c) { return (c & 0x80) != 0; });
  return is_latin && !plain_paper_number(number).empty();
}

bool has_usable_number(const VerificationDocument& paper) { return paper.number && is_usable_number(*paper.number); }

std::vector<std::int32_t> counted_papers(const std::vector<VerificationDocument>& papers) {
  const auto has_picture = [](const VerificationDocument& paper) { return paper.upload_id.has_value(); };
  const bool any = std::ranges::any_of(papers, has_picture);
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i < papers.size(); ++i)
    if (!any || has_picture(papers[i])) out.push_back(static_cast<std::int32_t>(i));
  return out;
}

std::optional<std::int32_t> number_paper(std::vector<VerificationDocument>& papers, const DecideVerification& command) {
  if (!command.number) return std::nullopt;
  const std::vector<std::int32_t> counted = counted_papers(papers);
  const auto at = [&](std::int32_t index) -> VerificationDocument& { return papers[static_cast<std::size_t>(index)]; };
  const auto lacks = std::ranges::find_if_not(counted, [&](std::int32_t i) { return has_usable_number(at(i)); });
  const auto chosen = command.document         ? std::ranges::find(counted, *command.document)
                      : lacks == counted.end() ? counted.begin()
                                               : lacks;
  if (chosen == counted.end()) return std::nullopt;
  at(*chosen).number = command.number;
  return *chosen;
}

void number_first_paper(std::vector<VerificationDocument>& papers, const std::string& number) {
  const auto found = std::ranges::find_if(papers, [](const auto& paper) { return !paper.number; });
  if (found != papers.end()) found->number = number;
}

namespace {

/// The papers verify nobody else from now on.
void keep_papers(Decision& decision, const Context& context, const std::vector<VerificationDocument>& papers,
                 const std::vector<TakenPaper>& taken) {
  for (const std::int32_t index : counted_papers(papers)) {
    const VerificationDocument& paper = papers[static_cast<std::size_t>(index)];
    const auto is_same = [&](const TakenPaper& other) {
      return plain_paper_number(other.number) == plain_paper_number(*paper.number);
    };
    if (has_usable_number(paper) && std::ranges::none_of(taken, is_same))
      decision.send(paper_claim_address(context.crypto, *paper.number), ConfirmClaim{context.self.id});
  }
}

}  // namespace

Decision decide(const UserState& state, const Context& context, const DecideVerification& command) {
  if (!context.caller.may(Permission::users)) return reject(UserRejection::permission_denied);
  if (context.caller.is_user(owner(context))) return reject(UserRejection::self_not_allowed);
  if (state.closed || (state.verification != VerificationState::pending && !command.level))
    return reject(UserRejection::nothing_submitted, "nothing waits for a decision");
  const bool approved = command.decision == VerificationDecision::approved;
  const VerificationLevel level = command.level.value_or(approved ? VerificationLevel::identity : state.level);
  if (!approved && level > state.level)
    return reject(UserRejection::no_level, "Whoever is rejected has no higher level than before.", "level");
  if (level == VerificationLevel::identity && state.level != level && state.documents.empty())
    return reject(UserRejection::nothing_submitted, "the level identity needs documents");
  if (level == VerificationLevel::identity && !command.taken.empty() && !command.duplicate)
    return reject(UserRejection::paper_taken, "The number " + command.taken.front().number + " has verified user " +
                                                  command.taken.front().user_id.text() +
                                                  ": say \"duplicate\": \"accepted\" where that is right.");
  Decision decision;
  std::vector<VerificationDocument> papers = state.documents;
  const std::optional<std::int32_t> document = number_paper(papers, command);
  if (level == VerificationLevel::identity) keep_papers(decision, context, papers, command.taken);
  // What a number that is not proven any more once gave does not count.
  const bool has_fallen = state.fallen_from == VerificationLevel::identity;
  const VerificationLevel before = has_fallen ? VerificationLevel::identity : state.level;
  return decision.set_timer(std::string(papers_timer), context.now + papers_outlive_decision)
      .emit(VerificationCompleted{command.decision, level, command.note, context.caller.user, context.now, before,
                                  document ? command.number : std::nullopt, command.taken, document})
      .send(inbox_of(owner(context)), Notify{approved ? "verification_completed" : "verification_rejected",
                                             {{"note", command.note.value_or("")}}});
}

Decision decide(const UserState& state, const Context& context, const ReportUser& command) {
  if (context.caller.kind != Caller::Kind::user) return reject(UserRejection::not_owner);
  if (context.caller.is_user(owner(context))) return reject(UserRejection::self_not_allowed);
  // The same words by the same person again tell nothing new.
  const bool repeat = std::ranges::any_of(state.reports, [&](const UserReport& report) {
    return report.by == context.caller.user && report.reason == command.reason &&
           report.description == command.description && report.delivery_id == command.delivery_id;
  });
  if (repeat) return {};
  return Decision{}.emit(
      UserReported{{context.caller.user, command.reason, command.description, command.delivery_id, context.now}, true});
}

Decision decide(const UserState& state, const Context& context, const BlockUser& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (command.user_id == owner(context)) return reject(UserRejection::self_not_allowed);
  if (state.blocks(command.user_id)) return {};
  if (state.blocked.size() >= max_blocked) return reject(UserRejection::limit_reached);
  // Neither of the two is reminded of a parcel of the other's.
  return Decision{}
      .emit(UserBlocked{command.user_id})
      .send(inbox_of(owner(context)), ForgetMatches{{}, {}, command.user_id})
      .send(inbox_of(command.user_id), ForgetMatches{{}, {}, owner(context)});
}

Decision decide(const UserState& state, const Context& context, const UnblockUser& command) {
  if (!by_owner(state, context)) return reject(UserRejection::not_owner);
  if (!state.blocks(command.user_id)) return {};
  return Decision{}.emit(UserUnblocked{command.user_id});
}

}  // namespace caravan
