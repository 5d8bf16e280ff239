#include "runtime/sender_marks.hpp"

#include <algorithm>
#include <vector>

namespace caravan {

SenderMarks::Known SenderMarks::find(const EffectKey& effect) const {
  const auto mark = marks_.find(effect.sender);
  if (mark == marks_.end()) return has_forgotten_ ? Known::forgotten : Known::fresh;
  return effect.number <= mark->second.number ? Known::taken : Known::fresh;
}

void SenderMarks::add(const EffectKey& effect, std::uint64_t sequence) {
  marks_[effect.sender] = {effect.number, sequence};
}

void SenderMarks::forget(std::uint64_t durable) {
  if (marks_.size() <= most_ + most_ / 4) return;  // a quarter at once: the next such look is far
  std::vector<std::uint64_t> sequences;
  sequences.reserve(marks_.size());
  for (const auto& [sender, mark] : marks_) sequences.push_back(mark.sequence);
  const auto last = sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() - most_ - 1);
  std::ranges::nth_element(sequences, last);
  const std::uint64_t until = std::min(*last, durable);
  if (std::erase_if(marks_, [&](const auto& item) { return item.second.sequence <= until; }) > 0) has_forgotten_ = true;
}

}  // namespace caravan
