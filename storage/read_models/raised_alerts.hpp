#pragma once

#include <optional>
#include <string>

#include "actors/entity/caller.hpp"
#include "storage/read_models/projection.hpp"

/// What projections tell the people who look at security alerts.
namespace caravan::read_models {

/// One row of the list of alerts.
struct RaisedAlert {
  std::string_view type;      // an event's name, or fraud_signal
  std::string_view detail;    // the kind: "shared_card"
  std::string_view severity;  // "low", "medium", "high", "critical"
  Address entity;             // where it showed
  UserId user;
  Time at;
  std::optional<UserId> other = {};           // the account that it is about as well
  std::optional<std::string> reason = {};     // in words
  std::optional<std::string> only_once = {};  // of alerts with the same text here the first one stays alone
};

/// Writes it into the tables of alerts_projection, which stands before those that call this.
void raise(sqlite::Connection& database, const RaisedAlert& alert);

}  // namespace caravan::read_models
