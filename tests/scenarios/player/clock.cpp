#include "tests/scenarios/player/clock.hpp"

#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace caravan::scenario {

Moment parse_time(const std::string& text) {
  std::tm parts{};
  if (!strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts)) throw std::runtime_error(text + " is not a time");
  return Moment(std::chrono::seconds(timegm(&parts)));
}

std::string time_text(Moment at) {
  const std::time_t seconds = at.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace caravan::scenario
