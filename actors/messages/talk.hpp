#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caravan {

/// What in a text asks people off the platform, where nobody holds their money or hears their dispute: "payment" (a way
/// to pay elsewhere), "contact" (an address, a number, a messenger). Marks for whoever reads it, and no verdict.
std::vector<std::string> talk_flags(std::string_view text);

inline constexpr std::string_view contact_mask = "••••";

/// The text with every mail address and telephone number in it masked, for whoever has no deal with its writer. What
/// was written stays as it is: administrators read it.
std::string masked_contacts(std::string_view text);

}  // namespace caravan
