#include "http/server/server.hpp"

#include <civetweb.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "http/server/hang_up.hpp"
#include "http/server/tls_library.hpp"
#include "storage/worker/failures.hpp"
#include "storage/worker/worker.hpp"

namespace caravan::http {

namespace {

constexpr int max_header_bytes = 16 * 1024;
constexpr std::size_t max_uri_bytes = 4 * 1024;
constexpr std::size_t read_step = 16 * 1024;  // on the stack of a worker: 100 KiB, as Debian builds CivetWeb
constexpr std::size_t max_drained_bytes = 32U << 20;
constexpr std::chrono::seconds stop_patience{5};  // for what is being received and answered
constexpr std::chrono::milliseconds stop_step{2};

std::string_view text_of(const char* text) { return text ? std::string_view(text) : std::string_view{}; }

/// "Connection: keep-alive" as CivetWeb itself decides it, so that the header tells what will happen.
bool stays_open(const mg_request_info& info, const Request& request) {
  const std::string_view wish = request.header("Connection");
  if (wish.empty()) return text_of(info.http_version) == "1.1";
  return wish == "keep-alive" || wish == "Keep-Alive";
}

Request to_request(const mg_request_info& info) {
  Request request;
  request.method = text_of(info.request_method);
  const std::string_view uri = text_of(info.local_uri_raw);
  request.path = uri.substr(0, uri.find('?'));
  request.query = text_of(info.query_string);
  request.remote_address = info.remote_addr;
  request.tls = info.is_ssl != 0;
  request.headers.reserve(static_cast<std::size_t>(info.num_headers));
  for (int i = 0; i < info.num_headers; ++i)
    request.headers.emplace_back(text_of(info.http_headers[i].name), text_of(info.http_headers[i].value));
  return request;
}

/// Proxies add a header more, or a part more to the one there is.
std::string client_address(const TrustedProxies& proxies, const Request& request) {
  std::string forwarded;
  if (proxies.empty()) return request.remote_address;
  for (const auto& [name, value] : request.headers)
    if (mg_strcasecmp(name.data(), "X-Forwarded-For") == 0) (forwarded += forwarded.empty() ? "" : ",") += value;
  return proxies.client(request.remote_address, forwarded);
}

const char* reason_of(int status) { return mg_get_response_code_text(nullptr, status); }

/// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second and thread.
std::string_view http_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::array<char, 40> text{};
  if (const std::time_t now = std::time(nullptr); now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_at = now;
  }
  return text.data();
}

/// Sends a body that is made meanwhile. False: not all of it, and the client must see that.
bool write_parts(mg_connection* connection, const std::function<std::string()>& next_part, bool in_chunks) {
  try {
    for (std::string part = next_part(); !part.empty(); part = next_part()) {
      const int sent = in_chunks ? mg_send_chunk(connection, part.data(), static_cast<unsigned>(part.size()))
                                 : mg_write(connection, part.data(), part.size());
      if (sent <= 0) return false;
    }
  } catch (const Problem& problem) {
    spdlog::warn("an answer is cut off: {}: {}", problem.code, problem.detail);
    return false;
  } catch (const std::exception& failure) {
    spdlog::warn("an answer is cut off: {}", failure.what());
    return false;
  }
  return !in_chunks || mg_send_chunk(connection, "", 0) > 0;
}

/// Header and body in one write: one packet for a small answer.
void write_response(mg_connection* connection, const Request& request, const Response& response, bool keep_open) {
  const bool in_chunks = response.next_part && text_of(mg_get_request_info(connection)->http_version) == "1.1";
  if (response.next_part && !in_chunks) {  // the end of the connection is the end of the body
    keep_open = false;
    mg_disable_connection_keep_alive(connection);
  }
  std::string out;
  out.reserve(640 + response.body.size());
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_of(response.status);
  out += "\r\n";
  const auto header = [&](std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out += value;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    std::replace_if(out.begin() + begin, out.end(), is_control, ' ');  // nobody adds headers of their own
    out += "\r\n";
  };
  if (response.status != 204 && response.status != 304) {
    header("Content-Type", response.content_type);
    if (in_chunks) header("Transfer-Encoding", "chunked");
    if (!response.next_part) header("Content-Length", std::to_string(response.body.size()));
  }
  header("Date", http_date());
  header("Connection", keep_open ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers) header(name, value);
  out += "\r\n";
  const bool has_body = request.method != "HEAD" && response.status != 204 && response.status != 304;
  if (has_body) out += response.body;
  mg_write(connection, out.data(), out.size());
  if (has_body && response.next_part && !write_parts(connection, response.next_part, in_chunks))
    mg_disable_connection_keep_alive(connection);
}

/// A body must have one length: where two tell different ones, a proxy before us and we may see different requests.
bool has_one_length(const Request& request) {
  int lengths = 0, codings = 0;
  for (const auto& [name, value] : request.headers) {
    if (mg_strcasecmp(name.data(), "Content-Length") == 0) ++lengths;
    if (mg_strcasecmp(name.data(), "Transfer-Encoding") == 0) ++codings;
  }
  return lengths + codings <= 1;
}

/// Reads the body into the request; false where it is larger than the limit.
bool read_body(mg_connection* connection, const mg_request_info& info, std::size_t limit, Request& request) {
  if (info.content_length > static_cast<long long>(limit)) return false;
  if (info.content_length == 0) return true;
  if (!request.header("Expect").empty()) mg_write(connection, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  if (info.content_length > 0) {
    request.body.resize(static_cast<std::size_t>(info.content_length));
    std::size_t got = 0;
    while (got < request.body.size()) {
      const int count = mg_read(connection, request.body.data() + got, request.body.size() - got);
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
    if (got < request.body.size()) throw Problem{"malformed_request", "The body ended early, or took too long."};
    return true;
  }
  std::array<char, read_step> part;
  while (true) {
    const int count = mg_read(connection, part.data(), part.size());
    if (count < 0) throw Problem{"malformed_request", "The body cannot be read."};
    if (count == 0) return true;
    if (request.body.size() + static_cast<std::size_t>(count) > limit) return false;
    request.body.append(part.data(), static_cast<std::size_t>(count));
  }
}

/// Takes what a refused client is still sending: closing with unread bytes would reset the connection, and the client
/// would never see why.
void drain(mg_connection* connection) {
  std::array<char, read_step> part;
  std::size_t drained = 0;
  while (drained < max_drained_bytes) {
    const int count = mg_read(connection, part.data(), part.size());
    if (count <= 0) return;
    drained += static_cast<std::size_t>(count);
  }
}

}  // namespace

Server::Server(ServerSettings settings, Dispatcher& dispatcher)
    : settings_(std::move(settings)), dispatcher_(dispatcher), open_(dispatcher.metrics().connections()) {
  const bool tls = !settings_.certificate_file.empty();
  if (tls) load_tls_library();
  mg_init_library(tls ? MG_FEATURES_TLS : MG_FEATURES_DEFAULT);
  const std::string address = settings_.host + ':' + std::to_string(settings_.port) + (tls ? "s" : "");
  std::vector<std::string> options{"listening_ports",
                                   address,
                                   "num_threads",
                                   std::to_string(settings_.threads),
                                   "connection_queue",
                                   std::to_string(settings_.queue),
                                   "listen_backlog",
                                   "512",
                                   "enable_keep_alive",
                                   "yes",
                                   "keep_alive_timeout_ms",
                                   std::to_string(settings_.idle_limit.count()),
                                   "request_timeout_ms",
                                   std::to_string(settings_.request_limit.count()),
                                   "linger_timeout_ms",
                                   "1000",
                                   "tcp_nodelay",
                                   "1",
                                   "max_request_size",
                                   std::to_string(max_header_bytes),
                                   "decode_url",
                                   "no",
                                   "decode_query_string",
                                   "no"};
  if (tls)
    for (const char* option : {"ssl_certificate", settings_.certificate_file.c_str(), "ssl_protocol_version", "4"})
      options.emplace_back(option);
  std::vector<const char*> pointers;
  for (const std::string& option : options) pointers.push_back(option.c_str());
  pointers.push_back(nullptr);
  mg_callbacks callbacks{};
  callbacks.begin_request = on_request;
  callbacks.http_error = on_error;
  callbacks.init_connection = on_open;
  callbacks.connection_close = on_close;
  callbacks.init_ssl = on_tls;
  callbacks.init_thread = on_thread;
  callbacks.log_message = [](const mg_connection*, const char*) { return 1; };
  // No callbacks.log_access: only with one does CivetWeb make a line of each request, date and address included.
  context_ = mg_start(&callbacks, this, pointers.data());
  if (!context_)
    throw std::runtime_error("cannot listen on " + address +
                             (tls ? ": is the port taken, or the certificate file unreadable?"
                                  : ": is the port taken, or the address not this host's?"));
  std::array<mg_server_port, 4> ports{};
  const int count = mg_get_server_ports(context_, static_cast<int>(ports.size()), ports.data());
  port_ = count > 0 ? ports[0].port : settings_.port;
}

Server::~Server() {
  // Once CivetWeb knows that it is to stop, it drops what is written: so all is answered first.
  stopping_ = true;
  const auto patience_ends = std::chrono::steady_clock::now() + stop_patience;
  while (serving_ > 0 && std::chrono::steady_clock::now() < patience_ends) std::this_thread::sleep_for(stop_step);
  const auto stop = [this](const std::stop_token&) {
    mg_stop(context_);
    return false;
  };
  try {
    Worker stopping;
    stopping.start({.name = "http-stop", .doing = "stopping", .step = stop, .on_failure = Worker::Retry{}});
    for (; !stopping.has_ended(); std::this_thread::sleep_for(stop_step)) hang_up(port_);
  } catch (const std::runtime_error&) {  // no thread is left: connections end when their time is over
    stop({});
  }
  mg_exit_library();
}

std::string Server::url() const {
  return (settings_.certificate_file.empty() ? "http://" : "https://") + settings_.host + ':' + std::to_string(port_);
}

int Server::on_request(mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  return static_cast<Server*>(info->user_data)->serve(connection);
}

int Server::on_open(const mg_connection* connection, void**) {
  ++static_cast<Server*>(mg_get_user_data(mg_get_context(connection)))->open_;
  return 0;
}

void Server::on_close(const mg_connection* connection) {
  --static_cast<Server*>(mg_get_user_data(mg_get_context(connection)))->open_;
}

/// A batch thread that wakes up does not push another off its processor: answers wake many threads at once, and each
/// such switch costs more than most requests.
void* Server::on_thread(const mg_context* context, int) {
  const sched_param none{};
  if (static_cast<Server*>(mg_get_user_data(context))->settings_.batch_scheduling)
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
  return nullptr;
}

int Server::on_tls(void* context, void* user_data) {
  const auto& settings = static_cast<Server*>(user_data)->settings_;
  auto* tls = static_cast<SSL_CTX*>(context);
  const std::string& key = settings.key_file.empty() ? settings.certificate_file : settings.key_file;
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  const bool loaded = SSL_CTX_use_certificate_chain_file(tls, settings.certificate_file.c_str()) == 1 &&
                      SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
                      SSL_CTX_check_private_key(tls) == 1;
  return loaded ? 1 : -1;  // 1: CivetWeb need not load a certificate
}

int Server::on_error(mg_connection* connection, int status, const char*) {
  const mg_request_info* info = mg_get_request_info(connection);
  auto* server = static_cast<Server*>(info->user_data);
  Request request;
  request.remote_address = info->remote_addr;
  const bool large = status == 413 || status == 431;
  const char* code = large ? "payload_too_large" : status == 503 ? "unavailable" : "malformed_request";
  // CivetWeb does not tell a header past its limit from a broken one.
  const char* detail =
      status == 503 ? "" : "The request line and header must be HTTP/1.1 with a known method, within 16 KiB together.";
  write_response(connection, request, server->dispatcher_.refuse(request, Problem{code, detail}), false);
  return 0;
}

int Server::serve(mg_connection* connection) {
  ++serving_;
  int status = 500;
  try {
    status = answer(connection);
  } catch (...) {  // out of a thread of CivetWeb's it would end the process
    tell_failure("http server", "answering");
    mg_disable_connection_keep_alive(connection);
  }
  --serving_;
  return status;
}

int Server::answer(mg_connection* connection) {
  const mg_request_info& info = *mg_get_request_info(connection);
  Request request = to_request(info);
  request.remote_address = client_address(settings_.proxies, request);
  const bool keep_open = stays_open(info, request) && !is_crowded() && !draining_;
  Response response;
  try {
    if (request.path.size() + request.query.size() > max_uri_bytes) throw Problem{"uri_too_long"};
    if (stopping_)
      throw Problem{
          .code = "unavailable", .detail = "This node is stopping: repeat it.", .retry_after = std::chrono::seconds{1}};
    if (!has_one_length(request)) throw Problem{"malformed_request", "The body has more than one length."};
    Router::Match match = dispatcher_.find(request);
    const std::size_t limit = dispatcher_.body_limit(match);
    if (!read_body(connection, info, limit, request))
      throw Problem{"payload_too_large", "At most " + std::to_string(limit) + " bytes."};
    response = dispatcher_.respond(std::move(match), request);
  } catch (const Problem& problem) {
    response = dispatcher_.refuse(request, problem);
    mg_disable_connection_keep_alive(connection);
    write_response(connection, request, response, false);
    drain(connection);
    return response.status;
  }
  if (keep_open && response.answer_after.count() > 0) std::this_thread::sleep_for(response.answer_after);
  if (!keep_open) mg_disable_connection_keep_alive(connection);
  write_response(connection, request, response, keep_open);
  return response.status;
}

}  // namespace caravan::http
