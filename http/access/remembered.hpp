#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/values/uuid.hpp"

namespace caravan::http {

/// How long nodes remember what they were told of rights.
struct RightsMemory {
  std::chrono::milliseconds own{15'000};
  std::chrono::milliseconds of_others{0};  // 0: there are no other nodes
};

/// The time that goes on while the process is stopped, as leases between nodes are measured.
std::chrono::nanoseconds boot_time();
/// Waits until other nodes have forgotten what they remembered before now.
void await_end(const RightsMemory& memory);

/// Asks somebody who knows what a credential of an owner may do, and remembers the answer for a short time, which
/// begins before the question is asked: a memory is a lease. Whoever takes rights away forgets its own memory and waits
/// until those of all other nodes have ended, whether or not they can be reached. Bounded; thread-safe.
template <class Rights>
class Remembered {
 public:
  using Ask = std::function<std::optional<Rights>(const Uuid& owner, const Uuid& credential)>;
  Remembered(Ask ask, RightsMemory memory) : ask_(std::move(ask)), memory_(memory) {}

  /// Nothing where the credential is not good, or not any more.
  std::optional<Rights> find(const Uuid& owner, const Uuid& credential) {
    Part& part = part_of(owner);
    const auto now = boot_time();
    std::uint64_t forgotten = 0;
    {
      const std::lock_guard lock(part.mutex);
      if (auto found = part.owners.find(owner); found != part.owners.end())
        for (const Known& known : found->second)
          if (known.credential == credential && known.until > now) return known.rights;
      forgotten = part.forgotten;
    }
    const auto rights = ask_(owner, credential);
    const std::lock_guard lock(part.mutex);
    if (part.forgotten != forgotten) return rights;
    if (part.owners.size() >= owners_a_part) part.owners.clear();
    auto& all = part.owners[owner];
    std::erase_if(all, [&](const Known& known) { return known.credential == credential || known.until <= now; });
    if (all.size() < max_credentials_an_owner) all.push_back({credential, rights, now + memory_.own});
    return rights;
  }

  /// The same, from who knows.
  std::optional<Rights> find_anew(const Uuid& owner, const Uuid& credential) { return ask_(owner, credential); }

  /// Rights of these owners have been taken away. Returns once no node remembers them: one wait, however many they are.
  void forget(const std::vector<Uuid>& owners) {
    for (const Uuid& owner : owners) {
      Part& part = part_of(owner);
      const std::lock_guard lock(part.mutex);
      part.owners.erase(owner);
      ++part.forgotten;
    }
    await_end(memory_);
  }

  /// The same, of every owner.
  void forget_all() {
    for (Part& part : parts_) {
      const std::lock_guard lock(part.mutex);
      part.owners.clear();
      ++part.forgotten;
    }
    await_end(memory_);
  }

 private:
  static constexpr std::size_t part_count = 16, owners_a_part = 4'096, max_credentials_an_owner = 50;
  struct Known {
    Uuid credential;
    std::optional<Rights> rights;
    std::chrono::nanoseconds until;
  };
  struct Part {
    std::mutex mutex;
    std::unordered_map<Uuid, std::vector<Known>> owners;
    std::uint64_t forgotten = 0;  // an answer that was asked for before is not kept
  };
  Part& part_of(const Uuid& owner) { return parts_[std::hash<Uuid>{}(owner) % part_count]; }

  Ask ask_;
  RightsMemory memory_;
  std::array<Part, part_count> parts_;
};

}  // namespace caravan::http
