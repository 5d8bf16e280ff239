#pragma once

#include <optional>
#include <string>

#include "storage/journal/journal.hpp"

namespace caravan {

/// An effect to the outside that has no answer, as operators see it.
struct OpenQuestion {
  EffectKey key;
  EntityKind to = EntityKind::none;
  std::string request;  // its name
  std::string trace_id;
  Time asked_at;  // when its sender decided it; of an earlier build: when it came into this node's memory
  std::optional<Time> deadline;  // when it is, or was, given up
  int tries = 0;                 // since it came into this node's memory
  std::string failure;           // of the last try
  bool is_given_up = false;
  std::string about = {};  // see OutsideClass; empty also of a node of an earlier build
};

}  // namespace caravan
