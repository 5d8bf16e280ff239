#include "tests/scenarios/player/awkward_texts.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

namespace caravan::scenario {

namespace {

using nlohmann::json;

constexpr std::string_view family = "👨‍👩‍👧‍👦";
constexpr std::size_t ids_a_name = 3;  // tried of each
constexpr std::size_t default_most = 1'000;

/// Whole characters; a line's, and those of texts with lines.
constexpr auto pieces = std::to_array<std::string_view>(
    {family, "e\u0301", "क्‍ष", "می‌خواهم", "🏳️‍🌈", "葛\U000E0100", "<b>&amp;\"'\\",
     "{{firstName}}", "ß", "\u200F", "𝒜", "🇩🇪",
     "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F", "=1+1", "%s%00", "İ", "한국어", "ไทย"});
constexpr auto breaks = std::to_array<std::string_view>({"\n", "\t", "\r\n", "\u2028"});

std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Exactly `most` code points that begin with the text.
std::string awkward(const std::string& text, std::size_t most, bool has_lines) {
  std::string out = text + ' ';
  for (std::size_t i = 0;; ++i) {
    std::string piece(pieces[i % pieces.size()]);
    if (has_lines && i % 5 == 4) piece = breaks[i / 5 % breaks.size()];
    if (length_of(out) + length_of(piece) >= most) break;
    out += piece;
  }
  while (length_of(out) < most) out += "é";
  return out;
}

/// What programs read, what must lead to a place or a thing, and what a scenario searches for as a whole.
bool is_for_programs(const std::string& name) {
  static const std::set<std::string> names{
      "email",         "token", "code",   "provider", "nodeId",   "templateId", "refreshToken",  "challengeToken",
      "securityLevel", "id",    "number", "after",    "category", "uploadId",   "photoUploadId", "signatureUploadId"};
  return names.contains(name);
}

const json& resolved(const json& document, const json& schema) {
  if (!schema.contains("$ref")) return schema;
  return document.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
}

/// Replaces the texts within a value and notes each pair.
class Replacement {
 public:
  Replacement(const json& document, std::map<std::string, std::set<std::string>>& sent)
      : document_(document), sent_(sent) {}

  void run(json& value, const json& written, const std::string& name) {
    const json& schema = resolved(document_, written);
    if (value.is_array() && schema.contains("items")) {
      for (json& element : value) run(element, schema["items"], name);
    } else if (value.is_object()) {
      const bool has_point = value.contains("lat") && value.contains("lng");
      for (auto& [key, member] : value.items()) {
        if (key == "address" && !has_point) continue;
        if (schema.contains("properties") && schema["properties"].contains(key))
          run(member, schema["properties"][key], key);
        else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object())
          replace(member, default_most, true);
      }
    } else if (value.is_string() && !is_for_programs(name)) {
      const std::string kind = schema.value("description", "");
      const std::size_t least = schema.value("minLength", std::size_t{0});
      const std::size_t most = schema.value("maxLength", default_most);
      if ((kind == "text" || kind == "one line of text") && least < most) replace(value, most, kind == "text");
    }
  }

 private:
  void replace(json& value, std::size_t most, bool has_lines) {
    const auto text = value.get<std::string>();
    if (length_of(text) + 1 >= most) return;
    value = awkward(text, most, has_lines);
    sent_[text].insert(value.get<std::string>());
  }

  const json& document_;
  std::map<std::string, std::set<std::string>>& sent_;
};

void collect_ids(const json& value, std::map<std::string, std::vector<std::string>>& ids) {
  static const std::regex uuid("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  if (value.is_array())
    for (const json& element : value) collect_ids(element, ids);
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    if (!member.is_string()) {
      collect_ids(member, ids);
      continue;
    }
    const auto text = member.get<std::string>();
    auto& known = ids[name];
    if (!std::regex_match(text, uuid) || std::ranges::find(known, text) != known.end()) continue;
    if (known.size() == ids_a_name) known.erase(known.begin());
    known.push_back(text);
  }
}

}  // namespace

AwkwardTexts::AwkwardTexts(const std::string& contract_file) : contract_(contract_file) {
  std::ifstream in(contract_file);
  document_.assign(std::istreambuf_iterator<char>(in), {});
}

std::string AwkwardTexts::replaced(const std::string& method, const std::string& path, const std::string& body) {
  const std::string pattern = contract_.pattern_of(method, path);
  json value = json::parse(body, nullptr, false);
  if (pattern.empty() || value.is_discarded()) return body;
  const std::lock_guard lock(mutex_);
  const json document = json::parse(document_);
  std::string lower = method;
  std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  const json::json_pointer at("/requestBody/content/application~1json/schema");
  const json& operation = document["paths"][pattern][lower];
  if (!operation.contains(at)) return body;
  Replacement(document, sent_).run(value, operation[at], "");
  return value.dump();
}

std::vector<std::string> AwkwardTexts::stands_for(const std::string& text) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out{text};
  if (const auto found = sent_.find(text); found != sent_.end())
    out.insert(out.end(), found->second.begin(), found->second.end());
  return out;
}

void AwkwardTexts::note_ids(const std::string& body) {
  const json value = json::parse(body, nullptr, false);
  const std::lock_guard lock(mutex_);
  if (!value.is_discarded()) collect_ids(value, ids_);
}

std::vector<std::string> AwkwardTexts::paths_to_read() const {
  const std::lock_guard lock(mutex_);
  const json document = json::parse(document_);
  std::vector<std::string> out;
  for (const auto& [pattern, operations] : document["paths"].items()) {
    if (!operations.contains("get")) continue;
    std::vector<std::string> paths{pattern};
    char separator = '?';
    for (const json& written : operations["get"].value("parameters", json::array())) {
      const json& parameter = resolved(document, written);
      const std::string name = parameter["name"], in = parameter["in"];
      std::vector<std::string> values;
      if (const auto found = ids_.find(name); found != ids_.end()) values = found->second;
      if (name == "limit") values = {"200"};
      if (name == "format" && parameter["schema"].contains("enum"))
        values = parameter["schema"]["enum"].get<std::vector<std::string>>();
      if (in == "header" || (values.empty() && in == "query" && !parameter.value("required", false))) continue;
      if (in == "query" && name != "limit" && name != "format" && !parameter.value("required", false)) continue;
      std::vector<std::string> longer;
      for (const std::string& path : paths)
        for (const std::string& value : values) {
          std::string next = path;
          if (in == "path")
            next.replace(next.find('{' + name + '}'), name.size() + 2, value);
          else
            next += separator + name + '=' + value;
          longer.push_back(std::move(next));
        }
      if (in == "query") separator = '&';
      paths = std::move(longer);
    }
    out.insert(out.end(), paths.begin(), paths.end());
  }
  return out;
}

std::string AwkwardTexts::header() { return "caf\xC3 \xFF \u202E\u200B" + awkward("", 400, false); }

bool AwkwardTexts::shown_in(const std::string& body) { return body.find(family) != std::string::npos; }

std::string text_fault(const testing::HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers)
    if (std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) >= 0x7F; }))
      return "the header " + name + " is not ASCII";
  const auto found = answer.headers.find("content-type");
  const std::string type = found == answer.headers.end() ? "" : found->second;
  if (type.starts_with("image/png") || answer.body.empty()) return {};
  if (type.find("json") != std::string::npos) return json::accept(answer.body) ? "" : "the body is not JSON in UTF-8";
  try {
    static_cast<void>(json(answer.body).dump());  // strict: throws where it is not UTF-8
    return {};
  } catch (const json::exception&) {
    return "the body is not UTF-8";
  }
}

}  // namespace caravan::scenario
