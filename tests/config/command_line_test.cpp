#include "config/commands/command_line.hpp"
#include "config/settings.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace command_line_test {

using namespace caravan;

namespace {

/// What the command says on its error output.
std::string told(std::vector<std::string> words) {
  words.insert(words.begin(), "caravan");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  std::FILE* const file = std::tmpfile();
  REQUIRE(file);
  std::fflush(stderr);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  const int code = run_command_line(static_cast<int>(pointers.size()), pointers.data());
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  CHECK(code == 2);
  std::rewind(file);
  std::string text(1'000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("command line: what is missing or wrong is told in a line with the remedy") {
  const std::string more = ": `caravan serve --help` tells more\n";
  for (const char* flag : {"--http", "--data", "--config", "--payments-url"}) {
    CHECK(told({"serve", flag}) == std::string("caravan: ") + flag + " needs a value" + more);
    CHECK(told({"serve", flag, "--log-level", "info"}) == std::string("caravan: ") + flag + " needs a value" + more);
  }
  CHECK(told({"backup"}) == "caravan: missing: folder is required: `caravan backup --help` tells more\n");
  CHECK(told({"journal", "dump", "--limit"}) ==
        "caravan: --limit needs a value: `caravan journal dump --help` tells more\n");
  CHECK(told({"demo", "--wait", "soon"}).ends_with(": `caravan demo --help` tells more\n"));
  CHECK(told({"serve", "--htp=1"}) == "caravan: unknown flag --htp: did you mean --http?\n");
}

TEST_CASE("command line: the settings are told to programs as one object") {
  const std::string path = std::filesystem::temp_directory_path() / ("caravan-config-" + std::to_string(::getpid()));
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO);
  REQUIRE(std::freopen(path.c_str(), "w", stdout));
  std::string program = "caravan", config = "config", json = "--json", key = "--service-key=a-secret-thing",
              http = "--http=0.0.0.0:80";
  char* words[] = {program.data(), config.data(), json.data(), key.data(), http.data()};
  const int code = run_command_line(5, words);
  std::fflush(stdout);
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  std::ifstream in(path);
  const auto all = nlohmann::json::parse(in);
  std::filesystem::remove(path);
  CHECK(code == 1);
  CHECK(all["settings"].size() == setting_table().size());
  CHECK(all["cannotServe"].size() == 1);
  for (const auto& row : all["settings"]) {
    if (row["name"] == "http") CHECK(row["source"] == "--http");
    if (row["name"] == "service-key") CHECK((row["value"] == "(set)" && row["secret"] == true));
  }
}

TEST_CASE("command line: a sandbox does not start beyond this host without a word") {
  CHECK(told({"serve", "--http=0.0.0.0:8080"}).ends_with("listen on 127.0.0.1, or set sandbox-open = true\n"));
}

TEST_CASE("command line: a database's journal is backed up by the database's own tools") {
  CHECK(told({"backup", "copy", "--journal=postgresql://nobody@127.0.0.1:1/none"})
            .starts_with("caravan: --journal: this command is for a journal in the data folder"));
}

}  // namespace command_line_test
