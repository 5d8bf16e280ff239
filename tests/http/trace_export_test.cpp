#include "http/providers/traces/trace_export.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace trace_export_test {

using namespace caravan;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;

/// Keeps what is posted to it; answers with the statuses that it is given, then 200.
class Collector {
 public:
  struct Post {
    std::string path, type, body;
    std::chrono::steady_clock::time_point at;
  };

  explicit Collector(std::vector<int> statuses = {}, std::string retry_after = "")
      : statuses_(std::move(statuses)), retry_after_(std::move(retry_after)) {
    port_ = server_.bind_to_any_port("127.0.0.1");
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      response.status = posts_.size() < statuses_.size() ? statuses_[posts_.size()] : 200;
      if (response.status != 200 && !retry_after_.empty()) response.set_header("Retry-After", retry_after_);
      posts_.push_back(
          {request.path, request.get_header_value("Content-Type"), request.body, std::chrono::steady_clock::now()});
      response.set_content("{}", "application/json");
      came_.notify_all();
    });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Collector() {
    server_.stop();
    thread_.join();
  }

  TraceExport::Settings settings() const {
    return {.url = "http://127.0.0.1:" + std::to_string(port_),
            .node = "n1",
            .version = "1.2.3",
            .gather = 1ms,
            .first_pause = 1ms,
            .last_pause = 5s};
  }
  std::vector<Post> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, 20s, [&] { return posts_.size() >= count; }));
    return posts_;
  }

 private:
  const std::vector<int> statuses_;
  const std::string retry_after_;
  httplib::Server server_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Post> posts_;
  std::thread thread_;
};

Span some_span(std::string operation = "GET /trips/:tripId") {
  return {.trace_id = "0af7651916cd43dd8448eb211c80319c",
          .id = "00f067aa0ba902b7",
          .parent = "b7ad6b7169203331",
          .operation = std::move(operation),
          .kind = Span::Kind::server,
          .start = std::chrono::system_clock::time_point(1'700'000'000'123'456'789ns),
          .took = 2'000'001ns,
          .facts = {{"http.response.status_code", std::int64_t{200}}, {"caravan.entity", std::string("trip \"1\"")}}};
}

}  // namespace

TEST_CASE("trace export: a collector gets the JSON of OTLP") {
  Collector collector;
  {
    TraceExport to(collector.settings());
    to.take(some_span());
    Span failed = some_span("view_claim");
    failed.failed = true;
    failed.parent.clear();
    to.take(failed);
  }  // what waits is posted before it ends
  const auto posts = collector.wait_for(1);
  CHECK(posts[0].path == "/v1/traces");
  CHECK(posts[0].type == "application/json");
  std::vector<Json> spans;
  for (const auto& post : posts) {
    const Json resource = Json::parse(post.body).at("resourceSpans").at(0);
    const Json about = resource.at("resource").at("attributes");
    CHECK(about.at(0) == Json::parse(R"({"key":"service.name","value":{"stringValue":"caravan"}})"));
    CHECK(about.at(2) == Json::parse(R"({"key":"service.instance.id","value":{"stringValue":"n1"}})"));
    const Json scope = resource.at("scopeSpans").at(0);
    CHECK(scope.at("scope").at("name") == "caravan");
    for (const Json& span : scope.at("spans")) spans.push_back(span);
  }
  REQUIRE(spans.size() == 2);
  CHECK(spans[0] == Json::parse(R"({
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b7", "parentSpanId": "b7ad6b7169203331",
    "name": "GET /trips/:tripId", "kind": 2,
    "startTimeUnixNano": "1700000000123456789", "endTimeUnixNano": "1700000000125456790",
    "attributes": [{"key": "http.response.status_code", "value": {"intValue": "200"}},
                   {"key": "caravan.entity", "value": {"stringValue": "trip \"1\""}}],
    "status": {}})"));
  CHECK(spans[1].at("status") == Json::parse(R"({"code": 2})"));
  CHECK_FALSE(spans[1].contains("parentSpanId"));
}

TEST_CASE("trace export: who is told to come later does, with the same; who is refused does not") {
  Collector collector({503, 429}, "1");
  TraceExport to(collector.settings());
  to.take(some_span());
  const auto posts = collector.wait_for(3);
  CHECK(posts[1].body == posts[0].body);
  CHECK(posts[2].body == posts[0].body);
  CHECK(posts[1].at - posts[0].at >= 1s);
  CHECK(posts[2].at - posts[1].at >= 1s);
  CHECK(to.counts().dropped == 0);

  Collector refusing({400});
  TraceExport other(refusing.settings());
  other.take(some_span("first"));
  refusing.wait_for(1);
  other.take(some_span("second"));
  const auto refused = refusing.wait_for(2);
  CHECK(refused[0].body.find("first") != std::string::npos);
  CHECK(refused[1].body.find("first") == std::string::npos);
  CHECK(other.counts().dropped == 1);
}

TEST_CASE("trace export: what there is no room for, and what nobody takes, is dropped and counted") {
  Collector collector(std::vector<int>(100, 503));
  auto settings = collector.settings();
  settings.most_waiting = 3;
  settings.batch = 1;
  settings.attempts = 2;
  settings.first_pause = 5s;
  {
    TraceExport to(settings);
    to.take(some_span());
    collector.wait_for(1);  // its batch waits for another try
    for (int i = 0; i < 5; ++i) to.take(some_span());
    CHECK(to.counts().dropped == 2);
    CHECK(to.counts().waiting == 3);
  }  // and it ends at once
  settings.first_pause = 1ms;
  TraceExport to(settings);
  to.take(some_span());
  collector.wait_for(3);
  to.take(some_span());
  collector.wait_for(4);
  CHECK(to.counts().dropped == 1);
}

}  // namespace trace_export_test
