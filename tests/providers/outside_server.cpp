#include "tests/providers/outside_server.hpp"

namespace caravan::testkit {

const std::string OutsideServer::secret = "a secret that both sides know, and nobody else";

OutsideServer::OutsideServer(Answer answer) : answer_(std::move(answer)) {
  server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
    }
    answer_(request, response);
  });
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) std::this_thread::yield();
}

OutsideServer::~OutsideServer() {
  server_.stop();
  thread_.join();
}

PostTarget OutsideServer::target(std::chrono::milliseconds deadline) const {
  return {"http://127.0.0.1:" + std::to_string(port_) + "/hook", secret, deadline};
}

std::size_t OutsideServer::count() {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

httplib::Request OutsideServer::seen(std::size_t index) {
  const std::lock_guard lock(mutex_);
  return seen_.at(index);
}

}  // namespace caravan::testkit
