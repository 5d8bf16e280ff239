#pragma once

#include <functional>
#include <mutex>
#include <shared_mutex>

#include "http/access/key_files.hpp"
#include "storage/worker/failures.hpp"

namespace caravan::http {

/// The keys of a folder, in memory: the newest makes what is new, older ones still check or open what they made. Nodes
/// may share the folder; one of them makes a new key when it is time, and the others find it when they see its id.
///
/// A key that was read once stays in memory, whatever becomes of its file. So nothing that it made is refused where the
/// folder is away, a file is damaged or the process has no descriptor left. To have nodes forget a key, remove its file
/// and restart them. Thread-safe.
class KeyRing {
 public:
  using Clock = std::function<Time()>;
  using Keys = std::vector<SigningKeyPtr>;  // oldest first; never empty
  struct Settings {
    std::filesystem::path folder;                        // made with mode 0700 where missing
    std::optional<std::chrono::seconds> rotate_after{};  // of the newest key; absent: it stays the newest
    std::optional<std::chrono::seconds> use_after{};     // of a key after its successor was made; absent: for ever
  };
  static constexpr std::chrono::seconds pause{1};  // between looks for unknown ids, and between tries to rotate

  /// Reads the keys, or makes the first: of processes that do so at once, one makes it for all. `clock` is the host's
  /// where it is empty. Throws std::runtime_error with the remedy where the folder has no key that can be read.
  explicit KeyRing(Settings settings, Clock clock = {});

  std::shared_ptr<const Keys> all() const;
  /// The key for what is made now. Where rotation is due, a new key is made first; where that fails, the present one
  /// stays in use.
  SigningKeyPtr newest();
  /// The key that `is_it` accepts. Where memory has none, the folder is read again, at most once a second: invented ids
  /// would keep the disk busy otherwise.
  SigningKeyPtr find(const std::function<bool(const SigningKey&)>& is_it);
  /// Makes a new key now. Throws std::runtime_error with the remedy.
  void rotate();

  Time now() const { return clock_(); }

 private:
  void load();
  void rotate_if_due();
  void add_key();
  /// Makes these keys the ones in use, in order of age, without those that are of no use any more.
  void put(Keys keys);
  Keys::const_iterator first_of_use(const Keys& keys) const;

  const Settings settings_;
  Clock clock_;
  std::mutex changing_;                 // held while the folder changes or is read
  Time next_look_{}, next_rotation_{};  // under `changing_`
  FailureLog log_;                      // under `changing_`
  mutable std::shared_mutex mutex_;     // of `keys_`
  std::shared_ptr<const Keys> keys_ = std::make_shared<Keys>();
};

}  // namespace caravan::http
