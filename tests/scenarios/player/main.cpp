#include <cstdio>
#include <cstring>
#include <optional>

#include "tests/scenarios/player/awkward_texts.hpp"
#include "tests/scenarios/player/contract.hpp"
#include "tests/scenarios/player/player.hpp"

/// scenario_player --syntax FILE…        reads the files only
/// scenario_player [-v] [--contract OPENAPI_JSON] [--texts OPENAPI_JSON] SERVER_BINARY FILE…   plays them
///   -v prints each step; --contract fails where an operation of the contract was not seen to succeed; --texts plays
///   with texts as long and awkward as the contract allows, then reads every list, item and export
/// scenario_player [-v] --data FOLDER SERVER_BINARY FILE…   plays them one after another on one data folder that stays
///   Each server ends by kill -9. Where there are several files, the people of each have a domain of their own. What
///   the last one kept stays in the folder, for a scenario that begins with `data ARCHIVE`.
namespace {

using namespace caravan::scenario;

int check_syntax(int count, char** words) {
  int faults = 0;
  for (int i = 2; i < count; ++i) {
    try {
      read_script(words[i]);
    } catch (const ScriptError& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ++faults;
    }
  }
  std::printf("%d scenarios read, %d faults\n", count - 2, faults);
  return faults == 0 ? 0 : 1;
}

bool play_file(const std::string& binary, const std::string& path, bool verbose, Contract* contract,
               const std::string& texts_file, int& awkward_answers) {
  caravan::testing::TemporaryFolder folder("scenario");
  try {
    const Script script = read_script(path);
    std::printf("%s\n", script.title.c_str());
    std::optional<AwkwardTexts> texts;
    if (!texts_file.empty()) texts.emplace(texts_file);
    const auto tell = [verbose](const std::string& line) {
      if (verbose) std::printf("  %s\n", line.c_str());
      std::fflush(stdout);
    };
    Player player(binary, folder.path(), tell, texts ? &*texts : nullptr);
    player.play(script);
    awkward_answers += player.awkward_answers();
    for (const Success& success : player.successes())
      if (contract) contract->succeeded(success.method, success.path);
    std::printf("  as written\n");
    return true;
  } catch (const std::exception& error) {
    folder.keep();
    std::printf("  DEVIATES %s\n  data and log: %s\n", error.what(), folder.path().c_str());
    return false;
  }
}

/// Plays files for the data that they leave. Where there are several, a deviation is told and is no failure: the data
/// of earlier files may be in the way.
int fill_folder(const std::string& binary, const std::string& folder, const std::vector<std::string>& paths,
                bool verbose) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto tell = [verbose](const std::string& line) {
      if (verbose) std::printf("  %s\n", line.c_str());
    };
    Player player(binary, folder, tell);
    try {
      player.fill(read_script(paths[i]), paths.size() == 1 ? "example.org" : "example" + std::to_string(i) + ".org");
      std::printf("%s: as written\n", paths[i].c_str());
    } catch (const std::exception& error) {
      std::printf("%s: deviates: %s\n", paths[i].c_str(), error.what());
      if (paths.size() == 1) return 1;
    }
    player.write_kept();
  }
  return 0;
}

bool is_covered(const Contract& contract) {
  const auto missing = contract.missing();
  for (const std::string& operation : missing)
    std::printf("NO SUCCESS %s: write a call with a check of its answer in tests/scenarios/routes\n",
                operation.c_str());
  std::printf("%zu of %zu operations were seen to succeed\n", contract.size() - missing.size(), contract.size());
  return missing.empty();
}

}  // namespace

int main(int count, char** words) {
  if (count >= 3 && std::strcmp(words[1], "--syntax") == 0) return check_syntax(count, words);
  int first = 1;
  const bool verbose = count > first && std::strcmp(words[first], "-v") == 0;
  if (verbose) ++first;
  if (count > first + 3 && std::strcmp(words[first], "--data") == 0)
    return fill_folder(words[first + 2], words[first + 1], {words + first + 3, words + count}, verbose);
  std::optional<Contract> contract;
  if (count > first + 1 && std::strcmp(words[first], "--contract") == 0) {
    contract.emplace(words[first + 1]);
    first += 2;
  }
  std::string texts_file;
  if (count > first + 1 && std::strcmp(words[first], "--texts") == 0) {
    texts_file = words[first + 1];
    first += 2;
  }
  if (count - first < 2) {
    std::fprintf(stderr,
                 "usage: scenario_player [-v] [--contract OPENAPI_JSON] [--texts OPENAPI_JSON] SERVER_BINARY FILE…\n");
    return 2;
  }
  bool all = true;
  int awkward_answers = 0;
  for (int i = first + 1; i < count; ++i)
    all =
        play_file(words[first], words[i], verbose, contract ? &*contract : nullptr, texts_file, awkward_answers) && all;
  if (!texts_file.empty()) {
    std::printf("%d answers showed awkward texts\n", awkward_answers);
    all = awkward_answers > 0 && all;
  }
  if (contract) all = is_covered(*contract) && all;
  return all ? 0 : 1;
}
