#include "tests/testkit/postgres_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace caravan::testkit {

namespace {

constexpr int look_again_ms = 50;
constexpr std::string_view ready = {"Z\0\0\0\5I", 6};  // the server's last word on a pipeline, outside a transaction

sockaddr_un socket_in(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + "/.s.PGSQL.5432";
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + ": too long for a socket");
  std::strcpy(address.sun_path, path.c_str());
  return address;
}

/// What can be read now; empty at the end.
std::string take(int from) {
  std::array<char, 65'536> buffer;
  const ssize_t count = recv(from, buffer.data(), buffer.size(), 0);
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : "";
}

bool give(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

PostgresProxy::PostgresProxy(PostgresServer& server, std::string folder)
    : folder_(std::move(folder)), server_folder_(server.folder()) {
  const sockaddr_un address = socket_in(folder_);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 16) != 0)
    throw std::runtime_error(folder_ + ": no socket can be made there");
  server_thread_ = std::thread([this] { serve(); });
}

PostgresProxy::~PostgresProxy() {
  stopping_ = true;
  server_thread_.join();
  for (std::thread& carrier : carriers_) carrier.join();
  close(listener_);
}

std::string PostgresProxy::by_way(const std::string& url) const {
  std::string out = url;
  return out.replace(out.find(server_folder_), server_folder_.size(), folder_);
}

void PostgresProxy::serve() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, look_again_ms) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { carry(client); });
  }
}

void PostgresProxy::carry(int client) {
  const sockaddr_un address = socket_in(server_folder_);
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  bool answer_is_lost = false;
  while (open && !stopping_) {
    std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), look_again_ms) <= 0) continue;
    if (ends[0].revents != 0) {
      const std::string bytes = take(client);
      const bool commits = bytes.find("COMMIT") != std::string::npos;
      const Cut cut = commits ? cut_.exchange(Cut::none) : Cut::none;
      cuts_ += cut != Cut::none;
      answer_is_lost = cut == Cut::before_answer;
      open = !bytes.empty() && cut != Cut::before_commit && give(server, bytes);
    }
    if (open && ends[1].revents != 0) {
      const std::string bytes = take(server);
      open = !bytes.empty() && (answer_is_lost ? !bytes.ends_with(ready) : give(client, bytes));
    }
  }
  close(server);
  close(client);
}

}  // namespace caravan::testkit
