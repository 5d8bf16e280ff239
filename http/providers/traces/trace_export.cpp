#include "http/providers/traces/trace_export.hpp"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "actors/schema/field.hpp"
#include "http/json/write.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_reply = 64U << 10;  // bytes
constexpr int failed_status = 2;               // OTLP's

/// OTLP over HTTP, as JSON: https://opentelemetry.io/docs/specs/otlp. Its 64-bit numbers are texts.
struct FactValue {
  static constexpr std::string_view record_name = "OtlpValue";
  std::optional<std::string> text, number;
  static constexpr auto fields() {
    return std::array{field<&FactValue::text>(1, "stringValue"), field<&FactValue::number>(2, "intValue")};
  }
};

struct Fact {
  static constexpr std::string_view record_name = "OtlpFact";
  std::string key;
  FactValue value;
  static constexpr auto fields() { return std::array{field<&Fact::key>(1, "key"), field<&Fact::value>(2, "value")}; }
};

struct StepStatus {
  static constexpr std::string_view record_name = "OtlpStatus";
  std::optional<std::int32_t> code;
  static constexpr auto fields() { return std::array{field<&StepStatus::code>(1, "code")}; }
};

struct Step {
  static constexpr std::string_view record_name = "OtlpSpan";
  std::string trace_id, span_id;
  std::optional<std::string> parent;
  std::string name;
  std::int32_t kind = 0;
  std::string start, end;
  std::vector<Fact> attributes;
  StepStatus status;
  static constexpr auto fields() {
    return std::array{field<&Step::trace_id>(1, "traceId"),    field<&Step::span_id>(2, "spanId"),
                      field<&Step::parent>(3, "parentSpanId"), field<&Step::name>(4, "name"),
                      field<&Step::kind>(5, "kind"),           field<&Step::start>(6, "startTimeUnixNano"),
                      field<&Step::end>(7, "endTimeUnixNano"), field<&Step::attributes>(8, "attributes"),
                      field<&Step::status>(9, "status")};
  }
};

struct Scope {
  static constexpr std::string_view record_name = "OtlpScope";
  std::string name = "caravan";
  static constexpr auto fields() { return std::array{field<&Scope::name>(1, "name")}; }
};

struct ScopeSteps {
  static constexpr std::string_view record_name = "OtlpScopeSpans";
  Scope scope;
  std::vector<Step> spans;
  static constexpr auto fields() {
    return std::array{field<&ScopeSteps::scope>(1, "scope"), field<&ScopeSteps::spans>(2, "spans")};
  }
};

struct Resource {
  static constexpr std::string_view record_name = "OtlpResource";
  std::vector<Fact> attributes;
  static constexpr auto fields() { return std::array{field<&Resource::attributes>(1, "attributes")}; }
};

struct ResourceSteps {
  static constexpr std::string_view record_name = "OtlpResourceSpans";
  Resource resource;
  std::vector<ScopeSteps> scopes;
  static constexpr auto fields() {
    return std::array{field<&ResourceSteps::resource>(1, "resource"), field<&ResourceSteps::scopes>(2, "scopeSpans")};
  }
};

struct Export {
  static constexpr std::string_view record_name = "OtlpExport";
  std::vector<ResourceSteps> resources;
  static constexpr auto fields() { return std::array{field<&Export::resources>(1, "resourceSpans")}; }
};

Fact fact(std::string_view name, const std::variant<std::int64_t, std::string>& value) {
  Fact out{std::string(name), {}};
  if (const auto* text = std::get_if<std::string>(&value))
    out.value.text = *text;
  else
    out.value.number = std::to_string(std::get<std::int64_t>(value));
  return out;
}

std::string nanoseconds_text(std::chrono::system_clock::time_point at) {
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
}

Step step_of(const Span& span) {
  Step out;
  out.trace_id = span.trace_id;
  out.span_id = span.id;
  if (!span.parent.empty()) out.parent = span.parent;
  out.name = span.operation;
  out.kind = static_cast<std::int32_t>(span.kind);
  out.start = nanoseconds_text(span.start);
  out.end = nanoseconds_text(span.start + span.took);
  for (const auto& [name, value] : span.facts) out.attributes.push_back(fact(name, value));
  if (span.failed) out.status.code = failed_status;
  return out;
}

/// The wait that a Retry-After in seconds asks for; none for a date, as collectors do not send one.
std::chrono::milliseconds seconds_to_wait(const std::string& text) {
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(std::max(seconds, 0));
}

}  // namespace

std::string otlp_json(const std::vector<Span>& spans, const std::string& node, const std::string& version) {
  ScopeSteps steps;
  for (const Span& span : spans) steps.spans.push_back(step_of(span));
  const Resource resource{
      {fact("service.name", "caravan"), fact("service.version", version), fact("service.instance.id", node)}};
  const Export all{{{resource, {std::move(steps)}}}};
  std::string out;
  http::write_json(schema::type_of<Export>(), &all, out);
  return out;
}

TraceExport::TraceExport(Settings settings) : settings_(std::move(settings)) {
  const std::size_t host = settings_.url.find("://");
  const std::size_t path = std::min(settings_.url.find('/', host == std::string::npos ? 0 : host + 3),  //
                                    settings_.url.size());
  path_ = settings_.url.substr(path);
  while (path_.ends_with('/')) path_.pop_back();
  path_ += "/v1/traces";
  client_ = std::make_unique<httplib::Client>(settings_.url.substr(0, path));
  client_->set_connection_timeout(settings_.deadline);
  client_->set_read_timeout(settings_.deadline);
  client_->set_write_timeout(settings_.deadline);
  client_->set_keep_alive(true);
  worker_.start({.name = "traces",
                 .doing = "sending traces",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{}});
}

TraceExport::~TraceExport() = default;

void TraceExport::take(const Span& span) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= settings_.most_waiting) {
    ++counts_.dropped;
    return;
  }
  queue_.push_back(span);
  if (queue_.size() == 1 || queue_.size() >= settings_.batch) woken_.notify_one();
}

TraceExport::Counts TraceExport::counts() const {
  const std::lock_guard lock(mutex_);
  Counts out = counts_;
  out.waiting = queue_.size();
  return out;
}

bool TraceExport::step(const std::stop_token& stop) {
  const std::vector<Span> batch = next_batch(stop);
  if (batch.empty()) return false;
  deliver(batch, stop);
  return true;
}

std::vector<Span> TraceExport::next_batch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait(lock, stop, [&] { return !queue_.empty(); });
  woken_.wait_for(lock, stop, settings_.gather, [&] { return queue_.size() >= settings_.batch; });
  const auto end =
      queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), std::max<std::size_t>(settings_.batch, 1)));
  std::vector<Span> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void TraceExport::deliver(const std::vector<Span>& batch, const std::stop_token& stop) {
  const std::string body = otlp_json(batch, settings_.node, settings_.version);
  std::chrono::milliseconds pause = settings_.first_pause;
  for (int attempt = 1;; ++attempt) {
    std::chrono::milliseconds asked_for{0};
    const Fate fate = post(body, asked_for);
    std::unique_lock lock(mutex_);
    if (fate == Fate::taken) {
      counts_.sent += batch.size();
      return;
    }
    const auto wait = std::clamp(asked_for, pause, std::max(pause, settings_.last_pause));
    const auto never = [] { return false; };
    if (fate == Fate::again && attempt < settings_.attempts) woken_.wait_for(lock, stop, wait, never);
    if (fate == Fate::refused || attempt >= settings_.attempts || stop.stop_requested()) {
      counts_.dropped += batch.size();
      if (!stop.stop_requested()) return;
      counts_.dropped += queue_.size();
      queue_.clear();
      return;
    }
    pause = std::min(2 * pause, settings_.last_pause);
  }
}

TraceExport::Fate TraceExport::post(const std::string& body, std::chrono::milliseconds& pause) {
  httplib::Request request;
  request.method = "POST";
  request.path = path_;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  std::size_t answered = 0;
  request.content_receiver = [&](const char*, std::size_t size, std::uint64_t, std::uint64_t) {
    answered += size;
    return answered <= most_reply;
  };
  const auto result = client_->send(request);
  const int status = result ? result->status : 0;
  if (status >= 200 && status < 300) return Fate::taken;
  spdlog::warn("traces-url {}: {}", settings_.url,
               result ? "status " + std::to_string(status) : "no answer (" + httplib::to_string(result.error()) + ")");
  if (result) pause = seconds_to_wait(result->get_header_value("Retry-After"));
  return !result || status == 408 || status == 429 || status >= 500 ? Fate::again : Fate::refused;
}

}  // namespace caravan
