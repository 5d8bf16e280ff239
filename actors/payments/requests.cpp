#include "actors/payments/requests.hpp"

namespace caravan {

std::span<const Alternative> payment_requests() {
  return detail::alternatives(List<Authorize, Capture, Void, Refund, PayOut, VerifyAccount>{});
}

}  // namespace caravan
