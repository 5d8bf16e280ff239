#include <cstdio>
#include <cstring>
#include <filesystem>

#include "tests/scenarios/player/player.hpp"

/// scenario_player --syntax FILE…        reads the files only
/// scenario_player SERVER_BINARY FILE…   plays them; -v as first word prints each step
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

bool play_file(const std::string& binary, const std::string& path, bool verbose) {
  caravan::testing::TemporaryFolder folder("scenario");
  try {
    const Script script = read_script(path);
    std::printf("%s\n", script.title.c_str());
    Player player(binary, folder.path(), [verbose](const std::string& line) {
      if (verbose) std::printf("  %s\n", line.c_str());
      std::fflush(stdout);
    });
    player.play(script);
    std::printf("  as written\n");
    return true;
  } catch (const std::exception& error) {
    folder.keep();
    std::printf("  DEVIATES %s\n  data and log: %s\n", error.what(), folder.path().c_str());
    return false;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count >= 3 && std::strcmp(words[1], "--syntax") == 0) return check_syntax(count, words);
  const bool verbose = count > 1 && std::strcmp(words[1], "-v") == 0;
  const int first = verbose ? 2 : 1;
  if (count - first < 2) {
    std::fprintf(stderr, "usage: scenario_player [-v] SERVER_BINARY FILE…\n");
    return 2;
  }
  bool all = true;
  for (int i = first + 1; i < count; ++i) all = play_file(words[first], words[i], verbose) && all;
  return all ? 0 : 1;
}
