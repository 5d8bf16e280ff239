#include "http/access/key_files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace caravan::http {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view extension = ".ed25519";
constexpr std::chrono::milliseconds look_again{10};
using Seed = std::array<unsigned char, crypto_sign_SEEDBYTES>;

SigningKeyPtr key_from(std::string id, const Seed& seed) {
  auto key = std::make_shared<SigningKey>();
  std::int64_t millis = 0;
  std::from_chars(id.data(), id.data() + id.size(), millis);
  key->id = std::move(id);
  key->made_at = from_millis(millis);
  static_assert(sizeof key->secret == crypto_sign_SECRETKEYBYTES &&
                sizeof key->public_key == crypto_sign_PUBLICKEYBYTES);
  crypto_sign_seed_keypair(key->public_key.data(), key->secret.data(), seed.data());
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash(hash.data(), hash.size(), key->public_key.data(), key->public_key.size(), nullptr, 0);
  std::copy_n(hash.begin(), key->short_id.size(), key->short_id.begin());
  return key;
}

fs::path file_of(const fs::path& folder, const std::string& id) { return folder / (id + std::string(extension)); }

std::string why() { return std::strerror(errno); }

/// Writes a small secret file so that it is whole or absent after a crash.
void write_durably(const fs::path& file, const Seed& seed) {
  const fs::path partial = file.string() + ".new";
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error("cannot write the key " + partial.string() + ": " + why());
  const bool written =
      ::write(descriptor, seed.data(), seed.size()) == static_cast<ssize_t>(seed.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  std::error_code failed;
  if (written) fs::rename(partial, file, failed);
  if (!written || failed) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw std::runtime_error("cannot write the key " + file.string() + ": is the disk full?");
  }
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

/// The key of a file; nothing where it is gone. A file that cannot be read is among the faults.
SigningKeyPtr read_key(const fs::path& file, std::vector<std::string>& faults) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno != ENOENT) faults.push_back("the key " + file.string() + " cannot be read: " + why());
    return nullptr;
  }
  Seed seed;
  const ssize_t size = ::read(descriptor, seed.data(), seed.size());
  const std::string fault = size < 0 ? "cannot be read: " + why() : "is damaged: restore it, or remove it";
  ::close(descriptor);
  SigningKeyPtr key;
  if (size == static_cast<ssize_t>(seed.size()))
    key = key_from(file.stem().string(), seed);
  else
    faults.push_back("the key " + file.string() + ' ' + fault);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

}  // namespace

SigningKey::~SigningKey() { sodium_memzero(secret.data(), secret.size()); }

DerivedKey::DerivedKey(const SigningKey& from, std::string_view purpose) {
  crypto_generichash(bytes_.data(), bytes_.size(), reinterpret_cast<const unsigned char*>(purpose.data()),
                     purpose.size(), from.secret.data(), crypto_sign_SEEDBYTES);
}

DerivedKey::~DerivedKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::optional<KeyFolder> read_keys(const fs::path& folder, const std::vector<SigningKeyPtr>& known) {
  KeyFolder found;
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  if (failed == std::errc::no_such_file_or_directory) return found;
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    if (entry->path().extension() != extension) continue;
    found.ids.push_back(entry->path().stem().string());
    if (std::ranges::any_of(known, [&](const SigningKeyPtr& key) { return key->id == found.ids.back(); })) continue;
    if (SigningKeyPtr key = read_key(entry->path(), found.faults)) found.keys.push_back(std::move(key));
  }
  if (failed) return std::nullopt;
  return found;
}

SigningKeyPtr make_key(const fs::path& folder, Time now) {
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  char suffix[9];
  std::snprintf(suffix, sizeof suffix, "%08x", randombytes_random());
  SigningKeyPtr key = key_from(std::to_string(to_millis(now)) + '-' + suffix, seed);
  write_durably(file_of(folder, key->id), seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

void remove_key(const fs::path& folder, const SigningKey& key) {
  std::error_code ignored;  // another process may have been first
  fs::remove(file_of(folder, key.id), ignored);
}

KeyFolderLock::KeyFolderLock(const fs::path& folder, std::chrono::milliseconds patience) {
  const auto fail = [&](const std::string& reason) {
    throw std::runtime_error("cannot use the key folder " + folder.string() + ": " + reason);
  };
  std::error_code failed;
  if (fs::create_directories(folder, failed)) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) fail(failed.message());
  file_ = ::open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) fail(why());
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!(held_ = ::flock(file_, LOCK_EX | LOCK_NB) == 0)) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      const std::string reason = why();
      ::close(file_);
      fail(reason);
    }
    if (std::chrono::steady_clock::now() >= end) return;
    std::this_thread::sleep_for(look_again);
  }
}

KeyFolderLock::~KeyFolderLock() { ::close(file_); }

}  // namespace caravan::http
