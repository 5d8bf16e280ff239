#pragma once

#include <cstdint>
#include <string>

namespace caravan {

/// A progress bar on stderr, where that is a terminal; ends with its line cleared.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void show(std::uint64_t done, std::uint64_t total);

 private:
  std::string what_;
  bool on_terminal_;
  bool shown_ = false;
};

}  // namespace caravan
