#pragma once

#include "storage/journal/tools.hpp"

namespace caravan::tools {

/// What is checked of a journal's rows, wherever they are kept, and what was found.
class Checks {
 public:
  explicit Checks(const Progress& progress) : progress_(progress) {}

  /// Of how many rows progress is told.
  void expect(std::uint64_t rows) { total_ = rows; }
  void problem(std::string text);
  /// An entry's bytes: its checksum, and that this build can decode it.
  void entry(const Address& entity, std::uint64_t sequence, Lane lane, std::int64_t sum, std::string_view bytes);
  /// The next row in the order of entities and sequences.
  void follow(const Address& entity, std::uint64_t sequence);
  void snapshot(const Address& entity, std::uint64_t sequence, std::int64_t sum, std::string_view bytes);
  void effect(const EffectKey& key, std::int64_t sum, std::string_view command);
  VerifyReport end();

 private:
  const Progress& progress_;
  VerifyReport report_;
  std::uint64_t done_ = 0, total_ = 0;
  Address entity_;
  std::uint64_t sequence_ = 0;
};

}  // namespace caravan::tools
