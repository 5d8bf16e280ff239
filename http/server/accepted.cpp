#include "http/server/accepted.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <optional>

namespace caravan::http {

namespace {

using NameOf = int (*)(int, sockaddr*, socklen_t*);  // getsockname, getpeername

struct Place {
  std::string address;
  int port = 0;
};

std::optional<Place> place_of(int file, NameOf name_of) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (name_of(file, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto& four = reinterpret_cast<const sockaddr_in&>(name);
  const auto& six = reinterpret_cast<const sockaddr_in6&>(name);
  if (name.ss_family == AF_INET && inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size()))
    return Place{text.data(), ntohs(four.sin_port)};
  if (name.ss_family == AF_INET6 && inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size()))
    return Place{text.data(), ntohs(six.sin6_port)};
  return std::nullopt;
}

/// Calls for every open file of this process.
template <class Visit>
void each_file(Visit visit) {
  std::error_code gone;  // files come and go while we look
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", gone)) {
    const std::string name = entry.path().filename();
    int file = -1;
    std::from_chars(name.data(), name.data() + name.size(), file);
    if (file >= 0) visit(file);
  }
}

bool is_bound_to(int file, int port) {
  const auto here = place_of(file, getsockname);
  return here && here->port == port;
}

}  // namespace

std::vector<AcceptedSocket> accepted_on(int port) {
  std::vector<AcceptedSocket> found;
  each_file([&](int file) {
    if (!is_bound_to(file, port)) return;
    auto peer = place_of(file, getpeername);
    tcp_info times{};
    socklen_t size = sizeof times;
    int unread = 0;
    if (!peer || getsockopt(file, IPPROTO_TCP, TCP_INFO, &times, &size) != 0 || ioctl(file, FIONREAD, &unread) != 0)
      return;
    found.push_back({file, std::move(peer->address), peer->port, unread,
                     std::chrono::milliseconds(times.tcpi_last_data_recv),
                     std::chrono::milliseconds(times.tcpi_last_data_sent)});
  });
  return found;
}

void hang_up(const AcceptedSocket& connection, int port) {
  // Works on a duplicate of the file. CivetWeb may close its own between the check and the shutdown, and the number
  // could then be another connection's.
  const int own = fcntl(connection.file, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return;
  const auto peer = is_bound_to(own, port) ? place_of(own, getpeername) : std::nullopt;
  if (peer && peer->port == connection.port && peer->address == connection.address) shutdown(own, SHUT_RD);
  close(own);
}

void hang_up(int port) {
  each_file([port](int file) {
    if (is_bound_to(file, port)) shutdown(file, SHUT_RD);
  });
}

}  // namespace caravan::http
