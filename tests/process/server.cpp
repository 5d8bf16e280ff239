#include "tests/process/server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/process/client.hpp"

namespace caravan::testing {

namespace {

using std::chrono::steady_clock;

constexpr int ready_polls = 3'000;  // a minute; polls are counted, so time in which this process is stopped is not
constexpr auto stop_deadline = std::chrono::seconds(30);
constexpr auto poll = std::chrono::milliseconds(20);

}  // namespace

TemporaryFolder::TemporaryFolder(const std::string& name) {
  std::string pattern = (std::filesystem::temp_directory_path() / ("caravan-" + name + "-XXXXXX")).string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder for " + name);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!keep_) std::filesystem::remove_all(path_, ignored);
}

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, any, length) != 0 || getsockname(fd, any, &length) != 0)
    throw std::runtime_error("no free port on 127.0.0.1");
  close(fd);
  return ntohs(address.sin_port);
}

ServerProcess::ServerProcess(std::string binary, std::string folder, std::map<std::string, std::string> environment)
    : binary_(std::move(binary)),
      folder_(std::move(folder)),
      environment_(std::move(environment)),
      port_(free_port()) {}

ServerProcess::~ServerProcess() { crash(); }

void ServerProcess::start() {
  launch();
  wait_until_ready();
}

void ServerProcess::launch() {
  std::map<std::string, std::string> variables = {
      {"CARAVAN_HTTP", "127.0.0.1:" + std::to_string(port_)},
      {"CARAVAN_DATA", data_folder()},
      {"CARAVAN_ENVIRONMENT", "sandbox"},
      {"CARAVAN_RATE_LIMIT", "off"},
      {"CARAVAN_OVERLAPPING_TRIPS", "1000000"},  // one traveler takes all parcels of a test
      {"CARAVAN_BOOTSTRAP_ADMIN", std::string(admin_email) + ':' + admin_password},
      {"CARAVAN_SERVICE_KEY", service_key},
      {"CARAVAN_PASSWORD_MEMORY_KIB", "64"},
      {"CARAVAN_PASSWORD_PASSES", "1"},
  };
  for (const auto& [name, value] : environment_) variables[name] = value;
  const std::string log = folder_ + "/server.log";
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot start " + binary_);
  if (pid_ == 0) {
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
    execl(binary_.c_str(), binary_.c_str(), "serve", nullptr);
    _exit(127);
  }
}

void ServerProcess::wait_until_ready() {
  for (int i = 0; i < ready_polls; ++i) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("the server ended before it was ready:\n" + log_end());
    }
    if (HttpClient(port_).call("GET", "/health/ready").status == 200) return;
    std::this_thread::sleep_for(poll);
  }
  throw std::runtime_error("the server was not ready within a minute:\n" + log_end());
}

void ServerProcess::crash() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int ServerProcess::stop() {
  if (pid_ <= 0) return -1;
  kill(pid_, SIGTERM);
  return wait_end();
}

int ServerProcess::wait_end() {
  const auto until = steady_clock::now() + stop_deadline;
  while (steady_clock::now() < until) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::this_thread::sleep_for(poll);
  }
  crash();
  return -1;
}

std::string ServerProcess::log_end() const {
  std::ifstream in(folder_ + "/server.log");
  std::stringstream text;
  text << in.rdbuf();
  constexpr std::size_t shown = 3'000;
  const std::string all = text.str();
  return all.size() <= shown ? all : "…" + all.substr(all.size() - shown);
}

}  // namespace caravan::testing
