#include "http/server/free_memory.hpp"

#include <gperftools/malloc_extension_c.h>
#include <malloc.h>

// The program is linked with tcmalloc, most tests and what a sanitizer watches are not.
#pragma weak MallocExtension_ReleaseFreeMemory

namespace caravan::http {

void give_memory_back() {
  if (MallocExtension_ReleaseFreeMemory)
    MallocExtension_ReleaseFreeMemory();
  else
    malloc_trim(0);
}

}  // namespace caravan::http
