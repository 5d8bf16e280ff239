#include "http/routes/all.hpp"

#include <stdexcept>

#include "http/routes/admin/admin.hpp"
#include "http/routes/admin/admin_users.hpp"
#include "http/routes/admin/critical_acts.hpp"
#include "http/routes/admin/matching.hpp"
#include "http/routes/admin/service_identities.hpp"
#include "http/routes/admin/tax.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/location/location.hpp"
#include "http/routes/notifications/notifications.hpp"
#include "http/routes/operations/cluster.hpp"
#include "http/routes/operations/dead_letters.hpp"
#include "http/routes/operations/traces.hpp"
#include "http/routes/payments/payments.hpp"
#include "http/routes/payments/pricing.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/system/system.hpp"
#include "http/routes/trips/trips.hpp"
#include "http/routes/uploads/uploads.hpp"
#include "http/routes/users/users.hpp"

namespace caravan::http {

namespace {

using RowsOf = std::vector<Route> (*)(Services&);

// One name a function, e.g. `trip_routes,`; a domain may have several. Declare the function in the domain's header
// http/routes/<domain>/<domain>.hpp. Some are in the header of the domain that they serve: tracking and QR codes in
// deliveries/deliveries.hpp, disputes and finance in payments/payments.hpp.
constexpr RowsOf domains[] = {
    admin_routes,        admin_user_routes, matching_routes,    arrival_routes,
    auth_routes,         cluster_routes,    dead_letter_routes, delivery_routes,
    dispute_pack_routes, dispute_routes,    finance_routes,     location_routes,
    notification_routes, offer_routes,      password_routes,    payment_routes,
    pricing_routes,      proof_routes,      qr_code_routes,     relay_routes,
    request_list_routes, request_routes,    security_routes,    service_identity_routes,
    share_routes,        system_routes,     tax_routes,         trace_routes,
    tracking_routes,     trip_list_routes,  trip_routes,        upload_routes,
    user_routes,         wallet_routes,
};

}  // namespace

std::vector<Route> all_routes(Services& services) {
  std::vector<Route> rows;
  for (RowsOf rows_of : domains)
    for (Route& row : rows_of(services)) rows.push_back(std::move(row));
  if (const auto missing = watch_critical_acts(rows); !missing.empty())
    throw std::logic_error("no row, though administrators are to be told of it: " + missing.front());
  return rows;
}

}  // namespace caravan::http
