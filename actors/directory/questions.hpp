#pragma once

#include "actors/entity/outside.hpp"

namespace caravan {

inline const Address directory_address{EntityKind::directory, {}};

/// Which open requests, upcoming trips and unfinished deliveries does a user have? The directory asks the read models
/// as soon as they have the entry that holds this question: an older state could lack what the user did before. It
/// answers OpenWorkFound to the sender.
struct FindOpenWork {
  static constexpr Tag tag{1, "find_open_work"};
  UserId user_id;
  static constexpr auto fields() { return std::array{field<&FindOpenWork::user_id>(1, "userId")}; }
};

/// What the directory answers: at most 200 of each; the asker asks again until nothing is left. PaymentAnswer has the
/// same tag; no entity takes both.
struct OpenWorkFound {
  static constexpr Tag tag{60'010, "open_work_found"};
  std::vector<RequestId> requests;
  std::vector<TripId> trips;
  std::vector<DeliveryId> deliveries;
  static constexpr auto fields() {
    return std::array{field<&OpenWorkFound::requests>(1, "requests"), field<&OpenWorkFound::trips>(2, "trips"),
                      field<&OpenWorkFound::deliveries>(3, "deliveries")};
  }
};

/// Questions to the directory, which belongs to the node itself: they have no deadline.
inline const OutsideClass& directory_class() {
  static const OutsideClass directory{.kind = EntityKind::directory,
                                      .requests = detail::alternatives(List<FindOpenWork>{}),
                                      .term = [](const AnyRecord&) { return Term{}; },
                                      .subject = [](const AnyRecord&) { return Uuid{}; },
                                      .undelivered = nullptr,
                                      .kept = {}};
  return directory;
}

}  // namespace caravan
