#pragma once

#include "actors/audit/commands.hpp"

namespace caravan {

struct PrivateThingSeen {
  static constexpr Tag tag{1, "private.seen"};
  PrivateThing what = PrivateThing::messages;
  Address entity;
  std::string filter = {};
  std::string path = {};
  static constexpr auto fields() {
    return std::array{field<&PrivateThingSeen::what>(1, "what"), field<&PrivateThingSeen::entity>(2, "entity"),
                      field<&PrivateThingSeen::filter>(3, "filter"), field<&PrivateThingSeen::path>(4, "path")};
  }
};

struct OperatorOrdered {
  static constexpr Tag tag{2, "operator.ordered"};
  std::string order;
  std::string subject;
  static constexpr auto fields() {
    return std::array{field<&OperatorOrdered::order>(1, "order"), field<&OperatorOrdered::subject>(2, "subject")};
  }
};

}  // namespace caravan
