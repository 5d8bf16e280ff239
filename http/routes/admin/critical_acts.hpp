#pragma once

#include "actors/inbox/commands.hpp"
#include "http/route.hpp"

/// What administrators do to each other, to rights and, by hand, to money is done in no silence: all of them are told,
/// so that a thief of one account, or one who is dishonest, is seen by the others. `critical_acts.cpp` has the list.
namespace caravan::http {

/// Has every row of the list tell all administrators, and keep whoever became an administrator within a week away from
/// the accounts of others. Returns what of the list is none of these rows, e.g. after one got another path: that would
/// go unseen.
std::vector<std::string> watch_critical_acts(std::vector<Route>& rows);

/// Tells all who administer anything, whoever did it among them: it may have been a thief of their session.
void tell_administrators(Call& call, const Notify& notice);

}  // namespace caravan::http
