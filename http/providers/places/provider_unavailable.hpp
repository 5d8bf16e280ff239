#pragma once

#include <stdexcept>

namespace caravan {

/// A provider outside did not answer, or not with what its interface promises.
struct ProviderUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The provider does not serve such a request, for example a matrix that is too large for it. Another provider is
/// asked, but this is no failure: the circuit breaker does not count it.
struct ProviderDeclines : ProviderUnavailable {
  using ProviderUnavailable::ProviderUnavailable;
};

}  // namespace caravan
