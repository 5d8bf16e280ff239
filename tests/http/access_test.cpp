#include <doctest/doctest.h>
#include <sodium.h>

#include <set>

#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "storage/codec/digest.hpp"
#include "tests/http/edge.hpp"

namespace access_test {

using namespace caravan;
using namespace caravan::http;
using testkit::test_id;

namespace {

const UserId ann = test_id<UserId>(1);

Identity identity_of(UserId id) {
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = id;
  identity.caller.permissions = static_cast<std::uint32_t>(Permission::finance);
  identity.user_type = "traveler";
  identity.session = test_id<TripId>(9).value;
  identity.roles = {"user", "admin"};
  return identity;
}

std::string failure(TokenAuthority& tokens, std::string_view token) {
  try {
    tokens.verify(token);
    return "valid";
  } catch (const Problem& problem) {
    return problem.code;
  }
}

}  // namespace

TEST_CASE("tokens: what was issued is verified, by another node of the folder too") {
  testkit::ScratchFolder folder;
  TokenAuthority tokens({.folder = folder.path});
  const std::string token = tokens.issue(identity_of(ann));
  TokenAuthority other({.folder = folder.path});
  for (TokenAuthority* authority : {&tokens, &other}) {
    const Identity found = authority->verify(token);
    CHECK(found.caller.user == ann);
    CHECK(found.caller.may(Permission::finance));
    CHECK(found.is_traveler());
    CHECK_FALSE(found.is_customer());
    CHECK(found.session == test_id<TripId>(9).value);
    CHECK(found.roles.size() == 2);
  }
}

TEST_CASE("tokens: a changed, foreign, unsigned or broken token is refused") {
  testkit::ScratchFolder folder, foreign;
  TokenAuthority tokens({.folder = folder.path}), others({.folder = foreign.path});
  const std::string token = tokens.issue(identity_of(ann));
  for (std::size_t at = 0; at < token.size(); at += 7) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed != token) CHECK(failure(tokens, changed) == "invalid_token");
  }
  CHECK(failure(tokens, others.issue(identity_of(ann))) == "invalid_token");
  for (const char* bad : {"", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    CHECK(failure(tokens, bad) == "invalid_token");
  CHECK(failure(tokens, std::string(10'000, 'a')) == "invalid_token");
}

TEST_CASE("tokens: they expire, and a key outlives its rotation until its tokens have expired") {
  testkit::ScratchFolder folder;
  Time now = testkit::test_start;
  TokenAuthority tokens({.folder = folder.path, .rotate_after = std::chrono::hours{24}}, [&] { return now; });
  const std::string old = tokens.issue(identity_of(ann));
  now += std::chrono::minutes{10};
  tokens.rotate();
  CHECK(failure(tokens, old) == "valid");
  now += std::chrono::minutes{6};
  CHECK(failure(tokens, old) == "token_expired");
  now += std::chrono::hours{25};
  CHECK(failure(tokens, tokens.issue(identity_of(ann))) == "valid");
  // With three keys, tokens of the first are not taken any more.
  const std::string keys = tokens.jwks();
  std::size_t count = 0;
  for (auto at = keys.find("\"kid\""); at != std::string::npos; at = keys.find("\"kid\"", at + 1)) ++count;
  CHECK(count == 2);
  CHECK(keys.find("\"d\"") == std::string::npos);
}

TEST_CASE("passwords: a hash verifies its password alone; a missing hash verifies nothing") {
  PasswordHasher hasher({.cost = {.operations = 1, .memory_bytes = 1U << 14}, .threads = 2, .queue = 8});
  const std::string hash = hasher.hash("correct horse");
  CHECK(hash.starts_with("$argon2id$"));
  CHECK(hasher.hash("correct horse") != hash);
  CHECK(hasher.verify(hash, "correct horse"));
  CHECK_FALSE(hasher.verify(hash, "Correct horse"));
  CHECK_FALSE(hasher.verify("", "not a password of anybody"));
  CHECK_FALSE(hasher.verify("$argon2id$broken", "x"));
}

TEST_CASE("passwords: beyond its queue the hasher says that it is busy") {
  PasswordHasher hasher({.cost = {.operations = 1, .memory_bytes = 1U << 14}, .threads = 1, .queue = 0});
  CHECK_THROWS_AS(hasher.hash("x"), Problem);
}

TEST_CASE("sessions: an answer is remembered until it is forgotten") {
  int asked = 0;
  bool live = true;
  CachedSessions sessions([&](UserId, const Uuid&) { return ++asked, live ? std::optional(Rights{}) : std::nullopt; },
                          {.own = std::chrono::hours{1}});
  const Uuid session = test_id<TripId>(9).value;
  CHECK(sessions.rights(ann, session));
  live = false;
  CHECK(sessions.rights(ann, session));
  CHECK(asked == 1);
  sessions.forget(ann);
  CHECK_FALSE(sessions.rights(ann, session));
}

TEST_CASE("sessions: an answer that was on its way while its user signed out is not remembered") {
  bool live = true;
  std::function<void()> meanwhile;
  CachedSessions sessions(
      [&](UserId, const Uuid&) {
        const auto answer = live ? std::optional(Rights{}) : std::nullopt;
        if (meanwhile) std::exchange(meanwhile, {})();
        return answer;
      },
      {.own = std::chrono::hours{1}});
  meanwhile = [&] {
    live = false;
    sessions.forget(ann);
  };
  CHECK(sessions.rights(ann, {}));  // it began before
  CHECK_FALSE(sessions.rights(ann, {}));
}

TEST_CASE("sessions: who takes rights away is answered once the memories of other nodes have ended") {
  bool live = true;
  const auto ask = [&](UserId, const Uuid&) { return live ? std::optional(Rights{}) : std::nullopt; };
  constexpr RightsMemory memory{.own = std::chrono::milliseconds{40}, .of_others = std::chrono::milliseconds{40}};
  CachedSessions here(ask, memory), there(ask, memory);
  for (int round = 0; round < 3; ++round) {
    live = true;
    here.forget(ann);
    CHECK(there.rights(ann, {}));
    live = false;
    here.forget(ann);  // nobody tells the other node
    CHECK_FALSE(there.rights(ann, {}));
  }
}

TEST_CASE("sessions: the rights of many are taken away together, and other nodes have forgotten them all") {
  std::set<UserId> live;
  const auto ask = [&](UserId user, const Uuid&) {
    return live.contains(user) ? std::optional(Rights{}) : std::nullopt;
  };
  constexpr RightsMemory memory{.own = std::chrono::hours{1}, .of_others = std::chrono::milliseconds{50}};
  CachedSessions sessions(ask, memory);
  std::vector<UserId> many;
  for (std::uint8_t i = 1; i <= 100; ++i) many.push_back(test_id<UserId>(i));
  live.insert(many.begin(), many.end());
  for (const UserId user : many) REQUIRE(sessions.rights(user, {}));
  live.clear();
  const auto begin = std::chrono::steady_clock::now();
  sessions.forget(many);
  CHECK(std::chrono::steady_clock::now() - begin >= memory.of_others);
  for (const UserId user : many) CHECK_FALSE(sessions.rights(user, {}));
}

TEST_CASE("sessions: where the account cannot be asked nobody is signed out, and nothing is remembered") {
  struct Silent : Door {
    Outcome outcome = Outcome::unavailable;
    void ask(Ask, ReplyHandler handler) override { handler({.outcome = outcome}); }
    void query(Address, AnyRecord, Caller, ReplyHandler handler) override { handler({.outcome = outcome}); }
    void await(Address, AnyRecord, Caller, std::function<bool(const Reply&)>, std::chrono::milliseconds,
               ReplyHandler handler) override {
      handler({.outcome = outcome});
    }
    std::vector<JournalEntry> history(Address, std::uint64_t, std::size_t, std::optional<Lane>) override { return {}; }
    bool exists(Address) override { return true; }
    Time now() const override { return testkit::test_start; }
  } door;
  CachedSessions sessions([&](UserId owner, const Uuid& session) { return session_rights(door, owner, session); });
  const auto code = [&]() -> std::string {
    try {
      return sessions.rights(ann, {}) ? "live" : "signed out";
    } catch (const Problem& problem) {
      return problem.code;
    }
  };
  CHECK(code() == "unavailable");
  door.outcome = Outcome::unknown;
  CHECK(code() == "unavailable");
  door.outcome = Outcome::overloaded;
  CHECK(code() == "overloaded");
  CHECK_THROWS_AS(find_account(door, "ann@example.com"), Problem);
  CHECK_THROWS_AS(find_credentials(door, ann), Problem);
  const testkit::ScratchFolder folder;
  const TokenSeal seal(folder.path);
  const std::string key = "cvk_" + make_token(sodium_crypto, ann.value, "sixteen or more bytes");
  const auto none = [](const std::string&) { return std::optional<UserId>(); };
  CHECK_THROWS_AS(find_key_owner(door, seal, none, seal.seal(key)), Problem);
  CHECK_THROWS_AS(find_key_owner(
                      door, seal, [](const std::string&) { return std::optional(ann); }, key),
                  Problem);
  CHECK_FALSE(find_key_owner(door, seal, none, key));
  CHECK_FALSE(find_key_owner(door, seal, none, "cvk_nonsense"));
  door.outcome = Outcome::rejected;
  CHECK(code() == "signed out");
}

TEST_CASE("token seal: what this platform sealed opens, on each node and after a restart, and nothing else does") {
  const testkit::ScratchFolder folder, other_folder;
  const TokenSeal seal(folder.path), peer(folder.path), stranger(other_folder.path);
  const std::string token = make_token(sodium_crypto, ann.value, "sixteen or more bytes");
  const std::string sealed = seal.seal(token);
  CHECK(sealed.size() < 200);
  for (const TokenSeal* reader : {&seal, &peer}) {
    const auto opened = reader->open(sealed);
    REQUIRE(opened);
    CHECK(opened->token == token);
    CHECK(opened->sealed);
  }
  CHECK_FALSE(stranger.open(sealed));
  const auto bare = seal.open(token);
  REQUIRE(bare);
  CHECK(bare->token == token);
  CHECK_FALSE(bare->sealed);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto opened = seal.open(changed);
    if (changed.find('.') != std::string::npos) CHECK_FALSE(opened);
  }
  for (const char* bad : {".", "x.", "x.AAAA", "..", ".AAAAAAAAAAAAAAAAAAAAAA", "x.AAAAAAAAAAAAAAAAAAAAAAA"})
    CHECK_FALSE(seal.open(bad));
}

TEST_CASE("own writes: the newest position of a user is kept") {
  OwnWrites writes;
  writes.wrote(ann, 7);
  writes.wrote(ann, 5);
  CHECK(writes.newest(ann) == 7);
  CHECK(writes.newest(test_id<UserId>(2)) == 0);
}

TEST_CASE("passwords: one that was set composed opens decomposed, and the other way") {
  PasswordHasher hasher({.cost = {.operations = 1, .memory_bytes = 1U << 14}, .threads = 1, .queue = 8});
  const std::string composed = "na\u00EFve caf\u00E9", decomposed = "nai\u0308ve cafe\u0301";
  for (const std::string& set : {composed, decomposed}) {
    const std::string hash = hasher.hash(set);
    CHECK(hasher.verify(hash, composed));
    CHECK(hasher.verify(hash, decomposed));
    CHECK_FALSE(hasher.verify(hash, "naive cafe"));
  }
}

TEST_CASE("passwords: hashes of versions that took the bytes as they came still open") {
  PasswordHasher hasher({.cost = {.operations = 1, .memory_bytes = 1U << 14}, .threads = 1, .queue = 8});
  const std::string decomposed = "nai\u0308ve cafe\u0301";
  std::string old(crypto_pwhash_STRBYTES, '\0');
  REQUIRE(crypto_pwhash_str_alg(old.data(), decomposed.data(), decomposed.size(), 1, 1U << 14,
                                crypto_pwhash_ALG_ARGON2ID13) == 0);
  old.resize(old.find('\0'));
  CHECK(hasher.verify(old, decomposed));
  CHECK_FALSE(hasher.verify(old, "naive cafe"));
}

}  // namespace access_test
