#include "http/providers/places/place_search.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "http/providers/places/address_bounds.hpp"
#include "http/providers/places/address_words.hpp"
#include "http/providers/places/folding.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_town_words = 6;  // of a town's name
constexpr double street_left_out = 0.97;
constexpr double part_left_out = 0.55;
constexpr double part_left_out_in_country = 0.8;  // "Faro, Algarve, Portugal"
constexpr double beside_unknown = 0.86;           // what stands left of the town is no street
constexpr std::int64_t known_town = 20'000;       // inhabitants of one that is found beside what is not known
constexpr std::int64_t other_name_share = 3;      // a place counts a third as much by another name than its own
constexpr double misspelt = 0.79;                 // at most, of a name that had to be corrected
constexpr double abbreviated = 0.7;               // "San Fran": asked about
constexpr std::int64_t abbreviated_from = 50'000;
constexpr double worth_asking = 0.45;
constexpr double same_place_meters = 40'000;

/// How a run of words stands in its part.
struct Standing {
  double trust;        // for a place of any size
  double large_trust;  // for one of large_from and more
  std::int64_t large_from;
};

/// A street, with its number or without; a single short word is none, though it may shorten one: "AL" is Alabama.
bool is_street(const AddressPart& part) {
  const bool is_short = part.size() == 1 && part[0].folded.size() < 4;
  return std::any_of(part.begin(), part.end(),
                     [&](const AddressWord& w) { return w.has_digit || (!is_short && is_street_word(w.folded)); });
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

bool has_han(std::string_view text) {
  while (!text.empty()) {
    const std::int32_t c = unicode::take_code_point(text);
    if ((c >= 0x3040 && c < 0xA000) || (c >= 0x1100 && c < 0x1200)) return true;
  }
  return false;
}

/// Whether the words from `from` on are the name of a street that leads them: "de la Paix" behind "Rue".
bool is_street_name(const AddressPart& words, std::size_t from) {
  while (from > 0 && is_small_word(words[from - 1].folded)) --from;
  return from > 0 && leads_street(words[from - 1].folded);
}

class Search {
 public:
  Search(const Regions& regions, const GazetteerIndex& index) : regions_(regions), index_(index) {}

  std::vector<PlaceHit> read(const AddressText& text, std::string_view country) {
    const std::vector<AddressReading> readings = read_bounds(regions_, text.parts, country);
    for (const AddressReading& reading : readings) exact(reading);
    if (best() < misspelt)
      for (const AddressReading& reading : readings) corrected(reading);
    if (best() < misspelt)
      for (const AddressReading& reading : readings) completed(reading);
    std::erase_if(found_, [](const auto& each) { return each.second < worth_asking; });
    return ranked();
  }

 private:
  double best() const {
    double trust = 0;
    for (const auto& [place, found] : found_) trust = std::max(trust, found);
    return trust;
  }

  std::int64_t weight(std::uint32_t place) const {
    const std::int64_t share = by_other_name_.contains(place) ? other_name_share : 1;
    return std::max<std::int64_t>(1, index_.places()[place].weight() / share);
  }

  void note(std::uint32_t place, double trust, bool is_other) {
    double& known = found_[place];
    if (trust > known || (trust == known && !is_other)) {
      known = trust;
      is_other ? (void)by_other_name_.insert(place) : (void)by_other_name_.erase(place);
    }
  }

  /// The town is the whole of a part, its end, or its beginning; the parts right of it are a street or cost trust.
  void exact(const AddressReading& reading) {
    double right = 1;
    beside_unknown_ = false;
    many_parts_ = reading.rest.size() > 1;
    for (std::size_t p = reading.rest.size(); p-- > 0;) {
      bool left = true;  // what stands left of it is a street
      if (p > 0)
        left = std::any_of(reading.rest.begin(), reading.rest.begin() + static_cast<std::ptrdiff_t>(p), is_street);
      const bool bounded = !reading.bounds.country.empty();
      in_part(reading.rest[p], reading.bounds, right * (left || bounded ? 1 : beside_unknown));
      const bool is_unknown = !is_street(reading.rest[p]);
      beside_unknown_ |= is_unknown;
      right *= !is_unknown ? street_left_out : bounded ? part_left_out_in_country : part_left_out;
      if (right < 0.3) break;
    }
  }

  void in_part(const AddressPart& part, const PlaceBounds& bounds, double trust) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= part.size(); ++at) {  // numbers part a street from a town
      if (at < part.size() && !part[at].has_digit) continue;
      if (at > begin)
        in_words(AddressPart(part.begin() + static_cast<std::ptrdiff_t>(begin),
                             part.begin() + static_cast<std::ptrdiff_t>(at)),
                 bounds, trust, begin > 0, at < part.size());
      begin = at + 1;
    }
    if (part.size() > 1) named(joined(part, 0, part.size()), bounds, {trust, trust, 0});
    for (const AddressWord& word : part)
      if (has_han(word.folded)) unspaced(word.folded, bounds, trust);
  }

  /// Words without numbers; `after` and `before` say on which side a number stands.
  void in_words(const AddressPart& words, const PlaceBounds& bounds, double trust, bool after, bool before) {
    const std::size_t n = words.size();
    const bool bounded = !bounds.country.empty();
    const double beside = after || before ? 0.97 : 1;
    const bool is_nameless = !bounded && std::all_of(words.begin(), words.end(), [](const AddressWord& w) {
      return is_street_word(w.folded) || is_continent(w.folded);
    });
    if (is_nameless) return;  // "Main Street", "Street"
    const std::string name = joined(words, 0, n);
    if (n <= most_town_words && !named(name, bounds, {trust * beside, trust * beside, 0}) && n > 1 && !is_ascii(name))
      named(without_spaces(name), bounds, {trust * beside, trust * beside, 0});
    for (std::size_t count = std::min(n - 1, most_town_words); n > 1 && count > 0; --count) {
      const bool of_street = is_street_word(words[n - 1].folded) || is_street_name(words, n - count);
      const bool street_left = std::any_of(words.begin(), words.end() - static_cast<std::ptrdiff_t>(count),
                                           [](const AddressWord& w) { return is_street_word(w.folded); });
      if (!of_street) {
        const double least = after ? 0.93 : bounded ? 0.86 : street_left ? 0.72 : 0.66;
        const double large = std::max(least, street_left ? 0.88 : 0.8);
        named(joined(words, n - count, n), bounds, {trust * least, trust * large, street_left ? 100'000 : 300'000});
      }
      // What follows a town in its part: a station, a district, the letters of a province.
      const bool street_first = std::all_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count),
                                            [](const AddressWord& w) { return is_street_word(w.folded); });
      const auto rest = words.begin() + static_cast<std::ptrdiff_t>(count);
      if (street_first || follows_street_name(rest->folded)) continue;  // "Church Road"
      const auto is_local = [](const AddressWord& w) {
        return w.folded.size() == 1 || is_local_word(w.folded) || is_street_word(w.folded);
      };
      const bool local = is_local(*rest) && (n - count < 3 || leads_street(rest->folded) || is_local(words.back()));
      const bool province = bounded && n - count == 1 && rest->is_short_code;
      const double least = province ? 0.95 : local ? 0.8 : bounded ? 0.7 : 0.5;
      const double large = province ? 0.95 : local ? 0.88 : bounded ? 0.78 : 0.6;
      named(joined(words, 0, count), bounds, {trust * least, trust * large, 50'000});
    }
  }

  /// Writing without spaces: the longest region or town that it begins with.
  void unspaced(const std::string& word, PlaceBounds bounds, double trust) {
    std::vector<std::size_t> ends;
    for (std::string_view rest = word; !rest.empty();) {
      unicode::take_code_point(rest);
      ends.push_back(word.size() - rest.size());
    }
    if (ends.size() < 2) return;
    for (auto end = ends.rbegin(); end != ends.rend() && *end > 0; ++end) {
      const std::string_view start = std::string_view(word).substr(0, *end);
      if (*end < word.size())
        for (const Region* region : regions_.named(start))
          if ((bounds.country.empty() || bounds.country == region->country) && bounds.admin1.empty())
            unspaced(word.substr(*end), {region->country, region->admin1}, trust);
      if (end + 1 != ends.rend() && named(start, bounds, {trust * 0.95, trust * 0.95, 0})) break;
    }
  }

  /// Notes the places of a name; false where there are none.
  bool named(std::string_view name, const PlaceBounds& bounds, const Standing& standing) {
    // A country's name is a town of that country alone: "Mexico" is no town of the Philippines.
    if (many_parts_ && bounds.country.empty() && name.size() < 3) return false;  // a state's letters
    const std::string_view country = name.size() > 2 ? regions_.country(name) : std::string_view{};
    // Behind a comma, a region's name is a town of that region alone: "California" is none of Maryland.
    const bool may_be_region = many_parts_ && bounds.country.empty() && name.size() > 3;
    const std::vector<const Region*> regions = may_be_region ? regions_.named(name) : std::vector<const Region*>{};
    bool any = false;
    for (const auto& [place, is_other] : index_.named(name)) {
      const PlaceRow& row = index_.places()[place];
      if (!bounds.hold(row)) continue;
      if (!country.empty() && row.country != country && bounds.country.empty()) continue;
      if (!regions.empty() && std::none_of(regions.begin(), regions.end(), [&row](const Region* region) {
            return region->country == row.country && region->admin1 == row.admin1;
          }))
        continue;
      double trust = row.weight() >= standing.large_from ? standing.large_trust : standing.trust;
      if (beside_unknown_ && row.weight() < known_town) trust *= 0.7;
      if (bounds.country.empty() && row.weight() < 3'000) trust *= 0.72;  // a village that nothing else speaks for
      note(place, trust, is_other);
      any = true;
    }
    return any;
  }

  void corrected(const AddressReading& reading) {
    if (reading.rest.empty()) return;
    // Left of the town there may be a street; what stands right of it would be a second thing unknown.
    AddressPart part = reading.rest.back();
    const auto number = std::find_if(part.rbegin(), part.rend(), [](const AddressWord& w) { return w.has_digit; });
    part.erase(part.begin(), number.base());
    if (part.empty() || part.size() > most_town_words || is_street(part)) return;
    const std::string name = joined(part, 0, part.size());
    const bool bounded = !reading.bounds.country.empty();
    if (name.size() < 5 || (reading.rest.size() > 1 && !bounded)) return;
    const double least = !reading.bounds.admin1.empty() ? 0.78 : bounded ? 0.8 : 0.85;
    const std::int64_t least_weight = bounded ? 5'000 : 200'000;
    for (const auto& similar : index_.similar(name, reading.bounds, least, 20)) {
      const std::int64_t people = index_.places()[similar.place].weight();
      const bool sure = people >= least_weight && similar.likeness >= least + 0.02;
      note(similar.place, sure ? std::min(misspelt, 0.55 + 0.25 * similar.likeness) : 0.6 * similar.likeness, false);
    }
  }

  /// What begins a large town's name, and is all that there is.
  void completed(const AddressReading& reading) {
    constexpr std::size_t least_letters = 4;  // so that 3,416 names begin so at most
    if (reading.rest.size() != 1) return;
    const std::string name = joined(reading.rest[0], 0, reading.rest[0].size());
    if (name.size() < least_letters) return;
    for (const auto& [place, is_other] : index_.beginning(name))
      if (const PlaceRow& row = index_.places()[place];
          !is_other && reading.bounds.hold(row) && row.weight() >= abbreviated_from)
        note(place, abbreviated, is_other);
  }

  /// By trust, and by size among those of like trust; namesakes cost the first its trust.
  std::vector<PlaceHit> ranked() const {
    std::vector<PlaceHit> hits;
    for (const auto& [place, trust] : found_) hits.push_back({place, trust});
    const auto rank = [&](const PlaceHit& hit) {
      return hit.trust + 0.04 * std::log10(static_cast<double>(weight(hit.place)));
    };
    std::sort(hits.begin(), hits.end(), [&](const PlaceHit& a, const PlaceHit& b) {
      const double ra = rank(a), rb = rank(b);
      return ra != rb ? ra > rb : a.place < b.place;
    });
    if (hits.empty()) return hits;
    double sure = 1;
    for (const PlaceHit& rival : hits) {
      const Coordinates a = index_.places()[hits[0].place].at(), b = index_.places()[rival.place].at();
      if (rival.trust < hits[0].trust - 0.1 || distance_meters(a, b) < same_place_meters) continue;
      const double ratio = static_cast<double>(weight(hits[0].place)) / static_cast<double>(weight(rival.place));
      sure = std::min(sure, ratio < 3 ? 0.65 : ratio < 10 ? 0.9 : 1.0);
    }
    for (std::size_t i = 1; i < hits.size(); ++i) hits[i].trust = std::min(hits[i].trust, 0.6);
    hits[0].trust *= sure;
    return hits;
  }

  const Regions& regions_;
  const GazetteerIndex& index_;
  std::map<std::uint32_t, double> found_;
  std::set<std::uint32_t> by_other_name_;
  bool beside_unknown_ = false;  // a part right of where the town is looked for means nothing
  bool many_parts_ = false;
};

}  // namespace

std::vector<PlaceHit> search_places(const Regions& regions, const GazetteerIndex& index, const AddressText& text,
                                    std::string_view country) {
  return Search(regions, index).read(text, country);
}

}  // namespace caravan
