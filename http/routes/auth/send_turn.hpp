#pragma once

#include <string_view>
#include <vector>

#include "http/call.hpp"

namespace caravan::http {

/// The turn to send one more code or link to a telephone number or an e-mail address that the caller names. All
/// accounts together have few for each (5 an hour, 15 a day), so that a hundred accounts do not flood one person. Each
/// turn is a claim that lapses: it counts in the whole cluster.
class SendTurn {
 public:
  /// Throws Problem too_many_attempts, with the time to wait, where there is none left. It says nothing about accounts:
  /// numbers and addresses that nobody has are counted alike.
  SendTurn(Call& call, std::string_view to);
  /// Nothing was sent after all.
  void give_back();

 private:
  /// One of so many that are free again after that time; throws where all are taken.
  void take(std::string_view kind, std::string_view to, int most, std::chrono::seconds life);

  Door& door_;
  Uuid id_;
  std::vector<Address> claims_;
};

}  // namespace caravan::http
