#include "tests/process/raw_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace caravan::testing {

using Clock = std::chrono::steady_clock;

RawConnection::RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  ::close(socket_);
  throw std::runtime_error("nobody listens on port " + std::to_string(port));
}

RawConnection::~RawConnection() {
  if (socket_ >= 0) ::close(socket_);
}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), has_ended_(other.has_ended_), got_(std::move(other.got_)) {}

bool RawConnection::send(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

void RawConnection::finish() { ::shutdown(socket_, SHUT_WR); }

/// False where nothing came in time; the end counts as something.
bool RawConnection::read_some(std::chrono::milliseconds patience) {
  pollfd waits{socket_, POLLIN, 0};
  if (::poll(&waits, 1, static_cast<int>(std::max<std::int64_t>(patience.count(), 0))) <= 0) return false;
  std::array<char, 16'384> part;
  const ssize_t count = ::recv(socket_, part.data(), part.size(), 0);
  if (count > 0)
    got_.append(part.data(), static_cast<std::size_t>(count));
  else
    has_ended_ = true;
  return true;
}

std::optional<std::string> RawConnection::read_to_end(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (!has_ended_)
    if (!read_some(std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()))) return std::nullopt;
  return std::exchange(got_, {});
}

std::string RawConnection::read_until(const std::string& text, std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (!has_ended_ && got_.find(text) == std::string::npos)
    if (!read_some(std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()))) break;
  return std::exchange(got_, {});
}

std::vector<int> statuses_of(const std::string& answers) {
  constexpr std::string_view start = "HTTP/1.1 ";
  std::vector<int> statuses;
  for (std::size_t at = 0; (at = answers.find(start, at)) != std::string::npos;) {
    at += start.size();
    const std::string digits = answers.substr(at, 3);
    if (digits.size() == 3 && digits.find_first_not_of("0123456789") == std::string::npos)
      statuses.push_back(std::stoi(digits));  // not the name of the protocol within a text
  }
  return statuses;
}

}  // namespace caravan::testing
