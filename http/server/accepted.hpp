#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace caravan::http {

/// A connection that this process has accepted, as the system sees it. CivetWeb tells nobody which sockets it has.
struct AcceptedSocket {
  int file = -1;
  std::string address;  // of the other side
  int port = 0;
  int unread = 0;  // bytes that no thread has read yet
  /// Since the last bytes came and went; where there were none, since it was accepted.
  std::chrono::milliseconds received{}, sent{};
};

/// What was accepted on a port and is still open, whether or not a thread has it.
std::vector<AcceptedSocket> accepted_on(int port);

/// Shuts the reading side of the connection. What has come can still be read, then the reader finds its end; the answer
/// under way is still sent. Nothing happens where the file is another connection by now.
void hang_up(const AcceptedSocket& connection, int port);

/// Shuts the reading side of every socket that is bound to the port, the listening ones too.
///
/// CivetWeb looks every two seconds whether it is to stop: without this a stop would wait that long for clients who
/// keep their connections open and say nothing.
void hang_up(int port);

}  // namespace caravan::http
