#include "http/providers/places/address_bounds.hpp"

#include <algorithm>

namespace caravan {

namespace {

constexpr std::size_t most_bound_words = 5;  // of a country's or region's name
constexpr std::size_t most_readings = 60;

/// The countries so small that their name tells where one is.
constexpr std::string_view city_states = "SG HK MO MC VA GI SM LU DJ BM AD LI KW BH MT";

bool is_city_state(std::string_view code) { return city_states.find(code) != std::string_view::npos; }

void drop_empty(std::vector<AddressPart>& parts) {
  std::erase_if(parts, [](const AddressPart& part) { return part.empty(); });
}

std::string whole(const AddressPart& part) { return joined(part, 0, part.size()); }

class BoundsReader {
 public:
  BoundsReader(const Regions& regions, std::string_view only) : regions_(regions), only_(only) {}

  std::vector<AddressReading> read(const std::vector<AddressPart>& parts) {
    if (parts.empty()) return {};
    const std::string_view last = regions_.country(whole(parts.back())), first = regions_.country(whole(parts.front()));
    if (parts.size() > 1 && !last.empty()) with_country(last, parts, parts.size() - 1, 0);
    if (parts.size() > 1 && !first.empty() && whole(parts.front()).size() > 3) with_country(first, parts, 0, 0);
    const AddressPart& end = parts.back();
    for (std::size_t count = std::min(most_bound_words, end.size() - 1); count > 0; --count)
      if (const auto code = regions_.country(joined(end, end.size() - count, end.size())); !code.empty())
        with_country(code, parts, parts.size() - 1, end.size() - count);
    with_region({}, parts);
    const bool names_country = parts.size() > 1 && !last.empty() && whole(parts.back()).size() > 2;
    if (!names_country)
      out_.push_back({{only_, {}}, parts});
    else if (is_city_state(last))
      out_.push_back({{last, {}}, parts});
    if (names_country && regions_.named(whole(parts.back())).empty())
      std::erase_if(out_, [&](const AddressReading& reading) { return reading.bounds.country != last; });
    return std::move(out_);
  }

 private:
  /// The country is the words of part `at` from word `from` on.
  void with_country(std::string_view code, std::vector<AddressPart> parts, std::size_t at, std::size_t from) {
    if (!only_.empty() && code != only_) return;
    parts[at].resize(from);
    drop_empty(parts);
    if (parts.empty()) return;
    with_region(code, parts);
    out_.push_back({{code, {}}, parts});
  }

  void with_region(std::string_view country, const std::vector<AddressPart>& parts) {
    for (const std::size_t at : {parts.size() - 1, std::size_t{0}}) {
      const AddressPart& part = parts[at];
      const std::size_t most = std::min(most_bound_words, part.size());
      for (std::size_t count = most; count > 0; --count) {
        if (at == 0 && parts.size() > 1 && count < part.size()) break;  // at the front, the whole part alone
        if (parts.size() == 1 && count == part.size()) continue;        // a town must be left
        for (const Region* region : regions_.named(joined(part, part.size() - count, part.size()))) {
          if (!country.empty() && region->country != country) continue;
          if (!only_.empty() && region->country != only_) continue;
          if (out_.size() >= most_readings) return;
          std::vector<AddressPart> rest = parts;
          rest[at].resize(part.size() - count);
          drop_empty(rest);
          out_.push_back({{region->country, region->admin1}, std::move(rest)});
        }
      }
      if (parts.size() == 1) break;
    }
  }

  const Regions& regions_;
  std::string_view only_;
  std::vector<AddressReading> out_;
};

}  // namespace

std::vector<AddressReading> read_bounds(const Regions& regions, const std::vector<AddressPart>& parts,
                                        std::string_view country) {
  return BoundsReader(regions, country).read(parts);
}

std::vector<PlaceBounds> bare_bounds(const Regions& regions, const AddressText& text) {
  std::vector<PlaceBounds> found;
  if (text.parts.size() != 1) return found;
  const std::string name = whole(text.parts[0]);
  if (name.size() < 3) return found;
  if (const std::string_view code = regions.country(name); !code.empty() && !is_city_state(code))
    found.push_back({code, {}});
  if (name.size() > 3)
    for (const Region* region : regions.named(name)) found.push_back({region->country, region->admin1});
  return found;
}

}  // namespace caravan
