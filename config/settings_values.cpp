#include "config/settings_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace caravan {

namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t size;
};
constexpr std::array<Unit, 6> duration_units{
    {{"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> byte_units{{{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};

/// "48 h" or "48h" in the smallest unit; nothing where it is not a whole number with a unit, or too large.
std::optional<std::int64_t> number_with_unit(std::string_view text, std::span<const Unit> units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  while (name.starts_with(' ')) name.remove_prefix(1);
  if (name.empty() && number == 0) return 0;
  for (const Unit& unit : units)
    if (name == unit.name) return number > INT64_MAX / unit.size ? std::nullopt : std::optional(number * unit.size);
  return std::nullopt;
}

std::string with_unit(std::int64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units)
    if (value != 0 && value % unit.size == 0 && unit.size > best->size) best = &unit;
  return std::to_string(value) == "0" ? "0 " + std::string(units[1].name)
                                      : std::to_string(value / best->size) + ' ' + std::string(best->name);
}

struct Setter {
  const Setting& setting;
  std::string_view text;
  Settings& settings;

  std::string outside() const { return "is out of bounds: " + setting_bounds(setting); }
  bool within(std::int64_t value) const { return value >= setting.low && value <= setting.high; }

  std::string operator()(std::string Settings::*member) const {
    if (!setting.choices.empty()) {
      std::vector<std::string> words(setting.choices.begin(), setting.choices.end());
      if (std::ranges::find(words, text) == words.end()) {
        const std::string near = nearest_word(text, words);
        return "is not one of " + setting_bounds(setting) + (near.empty() ? "" : ": did you mean " + near + "?");
      }
    } else if (!within(static_cast<std::int64_t>(text.size()))) {
      return outside();
    }
    settings.*member = text;
    return {};
  }
  std::string operator()(std::int64_t Settings::*member) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return "is not a whole number";
    if (!within(value)) return outside();
    settings.*member = value;
    return {};
  }
  std::string operator()(bool Settings::*member) const {
    const bool on = text == "on" || text == "true";
    if (!on && text != "off" && text != "false") return "is neither on nor off";
    settings.*member = on;
    return {};
  }
  std::string operator()(ByteCount Settings::*member) const {
    const auto value = number_with_unit(text, byte_units);
    if (!value) return "is not a size such as 512 KiB or 1 MiB";
    if (!within(*value)) return outside();
    settings.*member = ByteCount{*value};
    return {};
  }
  std::string operator()(milliseconds Settings::*member) const {
    const auto value = number_with_unit(text, duration_units);
    if (!value) return "is not a duration such as 500 ms, 30 s, 10 min, 48 h or 7 d";
    if (!within(*value)) return outside();
    settings.*member = milliseconds(*value);
    return {};
  }
  std::string operator()(Environment Settings::*member) const {
    if (text != "sandbox" && text != "production") return "is neither sandbox nor production";
    settings.*member = text == "sandbox" ? Environment::sandbox : Environment::production;
    return {};
  }
};

}  // namespace

std::string set_from_text(const Setting& setting, std::string_view text, Settings& settings) {
  return std::visit(Setter{setting, text, settings}, setting.member);
}

std::string duration_text(milliseconds value) { return with_unit(value.count(), duration_units); }

std::string bytes_text(ByteCount value) { return with_unit(value.count, byte_units); }

}  // namespace caravan
