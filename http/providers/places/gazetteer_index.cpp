#include "http/providers/places/gazetteer_index.hpp"

#include <fstrcmp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <stdexcept>

#include "http/providers/places/folding.hpp"

namespace caravan {

namespace {

constexpr std::size_t trigram_buckets = 1 << 15;
constexpr std::size_t most_trigrams = 64;  // of one name

/// Calls `take` with the columns of each line.
template <std::size_t Columns, class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::array<std::string_view, Columns> columns;
    for (std::size_t i = 0; i < Columns; ++i) {
      const std::size_t tab = line.find('\t');
      if ((tab == std::string_view::npos) != (i + 1 == Columns)) throw std::runtime_error("gazetteer: a bad line");
      columns[i] = line.substr(0, tab);
      if (tab != std::string_view::npos) line.remove_prefix(tab + 1);
    }
    take(columns);
  }
}

std::int32_t number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::runtime_error("gazetteer: a bad number");
  return value;
}

/// The buckets of a name's trigrams, with a space before and behind it; each once.
std::size_t trigrams(std::string_view name, std::array<std::uint32_t, most_trigrams>& out) {
  std::size_t count = 0;
  std::uint32_t window = ' ';
  for (std::size_t i = 0; i <= name.size() && count < most_trigrams; ++i) {
    const char c = i < name.size() ? name[i] : ' ';
    window = ((window << 8) | static_cast<unsigned char>(c)) & 0xFF'FFFF;
    if (i > 0) out[count++] = ((window * 2'654'435'761U) >> 17) % trigram_buckets;
  }
  std::sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<std::size_t>(std::unique(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count)) -
                                  out.begin());
}

}  // namespace

GazetteerIndex::GazetteerIndex(std::string places, std::string postal_codes)
    : place_text_(std::move(places)), postal_text_(std::move(postal_codes)) {
  read_places();
  read_postal_codes();
  sort_names();
  index_trigrams();
}

void GazetteerIndex::read_places() {
  folded_.reserve(place_text_.size());
  each_line<8>(place_text_, [&](const std::array<std::string_view, 8>& c) {
    const auto place = static_cast<std::uint32_t>(places_.size());
    places_.push_back({c[0], c[1], c[2], number(c[3]), number(c[4]), number(c[5]), c[6] == "x"});
    add_name(c[0], place);
    for (std::string_view rest = c[7]; !rest.empty();) {
      const std::string_view alias = rest.substr(0, rest.find('|'));
      add_name(alias, place);
      rest.remove_prefix(std::min(rest.size(), alias.size() + 1));
    }
  });
}

void GazetteerIndex::read_postal_codes() {
  each_line<5>(postal_text_, [&](const std::array<std::string_view, 5>& c) {
    postal_codes_.push_back({c[0], c[1], c[2], number(c[3]), number(c[4])});
  });
  const auto by_code = [](const PostalCodeRow& a, const PostalCodeRow& b) { return a.code < b.code; };
  if (!std::is_sorted(postal_codes_.begin(), postal_codes_.end(), by_code))
    std::sort(postal_codes_.begin(), postal_codes_.end(), by_code);
}

void GazetteerIndex::add_name(std::string_view name, std::uint32_t place) {
  const std::string folded = fold_name(name);
  names_.push_back({static_cast<std::uint32_t>(folded_.size()), static_cast<std::uint32_t>(folded.size()), place});
  folded_ += folded;
}

void GazetteerIndex::sort_names() {
  const auto less = [&](const Name& a, const Name& b) { return text(a) < text(b); };
  // All but the aliases are in order already: put those apart, sort them, and merge.
  std::vector<Name> sorted, rest;
  sorted.reserve(names_.size());
  std::uint32_t last = UINT32_MAX;
  for (const Name& name : names_) {
    (name.place == last ? rest : sorted).push_back(name);
    last = name.place;
  }
  was_sorted_ = std::is_sorted(sorted.begin(), sorted.end(), less);
  if (!was_sorted_) std::sort(sorted.begin(), sorted.end(), less);
  std::sort(rest.begin(), rest.end(), less);
  names_.clear();
  std::merge(sorted.begin(), sorted.end(), rest.begin(), rest.end(), std::back_inserter(names_), less);
}

void GazetteerIndex::index_trigrams() {
  trigram_begin_.assign(trigram_buckets + 1, 0);
  std::array<std::uint32_t, most_trigrams> found{};
  for (const Name& name : names_)
    for (std::size_t i = 0, count = trigrams(text(name), found); i < count; ++i) ++trigram_begin_[found[i] + 1];
  for (std::size_t i = 1; i <= trigram_buckets; ++i) trigram_begin_[i] += trigram_begin_[i - 1];
  trigram_names_.resize(trigram_begin_.back());
  std::vector<std::uint32_t> next(trigram_begin_.begin(), trigram_begin_.end() - 1);
  for (std::uint32_t n = 0; n < names_.size(); ++n)
    for (std::size_t i = 0, count = trigrams(text(names_[n]), found); i < count; ++i)
      trigram_names_[next[found[i]]++] = n;
}

std::vector<std::uint32_t> GazetteerIndex::named(std::string_view folded) const {
  std::vector<std::uint32_t> found;
  auto at = std::lower_bound(names_.begin(), names_.end(), folded,
                             [&](const Name& name, std::string_view wanted) { return text(name) < wanted; });
  for (; at != names_.end() && text(*at) == folded; ++at) found.push_back(at->place);
  return found;
}

std::vector<std::uint32_t> GazetteerIndex::beginning(std::string_view folded, std::size_t most) const {
  std::vector<std::uint32_t> found;
  auto at = std::lower_bound(names_.begin(), names_.end(), folded,
                             [&](const Name& name, std::string_view wanted) { return text(name) < wanted; });
  for (; at != names_.end() && found.size() < most && text(*at).starts_with(folded); ++at) found.push_back(at->place);
  return found;
}

std::vector<GazetteerIndex::Similar> GazetteerIndex::similar(std::string_view folded, std::string_view country,
                                                             std::string_view admin1, double least,
                                                             std::size_t most) const {
  std::array<std::uint32_t, most_trigrams> wanted{};
  const std::size_t count = trigrams(folded, wanted);
  std::vector<std::uint8_t> shared(names_.size(), 0);
  std::vector<std::uint32_t> touched;
  for (std::size_t i = 0; i < count; ++i)
    for (std::uint32_t at = trigram_begin_[wanted[i]]; at < trigram_begin_[wanted[i] + 1]; ++at)
      if (shared[trigram_names_[at]]++ == 0) touched.push_back(trigram_names_[at]);

  struct Candidate {
    double dice;
    std::uint32_t name;
  };
  std::vector<Candidate> candidates;
  for (const std::uint32_t n : touched) {
    const PlaceRow& place = places_[names_[n].place];
    if (!country.empty() && place.country != country) continue;
    if (!admin1.empty() && place.admin1 != admin1) continue;
    const auto size = static_cast<double>(names_[n].size);
    const double dice = 2.0 * shared[n] / (static_cast<double>(count) + size);
    if (dice >= 0.3) candidates.push_back({dice, n});
  }
  constexpr std::size_t most_compared = 300;
  const auto better = [&](const Candidate& a, const Candidate& b) {
    if (a.dice != b.dice) return a.dice > b.dice;
    const std::int64_t wa = places_[names_[a.name].place].weight(), wb = places_[names_[b.name].place].weight();
    return wa != wb ? wa > wb : a.name < b.name;
  };
  const auto cut = static_cast<std::ptrdiff_t>(std::min(candidates.size(), most_compared));
  std::partial_sort(candidates.begin(), candidates.begin() + cut, candidates.end(), better);
  candidates.resize(static_cast<std::size_t>(cut));

  static std::mutex one_at_a_time;  // fstrcmp 0.7 keeps its work space in a static variable
  const std::lock_guard lock(one_at_a_time);
  std::vector<Similar> found;
  const std::string asked(folded);
  for (const Candidate& candidate : candidates) {
    const std::string name(text(names_[candidate.name]));
    const double likeness = fstrcmp(asked.c_str(), name.c_str());
    if (likeness >= least) found.push_back({names_[candidate.name].place, likeness});
  }
  std::stable_sort(found.begin(), found.end(), [&](const Similar& a, const Similar& b) {
    if (a.likeness != b.likeness) return a.likeness > b.likeness;
    return places_[a.place].weight() > places_[b.place].weight();
  });
  if (found.size() > most) found.resize(most);
  return found;
}

const PostalCodeRow* GazetteerIndex::postal_code(std::string_view code) const {
  const auto at = std::lower_bound(postal_codes_.begin(), postal_codes_.end(), code,
                                   [](const PostalCodeRow& row, std::string_view wanted) { return row.code < wanted; });
  return at != postal_codes_.end() && at->code == code ? &*at : nullptr;
}

}  // namespace caravan
