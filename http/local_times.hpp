#pragma once

#include "actors/schema/record.hpp"

namespace caravan::http {

/// A trip, also as a search found it, or a delivery, with the clocks of its two ends: the zones, and its times as
/// clocks show them there. By what is shown of its places. Every other record as it is.
AnyRecord with_local_times(AnyRecord record);

}  // namespace caravan::http
