#include <array>

#include "storage/postgres/connection.hpp"

namespace caravan::postgres {

namespace {

// The server's own numbers of its types, the same in every version.
constexpr unsigned bigint = 20, text_type = 25;
constexpr unsigned uuid_type = 2950;
constexpr std::array<unsigned, 4> element_types{bigint, uuid_type, text_type, 17};
constexpr std::array<unsigned, 4> array_types{1016, 2951, 1009, 1001};

/// Numbers travel big-endian.
template <class Number>
void append(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof number - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> shift);
}

std::string_view view(const Uuid& uuid) {
  return {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()};
}

}  // namespace

Parameter::Parameter(std::int64_t number) : type(bigint) { append(bytes, number); }
Parameter::Parameter(std::string_view text) : type(text_type), bytes(text) {}
Parameter::Parameter(const Uuid& uuid) : type(uuid_type), bytes(view(uuid)) {}

void Column::add(std::int64_t number) {
  append(elements_, std::uint32_t{sizeof number});
  append(elements_, number);
  ++size_;
}

void Column::add(const Uuid& uuid) { add(view(uuid)); }

void Column::add(std::string_view content) {
  append(elements_, static_cast<std::uint32_t>(content.size()));
  elements_ += content;
  ++size_;
}

void Column::add_null() {
  append(elements_, std::int32_t{-1});
  has_null_ = true;
  ++size_;
}

Parameter Column::parameter() const {
  std::string bytes;
  bytes.reserve(20 + elements_.size());
  append(bytes, std::uint32_t{1});  // dimensions
  append(bytes, std::uint32_t{has_null_});
  append(bytes, element_types[static_cast<std::size_t>(of_)]);
  append(bytes, size_);
  append(bytes, std::uint32_t{1});  // the first element's index
  bytes += elements_;
  return {array_types[static_cast<std::size_t>(of_)], std::move(bytes)};
}

}  // namespace caravan::postgres
