#pragma once

#include "actors/delivery/resources.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

/// A message between the parties. They are many and small: in the track lane, which the feed leaves out.
struct DeliveryMessagePosted {
  static constexpr Tag tag{21, "delivery.message_posted"};
  static constexpr Lane lane = Lane::track;
  MessageResource message;
  bool announced = true;  // the other side was told at once; otherwise a timer will
  static constexpr auto fields() {
    return std::array{field<&DeliveryMessagePosted::message>(1, "message"),
                      field<&DeliveryMessagePosted::announced>(2, "announced")};
  }
};

/// A side was told of the messages that came since it was last told.
struct DeliveryMessagesAnnounced {
  static constexpr Tag tag{27, "delivery.messages_announced"};
  static constexpr Lane lane = Lane::track;
  UserId to;
  std::int32_t messages = 0;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryMessagesAnnounced::to>(1, "to"),
                      field<&DeliveryMessagesAnnounced::messages>(2, "messages"),
                      field<&DeliveryMessagesAnnounced::at>(3, "timestamp")};
  }
};

}  // namespace caravan
