#include "storage/read_models/read_models.hpp"

#include "actors/audit/events.hpp"
#include "actors/claim/entity.hpp"
#include "storage/journal/memory_journal.hpp"
#include "storage/read_models/activity.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/projector.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace read_models_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const Address claim{EntityKind::claim, test_id<UserId>(9).value};
const UserId ann = test_id<UserId>(1);

/// A journal in which an administrator takes and frees a claim, again and again.
struct Story {
  MemoryJournal journal{1};
  std::uint64_t sequence = 0;
  Story() { journal.claim_all_shards("test"); }

  std::uint64_t tell(Caller caller, AnyRecord event, std::string command, Address entity = claim) {
    JournalEntry entry;
    entry.entity = entity;
    entry.sequence = ++sequence;
    entry.origin.at = test_start;
    entry.origin.caller = caller;
    entry.origin.command = std::move(command);
    entry.events = {std::move(event)};
    Write write;
    write.entity = entity;
    write.sequence = entry.sequence;
    write.body = encode_body(entry);
    return journal.commit({write})[0].position;
  }
  void tell_many(int times) {
    for (int i = 0; i < times; ++i) tell(admin(ann, Permission::ops), AnyRecord(ClaimReleased{}), "release_claim");
  }
};

}  // namespace

TEST_CASE("read models: they follow the feed, remember where they are, and skip what they know") {
  TemporaryFolder folder;
  Story story;
  story.tell(user(ann), AnyRecord(ClaimTaken{ann.value, "", true}), "take_claim");
  story.tell_many(2);
  {
    ReadModels models(folder.path);
    CHECK(models.position() == 0);
    models.apply(story.journal.feed(0, 2));
    models.apply(story.journal.feed(0, 10));
    CHECK(models.position() == 3);
    CHECK(models.wait_for(3, 0ms));
    CHECK_FALSE(models.wait_for(4, 0ms));
    CHECK(activity(models, {}, {}).items.size() == 2);
  }
  ReadModels again(folder.path);
  CHECK(again.position() == 3);
  CHECK(activity(again, {}, {}).items.size() == 2);
}

TEST_CASE("read models: an entry that cannot be read is refused whole and named") {
  TemporaryFolder folder;
  Story story;
  story.tell_many(1);
  auto feed = story.journal.feed(0, 10);
  feed.push_back({2, claim, 2, "\xff\xff not a body"});
  ReadModels models(folder.path);
  CHECK_THROWS_WITH_AS(models.apply(feed), doctest::Contains("entry 2 of claim/"), StorageError);
  CHECK(models.position() == 0);
  CHECK(activity(models, {}, {}).items.empty());
}

TEST_CASE("read models: rebuilding puts a new file in place while the old one is read") {
  TemporaryFolder folder;
  Story story;
  story.tell_many(5);
  ReadModels models(folder.path);
  models.apply(story.journal.feed(0, 3));
  std::uint64_t told = 0;
  models.rebuild(story.journal, [&](std::uint64_t done, std::uint64_t) { told = done; });
  CHECK(told == 5);
  CHECK(models.position() == 5);
  CHECK(activity(models, {}, {}).items.size() == 5);
  story.tell_many(1);
  models.apply(story.journal.feed(5, 10));
  CHECK(activity(models, {}, {}).items.size() == 6);
}

TEST_CASE("read models: a file of other projections is built anew") {
  TemporaryFolder folder;
  {
    sqlite::Connection other(folder.path + "/read_models.sqlite", sqlite::Access::create);
    other.run("CREATE TABLE x(y); PRAGMA user_version=7");
  }
  ReadModels models(folder.path);
  CHECK(models.position() == 0);
  CHECK(activity(models, {}, {}).items.empty());
}

TEST_CASE("projector: it catches up, is woken, and starts over after a restored backup") {
  TemporaryFolder folder;
  {
    Story story;
    story.tell_many(3);
    ReadModels models(folder.path);
    Projector projector(story.journal, models);
    REQUIRE(models.wait_for(3, 10s));
    story.tell_many(1);
    projector.notify(4);
    REQUIRE(models.wait_for(4, 10s));
    CHECK(projector.failure().empty());
  }
  Story restored;
  restored.tell_many(2);
  ReadModels models(folder.path);
  CHECK(models.position() == 4);
  Projector projector(restored.journal, models);
  restored.tell_many(3);
  projector.notify(5);
  REQUIRE(models.wait_for(5, 10s));
  projector.stop();
  CHECK(activity(models, {}, {}).items.size() == 5);
}

TEST_CASE("activity: what administrators did, newest first, by page") {
  TemporaryFolder folder;
  Story story;
  story.tell(user(ann), AnyRecord(ClaimTaken{ann.value, "", true}), "take_claim");
  story.tell_many(5);
  ReadModels models(folder.path);
  models.apply(story.journal.feed(0, 100));
  const auto first = activity(models, {}, {.limit = 2});
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].activity_id == 5);
  CHECK(first.items[0].admin_id == ann);
  CHECK(first.items[0].action == "release_claim");
  CHECK(first.items[0].entity_type == "claim");
  CHECK(first.items[0].events == std::vector<std::string>{"claim.released"});
  const auto second = activity(models, {}, {.limit = 3, .cursor = first.next_cursor.value()});
  REQUIRE(second.items.size() == 3);
  CHECK(second.items[0].activity_id == 3);
  CHECK_FALSE(second.next_cursor);
  CHECK(activity(models, {.admin = test_id<UserId>(7)}, {}).items.empty());
  CHECK(activity(models, {.entity = claim.id, .action = "release_claim"}, {}).items.size() == 5);
  CHECK_THROWS_AS(activity(models, {}, {.cursor = "nonsense"}), BadCursor);
}

TEST_CASE("activity: by which key it was done, and what was searched for") {
  TemporaryFolder folder;
  Story story;
  Caller by_key = admin(ann, Permission::users);
  by_key.api_key = test_id<UserId>(4).value;
  const Address audit{EntityKind::audit, ann.value};
  for (const Caller& by : {admin(ann, Permission::users), by_key})
    story.tell(by, AnyRecord(PrivateThingSeen{PrivateThing::account, audit, "q=mia"}), "record_look", audit);
  ReadModels models(folder.path);
  models.apply(story.journal.feed(0, 100));
  const auto rows = activity(models, {}, {}).items;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].action == "look_at_account");
  CHECK(rows[0].entity_id == ann.value);
  CHECK(rows[0].details.at("filter") == "q=mia");
  CHECK(rows[0].api_key_id == by_key.api_key);
  CHECK(rows[0].admin_id == ann);
  CHECK_FALSE(rows[1].api_key_id);
}

TEST_CASE("locator: a part that nobody made is not found; who lags behind the journal does not say so") {
  TemporaryFolder folder;
  ReadModels models(folder.path);
  CHECK_FALSE(locate(models, ann.value));
  CHECK_FALSE(locate(
      models, ann.value, [] { return 0; }, 1ms));
  CHECK_THROWS_AS(locate(
                      models, ann.value, [] { return 1; }, 1ms),
                  ReadModelsBehind);
}

TEST_CASE("read models: those of another history are made anew") {
  TemporaryFolder folder;
  Story story;
  story.tell_many(5);
  const auto follow = [&](Story& told) {
    ReadModels models(folder.path);
    models.apply(told.journal.feed(models.position(), 100));
    models.apply(told.journal.feed(0, 2));  // known
  };
  CHECK_FALSE(ReadModels::forget_other_history(folder.path, story.journal));  // there is none
  follow(story);
  CHECK_FALSE(ReadModels::forget_other_history(folder.path, story.journal));
  story.tell_many(3);
  CHECK_FALSE(ReadModels::forget_other_history(folder.path, story.journal));

  Story shorter;
  shorter.tell_many(4);
  CHECK(ReadModels::forget_other_history(folder.path, shorter.journal));
  CHECK(ReadModels(folder.path).position() == 0);

  follow(story);
  Story other;
  other.tell_many(7);
  other.tell(user(ann), AnyRecord(ClaimReleased{}), "release_claim");  // where the models are
  other.tell_many(10);
  CHECK_FALSE(ReadModels::forget_other_history(folder.path, story.journal));
  CHECK(ReadModels::forget_other_history(folder.path, other.journal));
}

}  // namespace read_models_test
