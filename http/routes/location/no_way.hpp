#pragma once

#include <string>

#include "actors/values/transport_mode.hpp"
#include "http/problem/problem.hpp"

namespace caravan::http {

/// no_route: this mode does not get to the place that the field names.
inline Problem no_route(TransportMode mode, const std::string& field) {
  const std::string by(enum_labels(TransportMode{})[static_cast<std::size_t>(mode)]);
  return {"no_route", "Neither land nor a ferry, bridge or tunnel that is known leads there by " + by + ".", field};
}

}  // namespace caravan::http
