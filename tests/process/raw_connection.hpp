#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace caravan::testing {

/// A connection to 127.0.0.1 on which a test writes what no well-behaved client sends.
class RawConnection {
 public:
  /// Throws std::runtime_error where nobody listens.
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection& operator=(RawConnection&&) = delete;

  /// False where the other side has closed.
  bool send(const std::string& bytes);
  /// Says that nothing more will be sent.
  void finish();
  /// All that comes until the other side closes; nothing where it does not within the patience.
  std::optional<std::string> read_to_end(std::chrono::milliseconds patience = std::chrono::seconds(20));
  /// What comes until the text is among it, the end, or the end of the patience.
  std::string read_until(const std::string& text, std::chrono::milliseconds patience = std::chrono::seconds(20));

 private:
  bool read_some(std::chrono::milliseconds patience);

  int socket_ = -1;
  bool has_ended_ = false;
  std::string got_;
};

/// The statuses of the answers in what came over a connection.
std::vector<int> statuses_of(const std::string& answers);

}  // namespace caravan::testing
