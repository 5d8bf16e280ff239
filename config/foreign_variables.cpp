#include "config/foreign_variables.hpp"

#include <regex>
#include <string>

namespace caravan {

bool is_kubernetes_variable(std::string_view name, std::string_view value) {
  constexpr std::size_t longest = 512;  // names have 63 characters at most, values are addresses
  if (name.size() + value.size() > longest) return false;
  // The value counts too: CARAVAN_PORT=8080 is what somebody meant as a setting.
  static const std::regex pattern(
      "CARAVAN_(?:[A-Z0-9_]+_)?(?:"
      "SERVICE_(?:HOST=[0-9A-Fa-f.:]+|PORT(?:_[A-Z0-9_]+)?=[0-9]{1,5})|"
      "PORT(?:_[0-9]{1,5}_(?:TCP|UDP|SCTP))?=(?:tcp|udp|sctp)://.+|"
      "PORT_[0-9]{1,5}_(?:TCP|UDP|SCTP)_(?:PROTO=(?:tcp|udp|sctp)|PORT=[0-9]{1,5}|ADDR=[0-9A-Fa-f.:]+))");
  return std::regex_match(std::string(name) + '=' + std::string(value), pattern);
}

}  // namespace caravan
