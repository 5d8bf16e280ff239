#pragma once

#include <concepts>
#include <memory>
#include <optional>

#include "actors/schema/type.hpp"

namespace caravan {

/// Any one struct with declared fields, immutable and cheap to copy; empty by default.
/// It is how commands, events, effects and answers travel through code that need not know them.
class AnyRecord {
 public:
  AnyRecord() = default;
  template <class T>
  requires(!std::same_as<T, AnyRecord>) AnyRecord(T value);  // meant to be implicit
  AnyRecord(const schema::Type& type, std::shared_ptr<const void> value) : type_(&type), value_(std::move(value)) {}

  /// The struct within, or nullptr where it is of another type.
  template <class T>
  const T* get_if() const&;
  /// The same of an answer that nobody keeps: a copy, since a pointer into it would outlive it.
  template <class T>
  std::optional<T> get_if() &&;

  explicit operator bool() const { return type_ != nullptr; }
  const schema::Type& type() const { return *type_; }
  const void* value() const { return value_.get(); }

 private:
  const schema::Type* type_ = nullptr;
  std::shared_ptr<const void> value_;
};

}  // namespace caravan
