#include <sys/stat.h>

#include "config/commands/command_line.hpp"

int main(int count, char** words) {
  ::umask(0077);  // what the program writes is for its own user alone, whatever the shell's mask
  return caravan::run_command_line(count, words);
}
