// What a client sends, as every row of the edge reads it: bodies, or query strings where the text begins with '?'.
// A refusal is a Problem that can be told; a record that is accepted says the same after JSON and back.
#include <nlohmann/json.hpp>

#include "http/documents/schemas.hpp"
#include "http/edge.hpp"
#include "http/json/read.hpp"
#include "http/json/write.hpp"
#include "tests/fuzz/headed_input.hpp"

using namespace caravan;
using namespace caravan::http;

namespace {

/// The row's head in an input and what it reads.
struct Shapes {
  std::vector<std::string> heads;
  std::vector<const Route*> rows;
};

const Shapes& shapes() {
  static const Shapes all = [] {
    Shapes made;
    for (const Route& row : rows_to_read()) {
      if (!row.body_type && !row.query_type) continue;
      made.heads.push_back(std::string(to_text(row.method)) + ' ' + std::string(row.path));
      made.rows.push_back(&row);
    }
    return made;
  }();
  return all;
}

std::string example_of(std::size_t head, std::mt19937_64& chance) {
  const Route& row = *shapes().rows[head];
  if (row.body_type) return Schemas::example(*row.body_type, {}, {}).dump();
  std::string query = "?limit=7";
  for (const schema::Field& field : row.query_type->fields)
    if (!field.internal && field.name != "limit" && chance() % 2 == 0) {
      std::string value = Schemas::example(field.type(), field.rules, field.name).dump();
      std::erase_if(value, [](char c) { return c == '"' || c == '[' || c == ']'; });
      query += '&' + std::string(field.name) + '=' + value;
    }
  return query;
}

void check_refusal(const Problem& problem) {
  if (!find_problem(problem.code)) fuzz::found("a code that no client knows", problem.code);
  if (problem.code == "validation_failed" && problem.errors.empty()) fuzz::found("it names no field");
  if (problem.errors.size() > max_field_errors) fuzz::found("too many errors");
  const Response told = to_response(problem, "trace");
  if (!nlohmann::json::accept(told.body)) fuzz::found("the problem is not JSON", told.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, rest] = fuzz::split(data, size);
  const Route& row = *shapes().rows[fuzz::chosen(head, shapes().heads)];
  const bool is_query = rest.starts_with('?');
  const schema::Type* type = is_query ? row.query_type : row.body_type;
  if (!type) return 0;
  std::string text;
  try {
    text = to_json({*type, is_query ? record_from_query(rest.substr(1), *type) : record_from_json(rest, *type)});
  } catch (const Problem& problem) {
    check_refusal(problem);
    return 0;
  }
  try {
    const std::string again = to_json({*type, record_from_json(text, *type)});
    if (again != text) fuzz::found("it says something else after JSON and back", text + '\n' + again);
  } catch (const Problem& problem) {
    fuzz::found("what was accepted is refused when written anew", text + '\n' + to_response(problem, "trace").body);
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit, unsigned seed) {
  std::mt19937_64 chance(seed);
  return fuzz::mutate(data, size, limit, chance, shapes().heads, example_of);
}
