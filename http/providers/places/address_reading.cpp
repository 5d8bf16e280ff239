#include "http/providers/places/address_reading.hpp"

#include <algorithm>

#include "http/providers/places/folding.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_address = 300;  // code points; the rest is not read
constexpr std::size_t most_parts = 8;
constexpr std::size_t most_readings = 40;
constexpr double passed_over = 0.6;  // trust where words behind the city mean nothing to us
constexpr double unexplained = 0.9;  // where words before the city are no street either
constexpr double street_form = 0.9;  // where the city had to be cut out of a line without commas

using Words = std::vector<std::string>;

Words split_words(const std::string& folded) {
  Words words;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    words.push_back(folded.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string join(const Words& words, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

bool is_number(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What bounds a city: a country, or a region with its country.
struct Bounds {
  std::string_view country;
  std::string_view admin1;
};

class Reader {
 public:
  Reader(const Regions& regions, std::string_view country) : regions_(regions), only_(country) {}

  ReadAddress read(std::string_view address) {
    std::vector<Words> parts = split(unicode::cut(address, most_address));
    take_postal_codes(parts);
    std::erase_if(parts, [](const Words& words) { return words.empty(); });
    const std::size_t n = parts.size();
    // Which part is the city, from the strictest reading to the loosest. Behind it stand region and country, or one of
    // them, or nothing, or at last words that we do not know.
    if (n >= 3) with_tail(parts, n - 3, bounds_of(whole(parts[n - 2]), whole(parts[n - 1])), 1);
    if (n >= 2) with_tail(parts, n - 2, bounds_of(whole(parts[n - 1])), 1);
    if (n >= 1) with_tail(parts, n - 1, {Bounds{}}, n == 1 || is_street(parts[n - 2]) ? 1 : unexplained);
    if (n >= 3) with_tail(parts, n - 3, bounds_of(whole(parts[n - 1])), passed_over);
    if (n >= 2) with_tail(parts, n - 2, {Bounds{}}, passed_over);
    return std::move(out_);
  }

 private:
  /// It has a number in it.
  static bool is_street(const Words& words) { return std::any_of(words.begin(), words.end(), is_number); }

  static std::string whole(const Words& words) { return join(words, 0, words.size()); }

  std::vector<Words> split(std::string_view address) {
    std::vector<Words> parts;
    while (!address.empty() && parts.size() < most_parts) {
      const std::size_t end = std::min(address.find_first_of(",;\n"), address.size());
      parts.push_back(split_words(fold_name(address.substr(0, end))));
      address.remove_prefix(std::min(address.size(), end + 1));
    }
    return parts;
  }

  /// Takes five digits, with or without four more, out of the last two parts; house numbers stand before those.
  void take_postal_codes(std::vector<Words>& parts) {
    const std::size_t first = parts.size() > 2 ? parts.size() - 2 : 0;
    for (std::size_t p = parts.size(); p-- > first;) {
      Words& words = parts[p];
      for (std::size_t w = words.size(); w-- > 0;) {
        if (words[w].size() != 5 || !is_number(words[w])) continue;
        const bool extended = w + 1 < words.size() && words[w + 1].size() == 4 && is_number(words[w + 1]);
        const bool ends = w + (extended ? 2U : 1U) == words.size();
        if (!ends && w != 0) continue;  // in the midst of a line it is something else
        out_.postal_codes.push_back(words[w]);
        out_.postal_code_leads = !ends;
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(w),
                    words.begin() + static_cast<std::ptrdiff_t>(w + (extended ? 2 : 1)));
        break;
      }
    }
  }

  std::vector<Bounds> bounds_of(const std::string& text) const {
    std::vector<Bounds> bounds;
    for (const Region* region : regions_.named(text)) bounds.push_back({region->country, region->admin1});
    if (const std::string_view country = regions_.country(text); !country.empty()) bounds.push_back({country, {}});
    return bounds;
  }

  std::vector<Bounds> bounds_of(const std::string& region, const std::string& country) const {
    std::vector<Bounds> bounds;
    const std::string_view code = regions_.country(country);
    for (const Region* found : regions_.named(region))
      if (found->country == code) bounds.push_back({found->country, found->admin1});
    return bounds;
  }

  /// The city is the part at `at`, or words of it, within any of the bounds.
  void with_tail(const std::vector<Words>& parts, std::size_t at, const std::vector<Bounds>& tails, double trust) {
    const Words& words = parts[at];
    for (const Bounds& bounds : tails) {
      add(whole(words), bounds, trust);
      // "boston massachusetts usa": up to four words of the part may bound the city.
      for (std::size_t cut = 1; bounds.country.empty() && cut <= 4 && cut < words.size(); ++cut) {
        const std::size_t end = words.size() - cut;
        std::vector<Bounds> inner = bounds_of(join(words, end, words.size()));
        for (std::size_t country = words.size() - 1; country > end; --country)
          for (const Bounds& both : bounds_of(join(words, end, country), join(words, country, words.size())))
            inner.push_back(both);
        for (const Bounds& found : inner) {
          add(join(words, 0, end), found, trust * 0.98);
          without_street(words, end, found, trust);
        }
      }
      without_street(words, words.size(), bounds, trust);
    }
  }

  /// "123 main st new york": the last one to three words, where the line begins with a number.
  void without_street(const Words& words, std::size_t end, const Bounds& bounds, double trust) {
    if (words.empty() || !(words.front()[0] >= '0' && words.front()[0] <= '9')) return;
    for (std::size_t count = 3; count >= 1; --count)
      if (end > count) add(join(words, end - count, end), bounds, trust * street_form);
  }

  void add(std::string city, Bounds bounds, double trust) {
    if (city.empty() || out_.readings.size() >= most_readings) return;
    if (!only_.empty()) {
      if (!bounds.country.empty() && bounds.country != only_) return;
      bounds.country = only_;
    }
    out_.readings.push_back({std::move(city), bounds.country, bounds.admin1, trust});
  }

  const Regions& regions_;
  std::string_view only_;
  ReadAddress out_;
};

}  // namespace

ReadAddress read_address(const Regions& regions, std::string_view address, std::string_view country) {
  return Reader(regions, country).read(address);
}

}  // namespace caravan
