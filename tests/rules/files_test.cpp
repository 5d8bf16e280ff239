#include "actors/files/entity.hpp"
#include "tests/testkit/entity.hpp"

namespace files_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ann = test_id<UserId>(1), ben = test_id<UserId>(2);
const Address self = files_of(ann);
const Address profile{EntityKind::user, ann.value};
const Address parcel{EntityKind::delivery, test_id<DeliveryId>(9).value};

UploadId upload(std::uint8_t number) { return test_id<DeliveryId>(number).text(); }

StoreUpload store(std::uint8_t number, UploadPurpose purpose = UploadPurpose::proof, std::int64_t bytes = 1'000) {
  return {upload(number), purpose, "image/jpeg", bytes, 40, 30};
}

Given<Files> with_one() {
  Given<Files> files(self);
  files.as(user(ann)).when(store(1));
  return files;
}

}  // namespace

TEST_CASE("files: a file that nothing takes goes after a day, with its bytes") {
  Given<Files> files(self);
  CHECK(files.as(user(ben)).when(store(1)) == "! not_allowed");
  CHECK(files.as(user(ann)).when(store(1)) == "upload.began, upload.stored");
  REQUIRE(files.last.timers.size() == 1);
  CHECK(files.last.timers[0].due > test_start + files_policy::unused_life);
  CHECK(files.when(store(1)) == "(nothing)");
  CHECK(files.last.reply.get_if<UploadResource>()->upload_id == upload(1));
  CHECK(files.as(timer()).when(TimerFired{"unused/" + upload(1)}) == "upload.removed");
  CHECK(effects(files.last) == std::vector<std::string>{"file_store remove_files"});
  CHECK(files.state.uploads.empty());
}

TEST_CASE("files: one that an entity took stays, and only that entity lets it go") {
  Given<Files> files = with_one();
  CHECK(files.as(user(ann)).when(KeepUpload{upload(1)}) == "! not_allowed");
  CHECK(files.as(entity(parcel)).when(KeepUpload{upload(1)}) == "upload.kept");
  CHECK(files.as(entity(profile)).when(KeepUpload{upload(1)}) == "(nothing)");
  CHECK(files.state.uploads[0].kept_by == parcel);
  CHECK(files.as(timer()).when(TimerFired{"unused/" + upload(1)}) == "(nothing)");
  CHECK(files.as(user(ann)).when(DropUpload{upload(1)}) == "! upload_in_use");
  CHECK(files.as(user(ben)).when(DropUpload{upload(1)}) == "! upload_unknown");
  CHECK(files.as(entity(profile)).when(DropUpload{upload(1)}) == "(nothing)");
  CHECK(files.as(entity(parcel)).when(DropUpload{upload(1)}) == "upload.removed");
  CHECK(files.as(user(ann)).when(DropUpload{upload(1)}) == "! upload_unknown");
}

TEST_CASE("files: nobody fills the disk, neither with many files nor with large ones") {
  Given<Files> files(self);
  files.as(user(ann));
  for (std::size_t i = 0; i < files_policy::max_unused; ++i)
    REQUIRE(files.when(store(static_cast<std::uint8_t>(i + 1))).find("stored") != std::string::npos);
  CHECK(files.when(store(200)) == "! limit_reached");
  CHECK(files.when(DropUpload{upload(1)}) == "upload.removed");
  CHECK(files.when(store(200)) == "upload.stored");

  Given<Files> large(self);
  large.as(user(ann)).when(store(1, UploadPurpose::item, files_policy::max_unused_bytes - 10));
  CHECK(large.when(store(2, UploadPurpose::item, 11)) == "! limit_reached");
  CHECK(large.when(store(2, UploadPurpose::item, 10)) == "upload.stored");
}

TEST_CASE("files: with the account goes what is the person's alone, and later what the other side may need") {
  Given<Files> files = with_one();
  files.when(store(2, UploadPurpose::avatar));
  files.when(store(3, UploadPurpose::verification));
  files.as(entity(parcel)).when(KeepUpload{upload(1)});
  files.as(entity(profile)).when(KeepUpload{upload(2)});
  CHECK(files.as(user(ann)).when(CloseFiles{}) == "! not_allowed");
  CHECK(files.as(entity({EntityKind::account, ann.value})).when(CloseFiles{}) == "upload.removed, upload.closed");
  REQUIRE(files.state.uploads.size() == 1);
  CHECK(files.state.uploads[0].upload_id == upload(1));
  CHECK(files.as(user(ann)).when(store(4)) == "! account_deleted");
  CHECK(files.as(timer()).when(TimerFired{"closed"}) == "upload.removed");
  CHECK(files.state.uploads.empty());
}

TEST_CASE("files: an account that never had a file takes none once it is closed") {
  Given<Files> files(self);
  CHECK(files.as(entity({EntityKind::account, ann.value})).when(CloseFiles{}) == "upload.began, upload.closed");
  CHECK(files.as(user(ann)).when(store(1)) == "! account_deleted");
}

TEST_CASE("files: every kind of outside has a class, by which its requests are read after a restart") {
  const auto kinds = enum_labels(EntityKind{});
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto kind = static_cast<EntityKind>(i);
    CAPTURE(std::string(kinds.at(i)));
    CHECK((find_outside(kind) != nullptr) == is_outside(kind));
    CHECK((find_entity(kind) != nullptr) == (!is_outside(kind) && kind != EntityKind::none));
  }
}

}  // namespace files_test
