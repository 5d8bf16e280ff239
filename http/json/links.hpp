#pragma once

#include <string>
#include <string_view>

namespace caravan::http {

/// Whether a mail or chat program may make a link of some of it: it names a scheme ("://"), says "www.", or has the
/// form of a host ("caravan.example", "mia@caravan.example").
bool holds_link(std::string_view text);

/// The text as one line, with "[link]" in place of each word that holds a link.
std::string without_links(std::string_view text);

}  // namespace caravan::http
