#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// An operator has ordered something that is of no entity: that a node gives its shards away, that a shard moves.
struct RecordOrder {
  static constexpr Tag tag{2, "record_order"};
  std::string order;
  std::string subject;
  static constexpr auto fields() {
    return std::array{field<&RecordOrder::order>(1, "order", internal()),
                      field<&RecordOrder::subject>(2, "subject", internal())};
  }
};

}  // namespace caravan
