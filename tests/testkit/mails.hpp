#pragma once

#include "actors/inbox/commands.hpp"
#include "tests/testkit/entity.hpp"

namespace caravan::testkit {

/// What the first message of the last decision says as that variable, such as a mailed token.
template <class Entity>
std::string mailed(const Given<Entity>& given, const std::string& variable) {
  const Notify* notify = given.template sent<Notify>();
  REQUIRE(notify);
  return notify->variables.at(variable);
}

}  // namespace caravan::testkit
