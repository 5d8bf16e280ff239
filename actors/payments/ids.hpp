#pragma once

#include "actors/values/uuid.hpp"

namespace caravan {

using PayoutId = Id<struct PayoutTag>;
using RefundId = Id<struct RefundTag>;
using PaymentMethodId = Id<struct PaymentMethodTag>;
using PayoutAccountId = Id<struct PayoutAccountTag>;

}  // namespace caravan
