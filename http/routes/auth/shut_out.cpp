#include "http/routes/auth/shut_out.hpp"

#include <algorithm>

#include "actors/account/state.hpp"
#include "actors/claim/address.hpp"
#include "actors/services/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/access/service_keys.hpp"
#include "http/routes/admin/critical_acts.hpp"
#include "http/routes/payments/payments.hpp"

namespace caravan::http {

namespace {

template <class T>
T ask_edge(Call& call, Address to, AnyRecord query) {
  return find_answer<T>(call.door(), to, std::move(query)).value_or(T{});
}

/// Nobody finds out by chance that a service stands still, or that a colleague lost a permission.
void tell_of(Call& call, UserId owner, const MadeLately& made) {
  if (made.services.empty() && made.promoted.empty()) return;
  Notify notice{"made_lately_ended", {{"by", owner.text()}}};
  std::string services, people;
  for (const std::string& name : made.services) (services += services.empty() ? "" : ", ") += name;
  for (const UserId user : made.promoted) (people += people.empty() ? "" : ", ") += user.text();
  if (!services.empty()) notice.variables.emplace("services", services);
  if (!people.empty()) notice.variables.emplace("people", people);
  tell_administrators(call, notice);
}

}  // namespace

std::vector<GrantRoot> grant_roots(Call& call, UserId owner, std::uint32_t permissions, Time since) {
  return ask_edge<GrantRoots>(call, account_address(owner), ListGrantRoots{permissions, since}).roots;
}

MadeLately made_lately(Call& call, UserId owner) {
  const Time a_week_ago = call.door().now() - account::undo_life;
  const auto given = ask_edge<RolesGivenList>(call, account_address(owner), ListRolesGiven{a_week_ago});
  const Time since = given.since.value_or(a_week_ago);
  MadeLately out{since, given.administers, {}, {}};
  // Some have what they were given by others meanwhile, and keep it.
  for (const UserId user : given.users)
    if (std::ranges::count(grant_roots(call, user, all_permissions, since), owner, &GrantRoot::by) > 0)
      out.promoted.push_back(user);
  if (given.administers || !given.users.empty())
    out.services = ask_edge<ServiceNames>(call, services_address, ListServicesOf{owner, since}).names;
  return out;
}

void stop_services_of(Call& call, UserId whose, std::uint32_t permissions, std::optional<Time> since) {
  call.order(services_address, PauseServices{whose, permissions, since});
  if (call.services().service_rights) call.services().service_rights->forget();
}

void shut_out_everywhere(Call& call, UserId owner, const MadeLately& made, std::uint64_t position) {
  secure_deals_of(call, owner, position);
  if (!made.administers && made.promoted.empty()) return;
  // What the account has now the register knows by the account's own word; of a week ago all goes, whatever it has.
  stop_services_of(call, owner, all_permissions, made.since);
  for (const UserId user : made.promoted) call.order(account_address(user), TakeRolesBack{owner, made.since});
  // All at once: to forget waits for the other nodes, and there may be many.
  if (call.services().sessions && !made.promoted.empty()) call.services().sessions->forget(made.promoted);
  tell_of(call, owner, made);
}

}  // namespace caravan::http
