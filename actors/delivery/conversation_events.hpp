#pragma once

#include "actors/delivery/resources.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

/// What one side has written so far, and how much of that on one day (UTC).
struct WrittenMessages {
  std::int32_t all = 0;
  std::int64_t day = 0;  // since 1970
  std::int32_t that_day = 0;
  static constexpr std::string_view record_name = "WrittenMessages";
  static constexpr auto fields() {
    return std::array{field<&WrittenMessages::all>(1, "all"), field<&WrittenMessages::day>(2, "day"),
                      field<&WrittenMessages::that_day>(3, "thatDay")};
  }
};

/// A message between the parties. They are many and small: in the track lane, which the feed leaves out.
struct DeliveryMessagePosted {
  static constexpr Tag tag{21, "delivery.message_posted"};
  static constexpr Lane lane = Lane::track;
  MessageResource message;
  bool announced = true;                        // the other side was told at once; otherwise a timer will
  std::optional<WrittenMessages> written = {};  // by its sender, this one too; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&DeliveryMessagePosted::message>(1, "message"),
                      field<&DeliveryMessagePosted::announced>(2, "announced"),
                      field<&DeliveryMessagePosted::written>(3, "written")};
  }
};

/// The account of that side is closed: nobody writes to it, and what is private ends with the delivery.
struct DeliverySideClosed {
  static constexpr Tag tag{39, "delivery.side_closed"};
  UserId side;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliverySideClosed::side>(1, "side"), field<&DeliverySideClosed::at>(2, "timestamp")};
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
