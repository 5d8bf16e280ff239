#include "tests/testkit/postgres_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "storage/postgres/connection.hpp"

namespace caravan::testkit {

namespace {

constexpr auto start_deadline = std::chrono::seconds(60);
constexpr auto poll_pause = std::chrono::milliseconds(10);
constexpr const char* administrator = "caravan";

/// Where Debian puts the server's programs, the newest version's; empty: there are none.
std::string programs() {
  std::string newest;
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored))
    if (std::filesystem::exists(version.path() / "bin/initdb")) newest = std::max(newest, version.path().string());
  return newest.empty() ? "" : newest + "/bin/";
}

/// Who runs the server: PostgreSQL refuses root.
const passwd* server_user() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  return user ? user : getpwnam("nobody");
}

pid_t launch(const std::vector<std::string>& words, const std::string& log) {
  const passwd* user = server_user();
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int out = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0666);
  dup2(out, 1);
  dup2(out, 2);
  if (user && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (chdir("/") != 0) _exit(126);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

std::string PostgresServer::missing() {
  return programs().empty() ? "no PostgreSQL server is installed (config/packages)" : "";
}

PostgresServer::PostgresServer(const std::string& folder) : folder_(folder), owns_folder_(folder.empty()) {
  if (owns_folder_) {
    std::string name = (std::filesystem::temp_directory_path() / "caravan-pg-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    folder_ = name;
  }
  if (const passwd* user = server_user(); user && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error(folder_ + ": cannot be given to the server's user");
  if (!std::filesystem::exists(folder_ + "/data") &&
      run({"initdb", "-D", folder_ + "/data", "-U", administrator, "-A", "trust", "-E", "UTF8", "--no-locale",
           "--no-sync", "--wal-segsize=4"}) != 0)
    throw std::runtime_error("initdb failed: see " + folder_ + "/log");
  start();
}

PostgresServer::~PostgresServer() {
  stop(SIGINT);
  std::error_code ignored;
  if (owns_folder_) std::filesystem::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::url() const {
  return std::string("postgresql:///postgres?host=") + folder_ + "&user=" + administrator;
}

std::string PostgresServer::url(const std::string& schema) {
  ask("CREATE SCHEMA IF NOT EXISTS " + schema);
  return url() + "&options=-csearch_path%3D" + schema;
}

std::string PostgresServer::ask(const std::string& sql) {
  postgres::Connection connection(url(), start_deadline);
  std::vector<postgres::Statement> statements{{sql}};
  const auto answers = connection.run(statements);
  return answers.front().rows() > 0 ? std::string(answers.front().text(0, 0)) : "";
}

void PostgresServer::start() {
  // Sockets in its own folder, so there is no port to find.
  pid_ = launch({programs() + "postgres", "-D", folder_ + "/data", "-c", "listen_addresses=", "-c",
                 "unix_socket_directories=" + folder_, "-c", "max_wal_size=64MB", "-c", "shared_buffers=32MB"},
                folder_ + "/log");
  const auto until = std::chrono::steady_clock::now() + start_deadline;
  for (;;) {
    try {
      ask("SELECT 1");
      return;
    } catch (const postgres::Disconnected& error) {
      if (std::chrono::steady_clock::now() > until || waitpid(pid_, nullptr, WNOHANG) != 0)
        throw std::runtime_error("the PostgreSQL server did not start: see " + folder_ + "/log: " + error.what());
    }
    std::this_thread::sleep_for(poll_pause);
  }
}

void PostgresServer::configure(const std::string& lines) {
  std::ofstream(folder_ + "/data/postgresql.conf", std::ios::app) << lines << '\n';
}

int PostgresServer::run(std::vector<std::string> words) {
  words.front() = programs() + words.front();
  int status = 0;
  waitpid(launch(words, folder_ + "/log"), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void PostgresServer::crash() { stop(SIGQUIT); }

void PostgresServer::stop(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace caravan::testkit
