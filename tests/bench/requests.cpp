#include "tests/bench/requests.hpp"

#include <chrono>
#include <cstdio>
#include <vector>

#include "actors/values/time.hpp"
#include "tests/bench/load.hpp"

namespace caravan::bench {

namespace {

/// A millisecond after the last point of this delivery: a second point of the same time would be passed over as a
/// repeat. The load generator is one thread.
std::string next_time(std::size_t delivery) {
  static const auto begin = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  static std::vector<std::int64_t> told;
  if (told.size() <= delivery) told.resize(delivery + 1);
  return caravan::to_rfc3339(begin + std::chrono::milliseconds(++told[delivery]));
}

std::string place(std::uint64_t number) {
  char text[64];
  std::snprintf(text, sizeof text, R"({"lat":%.5f,"lng":-72.9279})",
                41.0 + static_cast<double>(number % 300) / 1e5);  // steps that somebody can take
  return text;
}

}  // namespace

std::size_t delivery_of(const Stage& stage, int connection, std::uint64_t number) {
  return (static_cast<std::size_t>(connection) + number * connections) % stage.deliveries.size();
}

namespace {

std::string message_under(const std::string& key, const Stage& stage, int connection, std::uint64_t number) {
  const std::size_t d = delivery_of(stage, connection, number);
  return post_bytes("/api/v1/deliveries/" + stage.deliveries[d].delivery + "/messages", stage.customer(d).token,
                    R"({"text":"on my way )" + std::to_string(number) + R"("})", key);
}

}  // namespace

std::string message(const Stage& stage, int connection, std::uint64_t number) {
  return message_under({}, stage, connection, number);
}

std::string keyed_message(const Stage& stage, int connection, std::uint64_t number) {
  return message_under(std::to_string(connection) + '-' + std::to_string(number), stage, connection, number);
}

std::string point(const Stage& stage, int connection, std::uint64_t number) {
  const std::size_t d = delivery_of(stage, connection, number);
  return post_bytes("/api/v1/location/tracking/update", stage.traveler(d).token,
                    R"({"deliveryId":")" + stage.deliveries[d].delivery + R"(","location":)" + place(number) +
                        R"(,"accuracy":8,"timestamp":")" + next_time(d) + R"("})");
}

std::string hundred_points(const Stage& stage, int connection, std::uint64_t number) {
  const std::size_t d = delivery_of(stage, connection, number);
  std::string points;
  for (std::uint64_t i = 0; i < 100; ++i)
    points += (i > 0 ? "," : "") + (R"({"location":)" + place(number * 100 + i)) + R"(,"accuracy":8,"timestamp":")" +
              next_time(d) + R"("})";
  return post_bytes("/api/v1/location/tracking/batch", stage.traveler(d).token,
                    R"({"deliveryId":")" + stage.deliveries[d].delivery + R"(","points":[)" + points + "]}");
}

}  // namespace caravan::bench
