#pragma once

namespace caravan {

/// Reads the command line, runs the command that it names and returns the process's exit code: 0 done, 1 failed,
/// 2 where the command line or a setting cannot be taken.
int run_command_line(int count, char** words);

}  // namespace caravan
