#pragma once

#include <string_view>

namespace caravan {

/// Words of addresses that name no town, folded, in the languages that write most of them.

/// "street", "rue", "caddesi", or a word that ends like "strasse".
bool is_street_word(std::string_view folded);
/// A street's name follows it: "rue", "via", "avenida".
bool leads_street(std::string_view folded);
/// It follows a street's name as a word of its own: "road".
bool follows_street_name(std::string_view folded);
/// "asia": many towns are called so, and none is meant.
bool is_continent(std::string_view folded);
/// "de", "la", "von der": stands within names.
bool is_small_word(std::string_view folded);
/// Says which part of a town, or that a station is meant: "hbf", "centre", "station".
bool is_local_word(std::string_view folded);
/// "airport", "flughafen", "空港".
bool is_airport_word(std::string_view folded);
/// "international", "regional": nothing that tells airports apart.
bool is_kind_of_airport(std::string_view folded);

}  // namespace caravan
