#include "config/log.hpp"

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "http/json/write.hpp"
#include "http/server/access_log.hpp"
#include "runtime/spans.hpp"

namespace caravan {

namespace {

class JsonLines : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    http::LogLine fields;
    fields.time = std::chrono::time_point_cast<std::chrono::milliseconds>(message.time);
    fields.level = spdlog::level::to_string_view(message.level).data();
    if (message.logger_name.size() > 0) fields.logger.emplace(message.logger_name.data(), message.logger_name.size());
    if (const http::Exchange* exchange = http::exchange_being_logged())
      http::describe(*exchange, fields);
    else {
      fields.message.emplace(message.payload.data(), message.payload.size());
      const TraceAtHand trace = trace_at_hand();
      if (!trace.trace_id.empty()) fields.trace_id = trace.trace_id;
      if (const auto step = parse_traceparent(trace.traceparent)) fields.span_id = step->span_id;
    }
    std::string text;
    http::write_json(schema::type_of<http::LogLine>(), &fields, text);
    text += '\n';
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
