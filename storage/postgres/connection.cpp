#include "storage/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace caravan::postgres {

namespace {

/// libpq's messages end in a line feed and may have several lines.
std::string one_line(const char* message) {
  std::string text(message ? message : "");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  std::erase(text, '\t');
  return "PostgreSQL: " + text;
}

bool is_failure(ExecStatusType status) {
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

std::string state_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state ? state : "";
}

}  // namespace

void Result::Clear::operator()(pg_result* result) const { PQclear(result); }
int Result::rows() const { return PQntuples(result_.get()); }
bool Result::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }
std::string_view Result::tag() const { return PQcmdStatus(result_.get()); }

std::string_view Result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Result::integer(int row, int column) const {
  const std::string_view bytes = text(row, column);
  if (bytes.empty() || bytes.size() > 8) return 0;
  std::uint64_t number = static_cast<unsigned char>(bytes.front()) >= 0x80 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

Uuid Result::uuid(int row, int column) const {
  Uuid uuid;
  const std::string_view bytes = text(row, column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), uuid.bytes.size()), uuid.bytes.begin());
  return uuid;
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(const std::string& url, std::chrono::milliseconds patience) : patience_(patience) {
  // Defaults: what the URL says takes precedence.
  const std::array names{
      "fallback_application_name", "connect_timeout", "tcp_user_timeout",  "keepalives_idle", "gssencmode",
      "client_encoding",           "dbname",          (const char*)nullptr};
  const std::array values{"caravan", "5", "10000", "10", "disable", "UTF8", url.c_str(), (const char*)nullptr};
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK)
    throw Disconnected(one_line(connection_ ? PQerrorMessage(connection_.get()) : "no memory"));
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  prefer_indexes();
  // A blocking send could wait for ever: for a server that waits until we read its answers.
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1)
    throw Disconnected(one_line(PQerrorMessage(connection_.get())));
}

/// Sets what a session needs. Plans of prepared statements are made while tables are small and kept when they have
/// grown, so they must use indexes from the start. A transaction whose client is gone or frozen ends after 2 s and
/// frees its rows, before other nodes want to claim the shards. Databases that do not know a setting do without it.
void Connection::prefer_indexes() {
  for (const char* setting : {"SET synchronous_commit = on", "SET idle_in_transaction_session_timeout = '2s'",
                              "SET enable_seqscan = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off",
                              "SET plan_cache_mode = force_generic_plan", "SET jit = off"})
    PQclear(PQexec(connection_.get(), setting));
}

int Connection::send(const Statement& statement, std::vector<std::string_view>& preparing) {
  const int count = static_cast<int>(statement.parameters.size());
  if (count == 0) {
    if (PQsendQueryParams(connection_.get(), std::string(statement.sql).c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          1) != 1)
      lose(PQerrorMessage(connection_.get()));
    return 1;
  }
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Parameter& parameter : statement.parameters) {
    types.push_back(parameter.type);
    values.push_back(parameter.bytes.data());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
  }
  const std::vector<int> binary(types.size(), 1);
  auto [found, is_new] = prepared_.try_emplace(statement.sql);
  if (is_new) {
    found->second = "s" + std::to_string(++names_);
    preparing.push_back(statement.sql);
    if (PQsendPrepare(connection_.get(), found->second.c_str(), std::string(statement.sql).c_str(), count,
                      types.data()) != 1)
      lose(PQerrorMessage(connection_.get()));
  }
  if (PQsendQueryPrepared(connection_.get(), found->second.c_str(), count, values.data(), lengths.data(), binary.data(),
                          1) != 1)
    lose(PQerrorMessage(connection_.get()));
  return is_new ? 2 : 1;
}

std::vector<Result> Connection::run(const std::vector<Statement>& statements) {
  const Until until = std::chrono::steady_clock::now() + patience_;
  std::vector<bool> is_answer;  // by what the server sends; false: it only answers the preparing of a statement
  std::vector<std::string_view> preparing;
  for (const Statement& statement : statements) {
    if (send(statement, preparing) == 2) is_answer.push_back(false);
    is_answer.push_back(true);
  }
  if (PQpipelineSync(connection_.get()) != 1) lose(PQerrorMessage(connection_.get()));

  std::vector<Result> answers;
  std::optional<Refused> refused;
  for (std::size_t read = 0, ends = 0;;) {
    pg_result* const raw = next(until);
    if (!raw) {  // after each statement's answer
      if (PQstatus(connection_.get()) == CONNECTION_BAD || ++ends > is_answer.size())
        lose(refused ? refused->what() : PQerrorMessage(connection_.get()));
      continue;
    }
    Result result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (is_failure(status)) {
      if (!refused) refused.emplace(state_of(raw), one_line(PQresultErrorMessage(raw)));
    } else if (read < is_answer.size() && is_answer[read] && !refused) {
      answers.push_back(std::move(result));
    }
    ++read;
  }
  if (!refused) return answers;
  for (const std::string_view sql : preparing) prepared_.erase(sql);  // those before the refused one stay, unused
  // The server has become a standby, which refuses writes: connecting anew finds the one that takes them.
  if (refused->state() == "25006") lose(refused->what());
  throw Refused(*refused);
}

Result Connection::run(Statement statement) {
  std::vector<Statement> one;
  one.push_back(std::move(statement));
  return std::move(run(one).front());
}

pg_result* Connection::next(Until until) {
  while (PQflush(connection_.get()) == 1 || PQisBusy(connection_.get()) == 1) wait(until);
  return PQgetResult(connection_.get());
}

/// Waits for bytes to read, or for room to send more.
void Connection::wait(Until until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  if (PQsocket(connection_.get()) < 0) lose(PQerrorMessage(connection_.get()));
  if (left.count() <= 0) lose("no answer within " + std::to_string(patience_.count() / 1'000) + " s");
  const int unsent = PQflush(connection_.get());
  pollfd socket{PQsocket(connection_.get()), static_cast<short>(unsent == 1 ? POLLIN | POLLOUT : POLLIN), 0};
  poll(&socket, 1, static_cast<int>(left.count()));
  if (PQconsumeInput(connection_.get()) != 1) lose(PQerrorMessage(connection_.get()));
}

void Connection::lose(const std::string& why) {
  const std::string text = why.starts_with("PostgreSQL: ") ? why : one_line(why.c_str());
  connection_.reset();
  throw Disconnected(text);
}

}  // namespace caravan::postgres
