#include "storage/read_models/open_work.hpp"

#include "actors/request/details.hpp"
#include "actors/trip/details.hpp"

namespace caravan {

OpenWorkFound open_work(const ReadModels& models, UserId user) {
  constexpr std::size_t most = 200;
  OpenWorkFound found;
  const auto reading = models.read();
  sqlite::Query requests =
      (*reading).query("SELECT id FROM request WHERE customer = ? AND status IN (?, ?) ORDER BY created LIMIT ?");
  requests.bind(user, RequestStatus::open, RequestStatus::accepting, most);
  while (requests.step()) found.requests.push_back({requests.uuid(0)});
  sqlite::Query trips =
      (*reading).query("SELECT id FROM trip WHERE traveler = ? AND status IN (?, ?) ORDER BY created LIMIT ?");
  trips.bind(user, TripStatus::upcoming, TripStatus::under_way, most);
  while (trips.step()) found.trips.push_back({trips.uuid(0)});
  sqlite::Query deliveries = (*reading).query(
      "SELECT id FROM delivery WHERE is_open AND id IN (SELECT id FROM delivery WHERE customer = ?1"
      " UNION ALL SELECT id FROM delivery WHERE traveler = ?1) ORDER BY created LIMIT ?2");
  deliveries.bind(user, most);
  while (deliveries.step()) found.deliveries.push_back({deliveries.uuid(0)});
  return found;
}

}  // namespace caravan
