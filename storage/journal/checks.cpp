#include "storage/journal/checks.hpp"

#include "actors/registry.hpp"
#include "storage/journal/checksum.hpp"

namespace caravan::tools {

namespace {

constexpr std::size_t problems_shown = 100;
constexpr std::uint64_t progress_every = 10'000;  // rows

bool is_sound(std::int64_t sum, const Address& entity, std::uint64_t number, std::string_view bytes) {
  return sum == static_cast<std::int64_t>(journal_file::checksum(entity, number, bytes));
}

}  // namespace

void Checks::problem(std::string text) {
  ++report_.problem_count;
  if (report_.problems.size() < problems_shown) report_.problems.push_back(std::move(text));
}

void Checks::entry(const Address& entity, std::uint64_t sequence, Lane lane, std::int64_t sum, std::string_view bytes) {
  ++(lane == Lane::journal ? report_.entries : report_.track_entries);
  if (++done_ % progress_every == 0 && progress_) progress_(done_, total_);
  const std::string name = "entry " + std::to_string(sequence) + " of " + to_text(entity);
  if (!is_sound(sum, entity, sequence, bytes)) return problem(name + ": wrong checksum");
  const EntityClass* type = find_entity(entity.kind);
  JournalEntry decoded;
  if (!type || !decode_body(*type, bytes, decoded)) problem(name + ": this build cannot decode it");
}

void Checks::follow(const Address& entity, std::uint64_t sequence) {
  if (entity != entity_) {
    entity_ = entity;
    sequence_ = 0;
    ++report_.entities;
  }
  if (sequence != sequence_ + 1)
    problem(to_text(entity) + ": sequence " + std::to_string(sequence) + " follows " + std::to_string(sequence_));
  sequence_ = sequence;
}

void Checks::snapshot(const Address& entity, std::uint64_t sequence, std::int64_t sum, std::string_view bytes) {
  ++report_.snapshots;
  if (!is_sound(sum, entity, sequence, bytes)) problem("snapshot of " + to_text(entity) + ": wrong checksum");
}

void Checks::effect(const EffectKey& key, std::int64_t sum, std::string_view command) {
  ++report_.effects;
  if (!is_sound(sum, key.sender, key.number, command))
    problem("effect " + std::to_string(key.number) + " of " + to_text(key.sender) + ": wrong checksum");
}

VerifyReport Checks::end() {
  if (progress_) progress_(total_, total_);
  return std::move(report_);
}

}  // namespace caravan::tools
