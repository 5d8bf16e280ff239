#pragma once

#include "actors/account/commands.hpp"

/// What ends when the owner of an account shuts a thief out, by a reset or by an undo: `shut_thief_out` is the list.
namespace caravan {

/// Somebody who got permissions from the account's owner, maybe through others' hands.
struct RoleGiven {
  static constexpr std::string_view record_name = "StoredRoleGiven";
  UserId user;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RoleGiven::user>(1, "user"), field<&RoleGiven::at>(2, "at")};
  }
};

/// From an account that got permissions, to those of all through whose hands they came.
struct NoteRolesGiven {
  static constexpr Tag tag{43, "note_roles_given"};
  UserId user;
  static constexpr auto fields() { return std::array{field<&NoteRolesGiven::user>(1, "user")}; }
};

struct RolesGiven {
  static constexpr Tag tag{46, "roles.given"};
  RoleGiven given;
  static constexpr auto fields() { return std::array{field<&RolesGiven::given>(1, "given")}; }
};

/// Permissions that this person gave since then go, also where they came through others' hands, and what the account
/// gave of them since goes with them: whoever gave them may not have been who it seemed. They tie the account to
/// nobody, those neither that it has lost again meanwhile. Platform only.
struct TakeRolesBack {
  static constexpr Tag tag{44, "take_roles_back"};
  UserId by;
  Time since;
  static constexpr auto fields() {
    return std::array{field<&TakeRolesBack::by>(1, "by"), field<&TakeRolesBack::since>(2, "since")};
  }
};

/// What this person gave since then, and the account has lost, ties it to nobody.
struct TiesForgotten {
  static constexpr Tag tag{48, "ties.forgotten"};
  UserId by;
  Time since;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TiesForgotten::by>(1, "by"), field<&TiesForgotten::since>(2, "since"),
                      field<&TiesForgotten::at>(3, "at")};
  }
};

/// Whom the account gave permissions since then, or for longer where it is closing: RolesGivenList. Platform only.
struct ListRolesGiven {
  static constexpr Tag tag{13, "list_roles_given"};
  Time since;
  static constexpr auto fields() { return std::array{field<&ListRolesGiven::since>(1, "since")}; }
};
struct RolesGivenList {
  static constexpr std::string_view record_name = "RolesGivenList";
  std::vector<UserId> users;
  bool administers = false;  // the account has permissions itself
  std::optional<Time> since = {};
  static constexpr auto fields() {
    return std::array{field<&RolesGivenList::users>(1, "users"), field<&RolesGivenList::administers>(2, "administers"),
                      field<&RolesGivenList::since>(3, "since")};
  }
};

/// Through whose hands these permissions of the account came since then, each person once: GrantRoots. What the
/// account gives comes through the same hands. `lost_too`: as well as what was taken from it. Platform only.
struct ListGrantRoots {
  static constexpr Tag tag{14, "list_grant_roots"};
  std::uint32_t permissions = 0;
  Time since;
  bool lost_too = false;
  static constexpr auto fields() {
    return std::array{field<&ListGrantRoots::permissions>(1, "permissions"), field<&ListGrantRoots::since>(2, "since"),
                      field<&ListGrantRoots::lost_too>(3, "lostToo")};
  }
};
struct GrantRoots {
  static constexpr std::string_view record_name = "GrantRoots";
  std::vector<GrantRoot> roots;
  static constexpr auto fields() { return std::array{field<&GrantRoots::roots>(1, "roots")}; }
};

struct AccountState;

namespace account {

inline constexpr std::size_t max_roles_given = 1'000;  // of one week; whatever is given beyond goes at once
inline constexpr std::size_t max_grant_roots = 50;     // then nobody gives it on
/// Whoever had a permission for less than this is tied to nobody by it once it is gone: it may have been pressed upon
/// them, to make them somebody about whom nobody can decide.
inline constexpr Duration tie_life = std::chrono::hours{24};

/// Whether payout accounts that were removed come back: where the changes themselves are taken back.
enum class Removed { stay, come_back };

/// Ends whatever somebody who was in, and is not the owner, may have left behind: all sessions, all API keys, push
/// devices, and what is from the last week, or from the week before the account began to close: a number that was
/// proven, payout accounts that were added, services, their keys and permissions that were given. The edge ends what
/// other entities have of it (http/routes/auth/shut_out.hpp). http/access/README.md has the list for people.
void shut_thief_out(Decision& decision, const AccountState& state, const Context& context, const std::string& reason,
                    Removed removed);
/// The account keeps these permissions alone: keys and services that need more go no further.
void lose_permissions(Decision& decision, const AccountState& state, const Context& context, std::uint32_t kept);

/// Tells somebody what they may do from now on.
void tell_roles(Decision& decision, const Context& context, UserType type, std::uint32_t permissions);

}  // namespace account

}  // namespace caravan
