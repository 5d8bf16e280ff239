#include "http/routes/admin/service_identities.hpp"

#include "actors/services/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/access/service_keys.hpp"
#include "http/routes/admin/critical_acts.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t secret_bytes = 32;

NewServiceKey make_key(Call& call, ServiceId service) {
  const Context context{call.door().now(), {}, {}, call.services().random, sodium_crypto};
  return new_service_key(needed(call.services().token_seal), service, context.secret(secret_bytes));
}

ServiceResource find_service(Call& call) {
  const auto id = call.path<ServiceId>("serviceId");
  const Reply reply = call.ask_query(services_address, ListServices{});
  for (const ServiceResource& service : call.resource<ServiceList>(reply).items)
    if (service.service_id == id) return service;
  throw Problem{"not_found"};
}

/// All administrators hear of it: nobody, and no thief of their session, makes one in silence. `what` is a
/// section of the mail's text.
void tell_of(Call& call, const ServiceResource& service, const std::string& what) {
  std::string scopes;
  for (const Scope scope : service.scopes) (scopes += scopes.empty() ? "" : ", ") += to_text(scope);
  tell_administrators(
      call,
      {"service_changed", {{"service", service.name}, {"scopes", scopes}, {"by", call.user().text()}, {what, "yes"}}});
}

Response list(Call& call) {
  const Reply reply = call.ask_query(services_address, ListServices{});
  return call.list(call.resource<ServiceList>(reply).items);
}

Response add(Call& call) {
  AddService command = call.body<AddService>();
  command.service_id = ServiceId{call.fresh_uuid()};
  const NewServiceKey made = make_key(call, command.service_id);
  command.key_mark = made.mark;
  auto service = call.resource<ServiceResource>(call.ask(services_address, std::move(command)));
  service.keys.front().key = made.key;
  tell_of(call, service, "made");
  return call.answer(AnyRecord(std::move(service)));
}

Response change(Call& call) {
  ChangeService command = call.body<ChangeService>();
  command.service_id = call.path<ServiceId>("serviceId");
  call.ask(services_address, std::move(command));
  const ServiceResource service = find_service(call);
  tell_of(call, service, "changed");
  return call.answer(AnyRecord(service));
}

Response add_key(Call& call) {
  const ServiceResource service = find_service(call);
  const NewServiceKey made = make_key(call, service.service_id);
  auto key =
      call.resource<ServiceKeyResource>(call.ask(services_address, AddServiceKey{service.service_id, made.mark}));
  key.key = made.key;
  tell_of(call, service, "keyMade");
  return call.answer(AnyRecord(std::move(key)));
}

Response revoke_key(Call& call) {
  const ServiceResource service = find_service(call);
  call.ask(services_address, RevokeServiceKey{service.service_id, call.path_uuid("keyId")});
  tell_of(call, service, "keyRevoked");
  return call.nothing();
}

Response remove(Call& call) {
  const ServiceResource service = find_service(call);
  call.ask(services_address, RemoveService{service.service_id});
  tell_of(call, service, "removed");
  return call.nothing();
}

}  // namespace

std::vector<Route> service_identity_routes(Services&) {
  constexpr auto security = admin(Permission::security);
  return {
      get("/admin/services", security, "Service identities with scopes and keys; no key itself")
          .lists_own<ServiceResource>()
          .handle(list),
      post("/admin/services", security, "Add one, with its first key, shown once")
          .body<AddService>()
          .answers<ServiceResource>(201)
          .secret_once()
          .after_step_up()
          .handle(add),
      patch("/admin/services/:serviceId", security, "Scopes, pause")
          .body<ChangeService>()
          .answers<ServiceResource>()
          .after_step_up()
          .handle(change),
      del("/admin/services/:serviceId", security,
          "Delete, with its keys; the first service, whose key is in the settings, is only paused")
          .answers_nothing()
          .after_step_up()
          .handle(remove),
      post("/admin/services/:serviceId/keys", security, "A second key, to rotate; shown once")
          .answers<ServiceKeyResource>(201)
          .secret_once()
          .after_step_up()
          .handle(add_key),
      del("/admin/services/:serviceId/keys/:keyId", security, "Revoke")
          .answers_nothing()
          .after_step_up()
          .handle(revoke_key),
  };
}

}  // namespace caravan::http
