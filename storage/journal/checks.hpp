#pragma once

#include "storage/journal/tools.hpp"

namespace caravan::tools {

/// The checks of a journal's rows, in a file or in PostgreSQL, and what they found.
class Checks {
 public:
  explicit Checks(const Progress& progress) : progress_(progress) {}

  /// How many rows there are in all, for progress.
  void expect(std::uint64_t rows) { total_ = rows; }
  void problem(std::string text);
  /// An entry's bytes: its checksum, and that this build can decode it.
  void entry(const Address& entity, std::uint64_t sequence, Lane lane, std::int64_t sum, std::string_view bytes);
  /// Takes the next row in the order of entities and sequences, and finds gaps.
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
