#pragma once

#include <string>
#include <string_view>

/// Has the assembler put a file into the program as it is, under a name that is the program's alone. CMakeLists.txt
/// says where the files lie. Outside of namespaces.
#define CARAVAN_EMBED(name, path)                                                                        \
  asm(".section .rodata\n" #name "_begin:\n.incbin \"" path "\"\n" #name "_end:\n.byte 0\n.previous\n"); \
  extern "C" const char name##_begin[], name##_end[]

/// What such a file holds.
#define CARAVAN_EMBEDDED(name) std::string_view(name##_begin, static_cast<std::size_t>(name##_end - name##_begin))

namespace caravan {

/// Unpacks gzip. Throws std::runtime_error where it is damaged or larger than `most` bytes.
std::string gunzip(std::string_view packed, std::size_t most);

}  // namespace caravan
