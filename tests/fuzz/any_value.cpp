#include "tests/fuzz/any_value.hpp"

#include <algorithm>
#include <array>

namespace caravan::fuzz {

namespace {

using schema::Kind;
using schema::Type;

constexpr int deepest = 6;

std::int64_t any_integer(const Type& type, std::mt19937_64& chance) {
  if (type.kind == Kind::boolean) return static_cast<std::int64_t>(chance() % 2);
  if (type.kind == Kind::enumeration) return static_cast<std::int64_t>(chance() % type.labels.size());
  const std::array some{std::int64_t{0}, std::int64_t{1}, std::int64_t{-1},
                        type.low,        type.high,       static_cast<std::int64_t>(chance() >> (chance() % 64))};
  return std::clamp(some[chance() % some.size()], type.low, type.high);
}

std::string any_text(std::mt19937_64& chance) {
  static constexpr std::array<std::string_view, 8> some{
      "", "a", "Boston, MA", "line\nbreak", "\"{", "\u00e9\u4e2d", "\x01\x7f\xff\xc0", "USD"};
  return std::string(some[chance() % some.size()]);
}

}  // namespace

void fill_any(const Type& type, void* value, std::mt19937_64& chance, int depth) {
  switch (type.kind) {
    case Kind::real: {
      constexpr std::array some{0.0, -0.0, 40.7128, 1e300, -1e-300};
      return type.set_real(value, some[chance() % some.size()]);
    }
    case Kind::text:
    case Kind::bytes:
      if (!type.set_text(value, any_text(chance))) static_cast<void>(type.set_text(value, "EUR"));
      return;
    case Kind::uuid: {
      std::array<char, 16> bytes;
      for (char& byte : bytes) byte = static_cast<char>(chance());
      static_cast<void>(type.set_text(value, {bytes.data(), bytes.size()}));
      return;
    }
    case Kind::optional:
    case Kind::list: {
      const std::size_t size = depth > deepest ? 0 : chance() % (type.kind == Kind::optional ? 2 : 3);
      for (std::size_t i = 0; i < size; ++i) fill_any(type.element(), type.append(value), chance, depth + 1);
      return;
    }
    case Kind::dictionary:
      for (std::size_t i = chance() % 3; i > 0; --i) type.set_entry(value, any_text(chance), any_text(chance));
      return;
    case Kind::record:
      for (const schema::Field& field : type.fields) fill_any(field.type(), field.member(value), chance, depth + 1);
      return;
    default:
      return type.set_integer(value, any_integer(type, chance));
  }
}

}  // namespace caravan::fuzz
