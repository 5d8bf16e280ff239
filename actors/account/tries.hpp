#pragma once

#include "actors/account/commands.hpp"

/// Who tries passwords and codes, who asks for mails, and how often: counted by source, so that a stranger's tries do
/// not shut the owner out.
namespace caravan {

struct AccountState;

inline constexpr int max_login_failures = 5;  // of one source: then it is locked out
inline constexpr int max_code_failures = 5;   // then a code or challenge is void
inline constexpr int max_mails_an_hour = 5;   // of one kind, for one source
inline constexpr int max_mails_a_day = 20;    // of one kind, for all strangers; as many for all known sources

/// A client that its owner signed in from.
struct KnownClient {
  static constexpr std::string_view record_name = "KnownClient";
  std::string key;
  Time last_used_at;
  std::optional<Time> since = {};  // absent: known by an earlier build
  static constexpr auto fields() {
    return std::array{field<&KnownClient::key>(1, "key", internal()),
                      field<&KnownClient::last_used_at>(2, "lastUsedAt"), field<&KnownClient::since>(3, "since")};
  }
};

/// Wrong passwords and codes of one source.
struct Tries {
  static constexpr std::string_view record_name = "Tries";
  std::string source;
  int failures = 0;
  Time last_at;
  std::optional<Time> locked_until = {};
  static constexpr auto fields() {
    return std::array{field<&Tries::source>(1, "source", internal()), field<&Tries::failures>(2, "failures"),
                      field<&Tries::last_at>(3, "lastAt"), field<&Tries::locked_until>(4, "lockedUntil")};
  }
};

/// The hash of a token that was mailed and is not used yet.
struct LiveToken {
  static constexpr std::string_view record_name = "LiveToken";
  std::string hash;
  Time expires_at;
  static constexpr auto fields() {
    return std::array{field<&LiveToken::hash>(1, "hash", internal()), field<&LiveToken::expires_at>(2, "expiresAt")};
  }
};

/// How many mails one source asked for.
struct SentBy {
  static constexpr std::string_view record_name = "SentBy";
  std::string source;
  int sent = 0;
  static constexpr auto fields() {
    return std::array{field<&SentBy::source>(1, "source", internal()), field<&SentBy::sent>(2, "sent")};
  }
};

/// The tokens of one kind that were mailed: their hashes alone. One that is unused stays good when another is sent.
struct MailedToken {
  static constexpr std::string_view record_name = "MailedToken";
  std::string hash;  // of the newest
  Time expires_at;
  int sent = 0;  // for strangers, within the hour that began at `window`
  Time window;
  std::vector<LiveToken> older = {};
  std::vector<SentBy> sources = {};  // of that hour
  Time day = {};                     // when the day began in which these were sent
  int for_strangers = 0;
  int for_known = 0;
  static constexpr auto fields() {
    return std::array{field<&MailedToken::hash>(1, "hash", internal()),
                      field<&MailedToken::expires_at>(2, "expiresAt"),
                      field<&MailedToken::sent>(3, "sent"),
                      field<&MailedToken::window>(4, "window"),
                      field<&MailedToken::older>(5, "older"),
                      field<&MailedToken::sources>(6, "sources"),
                      field<&MailedToken::day>(7, "day"),
                      field<&MailedToken::for_strangers>(8, "forStrangers"),
                      field<&MailedToken::for_known>(9, "forKnown")};
  }
};

/// Whoever set a password by a mailed link has shown that the mailbox is theirs: strangers do not lock them out.
struct MailboxProof {
  static constexpr std::string_view record_name = "MailboxProof";
  std::string key;  // of the client
  Time until;
  static constexpr auto fields() {
    return std::array{field<&MailboxProof::key>(1, "key", internal()), field<&MailboxProof::until>(2, "until")};
  }
};

/// An address that waits to be proven before it takes the place of the account's own.
struct PendingEmail {
  static constexpr std::string_view record_name = "PendingEmail";
  std::string email;
  MailedToken token;
  std::optional<Uuid> session_id = {};  // that asked for it
  static constexpr auto fields() {
    return std::array{field<&PendingEmail::email>(1, "email"), field<&PendingEmail::token>(2, "token", internal()),
                      field<&PendingEmail::session_id>(3, "sessionId")};
  }
};

namespace account {

inline constexpr std::size_t max_known_clients = 20;
inline constexpr std::size_t max_young_clients = 5;           // beside those that are old
inline constexpr std::chrono::days client_grows_old{7};       // then it stays known where the password changes
inline constexpr Duration known_for = std::chrono::days{90};  // since it was used last
inline constexpr std::size_t max_tries = 100;                 // sources counted; the one heard of longest ago drops
inline constexpr Duration tries_for = std::chrono::hours{1};  // after the last one a source starts anew
inline constexpr int max_stranger_failures = 20;              // of all strangers: then they are locked out together
inline constexpr int code_weight = max_stranger_failures / max_login_failures;  // whoever has the password is near
inline constexpr int max_mails_for_strangers = 10;                              // an hour, of one kind
inline constexpr std::size_t max_live_tokens = 30;
inline constexpr Duration link_stays_fresh = std::chrono::minutes{30};  // before its end it is mailed anew in any case
inline constexpr Duration mailbox_proof_life = std::chrono::hours{1};

/// The source of a SecurityAlert that locks out everybody whom the account does not know.
inline constexpr std::string_view all_strangers = "*";

/// Where a client is and what it is: its network, and its user agent without the digits, which change with updates.
/// Empty where the network is not known, as in journals of builds that did not count by source: what they hold is
/// counted as those builds did, since a state must be the same from its events as from its snapshot.
std::string client_key(const ClientFacts& client);

/// Whose tries are counted together.
struct Source {
  std::string name;
  bool stranger = true;
  bool proved_mailbox = false;  // its own tries alone lock it out
};
/// A session of the account's own, a client that it knows, or else the network of a stranger.
Source source_of(const AccountState& state, const ClientFacts& client, const std::optional<Uuid>& session, Time now);
/// Whether this account was not used lately from that network with such a program.
bool is_new_client(const AccountState& state, const ClientFacts& client, Time now);
/// Whether this client has been known for less than a week, while another one was known before it: it may be a thief's.
/// The first client of an account is its owner's.
bool is_young_client(const AccountState& state, const ClientFacts& client, Time now);
/// What a User-Agent says of program and system, in words of ours ("Firefox, Windows"). A stranger wrote the header, so
/// nothing of it is repeated; what is not recognized is left out.
std::string client_words(std::string_view agent);
/// Until when that source may not try; nothing where it may.
std::optional<Time> locked_until(const AccountState& state, const Source& source, Time now);
/// Until when anybody is locked out, for people to see.
std::optional<Time> longest_lock(const AccountState& state, Time now);

/// For evolve.
void count_try(AccountState& state, const Source& source, Time now, int weight);
void lock_source(AccountState& state, const std::string& source, Time until);
void open_source(AccountState& state, const Source& source);
/// `by_age`: by a build in which the client that came last makes room, and not the one that was used longest ago.
void know_client(AccountState& state, const ClientFacts& client, Time now, bool by_age);
/// After another password: whoever had the old one may have made theirs known, but not long ago and unseen. The owner's
/// own stay, so that a stranger's requests do not use up the mails by which the owner comes back.
void forget_new_clients(AccountState& state, Time now);

/// Failures of that source, and of all strangers, that still count.
int failures_of(const AccountState& state, const Source& source, Time now);
int stranger_failures(const AccountState& state, Time now);

/// Mails for another address are counted for each session, so that a stolen one does not use up the owner's.
Source email_change_source(const std::optional<Uuid>& session);

/// Whether that source may have one more mail of that kind.
bool may_mail(const MailedToken& mailed, const Source& source, Time now);
/// Whether a link that was mailed last is good for some time yet: nobody needs another.
bool is_link_fresh(const MailedToken& mailed, Time now);
/// For evolve: one more was sent. `by_day`: by a build that counts those of a day.
void count_mail(MailedToken& mailed, std::string hash, Time expires_at, const Source& source, Time now, bool by_day);
/// Is it the hash of a token that was mailed, and is not used or too old?
bool is_live(const MailedToken& mailed, const Crypto& crypto, std::string_view hash, Time now);

}  // namespace account

}  // namespace caravan
