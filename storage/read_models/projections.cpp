#include "storage/read_models/activity.hpp"
#include "storage/read_models/alerts.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/earnings.hpp"
#include "storage/read_models/files.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/match_model.hpp"
#include "storage/read_models/money.hpp"
#include "storage/read_models/projection.hpp"
#include "storage/read_models/requests.hpp"
#include "storage/read_models/signals.hpp"
#include "storage/read_models/trips.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::read_models {

std::span<const Projection> all_projections() {
  static const auto all = std::to_array<Projection>({
      locator_projection(),
      activity_projection(),
      trips_projection(),
      requests_projection(),
      deliveries_projection(),
      geofences_projection(),
      alerts_projection(),
      signals_projection(),  // writes alerts
      match_model_projection(),
      escrows_projection(),
      disputes_projection(),
      accounts_projection(),
      profiles_projection(),
      files_projection(),
      earnings_projection(),
  });
  return all;
}

}  // namespace caravan::read_models
