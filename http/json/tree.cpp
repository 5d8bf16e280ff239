#include "http/json/tree.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace caravan::http {

namespace {

using nlohmann::json;

constexpr std::size_t few_members = 16;

/// Builds the tree from nlohmann's events.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(std::string& error) : error_(error) {}
  JsonValue root;

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put({JsonValue::Kind::boolean, value ? "true" : "false"}); }
  bool number_integer(number_integer_t value) override { return put({JsonValue::Kind::number, std::to_string(value)}); }
  bool number_unsigned(number_unsigned_t value) override {
    return put({JsonValue::Kind::number, std::to_string(value)});
  }
  bool number_float(number_float_t, const string_t& text) override { return put({JsonValue::Kind::number, text}); }
  bool string(string_t& value) override { return put({JsonValue::Kind::text, std::move(value)}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(JsonValue::Kind::object); }
  bool start_array(std::size_t) override { return open(JsonValue::Kind::list); }
  bool end_object() override {
    if (repeats_a_name(*open_.back())) return fail("a member's name is repeated");
    return open_.pop_back(), true;
  }
  bool end_array() override { return open_.pop_back(), true; }
  bool key(string_t& name) override { return name_ = std::move(name), true; }
  bool parse_error(std::size_t position, const std::string&, const json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …" without its first part
    std::string_view what = error.what();
    const auto start = what.find("] ");
    if (start != std::string_view::npos) what.remove_prefix(start + 2);
    what = what.substr(0, what.find("; last read:"));  // the client's own bytes, which may be secret or no UTF-8
    error_ = what.empty() ? "not JSON at byte " + std::to_string(position) : std::string(what.substr(0, 300));
    return false;
  }

 private:
  bool fail(std::string_view what) { return error_ = what, false; }

  static bool repeats_a_name(const JsonValue& object) {
    const auto& members = object.members;
    if (members.size() <= few_members) {  // a set's allocations cost more than these comparisons
      for (std::size_t i = 1; i < members.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
          if (members[i].name == members[k].name) return true;
      return false;
    }
    std::unordered_set<std::string_view> names;
    return !std::ranges::all_of(members, [&](const auto& member) { return names.insert(member.name).second; });
  }

  JsonValue* place(JsonValue value) {
    if (++count_ > max_json_values) return nullptr;
    if (open_.empty()) return &(root = std::move(value));
    JsonValue& parent = *open_.back();
    if (parent.kind == JsonValue::Kind::list) return &parent.items.emplace_back(std::move(value));
    if (parent.members.empty()) parent.members.reserve(few_members / 4);
    return &parent.members.emplace_back(JsonMember{std::move(name_), std::move(value)}).value;
  }

  bool put(JsonValue value) { return place(std::move(value)) || fail("too many values"); }

  bool open(JsonValue::Kind kind) {
    if (open_.size() >= max_json_depth) return fail("nested too deep");
    JsonValue* placed = place({kind});
    if (!placed) return fail("too many values");
    open_.push_back(placed);
    return true;
  }

  std::string& error_;
  std::vector<JsonValue*> open_;  // the pointers stay valid: a parent grows only after its child is closed
  std::string name_;
  std::size_t count_ = 0;
};

}  // namespace

std::optional<JsonValue> parse_json(std::string_view text, std::string& error) {
  Builder builder(error);
  if (json::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder.root);
  if (error.empty()) error = "not JSON";
  return std::nullopt;
}

}  // namespace caravan::http
