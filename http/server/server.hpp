#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "http/server/dispatcher.hpp"
#include "http/server/slow_clients.hpp"
#include "http/server/trusted_proxies.hpp"

struct mg_context;
struct mg_connection;

namespace caravan::http {

class IncomingBody;

/// Where and how the server listens.
struct ServerSettings {
  std::string host = "127.0.0.1";
  int port = 8080;    // 0: any free one
  int threads = 128;  // each serves one connection at a time; so this is the limit of busy connections
  bool batch_scheduling = true;
  int queue = 256;                                  // connections that wait for a thread
  std::chrono::milliseconds idle_limit{15'000};     // of a kept-alive connection between requests
  std::chrono::milliseconds request_limit{30'000};  // to receive a request's header and body
  std::string certificate_file = {};                // PEM, the chain; empty: no TLS
  std::string key_file = {};                        // PEM; empty: the key is in the certificate's file
  TrustedProxies proxies = {};                      // whose X-Forwarded-For is believed
};

/// Serves HTTP/1.1 with CivetWeb until destroyed.
class Server {
 public:
  /// Begins to listen. Throws std::runtime_error, in one line with the remedy, where that fails.
  Server(ServerSettings settings, Dispatcher& dispatcher);
  /// Stops to accept, answers what is being handled, ends.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Answers close their connections from now on.
  void close_after_answers() { draining_ = true; }

  int port() const { return port_; }
  /// "http://127.0.0.1:8080"
  std::string url() const;

 private:
  static int on_request(mg_connection* connection);
  static int on_open(const mg_connection* connection, void** data);
  static void on_close(const mg_connection* connection);
  static void* on_thread(const mg_context* context, int kind);
  static int on_tls(void* context, void* user_data);
  static int on_error(mg_connection* connection, int status, const char* message);
  /// Answers one request and never throws: an exception would leave a thread of CivetWeb and end the process.
  int serve(mg_connection* connection);
  /// Checks the framing of the request and answers it.
  int answer(mg_connection* connection);
  /// Answers a request whose framing is good, and decides whether the connection stays open.
  int answer(mg_connection* connection, Request& request, IncomingBody& body);

  ServerSettings settings_;
  Dispatcher& dispatcher_;
  mg_context* context_ = nullptr;
  int port_ = 0;
  /// So many connections are open that others wait for a thread: answers close theirs, so that all get a turn.
  bool is_crowded() const { return open_ * 10 > settings_.threads * 9; }

  std::atomic<bool> stopping_{false}, draining_{false};
  std::atomic<int>& open_;       // connections that have a thread
  std::atomic<int> serving_{0};  // requests that are being received or answered
  SlowClients slow_clients_;
};

}  // namespace caravan::http
