#include "http/access/key_files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>

namespace caravan::http {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view extension = ".ed25519";
using Seed = std::array<unsigned char, crypto_sign_SEEDBYTES>;

SigningKey key_from(std::string id, const Seed& seed) {
  SigningKey key;
  std::int64_t millis = 0;
  std::from_chars(id.data(), id.data() + id.size(), millis);
  key.id = std::move(id);
  key.made_at = from_millis(millis);
  static_assert(sizeof key.secret == crypto_sign_SECRETKEYBYTES && sizeof key.public_key == crypto_sign_PUBLICKEYBYTES);
  crypto_sign_seed_keypair(key.public_key.data(), key.secret.data(), seed.data());
  return key;
}

fs::path file_of(const fs::path& folder, const std::string& id) { return folder / (id + std::string(extension)); }

/// Writes a small secret file so that it is whole or absent after a crash.
void write_durably(const fs::path& file, const Seed& seed) {
  const fs::path partial = file.string() + ".new";
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error("cannot write the signing key " + partial.string());
  const bool written =
      ::write(descriptor, seed.data(), seed.size()) == static_cast<ssize_t>(seed.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written) throw std::runtime_error("cannot write the signing key " + partial.string() + ": is the disk full?");
  fs::rename(partial, file);
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

}  // namespace

std::vector<SigningKey> read_signing_keys(const fs::path& folder) {
  std::error_code failed;
  if (fs::create_directories(folder, failed)) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) throw std::runtime_error("cannot use the key folder " + folder.string() + ": " + failed.message());
  std::vector<SigningKey> keys;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != extension) continue;
    Seed seed;
    std::ifstream in(entry.path(), std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(seed.data()), seed.size()))
      throw std::runtime_error("the signing key " + entry.path().string() + " is damaged; remove it to sign anew");
    keys.push_back(key_from(entry.path().stem().string(), seed));
    sodium_memzero(seed.data(), seed.size());
  }
  std::ranges::sort(keys, {}, [](const SigningKey& key) { return std::pair(key.made_at, key.id); });
  return keys;
}

SigningKey make_signing_key(const fs::path& folder, Time now) {
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  char suffix[9];
  std::snprintf(suffix, sizeof suffix, "%08x", randombytes_random());
  SigningKey key = key_from(std::to_string(to_millis(now)) + '-' + suffix, seed);
  write_durably(file_of(folder, key.id), seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

std::vector<SigningKey> read_or_make_signing_keys(const fs::path& folder, Time now) {
  std::vector<SigningKey> keys = read_signing_keys(folder);
  if (!keys.empty()) return keys;
  const int lock = ::open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0)
    throw std::runtime_error("cannot use the key folder " + folder.string() + ": check its permissions");
  keys = read_signing_keys(folder);
  if (keys.empty()) keys.push_back(make_signing_key(folder, now));
  ::close(lock);
  return keys;
}

void remove_signing_key(const fs::path& folder, const SigningKey& key) {
  std::error_code ignored;  // another node may have been first
  fs::remove(file_of(folder, key.id), ignored);
}

}  // namespace caravan::http
