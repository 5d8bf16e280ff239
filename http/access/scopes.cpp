#include "http/access/scopes.hpp"

#include <bit>

namespace caravan::http {

namespace {

struct Part {
  std::string_view path;  // the first part of the path, or what begins as this
  Scope read, write;
};

/// Parts that are only read, or only written, have one scope for both. No row begins with /webhooks or
/// /events yet; their scopes are there already, as the numbers of scopes are in the journal.
constexpr Part parts[] = {
    {"/auth", Scope::auth_read, Scope::auth_write},
    {"/users", Scope::users_read, Scope::users_write},
    {"/trips", Scope::trips_read, Scope::trips_write},
    {"/delivery-requests", Scope::delivery_requests_read, Scope::delivery_requests_write},
    {"/offers", Scope::offers_read, Scope::offers_write},
    {"/deliveries", Scope::deliveries_read, Scope::deliveries_write},
    {"/qr-codes", Scope::qr_codes_read, Scope::qr_codes_write},
    {"/payments", Scope::payments_read, Scope::payments_write},
    {"/location", Scope::location_read, Scope::location_write},
    {"/notifications", Scope::notifications_read, Scope::notifications_write},
    {"/uploads", Scope::uploads_read, Scope::uploads_write},
    {"/webhooks", Scope::webhooks_read, Scope::webhooks_write},
    {"/events", Scope::events_read, Scope::events_read},
    {"/invitations", Scope::invitations_write, Scope::invitations_write},
    {"/admin/disputes", Scope::disputes_read, Scope::disputes_write},
};

bool begins_with(std::string_view path, std::string_view part) {
  return path.starts_with(part) && (path.size() == part.size() || path[part.size()] == '/');
}

}  // namespace

std::optional<Scope> scope_by_path(Method method, std::string_view path, const Access& access) {
  using Kind = Access::Kind;
  if (access.kind == Kind::anyone) return std::nullopt;
  if (access.kind == Kind::operators) return Scope::ops_read;
  if (access.kind == Kind::admin)
    return admin_scope(static_cast<std::size_t>(std::countr_zero(static_cast<std::uint32_t>(access.permission))));
  for (const Part& part : parts)
    if (begins_with(path, part.path)) return method == Method::get ? part.read : part.write;
  return std::nullopt;
}

}  // namespace caravan::http
