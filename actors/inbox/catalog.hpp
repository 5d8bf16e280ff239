#pragma once

#include <span>

#include "actors/inbox/commands.hpp"

namespace caravan {

/// What the rules must know of a message template; its words are in config/templates.
struct TemplateRule {
  std::string_view id;
  bool secret = false;     // carries a token or code: e-mail or SMS alone, at any hour, whatever the preferences
  bool mandatory = false;  // about the account's safety: sent whatever the preferences and the hour
  bool email = true, sms = false, push = true;
  bool any_hour = false;  // its mail goes out in quiet hours as well
  // Of what one person can repeat at will: goes out once in so long, the newest of it. Zero: each goes out.
  std::chrono::minutes pause{0};
  std::string_view told_apart_by = {};  // with a pause: the variable by which two about one subject are not the same

  bool is_paused() const { return pause.count() > 0; }
  /// Somebody waits for an answer: also by SMS, and at once.
  bool is_urgent() const { return sms && !secret; }
  /// No inbox takes it back once it is on its way.
  bool is_kept() const { return secret || mandatory; }
};

inline constexpr std::string_view match_template = "trip_match";  // what digests tell of

/// Every template of the platform.
std::span<const TemplateRule> template_rules();
/// The rule of a template; for one not in the table e-mail and push. POST /notifications/send refuses such a one, so
/// only a node of another build sends it.
TemplateRule template_rule(std::string_view id);
/// What the link of its mails opens: "delivery", "dispute", "request", "trip", "wallet", "account" or "admin". Nothing
/// where its text has a link of its own, or where nothing is left to be opened.
std::string_view opened_by(std::string_view template_id);

}  // namespace caravan
