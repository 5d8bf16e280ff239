#include "config/secret_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"

namespace caravan {

std::string read_secret(const std::string& setting, const std::string& path, std::size_t longest) {
  const auto refuse = [&](const std::string& what) { throw SettingsError(setting + ": " + path + ' ' + what); };
  std::error_code failed;
  const auto kind = std::filesystem::status(path, failed).type();
  if (failed) refuse("cannot be read (" + failed.message() + "): check the path");
  if (kind != std::filesystem::file_type::regular) refuse("is no file: name a file that holds the secret");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse("cannot be read (" + std::string(std::strerror(errno)) + "): check its permissions");
  std::string text(longest + 3, '\0');  // room for CR, LF, and one character more that shows that it is too long
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) refuse("cannot be read: check the disk");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.ends_with('\n')) text.resize(text.size() - (text.ends_with("\r\n") ? 2 : 1));
  if (text.empty()) refuse("is empty: write the secret into it");
  if (text.size() > longest)
    refuse("is too long: the secret has " + std::to_string(longest) + " characters at most, and a line break");
  if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
    refuse("has more than one line: the secret must be alone in it");
  return text;
}

}  // namespace caravan
