#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// A load generator: one thread with some keep-alive connections, each with one request under way at a time. A
/// connection that the server closes is opened again.
namespace caravan::bench {

struct Load {
  int port = 0;
  int pid = 0;  // of the server, whose CPU time is told; 0: it is not
  int connections = 64;
  double seconds = 5;          // measured
  double warm_up = 1;          // before that
  std::uint64_t requests = 0;  // ends after so many answers; 0: by time alone
  double pause_after_503 = 0;  // seconds that a connection rests after it; 0: it asks again at once
  /// The bytes of the next request of a connection.
  std::function<std::string(int connection, std::uint64_t number)> request;
  std::string holds = {};  // what an answer holds that did its work; any other counts as failed
};

struct Measured {
  double rate = 0;  // requests answered with 2xx and what is to be in the answer, a second
  double p50_ms = 0, p99_ms = 0;
  double cpu_micros = 0;  // of the server, a request
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;  // answered with 503 and Retry-After
  double refused_p99_ms = 0;
  std::uint64_t opened_again = 0;  // connections
  std::uint64_t failed = 0;        // answered otherwise
  std::string first_failure;
};

/// Throws std::runtime_error where the server cannot be reached.
Measured run_load(const Load& load);

/// A POST with a JSON body, as bytes; with an Idempotency-Key where one is given.
std::string post_bytes(const std::string& path, const std::string& token, const std::string& body,
                       const std::string& key = {});
std::string get_bytes(const std::string& path, const std::string& token = {});

}  // namespace caravan::bench
