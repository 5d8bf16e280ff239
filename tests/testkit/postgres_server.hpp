#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace caravan::testkit {

/// A PostgreSQL server of the test program's own: its data and its socket in a temporary folder. Runs as another user
/// where the tests run as root, which PostgreSQL refuses.
class PostgresServer {
 public:
  /// `folder`: where the data goes, or is already, made beforehand; empty: a temporary one. Throws std::runtime_error.
  explicit PostgresServer(const std::string& folder = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// One for the whole test program, started at first need.
  static PostgresServer& shared();
  /// Why no server can be started here; empty: one can.
  static std::string missing();

  /// The URL of its database "postgres" with the schema of this name: another journal for each name.
  std::string url(const std::string& schema);
  /// The same without a schema.
  std::string url() const;
  /// Its data and its socket.
  const std::string& folder() const { return folder_; }
  /// Runs one statement as the administrator; the first value of its answer, which must be a text.
  std::string ask(const std::string& sql);

  /// Adds lines to its settings; the next start takes them.
  void configure(const std::string& lines);
  /// Runs one of PostgreSQL's programs as the server's user; its exit code.
  int run(std::vector<std::string> words);

  /// Ends it at once, as a crash does; `start` then recovers its data.
  void crash();
  void start();

 private:
  void stop(int signal);
  std::string folder_;
  bool owns_folder_ = false;
  pid_t pid_ = -1;
};

}  // namespace caravan::testkit
