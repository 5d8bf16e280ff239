#include "tests/scenarios/player/clock.hpp"

#include <liboath/oath.h>

#include <cstdio>
#include <cstdlib>
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

std::string one_time_code(const std::string& secret, Moment at) {
  char* key = nullptr;
  std::size_t size = 0;
  if (oath_base32_decode(secret.data(), secret.size(), &key, &size) != OATH_OK)
    throw std::runtime_error(secret + " is not a base32 secret");
  char code[8];
  const int made = oath_totp_generate(key, size, at.time_since_epoch().count(), OATH_TOTP_DEFAULT_TIME_STEP_SIZE,
                                      OATH_TOTP_DEFAULT_START_TIME, 6, code);
  std::free(key);
  if (made != OATH_OK) throw std::runtime_error("no one-time code can be made");
  return code;
}

}  // namespace caravan::scenario
