#include "http/routes/admin/admin.hpp"

#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/services/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/requests/search_places.hpp"
#include "storage/read_models/activity.hpp"
#include "storage/read_models/alerts.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/trips.hpp"

namespace caravan::http {

namespace {

struct ActivityQuery {
  static constexpr std::string_view record_name = "ActivityQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<UserId> admin_id;
  std::optional<Uuid> entity_id;
  std::optional<std::string> action;
  std::optional<Uuid> service_id;
  static constexpr auto fields() {
    return std::array{field<&ActivityQuery::limit>(1, "limit", between(1, 200)),
                      field<&ActivityQuery::cursor>(2, "cursor", length(1, 500)),
                      field<&ActivityQuery::admin_id>(3, "adminId"),
                      field<&ActivityQuery::entity_id>(4, "entityId"),
                      field<&ActivityQuery::action>(5, "action", length(1, 100)),
                      field<&ActivityQuery::service_id>(6, "serviceId")};
  }
};

struct AlertQuery {
  static constexpr std::string_view record_name = "AlertQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<std::string> type, severity;
  std::optional<UserId> user_id;
  static constexpr auto fields() {
    return std::array{
        field<&AlertQuery::limit>(1, "limit", between(1, 200)), field<&AlertQuery::cursor>(2, "cursor", length(1, 500)),
        field<&AlertQuery::type>(3, "type", length(1, 100)), field<&AlertQuery::severity>(4, "severity", length(1, 20)),
        field<&AlertQuery::user_id>(5, "userId")};
  }
};

struct AllTripsQuery {
  static constexpr std::string_view record_name = "AllTripsQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<TripStatus> status;
  static constexpr auto fields() {
    return std::array{field<&AllTripsQuery::limit>(1, "limit", between(1, 200)),
                      field<&AllTripsQuery::cursor>(2, "cursor", length(1, 500)),
                      field<&AllTripsQuery::status>(3, "status")};
  }
};

struct AllDeliveriesQuery {
  static constexpr std::string_view record_name = "AllDeliveriesQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<DeliveryStatus> status;
  static constexpr auto fields() {
    return std::array{field<&AllDeliveriesQuery::limit>(1, "limit", between(1, 200)),
                      field<&AllDeliveriesQuery::cursor>(2, "cursor", length(1, 500)),
                      field<&AllDeliveriesQuery::status>(3, "status")};
  }
};

/// Writes the services' names, which are in their register alone.
void name_services(Call& call, std::vector<ActivityItem>& items) {
  if (std::ranges::none_of(items, [](const ActivityItem& item) { return item.service_id.has_value(); })) return;
  const Reply reply = call.try_query_as(edge_caller(), services_address, ListServices{});
  for (const ServiceResource& service : call.resource<ServiceList>(reply).items)
    for (ActivityItem& item : items)
      if (item.service_id == service.service_id.value) item.service = service.name;
}

Response list_activity(Call& call) {
  const auto& query = call.query<ActivityQuery>();
  auto page = activity(*call.services().read_models, {query.admin_id, query.entity_id, query.action, query.service_id},
                       paging_of(query));
  name_services(call, page.items);
  return call.list(page.items, page.next_cursor);
}

Response list_alerts(Call& call) {
  const auto& query = call.query<AlertQuery>();
  const auto page =
      security_alerts(*call.services().read_models, {query.type, query.severity, query.user_id}, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

Response list_all_trips(Call& call) {
  const auto& query = call.query<AllTripsQuery>();
  const auto page = all_trips(*call.services().read_models, viewer(call), query.status, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

Response list_all_deliveries(Call& call) {
  const auto& query = call.query<AllDeliveriesQuery>();
  DeliveryFilter filter;
  filter.status = query.status;
  const auto page = deliveries(*call.services().read_models, viewer(call), filter, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

}  // namespace

std::vector<Route> admin_routes(Services&) {
  return {
      get("/admin/activity-log", admin(Permission::security), "Audit trail")
          .query<ActivityQuery>()
          .lists<ActivityItem>()
          .handle(list_activity),
      get("/admin/security/alerts", admin(Permission::security), "List, newest first")
          .query<AlertQuery>()
          .lists<SecurityAlertItem>()
          .handle(list_alerts),
      get("/admin/trips", admin(Permission::read), "Search")
          .query<AllTripsQuery>()
          .lists<TripResource>()
          .handle(list_all_trips),
      get("/admin/deliveries", admin(Permission::read), "Search")
          .query<AllDeliveriesQuery>()
          .lists<DeliveryResource>()
          .handle(list_all_deliveries),
      get("/admin/deliveries/:deliveryId", admin(Permission::read),
          "One delivery; whom to meet only with the permission private")
          .view<ViewDelivery>(by_path(EntityKind::delivery))
          .shows_private(PrivateThing::contacts, is_look_at_contacts)
          .answers<DeliveryResource>(),
  };
}

}  // namespace caravan::http
