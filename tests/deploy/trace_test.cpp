#include <doctest/doctest.h>
#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

using namespace caravan::testing;

namespace {

using Json = nlohmann::json;

const std::string trace = "0af7651916cd43dd8448eb211c80319c", callers_step = "b7ad6b7169203331";

/// Takes OTLP over HTTP; keeps the spans of one trace.
class SpanCollector {
 public:
  SpanCollector() {
    port = server_.bind_to_any_port("127.0.0.1");
    server_.Post("/v1/traces", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const Json body = Json::parse(request.body);
      for (const Json& resource : body.at("resourceSpans"))
        for (const Json& scope : resource.at("scopeSpans"))
          for (const Json& span : scope.at("spans"))
            if (span.at("traceId") == trace) spans_[span.at("name")] = span;
      came_.notify_all();
      response.set_content("{}", "application/json");
    });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~SpanCollector() {
    server_.stop();
    thread_.join();
  }
  /// Once all of these have come.
  std::map<std::string, Json> wait_for(const std::vector<std::string>& names) {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::ranges::all_of(names, [&](const std::string& name) { return spans_.contains(name); });
    }));
    return spans_;
  }

  int port = 0;

 private:
  httplib::Server server_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::string, Json> spans_;  // by name
  std::thread thread_;
};

}  // namespace

TEST_CASE("traces: the steps of a request hang together, in the node and at a collector") {
  SpanCollector collector;
  const TemporaryFolder folder("trace");
  ServerProcess node(
      CARAVAN_BINARY, folder.path(),
      {{"CARAVAN_TRACE_SAMPLING", "0"}, {"CARAVAN_TRACES_URL", "http://127.0.0.1:" + std::to_string(collector.port)}});
  node.start();
  Market market(node.port());
  HttpClient client(node.port());
  const HttpAnswer answer =
      client.call("POST", "/api/v1/auth/register",
                  {{"Content-Type", "application/json"}, {"traceparent", "00-" + trace + '-' + callers_step + "-01"}},
                  R"({"email":"t@example.org","password":"a-long-enough-Passw0rd","firstName":"T","lastName":"T",)"
                  R"("userType":"both"})");
  REQUIRE(answer.status == 201);

  const std::string path = "/api/v1/admin/traces/" + trace;
  CHECK(client.call("GET", path).status == 401);
  const Json shown = Json::parse(market.call("GET", "/admin/traces/" + trace, market.admin_token()).body);
  CHECK(shown.at("traceId") == trace);
  std::map<std::string, Json> steps;
  for (const Json& step : shown.at("spans")) steps[step.at("operation")] = step;
  REQUIRE(steps.contains("POST /auth/register"));
  const Json request = steps.at("POST /auth/register");
  CHECK(request.at("parentSpanId") == callers_step);
  CHECK(request.at("status") == "success");
  REQUIRE(steps.contains("register"));
  CHECK(steps.at("register").at("parentSpanId") == request.at("spanId"));
  CHECK(steps.at("register").at("duration").get<double>() > 0);

  const auto exported = collector.wait_for({"POST /auth/register", "register", "send notify", "notify"});
  CHECK(exported.at("POST /auth/register").at("spanId") == request.at("spanId"));
  CHECK(exported.at("send notify").at("parentSpanId") == exported.at("register").at("spanId"));
  CHECK(exported.at("notify").at("parentSpanId") == exported.at("send notify").at("spanId"));
  const HttpAnswer metrics = client.call("GET", "/metrics");
  CHECK(metrics.body.find("caravan_trace_spans_dropped_total 0\n") != std::string::npos);

  const std::string unknown = "00000000000000000000000000000001";
  CHECK(market.attempt("GET", "/admin/traces/" + unknown, market.admin_token()).status == 404);
}
