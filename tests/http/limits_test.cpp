#include "actors/tracker/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/json/format.hpp"
#include "http/pictures/raster.hpp"
#include "http/routes/all.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/deliveries/proof_pictures.hpp"
#include "http/routes/users/users.hpp"
#include "storage/codec/base64.hpp"
#include "storage/uploads/uploads.hpp"
#include "tests/http/edge.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// What a limit says can be reached, and one more cannot.
namespace limits_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::delivery_stages;
using testkit::Edge;
using testkit::field_of;

namespace {

/// A small picture, and as many bytes behind its end as make it that long.
std::string picture(std::size_t size) {
  std::string bytes = encode_picture(PictureFormat::png, {1, 1, {1, 2, 3, 255}});
  bytes.resize(size, 'p');
  return bytes;
}

RouteSettings limits(std::size_t body, std::size_t upload) {
  RouteSettings settings = Edge::quiet();
  settings.body_limit_bytes = body;
  settings.upload_limit_bytes = upload;
  return settings;
}

std::vector<Route> rows() {
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static Services services{.door = door, .random = random};
  auto all = delivery_routes(services);
  for (Route& row : user_routes(services)) all.push_back(std::move(row));
  return all;
}

/// A traveler on the way, and a node with these limits.
struct Carrying {
  Carrying(std::size_t body, std::size_t upload)
      : uploads(folder.path.string(), upload), edge(rows(), limits(body, upload)), client(edge.client()) {
    edge.services.uploads = &uploads;
    auto& carried = edge.door.state<Delivery>(parcel.id) = in_transit().state;
    carried.pickup_completed_at = testkit::test_start - std::chrono::minutes{20};
    carried.dropoff_stay = Stay{*carried.pickup_completed_at, testkit::test_start};
    edge.door.state<Tracker>(parcel.id).traveler = carrier;
    edge.door.state<User>(carrier.value).created = true;
  }
  httplib::Result attempt(const std::string& bytes, const std::string& more = {}) {
    httplib::Result answer = client.Post(
        "/api/v1/deliveries/" + parcel.id.text() + "/failed-attempt", edge.as(carrier),
        R"({"reason":"recipient_absent",)" + more + R"("photo":")" + to_base64(bytes, Base64::padded) + R"("})",
        "application/json");
    REQUIRE_MESSAGE(answer, "no answer: ", httplib::to_string(answer.error()));
    return answer;
  }

  testkit::ScratchFolder folder;
  Uploads uploads;
  Edge edge;
  httplib::Client client;
};

/// How long the JSON of the largest value is that the contract allows, in UTF-8 and without blanks.
std::size_t longest(const schema::Type& type, const schema::Rules& rules, int depth = 0) {
  constexpr std::size_t most_of_a_number = 30, most_of_a_character = 4;
  const auto most = [&](std::size_t usual) { return rules.max_length ? rules.max_length : usual; };
  std::size_t sum = 2;
  switch (type.kind) {
    case schema::Kind::text:
      return 2 + most_of_a_character * most(schema::default_max_text);
    case schema::Kind::bytes:
      return 2 + base64_length(most(schema::default_max_text));
    case schema::Kind::optional:
      return longest(type.element(), rules, depth);
    case schema::Kind::list:
      return 2 + most(schema::default_max_list) * (1 + longest(type.element(), {}, depth + 1));
    case schema::Kind::record:
      for (const schema::Field& field : type.fields)
        if (!field.internal) sum += field.name.size() + 4 + longest(field.type(), field.rules, depth + 1);
      return sum;
    default:
      return most_of_a_number + 10;
  }
}

}  // namespace

TEST_CASE("limits: each row takes the largest body that its own contract allows") {
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static Services services{.door = door, .random = random};
  for (const Route& row : all_routes(services)) {
    if (!row.body_type) continue;
    CAPTURE(std::string(to_text(row.method)) + ' ' + std::string(row.path));
    CHECK(longest(*row.body_type, {}) <= row.body_limit(services.settings));
  }
}

TEST_CASE("limits: a picture within JSON may have 4 MiB, whatever the body limit, and not a byte more") {
  for (const std::size_t body : {std::size_t{4} << 10, std::size_t{1} << 20}) {
    Carrying with(body, 10U << 20);
    CHECK(with.attempt(picture(max_picture_bytes))->status == 200);
    const auto longer = with.attempt(picture(max_picture_bytes + 1));
    CHECK(longer->status == 400);
    CHECK(field_of(longer->body, "code") == "validation_failed");
    CHECK(longer->body.find(R"("field":"photo")") != std::string::npos);
    CHECK(with.attempt(picture(max_picture_bytes + body))->status == 413);
  }
}

TEST_CASE("limits: the upload limit holds for pictures within JSON, where it is the lower one") {
  constexpr std::size_t upload = 64U << 10;
  Carrying with(8U << 10, upload);
  CHECK(with.attempt(picture(upload))->status == 200);
  const auto longer = with.attempt(picture(upload + 1));
  CHECK(longer->status == 413);
  CHECK(field_of(longer->body, "code") == "payload_too_large");
}

TEST_CASE("limits: a file may have as many bytes as the upload limit says, beyond 8 MiB too") {
  for (const std::size_t upload : {std::size_t{100} << 10, std::size_t{10} << 20, std::size_t{20} << 20}) {
    CAPTURE(upload);
    Carrying with(8U << 10, upload);
    const auto put = [&](std::size_t size) {
      return with.client.Put("/api/v1/users/me/avatar", with.edge.as(carrier), picture(size), "image/png");
    };
    CHECK(put(upload)->status == 200);
    CHECK(put(upload + 1)->status == 413);
  }
}

TEST_CASE("limits: a JSON body may have as many bytes as the body limit says") {
  constexpr std::size_t body = 3'000;
  Carrying with(body, 1U << 20);
  const auto post = [&](std::size_t size) {
    std::string text = R"({"text":"Ring twice"})";
    text.insert(1, size - text.size(), ' ');
    return with.client.Post("/api/v1/deliveries/" + parcel.id.text() + "/messages", with.edge.as(carrier), text,
                            "application/json");
  };
  CHECK(post(body)->status == 201);
  CHECK(post(body + 1)->status == 413);
}

}  // namespace limits_test
