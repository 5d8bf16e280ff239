#include <civetweb.h>

#include <csignal>
#include <cstdio>
#include <cstring>

/// bench_civetweb PORT: CivetWeb alone, with a small JSON answer: what the rates of a node are compared with.
namespace {

int answer(mg_connection* connection, void*) {
  static constexpr const char* body = R"({"messageId":"0190a0b0-0000-7000-8000-000000000000","text":"on my way"})";
  char text[256];
  const int length = std::snprintf(text, sizeof(text),
                                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                   std::strlen(body), body);
  mg_write(connection, text, static_cast<std::size_t>(length));
  return 200;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench_civetweb PORT\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const char* options[] = {"listening_ports",       words[1], "num_threads", "128",
                           "enable_keep_alive",     "yes",    "tcp_nodelay", "1",
                           "keep_alive_timeout_ms", "60000",  nullptr};
  mg_context* context = mg_start(nullptr, nullptr, options);
  if (!context) return 1;
  mg_set_request_handler(context, "/", answer, nullptr);
  int signal = 0;
  sigwait(&signals, &signal);
  mg_stop(context);
  return 0;
}
