#include "tests/bench/load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string_view>

#include "tests/process/health.hpp"

namespace caravan::bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  std::string in;
  std::uint64_t number = 0;
  Clock::time_point sent;
};

/// The length of the first answer in `in`, with its status; 0 while it is not whole.
std::size_t whole_answer(const std::string& in, int& status) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  status = std::atoi(in.c_str() + 9);
  static constexpr const char* name = "content-length:";
  const auto found = std::search(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(head), name, name + 15,
                                 [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
  if (found == in.begin() + static_cast<std::ptrdiff_t>(head))
    throw std::runtime_error("an answer without Content-Length: " + in.substr(0, head));
  const std::size_t length = std::strtoull(&*found + 15, nullptr, 10);
  return in.size() >= head + 4 + length ? head + 4 + length : 0;
}

class Generator {
 public:
  explicit Generator(const Load& load) : load_(load), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(static_cast<std::size_t>(load.connections));
    for (std::size_t i = 0; i < connections_.size(); ++i) connect_one(i);
  }
  ~Generator() {
    for (const Connection& connection : connections_) close(connection.fd);
    close(epoll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  Measured run() {
    const auto begin = Clock::now() + to_duration(load_.warm_up);
    const auto end = begin + to_duration(load_.seconds);
    for (std::size_t i = 0; i < connections_.size(); ++i) send_next(i);
    std::vector<epoll_event> ready(connections_.size());
    while (Clock::now() < end && (load_.requests == 0 || latencies_.size() < load_.requests)) {
      const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), resting_.empty() ? 1'000 : 1);
      for (int i = 0; i < count; ++i) receive(ready[static_cast<std::size_t>(i)].data.u64, begin);
      for (; !resting_.empty() && resting_.front().first <= Clock::now(); resting_.pop_front())
        send_next(resting_.front().second);
    }
    return result();
  }

 private:
  static Clock::duration to_duration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void connect_one(std::size_t i) {
    Connection& connection = connections_[i];
    connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(load_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("cannot connect to port " + std::to_string(load_.port));
    const int yes = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  void send_next(std::size_t i) {
    Connection& connection = connections_[i];
    const std::string bytes = load_.request(static_cast<int>(i), connection.number++);
    connection.sent = Clock::now();
    if (send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) return;
    open_again(i);
    if (send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("a connection took no request");
  }

  void open_again(std::size_t i) {
    ++measured_.opened_again;
    close(connections_[i].fd);
    connections_[i].in.clear();
    connect_one(i);
  }

  void receive(std::size_t i, Clock::time_point begin) {
    Connection& connection = connections_[i];
    char buffer[16 * 1024];
    const ssize_t got = recv(connection.fd, buffer, sizeof(buffer), 0);
    if (got <= 0) {
      const bool resting = std::ranges::find(resting_, i, [](const auto& one) { return one.second; }) != resting_.end();
      open_again(i);
      if (!resting) send_next(i);
      return;
    }
    connection.in.append(buffer, static_cast<std::size_t>(got));
    int status = 0;
    const std::size_t length = whole_answer(connection.in, status);
    if (length == 0) return;
    const auto now = Clock::now();
    const float took = std::chrono::duration<float, std::milli>(now - connection.sent).count();
    if (status == 503 && connection.in.find("Retry-After") < length) {
      if (now >= begin) refusals_.push_back(took);
      connection.in.erase(0, length);
      if (load_.pause_after_503 > 0) return resting_.emplace_back(now + to_duration(load_.pause_after_503), i), void();
      return send_next(i);
    }
    const bool holds = std::string_view(connection.in).substr(0, length).find(load_.holds) != std::string_view::npos;
    if (status / 100 != 2 || !holds) {
      if (measured_.failed++ == 0) measured_.first_failure = connection.in.substr(0, length);
    } else {
      ++done_;
      if (now >= begin) latencies_.push_back(took);
    }
    connection.in.erase(0, length);
    send_next(i);
  }

  Measured result() {
    measured_.answered = latencies_.size();
    if (load_.pid != 0)
      measured_.cpu_micros =
          (testing::health_of(load_.pid).cpu_seconds - cpu_before_) / static_cast<double>(done_) * 1e6;
    measured_.rate = static_cast<double>(latencies_.size()) / load_.seconds;
    measured_.refused = refusals_.size();
    measured_.p50_ms = percentile(latencies_, 50);
    measured_.p99_ms = percentile(latencies_, 99);
    measured_.refused_p99_ms = percentile(refusals_, 99);
    return measured_;
  }
  static double percentile(std::vector<float>& values, std::size_t of_hundred) {
    std::ranges::sort(values);
    return values.empty() ? 0 : static_cast<double>(values[values.size() * of_hundred / 100]);
  }

  const Load& load_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<float> latencies_, refusals_;                        // milliseconds
  std::deque<std::pair<Clock::time_point, std::size_t>> resting_;  // until when, and which
  std::uint64_t done_ = 0;                                         // as it should be, in the warm-up too
  double cpu_before_ = load_.pid == 0 ? 0 : testing::health_of(load_.pid).cpu_seconds;
  Measured measured_;
};

}  // namespace

Measured run_load(const Load& load) { return Generator(load).run(); }

std::string post_bytes(const std::string& path, const std::string& token, const std::string& body,
                       const std::string& key) {
  return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token +
         (key.empty() ? "" : "\r\nIdempotency-Key: " + key) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string get_bytes(const std::string& path, const std::string& token) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
         (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
}

}  // namespace caravan::bench
