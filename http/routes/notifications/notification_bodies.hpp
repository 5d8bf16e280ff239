#pragma once

#include "actors/inbox/resources.hpp"

namespace caravan::http {

struct SendBody {
  static constexpr std::string_view record_name = "NotificationToSend";
  UserId user_id;
  std::string template_id;
  std::vector<Channel> channels = {};
  std::map<std::string, std::string> variables;
  std::optional<NotifyPriority> priority = {};
  std::optional<Uuid> subject = {};
  static constexpr auto fields() {
    return std::array{field<&SendBody::user_id>(1, "userId"),
                      field<&SendBody::template_id>(2, "templateId", length(1, 100)),
                      field<&SendBody::channels>(3, "channels", length(0, 4)),
                      field<&SendBody::variables>(4, "variables"),
                      field<&SendBody::priority>(5, "priority"),
                      field<&SendBody::subject>(6, "subject")};
  }
};

}  // namespace caravan::http
