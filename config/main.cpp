#include "config/commands/command_line.hpp"

int main(int count, char** words) { return caravan::run_command_line(count, words); }
