#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/schema/record.hpp"
#include "actors/schema/type.hpp"
#include "actors/values/currency.hpp"
#include "actors/values/decimal.hpp"
#include "actors/values/time.hpp"
#include "actors/values/uuid.hpp"

/// Declares the fields of a struct, once, as rows:
///
///     struct TripCancelled {
///       static constexpr Tag tag{4, "trip.cancelled"};   // only commands, events and queries have one
///       std::string reason;
///       static constexpr auto fields() {
///         return std::array{field<&TripCancelled::reason>(1, "reason", length(0, 500))};
///       }
///     };
///
/// A struct without a tag names itself with `static constexpr std::string_view record_name = "Capacity";`.
/// A member that is a std::optional may be absent; every other member is required in JSON, but for lists and
/// dictionaries, which are empty when absent.
/// An enumeration counts from 0 and names its values in `enum_labels(E)`, an std::array found beside it.
namespace caravan {

/// Identity of a command, event or query within its entity: the id stays for ever, the name is public.
struct Tag {
  std::uint16_t id;
  std::string_view name;
};

/// Raw bytes, where std::string means text.
struct Bytes {
  std::string value;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

namespace schema {

template <class T>
const Type& type_of();

template <class T>
concept RecordType = requires {
  T::fields();
};

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};
template <class T>
struct is_id : std::false_type {};
template <class T>
struct is_id<Id<T>> : std::true_type {};
template <class T>
struct is_decimal : std::false_type {};
template <int S>
struct is_decimal<Decimal<S>> : std::true_type {};
template <class T>
struct member_value;
template <class R, class T>
struct member_value<T R::*> {
  using record = R;
  using value = T;
};

template <class T>
void as_integer(Type& type) {
  type.get_integer = [](const void* p) { return static_cast<std::int64_t>(*static_cast<const T*>(p)); };
  type.set_integer = [](void* p, std::int64_t v) { *static_cast<T*>(p) = static_cast<T>(v); };
}

template <class T>
void describe_list(Type& type) {
  using Element = typename T::value_type;
  type.element = &type_of<Element>;
  if constexpr (is_optional<T>::value) {
    type.kind = Kind::optional;
    type.size = [](const void* p) -> std::size_t { return static_cast<const T*>(p)->has_value() ? 1 : 0; };
    type.at = [](const void* p, std::size_t) -> const void* { return &**static_cast<const T*>(p); };
    type.append = [](void* p) -> void* { return &static_cast<T*>(p)->emplace(); };
    type.clear = [](void* p) { static_cast<T*>(p)->reset(); };
  } else {
    type.kind = Kind::list;
    type.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
    type.at = [](const void* p, std::size_t i) -> const void* { return &(*static_cast<const T*>(p))[i]; };
    type.append = [](void* p) -> void* { return &static_cast<T*>(p)->emplace_back(); };
    type.clear = [](void* p) { static_cast<T*>(p)->clear(); };
  }
}

inline void describe_dictionary(Type& type) {
  using T = std::map<std::string, std::string>;
  type.kind = Kind::dictionary;
  type.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
  type.clear = [](void* p) { static_cast<T*>(p)->clear(); };
  type.get_entry = [](const void* p, std::size_t i) -> std::pair<std::string_view, std::string_view> {
    auto it = std::next(static_cast<const T*>(p)->begin(), static_cast<std::ptrdiff_t>(i));
    return {it->first, it->second};
  };
  type.set_entry = [](void* p, std::string k, std::string v) {
    static_cast<T*>(p)->insert_or_assign(std::move(k), std::move(v));
  };
}

template <class T>
void describe_uuid(Type& type) {
  type.kind = Kind::uuid;
  type.get_text = [](const void* p) {
    return std::string_view(reinterpret_cast<const char*>(static_cast<const T*>(p)), sizeof(Uuid));
  };
  type.set_text = [](void* p, std::string_view v) {
    if (v.size() != sizeof(Uuid)) return false;
    v.copy(reinterpret_cast<char*>(static_cast<T*>(p)), sizeof(Uuid));
    return true;
  };
}

/// Deletes through a plain pointer to function, so that all records share one kind of control block: make_shared would
/// compile a family of classes for each of them, in every file.
template <class T>
void destroy(void* value) {
  delete static_cast<T*>(value);
}

template <class T>
Type describe() {
  Type type{};
  if constexpr (RecordType<T>) {
    type.make = []() -> std::shared_ptr<void> { return {static_cast<void*>(new T()), &destroy<T>}; };
    static constexpr auto rows = T::fields();
    type.kind = Kind::record;
    type.fields = rows;
    if constexpr (requires { T::tag; }) {
      type.name = T::tag.name;
      type.tag = T::tag.id;
    } else {
      type.name = T::record_name;
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    type.kind = Kind::boolean;
    as_integer<T>(type);
  } else if constexpr (std::is_enum_v<T>) {
    static constexpr auto labels = enum_labels(T{});
    type.kind = Kind::enumeration;
    type.labels = labels;
    as_integer<T>(type);
  } else if constexpr (std::is_integral_v<T>) {
    type.kind = Kind::integer;
    type.low = std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
    type.high = sizeof(T) == 8 ? INT64_MAX : static_cast<std::int64_t>(std::numeric_limits<T>::max());
    as_integer<T>(type);
  } else if constexpr (std::is_same_v<T, double>) {
    type.kind = Kind::real;
    type.get_real = [](const void* p) { return *static_cast<const double*>(p); };
    type.set_real = [](void* p, double v) { *static_cast<double*>(p) = v; };
  } else if constexpr (is_decimal<T>::value) {
    type.kind = Kind::decimal;
    type.scale = T::scale;
    type.get_integer = [](const void* p) { return static_cast<const T*>(p)->units; };
    type.set_integer = [](void* p, std::int64_t v) { static_cast<T*>(p)->units = v; };
  } else if constexpr (std::is_same_v<T, Time>) {
    type.kind = Kind::time;
    type.get_integer = [](const void* p) { return to_millis(*static_cast<const Time*>(p)); };
    type.set_integer = [](void* p, std::int64_t v) { *static_cast<Time*>(p) = from_millis(v); };
  } else if constexpr (std::is_same_v<T, std::string>) {
    type.kind = Kind::text;
    type.get_text = [](const void* p) -> std::string_view { return *static_cast<const T*>(p); };
    type.set_text = [](void* p, std::string_view v) { return static_cast<T*>(p)->assign(v), true; };
  } else if constexpr (std::is_same_v<T, Bytes>) {
    type.kind = Kind::bytes;
    type.get_text = [](const void* p) -> std::string_view { return static_cast<const T*>(p)->value; };
    type.set_text = [](void* p, std::string_view v) { return static_cast<T*>(p)->value.assign(v), true; };
  } else if constexpr (std::is_same_v<T, Currency>) {
    type.kind = Kind::text;
    type.name = "Currency";
    type.get_text = [](const void* p) { return static_cast<const Currency*>(p)->text(); };
    type.set_text = [](void* p, std::string_view v) {
      auto parsed = Currency::parse(v);
      if (parsed) *static_cast<Currency*>(p) = *parsed;
      return parsed.has_value();
    };
  } else if constexpr (std::is_same_v<T, Uuid> || is_id<T>::value) {
    describe_uuid<T>(type);
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
    describe_dictionary(type);
  } else {
    static_assert(is_optional<T>::value || is_list<T>::value, "no schema for this type");
    describe_list<T>(type);
  }
  return type;
}

}  // namespace detail

/// The description of T; one object per type, so that descriptions compare by address.
template <class T>
const Type& type_of() {
  static const Type type = detail::describe<T>();
  return type;
}

}  // namespace schema

/// Rules for a field; combine them with `|`.
struct RuleChange {
  schema::Rules rules = {};
  bool internal = false;
};
constexpr RuleChange length(std::size_t min, std::size_t max) {
  return {.rules = {.min_length = min, .max_length = max}};
}
constexpr RuleChange between(std::int64_t min, std::int64_t max) { return {.rules = {.min = min, .max = max}}; }
constexpr RuleChange between_real(double min, double max) { return {.rules = {.min_real = min, .max_real = max}}; }
constexpr RuleChange format(schema::Format f) { return {.rules = {.format = f}}; }
/// Never taken from a client nor shown to one.
constexpr RuleChange internal() { return {.rules = {}, .internal = true}; }
constexpr RuleChange operator|(RuleChange a, const RuleChange& b) {
  const schema::Rules none;
  if (b.rules.min != none.min) a.rules.min = b.rules.min;
  if (b.rules.max != none.max) a.rules.max = b.rules.max;
  if (b.rules.min_real != none.min_real) a.rules.min_real = b.rules.min_real;
  if (b.rules.max_real != none.max_real) a.rules.max_real = b.rules.max_real;
  if (b.rules.min_length != 0) a.rules.min_length = b.rules.min_length;
  if (b.rules.max_length != 0) a.rules.max_length = b.rules.max_length;
  if (b.rules.format != schema::Format::none) a.rules.format = b.rules.format;
  a.internal = a.internal || b.internal;
  return a;
}

/// One row: `field<&Trip::title>(1, "title", length(1, 120))`.
template <auto Member>
constexpr schema::Field field(std::uint16_t id, std::string_view name, RuleChange change = {}) {
  using Record = typename schema::detail::member_value<decltype(Member)>::record;
  using Value = typename schema::detail::member_value<decltype(Member)>::value;
  return {id,
          name,
          &schema::type_of<Value>,
          [](void* record) -> void* { return &(static_cast<Record*>(record)->*Member); },
          change.rules,
          change.internal};
}

namespace schema::detail {

template <class Record>
inline constexpr auto rows_of = Record::fields();

template <auto Member, std::size_t Row>
void* spliced_member(void* record) {
  using Outer = typename member_value<decltype(Member)>::record;
  using Inner = typename member_value<decltype(Member)>::value;
  return rows_of<Inner>[Row].member(&(static_cast<Outer*>(record)->*Member));
}

template <auto Member, std::size_t... Row>
constexpr auto spliced(const std::uint16_t* ids, std::index_sequence<Row...>) {
  std::array rows = rows_of<typename member_value<decltype(Member)>::value>;
  ((rows[Row].id = ids[Row], rows[Row].member = &spliced_member<Member, Row>), ...);
  return rows;
}

template <class Part>
inline constexpr std::size_t row_count = 1;
template <std::size_t N>
inline constexpr std::size_t row_count<std::array<Field, N>> = N;

}  // namespace schema::detail

/// The rows of a member that is a record itself, as if its fields stood here: `spliced<&Returned::handed>({2, 8, 4})`.
/// They keep their order and names, and have these ids. So facts that travel together are one struct in C++, while
/// bytes and JSON stay flat; a field can move into such a struct without a change of either.
template <auto Member, std::size_t N>
constexpr auto spliced(const std::uint16_t (&ids)[N]) {
  using Inner = typename schema::detail::member_value<decltype(Member)>::value;
  static_assert(N == schema::detail::rows_of<Inner>.size(), "an id for each row of the inner record");
  return schema::detail::spliced<Member>(ids, std::make_index_sequence<N>{});
}

/// Rows and spliced rows as the array that `fields()` returns, in the order of their ids.
template <class... Parts>
constexpr auto joined_rows(const Parts&... parts) {
  std::array<schema::Field, (schema::detail::row_count<Parts> + ...)> out{};
  std::size_t used = 0;
  const auto add = [&](const schema::Field& row) {
    std::size_t at = used++;
    for (; at > 0 && out[at - 1].id >= row.id; --at) {
      if (out[at - 1].id == row.id) throw "two rows have one id";  // ends the compilation
      out[at] = out[at - 1];
    }
    out[at] = row;
  };
  const auto add_part = [&](const auto& part) {
    if constexpr (requires { part.size(); })
      for (const schema::Field& row : part) add(row);
    else
      add(part);
  };
  (add_part(parts), ...);
  return out;
}

/// For a struct without fields.
inline constexpr std::array<schema::Field, 0> no_fields{};

namespace schema::detail {
/// Made before main for every record that this program puts into an AnyRecord.
template <class T>
inline const bool is_remembered = remember_record(type_of<T>());
}  // namespace schema::detail

template <class T>
requires(!std::same_as<T, AnyRecord>) AnyRecord::AnyRecord(T value)
    : type_(&schema::type_of<T>()),
      value_(std::shared_ptr<void>(static_cast<void*>(new T(std::move(value))), &schema::detail::destroy<T>)) {
  [[maybe_unused]] const bool* remembered = &schema::detail::is_remembered<T>;
}

template <class T>
const T* AnyRecord::get_if() const& {
  return type_ == &schema::type_of<T>() ? static_cast<const T*>(value_.get()) : nullptr;
}

template <class T>
std::optional<T> AnyRecord::get_if() && {
  const T* found = std::as_const(*this).get_if<T>();
  return found ? std::optional<T>(*found) : std::nullopt;
}

}  // namespace caravan
