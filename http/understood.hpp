#pragma once

#include <vector>

#include "actors/schema/record.hpp"
#include "actors/values/parcel.hpp"

namespace caravan::http {

/// A trip or a request with how the addresses that came without points were read. Every other record as it is.
AnyRecord with_understood(AnyRecord record, const std::vector<UnderstoodAddress>& understood);

}  // namespace caravan::http
