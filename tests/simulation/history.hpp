#pragma once

#include <map>
#include <string>

#include "actors/entity/address.hpp"
#include "actors/values/time.hpp"
#include "storage/journal/entry.hpp"

namespace caravan::simulation {

/// An enumeration's value as people read it.
template <class Enum>
std::string label(Enum value) {
  return std::string(enum_labels(value)[static_cast<std::size_t>(value)]);
}

/// A run as lines that a person can read; silent unless somebody reads.
class History {
 public:
  explicit History(bool is_read) : is_read_(is_read) {}

  bool is_read() const { return is_read_; }
  /// From here on the id is told by this name.
  void call(const Uuid& id, std::string name) { names_[id] = std::move(name); }
  /// The same by a name that is numbered: trip1, trip2, …
  void call_next(const Uuid& id, const std::string& kind) { call(id, kind + std::to_string(++numbers_[kind])); }
  std::string name(const Uuid& id) const;
  std::string name(const Address& address) const;
  std::string name(const Caller& caller) const;
  /// "01-15 10:00:03.120  ann            accept_offer to request/k3 …".
  void tell(Time at, const std::string& who, const std::string& what) const;
  /// What an entry says, as it lands.
  void tell(const JournalEntry& entry) const;

 private:
  bool is_read_;
  std::map<Uuid, std::string> names_;
  std::map<std::string, int> numbers_;
};

}  // namespace caravan::simulation
