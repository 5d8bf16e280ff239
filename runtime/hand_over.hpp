#pragma once

// GCC says by a macro that the sanitizer is there, clang by a feature.
#if defined(__SANITIZE_THREAD__)
#define CARAVAN_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CARAVAN_THREAD_SANITIZER
#endif
#endif

#ifdef CARAVAN_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

/// CAF passes actors and messages from thread to thread by atomics inside its library, where the thread sanitizer does
/// not see them: these two tell it. In every other build they are nothing.
namespace caravan {

/// What this thread did to `what` until now is done before whoever takes it over begins.
inline void hand_over([[maybe_unused]] const void* what) {
#ifdef CARAVAN_THREAD_SANITIZER
  __tsan_release(const_cast<void*>(what));
#endif
}
/// This thread goes on with `what` where the one that handed it over ended.
inline void take_over([[maybe_unused]] const void* what) {
#ifdef CARAVAN_THREAD_SANITIZER
  __tsan_acquire(const_cast<void*>(what));
#endif
}

}  // namespace caravan
