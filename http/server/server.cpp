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
#include <utility>

#include "http/server/accepted.hpp"
#include "http/server/header_text.hpp"
#include "http/server/incoming_body.hpp"
#include "http/server/tls_library.hpp"
#include "storage/worker/failures.hpp"
#include "storage/worker/worker.hpp"

namespace caravan::http {

namespace {

using namespace std::chrono_literals;

constexpr int worker_thread = 1;  // CivetWeb's number of that kind
constexpr int max_header_bytes = 16 * 1024;
constexpr std::size_t max_uri_bytes = 4 * 1024;
constexpr std::size_t big_body_bytes = 512 * 1024;
constexpr std::chrono::seconds stop_patience{5};  // for what is being received and answered
constexpr std::chrono::milliseconds stop_step{2};

std::string_view text_of(const char* text) { return text ? std::string_view(text) : std::string_view{}; }

/// CivetWeb leaves the blanks behind a header's value.
std::string_view value_of(const char* text) {
  std::string_view value = text_of(text);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

/// Whether the connection stays open after the answer: what the client wishes, as far as CivetWeb grants it. CivetWeb
/// reads only the first `Connection` header, and where there is one it keeps open only for `keep-alive`.
bool stays_open(const mg_request_info& info, const Request& request) {
  if (lists(request, "Connection", "close")) return false;
  const std::string_view wish = request.header("Connection");
  return wish.empty() ? text_of(info.http_version) == "1.1" : list_has(wish, "keep-alive");
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
    request.headers.emplace_back(text_of(info.http_headers[i].name), value_of(info.http_headers[i].value));
  return request;
}

/// The client's address. A proxy adds a header of its own or a part to the one there is, so all of them are read in
/// order.
std::string client_address(const TrustedProxies& proxies, const Request& request) {
  std::string forwarded;
  if (proxies.empty()) return request.remote_address;
  for (const std::string_view hop : request.list_header("X-Forwarded-For"))
    (forwarded += forwarded.empty() ? "" : ",") += hop;
  return proxies.client(request.remote_address, forwarded);
}

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
  if (response.next_part && !in_chunks) {  // HTTP/1.0 has no chunks: the end of the connection is the end of the body
    keep_open = false;
    mg_disable_connection_keep_alive(connection);
  }
  std::string out;
  out.reserve(640 + response.body.size());
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  const auto header = [&](std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out += value;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
    // A line break in a value would begin another header.
    std::replace_if(out.begin() + begin, out.end(), is_control, ' ');
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

/// As CivetWeb reads it. Throws where it can never listen there.
std::string listening_address(const ServerSettings& settings) {
  const bool is_v6 = settings.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? '[' + settings.host + ']' : settings.host;
  const std::string address = host + ':' + std::to_string(settings.port);
  if (is_v6 && !mg_check_feature(MG_FEATURES_IPV6))
    throw std::runtime_error(
        "cannot listen on " + address +
        ": this system's CivetWeb is built without IPv6. Listen on an IPv4 address, e.g. 127.0.0.1, "
        "and let HAProxy listen on IPv6 before it (config/deploy/README.md)");
  return address + (settings.certificate_file.empty() ? "" : "s");
}

}  // namespace

Server::Server(ServerSettings settings, Dispatcher& dispatcher)
    : settings_(std::move(settings)),
      dispatcher_(dispatcher),
      open_(dispatcher.metrics().connections()),
      slow_clients_({settings_.threads, settings_.request_limit, settings_.proxies}) {
  const bool tls = !settings_.certificate_file.empty();
  if (tls) load_tls_library();
  mg_init_library(tls ? MG_FEATURES_TLS : MG_FEATURES_DEFAULT);
  const std::string address = listening_address(settings_);
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
  try {
    slow_clients_.watch(port_);
  } catch (...) {
    mg_stop(context_);
    throw;
  }
}

Server::~Server() {
  // CivetWeb drops what is being written once it knows that it is to stop. So all requests are answered before it is
  // told.
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

int Server::on_open(const mg_connection* connection, void** data) {
  auto* server = static_cast<Server*>(mg_get_user_data(mg_get_context(connection)));
  *data = server;
  ++server->open_;
  if (server->is_crowded()) server->slow_clients_.look_soon();
  return 0;
}

void Server::on_close(const mg_connection* connection) {
  // A connection whose TLS handshake failed is closed without having been opened, so it was not counted.
  if (auto* server = static_cast<Server*>(mg_get_user_connection_data(connection))) --server->open_;
}

/// Puts the thread under batch scheduling, so that it does not push another off its processor when it wakes up. Answers
/// wake many threads at once, and each such switch costs more than most requests. A worker also gets its seat, which
/// mg_get_thread_pointer gives back.
void* Server::on_thread(const mg_context* context, int kind) {
  auto* server = static_cast<Server*>(mg_get_user_data(context));
  const sched_param none{};
  if (server->settings_.batch_scheduling) pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
  return kind == worker_thread ? &server->slow_clients_.take_seat() : nullptr;
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
  const bool late = server->slow_clients_.was_hung_up(info->remote_addr, info->remote_port);
  const char* code = late                             ? "request_timeout"
                     : status == 413 || status == 431 ? "payload_too_large"
                     : status == 503                  ? "unavailable"
                                                      : "malformed_request";
  // CivetWeb does not tell a header past its limit from a broken one.
  const char* detail =
      late || status == 503
          ? ""
          : "The request line and header must be HTTP/1.1 with a known method, within 16 KiB together.";
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
  auto& seat = *static_cast<SlowClients::Seat*>(mg_get_thread_pointer(connection));
  seat.serves(info.remote_addr, info.remote_port);
  Request request = to_request(info);
  request.remote_address = client_address(settings_.proxies, request);
  int status = 0;
  try {
    IncomingBody body(connection, check_framing(info), slow_clients_, seat);
    status = answer(connection, request, body);
  } catch (const Problem& problem) {
    const Response response = dispatcher_.refuse(request, problem);
    mg_disable_connection_keep_alive(connection);
    write_response(connection, request, response, false);
    status = response.status;
  }
  seat.rests();
  if (std::exchange(request.body, {}).size() > big_body_bytes) slow_clients_.body_is_gone();
  return status;
}

int Server::answer(mg_connection* connection, Request& request, IncomingBody& body) {
  bool keep_open = stays_open(*mg_get_request_info(connection), request) && !is_crowded() && !draining_;
  Response response;
  if (stopping_) {
    response = dispatcher_.refuse(
        request, {.code = "unavailable", .detail = "This node is stopping: repeat it.", .retry_after = 1s});
  } else if (request.path.size() + request.query.size() > max_uri_bytes) {
    response = dispatcher_.refuse(request, {"uri_too_long"});
  } else {
    response = dispatcher_.respond(dispatcher_.find(request), request, body);
  }
  keep_open = keep_open && !stopping_ && body.can_be_skipped();
  if (keep_open && response.answer_after.count() > 0) std::this_thread::sleep_for(response.answer_after);
  if (!keep_open) mg_disable_connection_keep_alive(connection);
  write_response(connection, request, response, keep_open);
  if (!keep_open) body.drain();
  if (keep_open && !body.skip()) mg_disable_connection_keep_alive(connection);
  return response.status;
}

}  // namespace caravan::http
