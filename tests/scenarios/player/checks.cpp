#include "tests/scenarios/player/checks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace caravan::scenario {

namespace {

using nlohmann::json;

/// A value as written in a scenario: JSON where it is JSON, else a text.
json written(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

std::string plain(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Steps into a list: "0" by place, "type=pickup" by a field.
const json* element(const json& list, const std::string& which) {
  if (!list.is_array()) return nullptr;
  const std::size_t equals = which.find('=');
  if (equals == std::string::npos) {
    const std::size_t index = which == "last" ? list.size() - 1 : std::stoul(which);
    return index < list.size() ? &list[index] : nullptr;
  }
  const std::string key = which.substr(0, equals);
  const std::string wanted = which.substr(equals + 1);
  for (const json& item : list)
    if (item.contains(key) && plain(item[key]) == wanted) return &item;
  return nullptr;
}

/// The value at "a.b[0].c", or nullptr.
const json* find(const json& root, const std::string& path) {
  const json* at = &root;
  std::string name;
  for (std::size_t i = 0; at && i <= path.size(); ++i) {
    const char c = i < path.size() ? path[i] : '.';
    if (c != '.' && c != '[') {
      name += c;
      continue;
    }
    if (!name.empty()) {
      const auto found = at->is_object() ? at->find(name) : at->end();
      at = found == at->end() ? nullptr : &*found;
      name.clear();
    }
    if (c != '[' || !at) continue;
    const std::size_t close = path.find(']', i);
    if (close == std::string::npos) throw std::runtime_error(path + ": a bracket is not closed");
    at = element(*at, path.substr(i + 1, close - i - 1));
    i = close;
  }
  return at;
}

/// Whether `value` has all that `part` says: every field of an object, some element for each of a list.
bool covers(const json& value, const json& part) {
  if (part.is_object())
    return value.is_object() && std::ranges::all_of(part.items(), [&](const auto& item) {
             return value.contains(item.key()) && covers(value[item.key()], item.value());
           });
  if (part.is_array())
    return value.is_array() && std::ranges::all_of(part, [&](const json& wanted) {
             return std::ranges::any_of(value, [&](const json& item) { return covers(item, wanted); });
           });
  return value == part;
}

bool holds(const json& value, const json& part) {
  if (value.is_array()) return std::ranges::any_of(value, [&](const json& item) { return covers(item, part); });
  if (value.is_string() && part.is_string())
    return value.get_ref<const std::string&>().find(part.get_ref<const std::string&>()) != std::string::npos;
  return covers(value, part);
}

std::size_t item_count(const json& value) { return value.is_structured() ? value.size() : 0; }

bool satisfied(const std::string& verb, const json& value, const std::string& text) {
  if (verb == "is") return value == written(text) || plain(value) == text;
  if (verb == "is not") return value != written(text) && plain(value) != text;
  if (verb == "is above") return value.is_number() && value.get<double>() > written(text).get<double>();
  if (verb == "is below") return value.is_number() && value.get<double>() < written(text).get<double>();
  if (verb == "has") return value.is_structured() && item_count(value) == std::stoul(text);
  if (verb == "has at least") return value.is_structured() && item_count(value) >= std::stoul(text);
  if (verb == "holds") return holds(value, written(text));
  if (verb == "lacks") return !holds(value, written(text));
  return verb == "is present";
}

/// The document that paths are looked up in: headers stand beside the body under "header name".
json body_of(const testing::HttpAnswer& answer) {
  json body = json::parse(answer.body, nullptr, false);
  return body.is_discarded() ? json(answer.body) : body;
}

const json* look_up(const std::string& path, const testing::HttpAnswer& answer, json& store) {
  if (path.starts_with("header ")) {
    std::string name = path.substr(7);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = answer.headers.find(name);
    if (found == answer.headers.end()) return nullptr;
    store = found->second;
    return &store;
  }
  if (path == "picture") {
    store = read_qr_picture(answer.body);
    return &store;
  }
  store = body_of(answer);
  return path == "body" ? &store : find(store, path);
}

}  // namespace

std::string fault_of(const Check& check, const std::string& value, const testing::HttpAnswer& answer) {
  json store;
  const json* found = look_up(check.path, answer, store);
  if (check.verb == "is missing") return !found || found->is_null() ? "" : "it is there: " + plain(*found);
  if (check.verb == "is" && value == "null") return found && found->is_null() ? "" : "it is not null";
  if (!found || found->is_null()) return check.verb == "lacks" ? "" : "there is no " + check.path;
  if (satisfied(check.verb, *found, value)) return "";
  if (check.verb.starts_with("has")) return "it has " + std::to_string(item_count(*found));
  return "it is " + found->dump().substr(0, 600);
}

std::string text_at(const std::string& path, const testing::HttpAnswer& answer) {
  json store;
  const json* found = look_up(path, answer, store);
  if (!found || found->is_null()) throw std::runtime_error("there is no " + path);
  return plain(*found);
}

std::string json_escaped(const std::string& text) {
  const std::string quoted = json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace caravan::scenario
