#pragma once

#include <stdexcept>

namespace caravan {

/// A storage failure: the disk is full, the file is not ours, a checksum is wrong. Carries one line that tells the
/// remedy.
class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace caravan
