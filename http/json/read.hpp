#pragma once

#include <memory>
#include <vector>

#include "actors/schema/type.hpp"
#include "http/json/tree.hpp"
#include "http/problem/problem.hpp"

namespace caravan::http {

inline constexpr std::size_t max_field_errors = 50;

/// What to do with a text that is too long or holds what no text may hold (text_rule.hpp). `judged`, for what people
/// send: it is an error. `repaired`, for what programs answer: it is cut and cleaned, as their meaning is in other
/// fields.
enum class Texts : std::uint8_t { judged, repaired };

/// Fills `value`, a default value of `type`, and collects everything that is wrong; a value with errors is not to be
/// used. Fields marked internal are unknown to a client. `null` stands for an absent optional.
void read_json(const JsonValue& json, const schema::Type& type, void* value, std::vector<FieldError>& errors,
               Texts texts = Texts::judged);

/// A body or query as a fresh value of a record type. Throws Problem (`malformed_json` or `validation_failed`).
std::shared_ptr<void> record_from_json(std::string_view text, const schema::Type& type, Texts texts = Texts::judged);
/// The same for a query string. `mark`: what a cursor of this list must end in (list_mark); it is checked and taken
/// off.
std::shared_ptr<void> record_from_query(std::string_view query, const schema::Type& type, std::string_view mark = {});

/// What every cursor of a list ends in, so that the cursor of another list is refused.
std::string list_mark(std::string_view list);

/// Takes the %-escapes (and, in queries, the plus signs) out of a text; nothing where an escape is broken or the
/// result is not UTF-8 or holds a zero byte.
std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space);

}  // namespace caravan::http
