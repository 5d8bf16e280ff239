#pragma once

#include <cstddef>
#include <string>

namespace caravan {

/// The secret that a file holds, as Kubernetes, Docker and systemd hand it over: one line, its line break left out.
/// Reads a few bytes more than `longest` at most. Throws SettingsError, which begins with `setting` and names the file
/// and the remedy.
std::string read_secret(const std::string& setting, const std::string& path, std::size_t longest);

}  // namespace caravan
