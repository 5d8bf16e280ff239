#pragma once

#include <filesystem>
#include <string>

namespace caravan::testkit {

/// A certificate authority for tests, in a folder: `file` is its own certificate, `issue` makes others, as PEM files.
class Authority {
 public:
  explicit Authority(std::filesystem::path folder);
  std::string file() const { return path("authority.crt"); }
  /// Makes NAME.crt and NAME.key, for whoever has this common name.
  void issue(const std::string& name) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace caravan::testkit
