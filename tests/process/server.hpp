#pragma once

#include <map>
#include <string>
#include <vector>

namespace caravan::testing {

/// Who the test server's first administrator and its services are.
inline constexpr const char* admin_email = "admin@caravan.example";
inline constexpr const char* admin_password = "correct-horse-battery";
inline constexpr const char* service_key = "test-service-key-0123456789abcdef";

/// A folder under the system's temporary folder; removed at the end unless `keep` was called.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  void keep() { keep_ = true; }

 private:
  std::string path_;
  bool keep_ = false;
};

/// A real `caravan serve` in the sandbox on a free port of 127.0.0.1, with its data folder and its log under `folder`.
/// Rate limits are off and password hashes cheap. It ends with this object.
class ServerProcess {
 public:
  ServerProcess(std::string binary, std::string folder, std::map<std::string, std::string> environment = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Starts it and waits until it is ready. If it does not get ready, throws std::runtime_error with the end of its
  /// log.
  void start();
  /// Starts it, and does not wait.
  void launch();
  /// kill -9.
  void crash();
  /// SIGTERM; returns the exit code, or -1 where it did not stop by itself within 30 s.
  int stop();
  /// Waits until it ends by itself; returns the exit code, or -1 if it does not end within 30 s.
  int wait_end();

  int port() const { return port_; }
  int pid() const { return pid_; }
  bool running() const { return pid_ > 0; }
  std::string data_folder() const { return folder_ + "/data"; }
  std::string log_end() const;

 private:
  void wait_until_ready();

  std::string binary_;
  std::string folder_;
  std::map<std::string, std::string> environment_;
  int port_ = 0;
  int pid_ = -1;
};

/// A port of 127.0.0.1 that nobody listens on.
int free_port();

}  // namespace caravan::testing
