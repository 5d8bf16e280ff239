#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "storage/read_models/projection.hpp"

/// Signs of fraud, which become alerts for a person to look at. They block nothing, and no user hears of them: so their
/// numbers stand here, and not in the policy that everybody can read.
namespace caravan {

inline constexpr std::string_view fraud_signal = "fraud.signal";  // the type of such an alert

namespace signals {
inline constexpr std::chrono::days young_account{7};   // younger than that, in a deal over
inline constexpr double dear_deal_dollars = 500;       // the worth of the item, or the price
inline constexpr std::int64_t many_acts = 10;          // acceptances, or cancellations, of one person
inline constexpr std::chrono::hours acts_window{1};    // within that
inline constexpr std::chrono::days client_window{30};  // a network with such a program tells nothing after that,
inline constexpr std::int64_t most_of_client = 5;      // or where more accounts than that use it
inline constexpr std::int64_t most_traces = 50;        // of one kind that are kept of an account: the newest
inline constexpr std::int64_t most_pairs = 5;          // alerts of one new trace: those of the accounts seen last
}  // namespace signals

namespace read_models {
const Projection& signals_projection();
}

}  // namespace caravan
