#include <doctest/doctest.h>
#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

namespace trace_test {

using namespace caravan::testing;

namespace {

using Json = nlohmann::json;

const std::string trace = "0af7651916cd43dd8448eb211c80319c", callers_step = "b7ad6b7169203331";

struct Step {
  Json span;
  std::string node;
};
using Steps = std::vector<Step>;

/// Takes OTLP over HTTP; keeps the spans of one trace.
class SpanCollector {
 public:
  SpanCollector() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    server_.Post("/v1/traces", [this](const httplib::Request& request, httplib::Response& response) {
      take(Json::parse(request.body).at("resourceSpans").at(0));
      response.set_content("{}", "application/json");
    });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~SpanCollector() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Waits until what has come is enough; false where that takes longer.
  bool wait_for(const std::function<bool(const Steps&)>& enough, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, limit, [&] { return enough(steps_); });
  }
  /// The first of that name, once it has come.
  Json named(const std::string& name) {
    Json found;
    const auto is_there = [&](const Steps& steps) {
      const auto at = std::ranges::find_if(steps, [&](const Step& step) { return step.span.at("name") == name; });
      if (at != steps.end()) found = at->span;
      return at != steps.end();
    };
    REQUIRE_MESSAGE(wait_for(is_there, std::chrono::seconds(20)), name);
    return found;
  }

 private:
  void take(const Json& resource) {
    const std::lock_guard lock(mutex_);
    const std::string node = resource.at("resource").at("attributes").at(2).at("value").at("stringValue");
    for (const Json& span : resource.at("scopeSpans").at(0).at("spans"))
      if (span.at("traceId") == trace) steps_.push_back({span, node});
    came_.notify_all();
  }

  int port_ = 0;
  httplib::Server server_;
  std::mutex mutex_;
  std::condition_variable came_;
  Steps steps_;
  std::thread thread_;
};

/// A new account, in the trace.
HttpAnswer sign_up(int port, const std::string& email) {
  return HttpClient(port).call(
      "POST", "/api/v1/auth/register",
      {{"Content-Type", "application/json"},
       {"X-Api-Key", service_key},  // a stranger's word about what is kept does not count
       {"traceparent", "00-" + trace + '-' + callers_step + "-01"}},
      R"({"email":")" + email +
          R"(","password":"a-long-enough-Passw0rd","firstName":"T","lastName":"T","userType":"both"})");
}

/// A step on one node led to a step on another.
bool went_across(const Steps& steps) {
  std::map<std::string, std::string> node_of;
  for (const Step& step : steps) node_of[step.span.at("spanId")] = step.node;
  return std::ranges::any_of(steps, [&](const Step& step) {
    const auto parent = node_of.find(step.span.value("parentSpanId", ""));
    return parent != node_of.end() && parent->second != step.node;
  });
}

}  // namespace

TEST_CASE("traces: the steps of a request hang together, in the node and at a collector") {
  SpanCollector collector;
  const TemporaryFolder folder("trace");
  ServerProcess node(CARAVAN_BINARY, folder.path(),
                     {{"CARAVAN_TRACE_SAMPLING", "0"}, {"CARAVAN_TRACES_URL", collector.url()}});
  node.start();
  Market market(node.port());
  HttpClient client(node.port());
  REQUIRE(sign_up(node.port(), "t@example.org").status == 201);

  const std::string path = "/api/v1/admin/traces/" + trace;
  CHECK(client.call("GET", path).status == 401);
  const Json shown = Json::parse(market.call("GET", "/admin/traces/" + trace, market.admin_token()).body);
  CHECK(shown.at("traceId") == trace);
  std::map<std::string, Json> steps;
  for (const Json& step : shown.at("spans")) steps.emplace(step.at("operation"), step);  // the first of each
  REQUIRE(steps.contains("POST /auth/register"));
  const Json request = steps.at("POST /auth/register");
  CHECK(request.at("parentSpanId") == callers_step);
  CHECK(request.at("status") == "success");
  CHECK(request.at("service") == "authentication-service");
  REQUIRE(steps.contains("register"));
  CHECK(steps.at("register").at("parentSpanId") == request.at("spanId"));
  CHECK(steps.at("register").at("duration").get<double>() > 0);
  REQUIRE(steps.contains("commit"));
  CHECK(steps.at("commit").at("service") == steps.at("register").at("service"));  // as of what led to it
  CHECK(shown.at("isCut") == false);

  CHECK(collector.named("POST /auth/register").at("spanId") == request.at("spanId"));
  CHECK(collector.named("send notify").at("parentSpanId") == collector.named("register").at("spanId"));
  CHECK(collector.named("notify").at("parentSpanId") == collector.named("send notify").at("spanId"));
  const HttpAnswer metrics = client.call("GET", "/metrics", {{"X-Api-Key", service_key}});
  CHECK(metrics.body.find("caravan_trace_spans_dropped_total 0\n") != std::string::npos);

  const std::string unknown = "00000000000000000000000000000001";
  CHECK(market.attempt("GET", "/admin/traces/" + unknown, market.admin_token()).status == 404);
}

TEST_CASE("traces: a step on one node leads to steps on another") {
  SpanCollector collector;
  const TemporaryFolder first_folder("trace-1"), second_folder("trace-2");
  const auto member = [&](const TemporaryFolder& folder, const std::string& name) {
    std::map<std::string, std::string> settings{{"CARAVAN_TRACES_URL", collector.url()},
                                                {"CARAVAN_DATA", first_folder.path() + "/data"},
                                                {"CARAVAN_CLUSTER", "on"},
                                                {"CARAVAN_NODE_NAME", name}};
    return std::make_unique<ServerProcess>(CARAVAN_BINARY, folder.path(), std::move(settings));
  };
  const auto first = member(first_folder, "n1"), second = member(second_folder, "n2");
  first->start();
  second->start();
  bool crossed = false;
  // Shards are still on their way to the second node at first.
  for (int i = 0; i < 60 && !crossed; ++i) {
    CHECK(sign_up(first->port(), "t" + std::to_string(i) + "@example.org").status == 201);
    crossed = collector.wait_for(went_across, std::chrono::seconds(1));
  }
  CHECK(crossed);
  // Either node shows the steps of both.
  Market market(first->port());
  for (const auto* node : {&first, &second}) {
    std::set<std::string> nodes;
    const HttpAnswer answer =
        HttpClient((*node)->port())
            .call("GET", "/api/v1/admin/traces/" + trace, {{"Authorization", "Bearer " + market.admin_token()}});
    REQUIRE(answer.status == 200);
    const Json shown = Json::parse(answer.body);
    for (const Json& step : shown.at("spans")) nodes.insert(step.at("node"));
    CHECK(nodes == std::set<std::string>{"n1", "n2"});
  }
}

}  // namespace trace_test
