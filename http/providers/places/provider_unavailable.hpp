#pragma once

#include <stdexcept>

namespace caravan {

/// A provider outside did not answer, or not with what its interface promises.
struct ProviderUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// It does not do such things, and is none the worse for it.
struct ProviderDeclines : ProviderUnavailable {
  using ProviderUnavailable::ProviderUnavailable;
};

}  // namespace caravan
