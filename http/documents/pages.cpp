#include "http/documents/pages.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "http/documents/docs_page.hpp"
#include "http/documents/openapi.hpp"
#include "http/server/metrics.hpp"

namespace caravan::http {

namespace {

struct DocsFile {
  std::string_view name, type;
};
constexpr std::array<DocsFile, 2> docs_files{
    {{"swagger-ui.css", "text/css; charset=utf-8"}, {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"}}};
constexpr std::string_view start_script =
    "window.onload = () => SwaggerUIBundle({url: '/openapi.json', dom_id: '#page', deepLinking: true,\n"
    "  persistAuthorization: true, displayRequestDuration: true, docExpansion: 'none', filter: true,\n"
    "  validatorUrl: null});\n";
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

Response page(std::string body) {
  return {200, std::move(body), "text/html; charset=utf-8", {{"Content-Security-Policy", std::string(page_policy)}}};
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::filesystem::path installed_docs_folder() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  auto folder = program.parent_path().parent_path() / "npm" / "node_modules" / "swagger-ui-dist";
  return std::filesystem::is_directory(folder, failed) ? folder : std::filesystem::path{};
}

SystemPages::SystemPages(Health& health, Metrics& metrics, const std::vector<Route>& rows,
                         std::filesystem::path docs_folder)
    : health_(health),
      metrics_(metrics),
      openapi_(openapi_json(rows)),
      own_page_(docs_page(rows)),
      docs_folder_(std::move(docs_folder)) {
  std::error_code ignored;
  for (const DocsFile& file : docs_files)
    if (!std::filesystem::is_regular_file(docs_folder_ / file.name, ignored)) docs_folder_.clear();
}

std::string SystemPages::metrics_text() const { return metrics_.text(); }

Response SystemPages::docs() const {
  if (docs_folder_.empty()) return page(own_page_);
  return page(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Caravan API</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\"></head>\n"
      "<body><div id=\"page\"></div><script src=\"/docs/swagger-ui-bundle.js\"></script>\n"
      "<script src=\"/docs/start.js\"></script></body></html>\n");
}

Response SystemPages::docs_file(const std::string& name) const {
  if (name == "start.js") return {200, std::string(start_script), "text/javascript; charset=utf-8", {}};
  if (name == "page.css") return {200, std::string(docs_style()), "text/css; charset=utf-8", {}};
  if (name == "page.js") return {200, std::string(docs_script()), "text/javascript; charset=utf-8", {}};
  if (!docs_folder_.empty())
    for (const DocsFile& file : docs_files)
      if (name == file.name)
        return {200, read_file(docs_folder_ / file.name), std::string(file.type), {{"Cache-Control", "max-age=3600"}}};
  throw Problem{"not_found"};
}

}  // namespace caravan::http
