#include "http/system/docs_page.hpp"

#include <algorithm>
#include <map>

#include "http/server/router.hpp"
#include "http/system/openapi.hpp"
#include "http/system/schemas.hpp"

namespace caravan::http {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text)
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

std::string access_word(const Access& access) {
  static constexpr std::string_view words[] = {"public", "signed in", "customer", "traveler", "service", "admin"};
  std::string word(words[static_cast<std::size_t>(access.kind)]);
  if (access.kind == Access::Kind::admin)
    for (const auto& [permission, name] : permission_names)
      if (permission == access.permission) word += ": " + std::string(name);
  return word;
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
  for (const schema::Field* field : query_parameters(row))
    out += "<label>" + std::string(field->name) + " <input name=\"" + std::string(field->name) +
           "\" data-in=\"query\"></label>";
  if (row.body_type && std::ranges::any_of(row.body_type->fields, [](const auto& f) { return !f.internal; }))
    out +=
        "<label>Body <textarea rows=\"6\">" + escaped(Schemas::example(*row.body_type, {}, {})) + "</textarea></label>";
  out += "<button>Send</button><pre hidden></pre></form></details>\n";
}

}  // namespace

std::string docs_page(const std::vector<Route>& rows) {
  std::map<std::string, std::vector<const Route*>> groups;
  for (const Route& row : rows) {
    const std::string_view path = row.path.substr(1);
    groups[row.at_root ? "system" : std::string(path.substr(0, path.find('/')))].push_back(&row);
  }
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Caravan API</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"stylesheet\" href=\"/docs/page.css\"></head><body>\n"
      "<header><h1>Caravan API</h1><p>The same contract for programs: <a href=\"/openapi.json\">openapi.json</a>.</p>"
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
    else if (input.value !== '') query.set(input.name, input.value);
  }
  const headers = {};
  if (get('token').value) headers.Authorization = 'Bearer ' + get('token').value.trim();
  if (get('key').value) headers['X-Api-Key'] = get('key').value.trim();
  const body = form.querySelector('textarea');
  if (body) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path + (query.size ? '?' + query : ''),
                             {method: form.dataset.method, headers, body: body ? body.value : undefined});
  let text = await answer.text();
  try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
  return answer.status + ' ' + answer.statusText + '\n\n' + text;
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
