#include "http/problem/problem.hpp"

#include "actors/schema/field.hpp"
#include "http/json/write.hpp"

namespace caravan::http {

namespace {

constexpr int internal_status = 500;

struct ErrorBody {
  static constexpr std::string_view record_name = "ProblemError";
  std::string blamed, code;
  std::optional<std::string> detail;
  static constexpr auto fields() {
    return std::array{field<&ErrorBody::blamed>(1, "field"), field<&ErrorBody::code>(2, "code"),
                      field<&ErrorBody::detail>(3, "detail")};
  }
};

/// RFC 9457, with what the contract adds.
struct ProblemBody {
  static constexpr std::string_view record_name = "Problem";
  std::string type, title;
  std::int32_t status = 0;
  std::string detail, code, trace_id;
  std::optional<std::vector<ErrorBody>> errors;
  static constexpr auto fields() {
    return std::array{field<&ProblemBody::type>(1, "type"),     field<&ProblemBody::title>(2, "title"),
                      field<&ProblemBody::status>(3, "status"), field<&ProblemBody::detail>(4, "detail"),
                      field<&ProblemBody::code>(5, "code"),     field<&ProblemBody::trace_id>(6, "traceId"),
                      field<&ProblemBody::errors>(7, "errors")};
  }
};

std::optional<std::vector<ErrorBody>> errors_of(const Problem& problem) {
  std::vector<FieldError> errors = problem.errors;
  if (errors.empty() && !problem.field.empty()) errors.push_back({problem.field, problem.code, problem.detail});
  if (errors.empty()) return {};
  std::vector<ErrorBody> out;
  for (const FieldError& error : errors) {
    out.push_back({error.field, error.code, {}});
    if (!error.detail.empty()) out.back().detail = error.detail;
  }
  return out;
}

}  // namespace

int Problem::status() const {
  const ProblemKind* kind = find_problem(code);
  return kind ? kind->status : 500;
}

Response to_response(const Problem& problem, std::string_view trace_id) {
  const ProblemKind* kind = find_problem(problem.code);
  if (!kind) kind = find_problem("internal_error");
  ProblemBody body;
  body.type = "https://caravan.example/problems/" + std::string(kind->code);
  body.title = kind->title;
  body.status = kind->status;
  // The detail of an internal error tells of our inside. It is for the log; clients get the title alone.
  const bool is_ours = kind->status == internal_status;
  body.detail = problem.detail.empty() || is_ours ? body.title + "." : problem.detail;
  body.code = kind->code;
  body.trace_id = trace_id;
  body.errors = errors_of(problem);
  Response response{kind->status, {}, "application/problem+json", {}};
  write_json(schema::type_of<ProblemBody>(), &body, response.body);
  if (problem.retry_after.count() > 0)
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after.count()));
  if (problem.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  if (kind->status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"caravan\"");
  return response;
}

}  // namespace caravan::http
