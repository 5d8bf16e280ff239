#include "http/providers/places/gazetteer_index.hpp"

#include <fstrcmp.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <tuple>

#include "http/providers/places/folding.hpp"
#include "http/providers/places/table_lines.hpp"

namespace caravan {

namespace {

constexpr std::size_t trigram_buckets = 1 << 15;
constexpr std::size_t most_trigrams = 64;     // of one name
constexpr std::int32_t fuzzy_from = 100'000;  // inhabitants from which on other names than the first may be misspelt

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

GazetteerIndex::GazetteerIndex(std::string places, std::string names, std::string postal_codes)
    : place_text_(std::move(places)), name_text_(std::move(names)), postal_text_(std::move(postal_codes)) {
  read_places();
  read_names();
  read_postal_codes();
}

void GazetteerIndex::read_places() {
  folded_.reserve(place_text_.size() + name_text_.size());  // so that no text moves
  each_line<7>(place_text_, [&](const std::array<std::string_view, 7>& c) {
    const std::string folded = fold_name(c[0]);
    if (folded_.size() + folded.size() > folded_.capacity()) throw std::runtime_error("gazetteer: names are too long");
    names_.push_back({std::string_view(folded_.data() + folded_.size(), folded.size()),
                      static_cast<std::uint32_t>(places_.size()), false});
    folded_ += folded;
    places_.push_back({c[0], c[1], c[2], table_number(c[3]), table_number(c[4]), table_number(c[5]), c[6] == "x"});
  });
}

/// Other names are folded and in order; so are the first ones.
void GazetteerIndex::read_names() {
  const auto less = [](const Name& a, const Name& b) { return a.text < b.text; };
  std::vector<Name> others;
  each_line<2>(name_text_, [&](const std::array<std::string_view, 2>& c) {
    const auto place = static_cast<std::uint32_t>(table_number(c[1]));
    if (place >= places_.size()) throw std::runtime_error("gazetteer: a name of no place");
    others.push_back({c[0], place, true});
  });
  was_sorted_ =
      std::is_sorted(names_.begin(), names_.end(), less) && std::is_sorted(others.begin(), others.end(), less);
  if (!was_sorted_) {
    std::sort(names_.begin(), names_.end(), less);
    std::sort(others.begin(), others.end(), less);
  }
  std::vector<Name> all;
  all.reserve(names_.size() + others.size());
  std::merge(names_.begin(), names_.end(), others.begin(), others.end(), std::back_inserter(all), less);
  names_ = std::move(all);
}

void GazetteerIndex::read_postal_codes() {
  each_line<7>(postal_text_, [&](const std::array<std::string_view, 7>& c) {
    postal_codes_.push_back({c[0], c[1], c[2], c[3], table_number(c[4]), table_number(c[5]), c[6] == "x"});
  });
  const auto by_code = [](const PostalCodeRow& a, const PostalCodeRow& b) {
    return std::tie(a.country, a.code) < std::tie(b.country, b.code);
  };
  if (!std::is_sorted(postal_codes_.begin(), postal_codes_.end(), by_code))
    std::sort(postal_codes_.begin(), postal_codes_.end(), by_code);
}

void GazetteerIndex::index_trigrams() const {
  std::vector<std::uint32_t>& begin = trigrams_.begin;
  begin.assign(trigram_buckets + 1, 0);
  std::array<std::uint32_t, most_trigrams> found{};
  const auto may_be_misspelt = [&](const Name& name) {
    return !name.is_other ||
           (places_[name.place].population >= fuzzy_from && static_cast<signed char>(name.text[0]) > 0);
  };
  for (const Name& name : names_)
    if (may_be_misspelt(name))
      for (std::size_t i = 0, count = trigrams(name.text, found); i < count; ++i) ++begin[found[i] + 1];
  for (std::size_t i = 1; i <= trigram_buckets; ++i) begin[i] += begin[i - 1];
  trigrams_.names.resize(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (std::uint32_t n = 0; n < names_.size(); ++n)
    if (may_be_misspelt(names_[n]))
      for (std::size_t i = 0, count = trigrams(names_[n].text, found); i < count; ++i)
        trigrams_.names[next[found[i]]++] = n;
}

std::vector<GazetteerIndex::Name>::const_iterator GazetteerIndex::first_from(std::string_view folded) const {
  return std::lower_bound(names_.begin(), names_.end(), folded,
                          [](const Name& name, std::string_view wanted) { return name.text < wanted; });
}

std::vector<GazetteerIndex::Named> GazetteerIndex::named(std::string_view folded) const {
  std::vector<Named> found;
  for (auto at = first_from(folded); at != names_.end() && at->text == folded; ++at)
    found.push_back({at->place, at->is_other});
  return found;
}

std::vector<GazetteerIndex::Named> GazetteerIndex::beginning(std::string_view folded) const {
  std::vector<Named> found;
  for (auto at = first_from(folded); at != names_.end() && at->text.starts_with(folded); ++at)
    found.push_back({at->place, at->is_other});
  return found;
}

std::vector<GazetteerIndex::Similar> GazetteerIndex::similar(std::string_view folded, const PlaceBounds& bounds,
                                                             double least, std::size_t most) const {
  std::call_once(trigrams_.made, [this] { index_trigrams(); });
  std::array<std::uint32_t, most_trigrams> wanted{};
  const std::size_t count = trigrams(folded, wanted);
  std::vector<std::uint8_t> shared(names_.size(), 0);
  std::vector<std::uint32_t> touched;
  for (std::size_t i = 0; i < count; ++i)
    for (std::uint32_t at = trigrams_.begin[wanted[i]]; at < trigrams_.begin[wanted[i] + 1]; ++at)
      if (const std::uint32_t n = trigrams_.names[at]; shared[n]++ == 0) touched.push_back(n);

  struct Candidate {
    double dice;
    std::uint32_t name;
  };
  std::vector<Candidate> candidates;
  for (const std::uint32_t n : touched) {
    if (!bounds.hold(places_[names_[n].place])) continue;
    const auto size = static_cast<double>(names_[n].text.size());
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
    const std::string name(names_[candidate.name].text);
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

namespace {

struct CodeOrder {
  bool operator()(const PostalCodeRow& row, const std::pair<std::string_view, std::string_view>& wanted) const {
    return std::tie(row.country, row.code) < std::tie(wanted.first, wanted.second);
  }
};

}  // namespace

const PostalCodeRow* GazetteerIndex::postal_code(std::string_view country, std::string_view code) const {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string_view whole = code;
  for (; !code.empty(); code.remove_suffix(1)) {
    // "SA1" is no beginning of "SA19", nor "S" of "SE1": where a code has letters, digits and letters stay together.
    if (code.size() < whole.size() && !is_digit(whole[0]) && is_digit(code.back()) == is_digit(whole[code.size()]))
      continue;
    const auto at = std::lower_bound(postal_codes_.begin(), postal_codes_.end(), std::pair{country, code}, CodeOrder{});
    if (at != postal_codes_.end() && at->country == country && at->code == code) return &*at;
  }
  return nullptr;
}

std::span<const PostalCodeRow> GazetteerIndex::postal_codes_beginning(std::string_view country,
                                                                      std::string_view code) const {
  const auto first =
      std::lower_bound(postal_codes_.begin(), postal_codes_.end(), std::pair{country, code}, CodeOrder{});
  auto last = first;
  while (last != postal_codes_.end() && last->country == country && last->code.starts_with(code)) ++last;
  return {first, last};
}

}  // namespace caravan
