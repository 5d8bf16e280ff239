#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.hpp"

/// Errors as application/problem+json (RFC 9457). This table alone knows which status a code has.
namespace caravan::http {

/// What is wrong with one field of a request.
struct FieldError {
  std::string field;  // "item.weight", "points[3].lat"
  std::string code;   // required, unknown_field, wrong_type, out_of_range, too_long, too_short, invalid_format, …
  std::string detail = {};
};

/// A row of the table: what a code means to a client.
struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
};

/// The row of a code, or nullptr.
const ProblemKind* find_problem(std::string_view code);
/// Every row, ordered by code.
std::span<const ProblemKind> all_problems();

/// A failed request. Handlers throw it: `throw Problem{"address_not_found", "No place is called so.", "origin"};`
struct Problem {
  std::string code;
  std::string detail = {};
  std::string field = {};                 // where one field is to blame
  std::vector<FieldError> errors = {};    // where several are; `field` may then be empty
  std::chrono::seconds retry_after = {};  // sent where it is positive
  bool replayed = false;                  // the first answer to this Idempotency-Key, given again

  int status() const;
};

/// The answer that tells the client. A code without a row becomes `internal_error`.
Response to_response(const Problem& problem, std::string_view trace_id);

}  // namespace caravan::http
