#pragma once

#include <string>
#include <string_view>

namespace caravan::http {

/// A text as it stands in HTML and XML, between tags and in an attribute within double quotes.
inline std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char each : text) switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += each;
    }
  return out;
}

}  // namespace caravan::http
