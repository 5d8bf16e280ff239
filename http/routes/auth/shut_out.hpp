#pragma once

#include "actors/account/commands.hpp"
#include "http/call.hpp"

/// What ends outside the account where its owner shuts a thief out, or loses their rights.
namespace caravan::http {

/// What was made in an administrator's name within the last week, before its owner shut the thief out, or within the
/// week before the account began to close.
struct MadeLately {
  Time since;
  bool administers = false;
  std::vector<std::string> services;  // names; of those that got a key, too
  std::vector<UserId> promoted;       // who lose permissions by it
};
MadeLately made_lately(Call& call, UserId owner);

/// Through whose hands these permissions of an administrator came since then.
std::vector<GrantRoot> grant_roots(Call& call, UserId owner, std::uint32_t permissions, Time since);

/// After a reset or an undo. Ends what other entities have of the account: prices and splits that were proposed in its
/// name, the codes of its parcels (`secure_deals_of`), and of an administrator services, their keys and permissions
/// that were given (`made`), which every administrator is told by mail. `position`: where the feed
/// has the new credentials. The account's own part is `account::shut_thief_out`.
void shut_out_everywhere(Call& call, UserId owner, const MadeLately& made, std::uint64_t position);

/// Somebody has these permissions left: the services that they made go no further, and no node lets them in any more.
/// The account tells the register the same; this waits for it.
void stop_services_of(Call& call, UserId whose, std::uint32_t permissions, std::optional<Time> since = {});

}  // namespace caravan::http
