#include "config/log.hpp"

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "http/json/json_writer.hpp"
#include "http/server/access_log.hpp"
#include "runtime/spans.hpp"

namespace caravan {

namespace {

/// Takes out line breaks. Those within texts are escaped, so the ones that are left stand between members.
std::string on_one_line(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    out += json[i] == '\n' ? ' ' : json[i];
    if (json[i] == '\n') i = std::min(json.find_first_not_of(' ', i + 1), json.size()) - 1;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + '\n';
}

class JsonLines : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const std::string_view payload(message.payload.data(), message.payload.size());
    const std::string_view level(spdlog::level::to_string_view(message.level).data());
    http::JsonWriter out;
    out.object("", [&] {
      out.text("time", to_rfc3339(std::chrono::time_point_cast<std::chrono::milliseconds>(message.time)));
      out.text("level", level);
      if (message.logger_name.size() > 0)
        out.text("logger", std::string_view(message.logger_name.data(), message.logger_name.size()));
      if (const http::Exchange* exchange = http::exchange_being_logged())
        http::write_fields(*exchange, out);
      else {
        out.text("message", payload);
        const TraceAtHand trace = trace_at_hand();
        if (!trace.trace_id.empty()) out.text("traceId", trace.trace_id);
        if (const auto step = parse_traceparent(trace.traceparent)) out.text("spanId", step->span_id);
      }
    });
    const std::string text = on_one_line(out.take());
    line.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLines>(); }
};

/// " trace=<id>" after what is logged for a request; the access log's lines have it themselves.
class TraceFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg&, const std::tm&, spdlog::memory_buf_t& line) override {
    const std::string_view trace = trace_at_hand().trace_id;
    if (trace.empty() || http::exchange_being_logged()) return;
    fmt::format_to(std::back_inserter(line), " trace={}", trace);
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override { return std::make_unique<TraceFlag>(); }
};

std::unique_ptr<spdlog::formatter> lines_for_people() {
  auto lines = std::make_unique<spdlog::pattern_formatter>();
  lines->add_flag<TraceFlag>('*').set_pattern("%+%*");
  return lines;
}

}  // namespace

void set_up_log(const Settings& settings) {
  spdlog::drop_all();
  for (const char* name : {"", "access"}) {
    auto logger = spdlog::stderr_logger_mt(name);
    if (settings.log_format == "json")
      logger->set_formatter(std::make_unique<JsonLines>());
    else
      logger->set_formatter(lines_for_people());
    logger->set_level(spdlog::level::from_str(settings.log_level));
    if (*name == 0) spdlog::set_default_logger(logger);
  }
  // Whoever asks for the access log has it, whatever else is logged.
  if (settings.access_log) spdlog::get("access")->set_level(spdlog::level::info);
}

}  // namespace caravan
