#include <algorithm>
#include <iterator>

#include "actors/account/rules.hpp"

namespace caravan {

namespace {

using namespace account;

void keep_only(std::vector<Grant>& grants, std::uint32_t permissions) {
  for (Grant& grant : grants) grant.permissions &= permissions;
  std::erase_if(grants, [](const Grant& grant) { return grant.permissions == 0; });
}

/// Notes how the account came by what it loses, but for what came a moment before, or from a thief. Of such a moment
/// nothing changes: what is noted already stays, and nobody gives a permission once more to have a tie forgotten.
void remember_lost(AccountState& state, const RolesSet& event, std::uint32_t lost) {
  if (!event.no_tie_since) return keep_only(state.former_grants, ~lost);
  std::vector<Grant> noted;
  std::uint32_t of_settings = lost;
  for (Grant grant : state.grants) {
    of_settings &= ~grant.permissions;
    grant.permissions &= lost;
    if (grant.permissions == 0 || grant.at > *event.no_tie_since) continue;
    std::erase_if(grant.roots, [&](const GrantRoot& root) { return root.at > *event.no_tie_since; });
    noted.push_back(std::move(grant));
  }
  if (of_settings != 0) noted.push_back({of_settings, {}, {}});
  for (Grant& grant : noted) {
    keep_only(state.former_grants, ~grant.permissions);
    state.former_grants.push_back(std::move(grant));
  }
}

/// It only ties to whoever is among its roots: it comes from nobody, and yet has a time, which the settings' have not.
bool is_tie(const Grant& former) { return former.by.is_nil() && former.at != Time{}; }

/// What is given anew ties to those whom it came from before still, but makes nothing older.
void keep_ties(std::vector<Grant>& former_grants, std::uint32_t given, Time at) {
  std::vector<Grant> ties;
  for (const Grant& former : former_grants) {
    Grant tie{former.permissions & given, {}, at, former.roots};
    if (!former.by.is_nil()) tie.roots.push_back({former.by, former.at});
    if (tie.permissions != 0 && !tie.roots.empty()) ties.push_back(std::move(tie));
  }
  keep_only(former_grants, ~given);
  std::ranges::move(ties, std::back_inserter(former_grants));
}

/// What comes back within a week is as old as it was: taking a colleague's permission for a minute makes no new
/// administrator of them. Where another gives it back than took it, it came through their hands as well. What was had
/// for less than a week is given anew: it may be a thief's, and who gives it answers for it. Returns what is given
/// anew.
std::uint32_t give_back(AccountState& state, const RolesSet& event, std::uint32_t given) {
  if (!event.no_tie_since || event.by.is_nil()) return given;
  for (const Grant& former : state.former_grants) {
    if (is_tie(former)) continue;
    for (const Grant& loss : state.losses) {
      Grant back = former;
      back.permissions &= loss.permissions & given;
      const bool is_older = loss.at - former.at >= undo_life, is_recent = event.at - loss.at < undo_life;
      if (back.permissions == 0 || !is_older || !is_recent) continue;
      if (loss.by != event.by) {
        back.roots.insert(back.roots.end(), event.roots.begin(), event.roots.end());
        back.roots.push_back({event.by, event.at});
      }
      given &= ~back.permissions;
      state.grants.push_back(std::move(back));
    }
  }
  return given;
}

}  // namespace

void evolve(AccountState& state, const RolesSet& event) {
  const std::uint32_t new_ones = event.permissions & ~state.permissions, given = give_back(state, event, new_ones);
  remember_lost(state, event, state.permissions & ~event.permissions);
  keep_only(state.grants, event.permissions);
  if (given != 0) state.grants.push_back({given, event.by, event.at, event.roots});
  keep_only(state.losses, ~event.permissions);
  keep_only(state.former_grants, ~(new_ones & ~given));
  keep_ties(state.former_grants, given, event.at);
  const std::uint32_t lost = state.permissions & ~event.permissions;
  if (event.no_tie_since && lost != 0) state.losses.push_back({lost, event.by, event.at});
  state.user_type = event.user_type;
  state.permissions = event.permissions;
  note(state, "roles_set", event.at);
}

}  // namespace caravan
