#include "http/problem/problem.hpp"

#include "http/json/write.hpp"

namespace caravan::http {

namespace {

constexpr int internal_status = 500;

void put(std::string_view name, std::string_view text, std::string& out) {
  write_json_text(name, out);
  out += ':';
  write_json_text(text, out);
}

void put_errors(const Problem& problem, std::string& out) {
  std::vector<FieldError> errors = problem.errors;
  if (errors.empty() && !problem.field.empty()) errors.push_back({problem.field, problem.code, problem.detail});
  if (errors.empty()) return;
  out += ",\"errors\":[";
  for (std::size_t i = 0; i < errors.size(); ++i) {
    out += i ? ",{" : "{";
    put("field", errors[i].field, out);
    out += ',';
    put("code", errors[i].code, out);
    if (!errors[i].detail.empty()) {
      out += ',';
      put("detail", errors[i].detail, out);
    }
    out += '}';
  }
  out += ']';
}

}  // namespace

int Problem::status() const {
  const ProblemKind* kind = find_problem(code);
  return kind ? kind->status : 500;
}

Response to_response(const Problem& problem, std::string_view trace_id) {
  const ProblemKind* kind = find_problem(problem.code);
  if (!kind) kind = find_problem("internal_error");
  Response response{kind->status, {}, "application/problem+json", {}};
  std::string& out = response.body;
  out += '{';
  put("type", "https://caravan.example/problems/" + std::string(kind->code), out);
  out += ',';
  put("title", kind->title, out);
  out += ",\"status\":" + std::to_string(kind->status) + ',';
  // What a fault of ours says of our inside is for the log.
  const bool is_ours = kind->status == internal_status;
  put("detail", problem.detail.empty() || is_ours ? std::string(kind->title) + "." : problem.detail, out);
  out += ',';
  put("code", kind->code, out);
  out += ',';
  put("traceId", trace_id, out);
  put_errors(problem, out);
  out += '}';
  if (problem.retry_after.count() > 0)
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after.count()));
  if (problem.replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  if (kind->status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"caravan\"");
  return response;
}

}  // namespace caravan::http
