#include "http/access/key_ring.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace caravan::http {

namespace {

constexpr std::chrono::milliseconds patience{10'000};  // for another process that makes a key
constexpr std::chrono::milliseconds at_once{0};

Time host_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

bool is_older(const SigningKeyPtr& a, const SigningKeyPtr& b) {
  return std::tie(a->made_at, a->id) < std::tie(b->made_at, b->id);
}

}  // namespace

KeyRing::KeyRing(Settings settings, Clock clock)
    : settings_(std::move(settings)), clock_(clock ? std::move(clock) : Clock(host_now)) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  const std::lock_guard changing(changing_);
  load();
  if (!keys_->empty()) return;
  const KeyFolderLock lock(settings_.folder, patience);
  const auto found = read_keys(settings_.folder, *keys_);
  if (!found) throw std::runtime_error("cannot list the key folder " + settings_.folder.string());
  if (!found->keys.empty()) {
    put(found->keys);
    return;
  }
  // There are keys, but none can be read: a new key would hide that all that they made is lost.
  if (!found->faults.empty()) throw std::runtime_error(found->faults.front());
  if (!lock.is_held())
    throw std::runtime_error("another process holds the lock of the key folder " + settings_.folder.string() +
                             ": stop it, or wait for it");
  put({make_key(settings_.folder, clock_())});
}

std::shared_ptr<const KeyRing::Keys> KeyRing::all() const {
  const std::shared_lock lock(mutex_);
  return keys_;
}

/// The first key that is still of use. A key is of no use once all that it made has expired, which is `use_after` after
/// its successor was made.
KeyRing::Keys::const_iterator KeyRing::first_of_use(const Keys& keys) const {
  auto first = keys.begin();
  while (settings_.use_after && keys.end() - first > 1 && (*(first + 1))->made_at + *settings_.use_after < clock_())
    ++first;
  return first;
}

void KeyRing::put(Keys keys) {
  std::ranges::sort(keys, is_older);
  keys.erase(keys.begin(), first_of_use(keys));
  auto built = std::make_shared<const Keys>(std::move(keys));
  const std::unique_lock lock(mutex_);
  keys_.swap(built);
}

/// Adds what the folder has more. Under `changing_`.
void KeyRing::load() {
  const auto found = read_keys(settings_.folder, *keys_);
  const auto warn = [&](const std::string& fault) {
    if (const auto text = log_.told(fault, fault, std::chrono::steady_clock::now()))
      spdlog::warn("{}; the other keys serve on", *text);
  };
  if (!found) return warn("the key folder " + settings_.folder.string() + " cannot be listed");
  if (!found->faults.empty()) warn(found->faults.front());
  if (found->keys.empty()) return;
  Keys keys = *keys_;
  keys.insert(keys.end(), found->keys.begin(), found->keys.end());
  put(std::move(keys));
}

/// Under `changing_` and the folder's lock.
void KeyRing::add_key() {
  Keys keys = *keys_;
  // Later than all others, also where the clock was set back or shows the same millisecond: it would not be the newest
  // otherwise, and never be used.
  const Time after = keys.back()->made_at + std::chrono::milliseconds{1};
  keys.push_back(make_key(settings_.folder, std::max(clock_(), after)));
  std::ranges::sort(keys, is_older);
  for (auto key = keys.cbegin(); key != first_of_use(keys); ++key) remove_key(settings_.folder, **key);
  put(std::move(keys));
}

void KeyRing::rotate() {
  const std::lock_guard changing(changing_);
  const KeyFolderLock lock(settings_.folder, patience);
  if (!lock.is_held())
    throw std::runtime_error("another process holds the lock of the key folder " + settings_.folder.string());
  load();
  add_key();
}

/// Makes a new key where that is due. Does not wait for another thread or process that is at it: that one makes the key
/// for all.
void KeyRing::rotate_if_due() {
  if (!settings_.rotate_after) return;
  const auto is_due = [this] { return all()->back()->made_at + *settings_.rotate_after <= clock_(); };
  if (!is_due()) return;
  const std::unique_lock changing(changing_, std::try_to_lock);
  if (!changing || clock_() < next_rotation_) return;
  next_rotation_ = clock_() + pause;
  try {
    const KeyFolderLock lock(settings_.folder, at_once);
    if (!lock.is_held()) return;
    load();  // another process may have rotated
    if (is_due()) add_key();
  } catch (...) {
    tell_failure("key ring", "making a new key in " + settings_.folder.string());
  }
}

SigningKeyPtr KeyRing::newest() {
  rotate_if_due();
  return all()->back();
}

SigningKeyPtr KeyRing::find(const std::function<bool(const SigningKey&)>& is_it) {
  const auto search = [&]() -> SigningKeyPtr {
    const auto keys = all();
    const auto found = std::ranges::find_if(*keys, [&](const SigningKeyPtr& key) { return is_it(*key); });
    return found == keys->end() ? nullptr : *found;
  };
  if (SigningKeyPtr key = search()) return key;
  const std::lock_guard changing(changing_);
  if (SigningKeyPtr key = search(); key || clock_() < next_look_) return key;
  next_look_ = clock_() + pause;
  try {
    load();
  } catch (...) {
    tell_failure("key ring", "reading " + settings_.folder.string());
  }
  return search();
}

}  // namespace caravan::http
