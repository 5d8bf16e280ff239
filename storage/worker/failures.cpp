#include "storage/worker/failures.hpp"

#include <cxxabi.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <exception>
#include <mutex>
#include <typeinfo>
#include <utility>

namespace caravan {

namespace {

std::string type_name(const std::type_info& type) {
  int status = 0;
  char* readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = readable ? readable : type.name();
  std::free(readable);
  return name;
}

struct All {
  std::mutex mutex;
  std::map<std::string, std::uint64_t> counts;
  FailureLog log;
};

All& all() {
  static All* const here = new All;  // never destroyed: threads of libraries may fail while the process ends
  return *here;
}

}  // namespace

Failure failure_at_hand() {
  try {
    throw;
  } catch (const std::exception& error) {
    return {type_name(typeid(error)), error.what()};
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return {type ? type_name(*type) : "unknown", "an exception without a text"};
  }
}

bool tell_failure(const std::string& part, const std::string& doing) noexcept {
  try {
    const Failure failure = failure_at_hand();
    std::optional<std::string> text;
    {
      const std::lock_guard lock(all().mutex);
      ++all().counts[part];
      text = all().log.told(part + ' ' + failure.kind, failure.text, std::chrono::steady_clock::now());
    }
    if (text) spdlog::error("{} failed at {}: {}", part, doing, *text);
    return text.has_value();
  } catch (...) {  // no memory is left even to tell it
    return false;
  }
}

std::map<std::string, std::uint64_t> failures_by_part() {
  const std::lock_guard lock(all().mutex);
  return all().counts;
}

std::optional<std::string> FailureLog::told(const std::string& kind, const std::string& text, Moment now) {
  const bool is_known = kinds_.contains(kind) || kinds_.size() < most_kinds;
  const auto [found, is_new] = kinds_.try_emplace(is_known ? kind : std::string());
  Kind& known = found->second;
  if (!is_new && now - known.told < pause) {
    ++known.untold;
    return std::nullopt;
  }
  known.told = now;
  const std::uint64_t untold = std::exchange(known.untold, 0);
  return untold == 0 ? text : text + " (" + std::to_string(untold) + " more since the last such line)";
}

}  // namespace caravan
