#include <algorithm>

#include "actors/audit/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/files/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/pictures/raster.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/payments/payments.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/uploads/uploads.hpp"
#include "http/routes/users/users.hpp"
#include "storage/codec/base64.hpp"
#include "storage/uploads/uploads.hpp"
#include "tests/http/edge.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace upload_routes_test {

using namespace caravan;
using namespace caravan::http;
using caravan::delivery_stages::carrier;
using caravan::delivery_stages::parcel;
using caravan::delivery_stages::sender;
using testkit::Edge;
using testkit::field_of;

namespace {

const UserId stranger = testkit::test_id<UserId>(77);

std::string picture(int side = 24) {
  return encode_picture(PictureFormat::png,
                        {side, side, std::vector<std::uint8_t>(static_cast<std::size_t>(side * side) * 4, 200)});
}

/// A parcel on its way, the profiles of its people, a dispute, and an open request of the sender's.
struct House {
  House() : uploads(folder.path.string()), edge(rows()), client(edge.client()) {
    edge.services.uploads = &uploads;
    edge.services.locate = [this](const Uuid& part) -> std::optional<Address> {
      const auto found = parts.find(part);
      return found == parts.end() ? std::nullopt : std::optional(found->second);
    };
    edge.services.remember_part = [this](const Uuid& part, const Address& owner) { parts[part] = owner; };
    edge.door.state<Delivery>(parcel.id) = delivery_stages::in_transit().state;
    for (const UserId person : {sender, carrier, stranger})
      edge.door.state<User>(person.value).created_at = testkit::test_start;
    for (const UserId person : {sender, carrier, stranger}) edge.door.state<User>(person.value).created = true;
    auto& dispute = edge.door.state<Dispute>(case_id.value);
    dispute.status = DisputeStatus::open;
    dispute.terms.customer = sender;
    dispute.terms.traveler = carrier;
    auto posted = testkit::request::posted();
    posted.state.customer_id = sender;
    edge.door.state<caravan::Request>(request_id.value) = posted.state;
  }

  static std::vector<Route> rows() {
    static testkit::MemoryDoor door;
    static testkit::SeededRandom random;
    static http::Services services{.door = door, .random = random};
    auto all = upload_routes(services);
    for (auto more : {delivery_routes, user_routes, request_routes, dispute_routes})
      for (Route& row : more(services)) all.push_back(std::move(row));
    return all;
  }

  /// Takes effects to their entities, as the runtime would; the store removes what it is told to.
  void deliver() {
    while (!edge.door.sent.empty()) {
      const Effect effect = edge.door.sent.front();
      edge.door.sent.erase(edge.door.sent.begin());
      if (const auto* gone = effect.command.get_if<RemoveFiles>())
        for (const UploadId& id : gone->upload_ids) uploads.remove(id);
      if (effect.to.kind != EntityKind::files) continue;
      edge.door.ask({.to = effect.to, .command = effect.command, .origin = {.caller = testkit::entity(taker)}});
    }
  }

  httplib::Result send(UserId by, const std::string& purpose, const std::string& bytes,
                       const std::string& type = "image/png") {
    auto answer = client.Post("/api/v1/uploads?purpose=" + purpose, edge.as(by), bytes, type);
    deliver();
    return answer;
  }
  std::string sent(UserId by, const std::string& purpose) {
    const auto answer = send(by, purpose, picture());
    REQUIRE_MESSAGE(answer->status == 201, answer->body);
    return field_of(answer->body, "uploadId");
  }
  httplib::Result post(UserId by, const std::string& path, const std::string& body) {
    auto answer = client.Post("/api/v1" + path, edge.as(by), body, "application/json");
    deliver();
    return answer;
  }
  int seen(UserId by, const std::string& id, const std::string& query = {}) {
    return client.Get("/api/v1/uploads/" + id + query, edge.as(by))->status;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path / "uploads"))
      count += file.is_regular_file() ? 1 : 0;
    return count;
  }

  static inline const DisputeId case_id = testkit::test_id<DisputeId>(61);
  static inline const RequestId request_id = testkit::test_id<RequestId>(62);
  Address taker = parcel;  // the entity whose effects are delivered next
  std::map<Uuid, Address> parts;
  testkit::ScratchFolder folder;
  Uploads uploads;
  Edge edge;
  httplib::Client client;
};

const std::string way_back = "/deliveries/" + parcel.id.text() + "/return";

std::string with_upload(const std::string& id) {
  return R"({"reason":"nobody there","photoUploadId":")" + id + R"("})";
}

}  // namespace

TEST_CASE("upload routes: a picture is taken raw or as a form, and answered with what it is") {
  House house;
  auto answer = house.send(carrier, "proof", picture(24));
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "purpose") == "proof");
  CHECK(field_of(answer->body, "contentType") == "image/png");
  CHECK(field_of(answer->body, "width") == "24");
  const std::string form =
      "--line\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--line\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n" +
      picture(30) + "\r\n--line--\r\n";
  answer = house.send(carrier, "proof", form, "multipart/form-data; boundary=line");
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "width") == "30");
  answer = house.send(carrier, "proof", form.substr(0, form.size() - 30), "multipart/form-data; boundary=line");
  CHECK(answer->status == 400);
  CHECK(house.send(carrier, "selfie", picture())->status == 400);
  CHECK(house.send(carrier, "proof", "no picture")->status == 415);
  CHECK(house.send(carrier, "proof", "%PDF-1.7")->status == 415);
  CHECK(house.send(carrier, "evidence", "%PDF-1.7", "application/pdf")->status == 201);
}

TEST_CASE("upload routes: a file is used once, by its owner, for its purpose") {
  House house;
  const auto code = [&](const std::string& id) {
    return field_of(house.post(carrier, way_back, with_upload(id))->body, "code");
  };
  CHECK(code(std::string(64, '0')) == "upload_unknown");
  CHECK(code(testkit::test_id<TripId>(99).text()) == "upload_unknown");
  CHECK(code(house.sent(stranger, "proof")) == "upload_not_yours");
  CHECK(code(house.sent(carrier, "avatar")) == "upload_wrong_purpose");
  const std::string mine = house.sent(carrier, "proof");
  CHECK(house.post(carrier, way_back, with_upload(mine))->status == 200);
  CHECK(code(mine) == "upload_used");
}

TEST_CASE("upload routes: whoever sees what a file hangs on sees it, and nobody else") {
  House house;
  const std::string proof = house.sent(carrier, "proof");
  CHECK(house.seen(carrier, proof) == 200);
  CHECK(house.seen(sender, proof) == 404);  // it hangs on nothing yet
  REQUIRE(house.post(carrier, way_back, with_upload(proof))->status == 200);
  CHECK(house.seen(sender, proof) == 200);
  CHECK(house.seen(stranger, proof) == 404);
  CHECK(house.seen(sender, proof, "?size=thumb") == 200);
  CHECK(house.client.Get("/api/v1/uploads/" + proof)->status == 401);

  const std::string paper = house.sent(sender, "verification");
  house.taker = {EntityKind::user, sender.value};
  REQUIRE(house
              .post(sender, "/users/me/verification",
                    R"({"documents":[{"type":"passport","uploadId":")" + paper + R"("}]})")
              ->status == 201);
  CHECK(house.seen(carrier, paper) == 404);
  CHECK(house.client
            .Get("/api/v1/uploads/" + paper,
                 house.edge.as(stranger, "both", static_cast<std::uint32_t>(Permission::users)))
            ->status == 200);

  const std::string evidence = house.sent(sender, "evidence");
  house.taker = {EntityKind::dispute, House::case_id.value};
  REQUIRE(house
              .post(sender, "/admin/disputes/" + House::case_id.text() + "/evidence",
                    R"({"description":"broken","uploadId":")" + evidence + R"("})")
              ->status == 201);
  CHECK(house.seen(carrier, evidence) == 200);
  CHECK(house.seen(stranger, evidence) == 404);

  // Who is no party needs a right to it, and each look is written down first.
  const auto looks = [&] {
    return std::ranges::count_if(house.edge.door.asked, [](const Ask& ask) {
      const auto* look = ask.command.get_if<RecordLook>();
      return look && look->what == PrivateThing::upload;
    });
  };
  const auto seen_with = [&](Permission permission, const std::string& id) {
    const auto who = house.edge.as(stranger, "both", static_cast<std::uint32_t>(permission));
    return house.client.Get("/api/v1/uploads/" + id, who)->status;
  };
  const auto before = looks();
  CHECK(before == 1);  // of the paper, above
  CHECK(seen_with(Permission::read, proof) == 404);
  CHECK(seen_with(Permission::deliveries, proof) == 404);
  CHECK(seen_with(Permission::read, evidence) == 404);
  for (const std::string& id : {proof, paper, evidence})
    CHECK(house.client.Get("/api/v1/uploads/" + id, house.edge.as_service())->status == 404);
  CHECK(looks() == before);
  CHECK(seen_with(Permission::private_data, proof) == 200);
  CHECK(seen_with(Permission::disputes, evidence) == 200);
  CHECK(looks() == before + 2);
}

TEST_CASE("upload routes: a file has an ETag, is never sniffed, and a paper is saved and not shown") {
  House house;
  const std::string id = house.sent(carrier, "proof");
  const auto answer = house.client.Get("/api/v1/uploads/" + id, house.edge.as(carrier));
  CHECK(answer->get_header_value("Content-Type") == "image/png");
  CHECK(answer->get_header_value("X-Content-Type-Options") == "nosniff");
  auto again = house.edge.as(carrier);
  again.emplace("If-None-Match", answer->get_header_value("ETag"));
  CHECK(house.client.Get("/api/v1/uploads/" + id, again)->status == 304);
  const auto paper = house.send(carrier, "evidence", "%PDF-1.7 text", "application/pdf");
  const auto saved = house.client.Get("/api/v1/uploads/" + field_of(paper->body, "uploadId"), house.edge.as(carrier));
  CHECK(saved->body == "%PDF-1.7 text");
  CHECK(saved->get_header_value("Content-Disposition").starts_with("attachment"));
}

TEST_CASE("upload routes: a picture within a command stays only where the entity took the command") {
  House house;
  const std::string body = R"({"reason":"nobody there","photo":")" + to_base64(picture(), Base64::padded) + R"("})";
  const std::size_t before = house.files();
  CHECK(house.post(stranger, way_back, body)->status == 404);
  CHECK(house.post(sender, way_back, body)->status == 403);
  CHECK(house.files() == before);
  CHECK(house.post(carrier, way_back, body)->status == 200);
  CHECK(house.files() == before + 2);  // and its small form
}

TEST_CASE("upload routes: an avatar shows to everybody and takes the place of the one before") {
  House house;
  house.taker = {EntityKind::user, carrier.value};
  const auto put = [&](const std::string& body, const std::string& type) {
    auto answer = house.client.Put("/api/v1/users/me/avatar", house.edge.as(carrier), body, type);
    house.deliver();
    return answer;
  };
  REQUIRE(put(picture(), "image/png")->status == 200);
  const std::string first = *house.edge.door.state<User>(carrier.value).avatar;
  CHECK(house.seen(stranger, first) == 200);
  const std::string second = house.sent(carrier, "avatar");
  CHECK(put(R"({"uploadId":")" + second + R"("})", "application/json")->status == 200);
  CHECK(house.seen(stranger, second) == 200);
  CHECK(house.seen(carrier, first) == 404);
  CHECK(house.files() == 2);
}

TEST_CASE("upload routes: the owner of an open request adds pictures of the item") {
  House house;
  house.taker = {EntityKind::request, House::request_id.value};
  const std::string path = "/delivery-requests/" + House::request_id.text() + "/photos";
  const std::string id = house.sent(sender, "item");
  CHECK(house.post(carrier, path, R"({"uploadId":")" + id + R"("})")->status == 422);
  const auto answer = house.post(sender, path, R"({"uploadId":")" + id + R"("})");
  CHECK(answer->status == 201);
  CHECK(answer->body.find(id) != std::string::npos);
  CHECK(house.seen(stranger, id) == 200);
  auto raw = house.client.Post("/api/v1" + path, house.edge.as(carrier), picture(), "image/png");
  house.deliver();
  CHECK(raw->status == 403);
  CHECK(house.files() == 2);
}

TEST_CASE("upload routes: the owner deletes what is not in use") {
  House house;
  const std::string id = house.sent(carrier, "proof"), path = "/api/v1/uploads/" + id;
  CHECK(house.client.Delete(path, house.edge.as(stranger))->status == 404);
  REQUIRE(house.post(carrier, way_back, with_upload(id))->status == 200);
  CHECK(field_of(house.client.Delete(path, house.edge.as(carrier))->body, "code") == "upload_in_use");
  CHECK(house.client.Delete(path, house.edge.as(sender))->status == 403);
  const std::string unused = house.sent(carrier, "proof");
  CHECK(house.client.Delete("/api/v1/uploads/" + unused, house.edge.as(carrier))->status == 204);
  house.deliver();
  CHECK(house.seen(carrier, unused) == 404);
}

TEST_CASE("upload routes: the same request again makes no second file") {
  House house;
  auto headers = house.edge.as(carrier);
  headers.emplace("Idempotency-Key", "photo-1");
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const auto answer = house.client.Post("/api/v1/uploads?purpose=proof", headers, picture(), "image/png");
    REQUIRE(answer->status == 201);
    const std::string id = field_of(answer->body, "uploadId");
    if (i == 0) first = id;
    CHECK(id == first);
  }
  CHECK(house.files() == 2);
}

}  // namespace upload_routes_test
