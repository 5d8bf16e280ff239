#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/worker/worker.hpp"

namespace caravan::http {

/// A file as it may be kept and shown.
struct CleanFile {
  std::string content_type;
  std::string bytes;
  std::optional<std::int32_t> width, height;  // of a picture
  std::string thumb;                          // of a picture: of the same type
};

/// Cleans a file: a picture (JPEG, PNG, WebP, by its content and not by its name) is decoded, turned upright and
/// written anew, so that nothing but its pixels is left of it; a PDF is taken as it is where papers are. Throws
/// UploadRefused.
CleanFile clean_file(std::string_view bytes, bool takes_papers);

/// Cleans one file after the other on a thread of its own: one picture's memory at a time, and the stack that its
/// library needs, which those of requests do not have.
class Pictures {
 public:
  Pictures();
  /// Throws UploadRefused, and Problem `overloaded` where too many wait.
  CleanFile clean(std::string_view bytes, bool takes_papers);

 private:
  static constexpr std::size_t queue_limit = 32;
  bool step(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<std::packaged_task<CleanFile()>> queue_;
  Worker worker_;
};

}  // namespace caravan::http
