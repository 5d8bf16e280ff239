#pragma once

#include <span>
#include <string>
#include <string_view>

#include "actors/entity/entity.hpp"

/// The binary form of any value that has a schema description; FORMAT.md, part "Values", has the bytes.
/// Forward and backward compatible: unknown fields are skipped, absent ones keep the member's default.
namespace caravan::codec {

/// Appends the bytes of the value to `out`.
void encode(const schema::Type& type, const void* value, std::string& out);
std::string encode(const AnyRecord& record);

/// Fills `value`, a default value of the type, from exactly these bytes. False where they are not such a value;
/// `value` is then unspecified. Never reads outside `bytes`, whatever they hold.
/// `holds_more`, where given, becomes true if there are fields that this build does not know: what it would write of
/// the value lacks them.
[[nodiscard]] bool decode(const schema::Type& type, std::string_view bytes, void* value, bool* holds_more = nullptr);
/// The record, or an empty one where the bytes are not such a value.
AnyRecord decode_record(const schema::Type& type, std::string_view bytes, bool* holds_more = nullptr);

/// A record with its tag before it, where the reader knows which alternatives there can be.
void encode_tagged(const AnyRecord& record, std::string& out);
AnyRecord decode_tagged(std::span<const Alternative> alternatives, std::string_view bytes, bool* holds_more = nullptr);

/// Unsigned LEB128, as in protobuf.
void put_varint(std::uint64_t value, std::string& out);
/// Takes a varint off the front; false where there is none.
[[nodiscard]] bool take_varint(std::string_view& bytes, std::uint64_t& value);

}  // namespace caravan::codec
