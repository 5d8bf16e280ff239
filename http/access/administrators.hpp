#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "runtime/door.hpp"

namespace caravan {

class ReadModels;

namespace http {

/// Nobody decides a case of whom permissions tie them to (`Appointment::ties`), so it takes two administrators whom
/// nobody promoted. Where there are fewer, one line that says so and what to do; empty otherwise. Throws Problem where
/// an account cannot be asked now.
std::string advice_on_administrators(Door& door, const ReadModels& models);

/// Looks for that every few minutes. One thread looks; any may read what was found.
class AdministratorsWatch {
 public:
  AdministratorsWatch(Door& door, const ReadModels& models) : door_(door), models_(models) {}

  /// Looks where it is time to. The advice where it is new; empty otherwise, also where nobody can tell now.
  std::string look();
  /// The newest advice; empty where there is none.
  std::string advice() const;

 private:
  Door& door_;
  const ReadModels& models_;
  std::chrono::steady_clock::time_point again_ = {};
  mutable std::mutex mutex_;
  std::string advice_;
};

}  // namespace http

}  // namespace caravan
