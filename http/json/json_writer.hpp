#pragma once

#include <string>
#include <string_view>

#include "http/json/write.hpp"

namespace caravan::http {

/// Writes indented JSON from the top down: `object("info", [&] { text("title", "…"); })`. For documents that have no
/// schema of their own.
class JsonWriter {
 public:
  template <class Body>
  void object(std::string_view name, Body body) {
    open(name, '{');
    body();
    close('}');
  }
  template <class Body>
  void list(std::string_view name, Body body) {
    open(name, '[');
    body();
    close(']');
  }
  /// Within a list, or as the root, the name is empty.
  void text(std::string_view name, std::string_view value) {
    begin(name);
    write_json_text(value, out_);
  }
  /// A number, true or false, or JSON made elsewhere.
  void raw(std::string_view name, std::string_view value) {
    begin(name);
    out_ += value;
  }
  void number(std::string_view name, std::int64_t value) { raw(name, std::to_string(value)); }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }

  std::string take() { return std::move(out_) + '\n'; }

 private:
  void begin(std::string_view name) {
    if (depth_ > 0) {
      out_ += first_ ? "\n" : ",\n";
      out_.append(2 * depth_, ' ');
    }
    first_ = false;
    if (name.empty()) return;
    write_json_text(name, out_);
    out_ += ": ";
  }
  void open(std::string_view name, char bracket) {
    begin(name);
    out_ += bracket;
    first_ = true;
    ++depth_;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) {
      out_ += '\n';
      out_.append(2 * depth_, ' ');
    }
    out_ += bracket;
    first_ = false;
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace caravan::http
