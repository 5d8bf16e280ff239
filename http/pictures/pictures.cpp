#include "http/pictures/pictures.hpp"

#include <chrono>

#include "http/pictures/raster.hpp"
#include "http/problem/problem.hpp"
#include "storage/uploads/uploads.hpp"

namespace caravan::http {

namespace {

using std::string_view_literals::operator""sv;

constexpr int longest_side = 4'096;
constexpr int longest_thumb_side = 320;

/// By its first bytes; what its sender calls it is not asked. SVG is none: it can carry scripts.
std::optional<PictureFormat> format_of(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return PictureFormat::png;
  if (bytes.starts_with("\xff\xd8\xff"sv)) return PictureFormat::jpeg;
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) return PictureFormat::webp;
  return std::nullopt;
}

std::string_view media_type_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::jpeg:
      return "image/jpeg";
    case PictureFormat::png:
      return "image/png";
    case PictureFormat::webp:
      break;
  }
  return "image/webp";
}

}  // namespace

CleanFile clean_file(std::string_view bytes, bool takes_papers) {
  using Why = UploadRefused::Why;
  if (bytes.empty()) throw UploadRefused(Why::empty, "the file is empty");
  const auto format = format_of(bytes);
  if (!format && takes_papers && bytes.starts_with("%PDF-"sv))
    return {"application/pdf", std::string(bytes), {}, {}, {}};
  if (!format)
    throw UploadRefused(Why::wrong_type, takes_papers ? "the file is not a PNG, JPEG or WebP picture, nor a PDF"
                                                      : "the file is not a PNG, JPEG or WebP picture");
  int orientation = 1;
  Raster raster = decode_picture(*format, bytes, longest_side, orientation);
  raster = upright(std::move(raster), orientation);
  CleanFile out{std::string(media_type_of(*format)), encode_picture(*format, raster), raster.width, raster.height, {}};
  out.thumb = encode_picture(*format, shrunk(std::move(raster), longest_thumb_side));
  return out;
}

Pictures::Pictures() {
  worker_.start({.name = "pictures",
                 .doing = "cleaning pictures",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{}});
}

CleanFile Pictures::clean(std::string_view bytes, bool takes_papers) {
  std::packaged_task<CleanFile()> task([bytes, takes_papers] { return clean_file(bytes, takes_papers); });
  std::future<CleanFile> done = task.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit)
      throw Problem{.code = "overloaded", .detail = "Many pictures wait.", .retry_after = std::chrono::seconds{1}};
    queue_.push_back(std::move(task));
  }
  woken_.notify_one();
  return done.get();
}

bool Pictures::step(const std::stop_token& stop) {
  std::packaged_task<CleanFile()> task;
  {
    std::unique_lock lock(mutex_);
    if (!woken_.wait(lock, stop, [&] { return !queue_.empty(); })) return false;
    task = std::move(queue_.front());
    queue_.pop_front();
  }
  task();  // what it throws is thrown to whoever waits
  return true;
}

}  // namespace caravan::http
