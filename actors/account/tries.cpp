#include "actors/account/tries.hpp"

#include <algorithm>

#include "actors/account/state.hpp"

namespace caravan::account {

namespace {

using namespace std::chrono_literals;

constexpr Duration mail_window = 1h, mail_day = 24h;

const Tries* find_tries(const AccountState& state, const std::string& source, Time now) {
  const auto found = std::ranges::find(state.tries, source, &Tries::source);
  if (found == state.tries.end()) return nullptr;
  const bool locked = found->locked_until && *found->locked_until > now;
  return locked || now - found->last_at < tries_for ? &*found : nullptr;
}

Tries& tries_of(AccountState& state, const std::string& source, Time now) {
  if (!find_tries(state, source, now)) std::erase_if(state.tries, [&](const Tries& t) { return t.source == source; });
  const auto found = std::ranges::find(state.tries, source, &Tries::source);
  if (found != state.tries.end()) return *found;
  if (state.tries.size() >= max_tries) state.tries.erase(std::ranges::min_element(state.tries, {}, &Tries::last_at));
  return state.tries.emplace_back(Tries{source, 0, now, {}});
}

}  // namespace

std::string client_key(const ClientFacts& client) {
  if (client.network.empty()) return {};
  std::string key = client.network + ' ';
  for (const char c : client.device)
    if (c < '0' || c > '9') key += c;
  return key;
}

Source source_of(const AccountState& state, const ClientFacts& client, const std::optional<Uuid>& session, Time now) {
  if (session) return {"session " + session->text(), false};
  std::string key = client_key(client);
  const auto known = std::ranges::find(state.known_clients, key, &KnownClient::key);
  if (known != state.known_clients.end() && now - known->last_used_at < known_for) return {std::move(key), false};
  if (state.mailbox_proof && state.mailbox_proof->key == key && now < state.mailbox_proof->until)
    return {std::move(key), true, true};
  return {client.network, true};
}

bool is_new_client(const AccountState& state, const ClientFacts& client, Time now) {
  // The edge always names a network; without one (another caller, as in tests) the program alone is compared. Sign-ins
  // before networks were kept stand in known_devices alone.
  if (client.network.empty()) return std::ranges::find(state.known_devices, client.device) == state.known_devices.end();
  return source_of(state, client, {}, now).stranger;
}

bool is_young_client(const AccountState& state, const ClientFacts& client, Time now) {
  const std::string key = client_key(client);
  if (key.empty()) return false;
  const auto own = std::ranges::find(state.known_clients, key, &KnownClient::key);
  const Time since = own == state.known_clients.end() ? Time::max() : own->since.value_or(Time{});
  return now - since < client_grows_old && std::ranges::any_of(state.known_clients, [&](const KnownClient& other) {
           return other.since.value_or(Time{}) < since;
         });
}

std::string client_words(std::string_view agent) {
  // Programs name those that they descend from as well: the more special name comes first.
  struct Sign {
    std::string_view part, word;
  };
  static constexpr auto programs = std::to_array<Sign>({{"Edg", "Edge"},
                                                        {"OPR/", "Opera"},
                                                        {"SamsungBrowser", "Samsung Internet"},
                                                        {"Firefox/", "Firefox"},
                                                        {"FxiOS", "Firefox"},
                                                        {"Chrome/", "Chrome"},
                                                        {"CriOS", "Chrome"},
                                                        {"Safari/", "Safari"},
                                                        {"curl/", "curl"}});
  static constexpr auto systems = std::to_array<Sign>({{"Android", "Android"},
                                                       {"iPhone", "iOS"},
                                                       {"iPad", "iPadOS"},
                                                       {"Windows", "Windows"},
                                                       {"Mac OS X", "macOS"},
                                                       {"Macintosh", "macOS"},
                                                       {"CrOS", "ChromeOS"},
                                                       {"Linux", "Linux"}});
  const auto first_of = [&](const auto& signs) {
    const auto found = std::ranges::find_if(signs, [&](const Sign& s) { return agent.find(s.part) != agent.npos; });
    return found == signs.end() ? std::string() : std::string(found->word);
  };
  const std::string program = first_of(programs), system = first_of(systems);
  return program + (program.empty() || system.empty() ? "" : ", ") + system;
}

std::optional<Time> locked_until(const AccountState& state, const Source& source, Time now) {
  std::optional<Time> until;
  if (const Tries* tries = find_tries(state, source.name, now)) until = tries->locked_until;
  const bool with_strangers = source.stranger && !source.proved_mailbox;
  if (with_strangers && state.locked_until) until = until ? std::max(*until, *state.locked_until) : state.locked_until;
  return until && *until > now ? until : std::nullopt;
}

std::optional<Time> longest_lock(const AccountState& state, Time now) {
  std::optional<Time> until = state.locked_until;
  for (const Tries& tries : state.tries)
    if (tries.locked_until && (!until || *tries.locked_until > *until)) until = tries.locked_until;
  return until && *until > now ? until : std::nullopt;
}

int failures_of(const AccountState& state, const Source& source, Time now) {
  const Tries* tries = find_tries(state, source.name, now);
  return tries ? tries->failures : 0;
}

int stranger_failures(const AccountState& state, Time now) {
  return now - state.last_failure_at < tries_for ? state.login_failures : 0;
}

void count_try(AccountState& state, const Source& source, Time now, int weight) {
  if (source.name.empty()) {
    ++state.login_failures;
    return;
  }
  Tries& tries = tries_of(state, source.name, now);
  ++tries.failures;
  tries.last_at = now;
  if (!source.stranger) return;
  state.login_failures = stranger_failures(state, now) + weight;
  state.last_failure_at = now;
}

void lock_source(AccountState& state, const std::string& source, Time until) {
  const auto found = std::ranges::find(state.tries, source, &Tries::source);
  if (found == state.tries.end()) return;
  found->failures = 0;
  found->locked_until = until;
}

void open_source(AccountState& state, const Source& source) {
  std::erase_if(state.tries, [&](const Tries& tries) { return tries.source == source.name; });
  if (!source.stranger) return;
  state.login_failures = 0;
  state.locked_until.reset();
}

void know_client(AccountState& state, const ClientFacts& client, Time now, bool by_age) {
  const std::string key = client_key(client);
  if (key.empty()) return;
  std::vector<KnownClient>& clients = state.known_clients;
  if (const auto known = std::ranges::find(clients, key, &KnownClient::key); known != clients.end()) {
    const Time since = known->since.value_or(now);
    clients.erase(known);
    clients.push_back({key, now, since});
    return;
  }
  const auto since_of = [](const KnownClient& known) { return known.since.value_or(Time{}); };
  const auto is_young = [&](const KnownClient& known) { return now - since_of(known) < client_grows_old; };
  if (!by_age && clients.size() >= max_known_clients)
    clients.erase(std::ranges::min_element(clients, {}, &KnownClient::last_used_at));
  // Whoever came last makes room: a row of new ones pushes out none that was there before.
  const bool is_crowded = static_cast<std::size_t>(std::ranges::count_if(clients, is_young)) >= max_young_clients ||
                          clients.size() >= max_known_clients + max_young_clients;
  if (by_age && is_crowded) clients.erase(std::ranges::max_element(clients, {}, since_of));
  clients.push_back({key, now, now});
}

void forget_new_clients(AccountState& state, Time now) {
  std::erase_if(state.known_clients,
                [&](const KnownClient& known) { return !known.since || now - *known.since < client_grows_old; });
}

Source email_change_source(const std::optional<Uuid>& session) {
  return {session ? "session " + session->text() : "own", false};
}

bool may_mail(const MailedToken& mailed, const Source& source, Time now) {
  const int in_day = source.stranger ? mailed.for_strangers : mailed.for_known;
  if (now - mailed.day < mail_day && in_day >= max_mails_a_day) return false;
  if (now - mailed.window >= mail_window) return true;
  const auto by = std::ranges::find(mailed.sources, source.name, &SentBy::source);
  if (by != mailed.sources.end() && by->sent >= max_mails_an_hour) return false;
  return !source.stranger || mailed.sent < max_mails_for_strangers;
}

bool is_link_fresh(const MailedToken& mailed, Time now) {
  return !mailed.hash.empty() && mailed.expires_at - now >= link_stays_fresh;
}

void count_mail(MailedToken& mailed, std::string hash, Time expires_at, const Source& source, Time now, bool by_day) {
  if (by_day && now - mailed.day >= mail_day) {
    mailed.day = now;
    mailed.for_strangers = mailed.for_known = 0;
  }
  if (by_day) ++(source.stranger ? mailed.for_strangers : mailed.for_known);
  if (now - mailed.window >= mail_window) {
    mailed.window = now;
    mailed.sent = 0;
    mailed.sources.clear();
  }
  if (source.stranger) ++mailed.sent;
  if (!source.name.empty()) {
    const auto by = std::ranges::find(mailed.sources, source.name, &SentBy::source);
    if (by == mailed.sources.end())
      mailed.sources.push_back({source.name, 1});
    else
      ++by->sent;
    std::erase_if(mailed.older, [&](const LiveToken& token) { return token.expires_at <= now; });
    if (!mailed.hash.empty() && mailed.expires_at > now) mailed.older.push_back({mailed.hash, mailed.expires_at});
    if (mailed.older.size() > max_live_tokens) mailed.older.erase(mailed.older.begin());
  }
  mailed.hash = std::move(hash);
  mailed.expires_at = expires_at;
}

bool is_live(const MailedToken& mailed, const Crypto& crypto, std::string_view hash, Time now) {
  const auto matches = [&](const std::string& known, Time expires_at) {
    return !known.empty() && expires_at > now && crypto.equal(known, hash);
  };
  return matches(mailed.hash, mailed.expires_at) || std::ranges::any_of(mailed.older, [&](const LiveToken& token) {
           return matches(token.hash, token.expires_at);
         });
}

}  // namespace caravan::account
