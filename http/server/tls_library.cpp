#include "http/server/tls_library.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <stdexcept>

namespace caravan::http {

void load_tls_library() {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  // Beside the program, or above it where the program is a test.
  for (int level = 0; level < 3; ++level, folder = folder.parent_path())
    if (const fs::path file = folder / "libcaravan_tls.so"; fs::exists(file, failed))
      if (::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL)) return;  // never closed: CivetWeb keeps using it
  throw std::runtime_error("TLS needs libcaravan_tls.so beside the program: build it, or copy it there");
}

}  // namespace caravan::http
