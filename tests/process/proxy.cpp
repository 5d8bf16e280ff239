#include "tests/process/proxy.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/process/server.hpp"

namespace caravan::testing {

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("config/deploy/haproxy.cfg does not have: " + from);
  return text.replace(at, from.size(), to);
}

}  // namespace

Proxy::Proxy(const std::string& folder, const std::vector<int>& nodes, const std::string& way) : port_(free_port()) {
  std::ifstream in("config/deploy/haproxy.cfg");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  std::string servers;
  for (const int port : nodes)
    servers += "    server node" + std::to_string(port) + " 127.0.0.1:" + std::to_string(port) + way + '\n';
  text = replaced(text, "bind 127.0.0.1:8000", "bind 127.0.0.1:" + std::to_string(port_));
  text = replaced(text, "    server node1 127.0.0.1:8080\n", servers);
  const std::string file = folder + "/haproxy.cfg", log = folder + "/haproxy.log";
  std::ofstream(file) << text;
  pid_ = fork();
  if (pid_ == 0) {
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    for (const char* path : {"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"})
      execl(path, path, "-db", "-f", file.c_str(), nullptr);
    _exit(127);
  }
}

Proxy::~Proxy() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

}  // namespace caravan::testing
