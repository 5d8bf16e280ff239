#include <algorithm>
#include <array>

#include "config/settings_values.hpp"

/// Settings as people read them.
namespace caravan {

namespace {

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += std::string(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  return out;
}

struct Writer {
  const Setting& setting;
  const Settings& settings;
  std::string operator()(std::string Settings::*member) const {
    const std::string& text = settings.*member;
    if (text.empty()) return "-";
    return setting.secret ? "(set)" : text;
  }
  std::string operator()(std::int64_t Settings::*member) const { return std::to_string(settings.*member); }
  std::string operator()(bool Settings::*member) const { return settings.*member ? "on" : "off"; }
  std::string operator()(ByteCount Settings::*member) const { return bytes_text(settings.*member); }
  std::string operator()(std::chrono::milliseconds Settings::*member) const { return duration_text(settings.*member); }
  std::string operator()(Environment Settings::*member) const {
    return settings.*member == Environment::sandbox ? "sandbox" : "production";
  }
};

struct Bounds {
  const Setting& setting;
  template <class Text>
  std::string range(Text text) const {
    return text(setting.low) + " to " + text(setting.high);
  }
  std::string operator()(std::string Settings::*) const {
    if (!setting.choices.empty()) return joined(setting.choices);
    return (setting.low > 0 ? std::to_string(setting.low) + " to " : "up to ") + std::to_string(setting.high) +
           " characters";
  }
  std::string operator()(std::int64_t Settings::*) const {
    return range([](std::int64_t value) { return std::to_string(value); });
  }
  std::string operator()(bool Settings::*) const { return "on or off"; }
  std::string operator()(ByteCount Settings::*) const {
    return range([](std::int64_t value) { return bytes_text(ByteCount{value}); });
  }
  std::string operator()(std::chrono::milliseconds Settings::*) const {
    return range([](std::int64_t value) { return duration_text(std::chrono::milliseconds(value)); });
  }
  std::string operator()(Environment Settings::*) const { return "sandbox or production"; }
};

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

}  // namespace

std::string setting_text(const Setting& setting, const Settings& settings) {
  return std::visit(Writer{setting, settings}, setting.member);
}

std::string setting_bounds(const Setting& setting) { return std::visit(Bounds{setting}, setting.member); }

std::string describe_settings(const ResolvedSettings& settings) {
  const Settings defaults = default_settings(settings.values.environment);
  std::vector<std::array<std::string, 5>> rows{{"setting", "value", "default", "bounds", "source"}};
  for (const Setting& setting : setting_table()) {
    const auto by = settings.set_by.find(setting.name);
    rows.push_back({std::string(setting.name), setting_text(setting, settings.values), setting_text(setting, defaults),
                    setting_bounds(setting), by == settings.set_by.end() ? "default" : by->second});
  }
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (std::size_t line = 0; line < rows.size(); ++line) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) text += padded(rows[line][i], widths[i] + 2);
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + '\n';
    if (line == 0) continue;
    const Setting& setting = setting_table()[line - 1];
    out += "    " + std::string(setting.help) +
           (setting.secret ? "; or " + secret_file_name(setting) + ", a file that holds it" : "") + '\n';
  }
  return out;
}

}  // namespace caravan
