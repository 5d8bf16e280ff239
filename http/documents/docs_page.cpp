#include "http/documents/docs_page.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "actors/values/decimal.hpp"
#include "http/documents/escaped.hpp"
#include "http/documents/openapi.hpp"
#include "http/documents/schemas.hpp"
#include "http/json/format.hpp"
#include "http/server/router.hpp"

namespace caravan::http {

namespace {

std::string access_word(const Access& access) {
  static constexpr auto words = std::to_array<std::string_view>(
      {"public", "signed in", "customer", "traveler", "service", "admin", "operators", "signed in"});
  std::string word(words.at(static_cast<std::size_t>(access.kind)));
  if (access.kind == Access::Kind::admin)
    for (const auto& [permission, name] : permission_names)
      if (permission == access.permission) word += ": " + std::string(name);
  return word;
}

using schema::Kind;

/// "text, 1 to 120 characters", "number, 0.001 to 1000", "one of car, train".
std::string kind_text(const schema::Type& type, const schema::Rules& rules) {
  const auto span = [](const std::string& low, const std::string& high, const char* unit) {
    if (low.empty() && high.empty()) return std::string();
    return ", " + (low.empty() ? "up to " + high : high.empty() ? "from " + low : low + " to " + high) + unit;
  };
  switch (type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
    case Kind::decimal: {
      // A lower bound that only the C++ type sets, of 32 bits or of 64, says nothing to a reader.
      const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
      return (type.kind == Kind::integer ? "whole number" : "number") +
             span(low > INT32_MIN ? decimal_text(low, type.scale) : "",
                  high < INT64_MAX ? decimal_text(high, type.scale) : "", "");
    }
    case Kind::real: {
      const schema::Rules none;
      if (rules.min_real <= none.min_real || rules.max_real >= none.max_real) return "number";
      std::array<char, 80> text{};
      std::snprintf(text.data(), text.size(), "number, %g to %g", rules.min_real, rules.max_real);
      return text.data();
    }
    case Kind::time:
      return "time, like 2030-02-01T10:00:00Z";
    case Kind::uuid:
      return "id";
    case Kind::bytes:
      return "base64";
    case Kind::dictionary:
      return "object of texts";
    case Kind::enumeration: {
      std::string known;
      for (std::string_view label : type.labels) known += (known.empty() ? "one of " : ", ") + std::string(label);
      return known;
    }
    default:
      break;
  }
  if (rules.format != schema::Format::none) return std::string(describe(rules.format));
  if (type.name == "Currency") return std::string(describe(schema::Format::currency));
  return "text" + span(rules.min_length ? std::to_string(rules.min_length) : "",
                       rules.max_length ? std::to_string(rules.max_length) : "", " characters");
}

/// A line for each field of a record, and of the records in it: "origin.address", "points[].lat".
void write_fields(const schema::Type& record, const std::string& before, bool is_body, std::string& out, int depth) {
  for (const schema::Field& field : record.fields) {
    if (field.internal) continue;
    const schema::Type* type = &field.type();
    std::string name = before + std::string(field.name);
    const bool optional = type->kind == Kind::optional || (type->kind == Kind::list && field.rules.min_length == 0);
    while (type->kind == Kind::optional || type->kind == Kind::list) {
      if (type->kind == Kind::list) name += "[]";
      type = &type->element();
    }
    const bool nests = type->kind == Kind::record;
    out += "<tr><td><code>" + escaped(name) + "</code></td><td>" +
           escaped(nests ? "object" : kind_text(*type, field.rules)) + "</td><td>" +
           (optional || !is_body ? "" : "required") + "</td></tr>\n";
    if (nests && depth < 3) write_fields(*type, name + '.', is_body, out, depth + 1);
  }
}

void write_table(std::string_view title, const schema::Type& record, bool is_body, std::string& out) {
  out += "<details><summary>" + std::string(title) + "</summary><table>";
  write_fields(record, {}, is_body, out, 0);
  out += "</table></details>\n";
}

void write_row(const Route& row, std::string& out) {
  const std::string path = std::string(row.at_root ? "" : base_path) + std::string(row.path);
  const std::string method(to_text(row.method));
  out += "<details class=\"row\" id=\"" + operation_id(row) + "\"><summary><b class=\"" + method + "\">" + method +
         "</b> <code>" + escaped(path) + "</code> <span>" + escaped(row.summary) + "</span> <i>" +
         escaped(access_word(row.access)) + "</i></summary>\n<form data-method=\"" + method + "\" data-path=\"" +
         escaped(path) + "\">";
  for (std::string_view name : path_parameters(row.path))
    out +=
        "<label>" + std::string(name) + " <input name=\"" + std::string(name) + "\" data-in=\"path\" required></label>";
  for (const schema::Field* field : query_parameters(row)) {
    const schema::Type& type = field->type();
    const bool wrapped = type.kind == Kind::optional || type.kind == Kind::list;
    out += "<label>" + std::string(field->name) + " <input name=\"" + std::string(field->name) +
           "\" data-in=\"query\" placeholder=\"" + escaped(kind_text(wrapped ? type.element() : type, field->rules)) +
           "\"></label>";
  }
  if (row.method != Method::get && !row.keyless)
    out += "<label>Idempotency-Key <input name=\"Idempotency-Key\" data-in=\"header\"></label>";
  if (row.method == Method::put || row.method == Method::patch)
    out += "<label>If-Match <input name=\"If-Match\" data-in=\"header\" placeholder=\"the ETag you saw\"></label>";
  if (row.takes_bytes) out += "<label>File <input type=\"file\"></label>";
  if (row.body_type && std::ranges::any_of(row.body_type->fields, [](const auto& f) { return !f.internal; }))
    out += "<label>Body <textarea rows=\"6\">" + escaped(Schemas::example(*row.body_type, {}, {}).dump(2)) +
           "</textarea></label>";
  out += "<button>Send</button><pre hidden></pre><img hidden alt=\"answer\"></form>\n";
  if (row.body_type && std::ranges::any_of(row.body_type->fields, [](const auto& f) { return !f.internal; }))
    write_table("Fields of the body", *row.body_type, true, out);
  if (row.answer_type)
    write_table("Fields of the answer (" + std::to_string(row.status) + (row.is_list ? "): each of items" : ")"),
                *row.answer_type, false, out);
  out += "</details>\n";
}

}  // namespace

std::string docs_page(const std::vector<Route>& rows) {
  std::map<std::string, std::vector<const Route*>> groups;
  for (const Route& row : rows) {
    if (row.is_page) continue;
    const std::string_view path = row.path.substr(1);
    groups[row.at_root ? "system" : std::string(path.substr(0, path.find('/')))].push_back(&row);
  }
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Caravan API</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"stylesheet\" href=\"/docs/page.css\"></head><body>\n"
      "<header><h1>Caravan API</h1><p>The same contract for programs: <a href=\"/openapi.json\">openapi.json</a>. "
      "Register, take the token from the captured mail (GET /api/v1/sandbox/messages), verify, sign in: the access "
      "token then stands here. Every error is application/problem+json with a code, and names the wrong fields.</p>"
      "<label>Access token <input id=\"token\" placeholder=\"from POST /api/v1/auth/login\"></label>"
      "<label>Service key <input id=\"key\" placeholder=\"X-Api-Key\"></label>"
      "<label>Find <input id=\"find\" type=\"search\"></label></header>\n<main>";
  for (auto& [name, group] : groups) {
    std::ranges::stable_sort(group, {}, &Route::path);
    out += "<section><h2>" + escaped(name) + "</h2>\n";
    for (const Route* row : group) write_row(*row, out);
    out += "</section>\n";
  }
  return out + "</main><script src=\"/docs/page.js\"></script></body></html>\n";
}

std::string_view docs_style() {
  return R"(body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem;
  color: #1b1f24; background: #fff; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: end; padding-bottom: 1rem;
  border-bottom: 1px solid #d0d7de; }
header h1, header p { margin: 0; width: 100%; }
label { display: grid; font-size: .85rem; color: #57606a; }
input, textarea { font: inherit; padding: .3rem .5rem; border: 1px solid #8c959f; border-radius: 6px; color: #1b1f24;
  background: #fff; }
textarea { font-family: ui-monospace, monospace; font-size: .85rem; }
h2 { margin: 1.5rem 0 .5rem; text-transform: capitalize; }
.row { border: 1px solid #d0d7de; border-radius: 6px; margin: .25rem 0; padding: .4rem .7rem; }
.row summary { cursor: pointer; }
.row b { display: inline-block; width: 4.5rem; text-align: center; border-radius: 4px; color: #fff; font-size: .8rem;
  background: #0969da; }
.row b.POST { background: #1a7f37; }
.row b.PUT, .row b.PATCH { background: #9a6700; }
.row b.DELETE { background: #cf222e; }
.row i { float: right; color: #57606a; }
.row form { display: grid; gap: .5rem; padding: .7rem 0; max-width: 50rem; }
table { border-collapse: collapse; font-size: .85rem; margin: .3rem 0 .7rem; }
td { border-top: 1px solid #d0d7de; padding: .15rem .8rem .15rem 0; }
.row img { max-width: 16rem; }
button { justify-self: start; padding: .35rem 1.2rem; border: 0; border-radius: 6px; background: #0969da; color: #fff;
  font: inherit; }
pre { background: #f6f8fa; padding: .7rem; overflow: auto; border-radius: 6px; margin: 0; white-space: pre-wrap;
  word-break: break-word; }
)";
}

std::string_view docs_script() {
  return R"(const get = id => document.getElementById(id);
get('find').addEventListener('input', event => {
  const wanted = event.target.value.toLowerCase();
  for (const row of document.querySelectorAll('.row'))
    row.hidden = !row.querySelector('summary').textContent.toLowerCase().includes(wanted);
  for (const part of document.querySelectorAll('section'))
    part.hidden = !part.querySelector('.row:not([hidden])');
});
async function send(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll('input')) {
    if (input.dataset.in === 'path') path = path.replace(':' + input.name, encodeURIComponent(input.value));
    else if (input.dataset.in === 'query' && input.value !== '') query.set(input.name, input.value);
  }
  const headers = {};
  for (const input of form.querySelectorAll('[data-in=header]'))
    if (input.value !== '') headers[input.name] = input.value;
  if (get('token').value) headers.Authorization = 'Bearer ' + get('token').value.trim();
  if (get('key').value) headers['X-Api-Key'] = get('key').value.trim();
  const body = form.querySelector('textarea'), file = form.querySelector('[type=file]')?.files[0];
  if (body) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path + (query.size ? '?' + query : ''),
                             {method: form.dataset.method, headers, body: body ? body.value : file});
  const seen = ['etag', 'idempotent-replayed', 'retry-after', 'x-trace-id'].filter(name => answer.headers.has(name));
  const head = [answer.status + ' ' + answer.statusText, ...seen.map(name => name + ': ' + answer.headers.get(name))];
  const picture = form.querySelector('img');
  picture.hidden = !(answer.headers.get('content-type') || '').startsWith('image/');
  if (!picture.hidden) {
    picture.src = URL.createObjectURL(await answer.blob());
    return head.join('\n');
  }
  let text = await answer.text();
  try {
    const value = JSON.parse(text);
    if (value.accessToken) get('token').value = value.accessToken;
    text = JSON.stringify(value, null, 2);
  } catch { /* not JSON: shown as it is */ }
  return head.join('\n') + '\n\n' + text;
}
document.addEventListener('submit', async event => {
  event.preventDefault();
  const shown = event.target.querySelector('pre');
  shown.hidden = false;
  try { shown.textContent = await send(event.target); } catch (failure) { shown.textContent = String(failure); }
});
)";
}

}  // namespace caravan::http
