#include "config/commands/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace caravan {

ProgressBar::ProgressBar(std::string what) : what_(std::move(what)), on_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  constexpr std::size_t width = 30;
  if (!on_terminal_ || total == 0) return;
  const std::uint64_t part = std::min(done, total) * width / total;
  const std::string bar = std::string(part, '#') + std::string(width - part, '.');
  std::fprintf(stderr, "\r%s [%s] %llu of %llu", what_.c_str(), bar.c_str(), static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(total));
  shown_ = true;
}

}  // namespace caravan
