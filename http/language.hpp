#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace caravan {

/// The languages that the edge itself has words in.
enum class Language : std::uint8_t { english, german };

/// The language of a tag, e.g. "de-AT"; nothing where it is another one.
std::optional<Language> language_of_tag(std::string_view tag);

/// The one that is wanted most by the members of Accept-Language; nothing where none of them is wanted.
std::optional<Language> wanted_language(const std::vector<std::string_view>& members);

}  // namespace caravan
