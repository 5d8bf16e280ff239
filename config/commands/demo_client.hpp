#pragma once

#include <memory>
#include <stdexcept>
#include <string>

/// The demo market's view of a node: calls over HTTP, and a look into their answers.
namespace caravan::demo {

/// A call that went otherwise than the demo expects; one line.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What came back.
struct Answer {
  int status = 0;
  std::string body;

  /// The value at "items[0].offerId" or "qrCodes[type=pickup].qrCodeId" as plain text; throws Failure where it is not.
  std::string at(const std::string& path) const;
  /// The same, or empty where there is none.
  std::string find(const std::string& path) const;
};

/// Calls one node. Not thread-safe.
class Client {
 public:
  /// `url`: https://caravan.example
  explicit Client(const std::string& url);
  ~Client();

  /// Calls below /api/v1. Throws Failure where the status is not 2xx, or `other_status`.
  Answer call(const std::string& method, const std::string& path, const std::string& token = {},
              const std::string& body = {}, int other_status = 0);
  /// Whether the node says that it is ready.
  bool is_ready();
  const std::string& url() const { return url_; }

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
  std::string url_;
};

/// How a node is reached that has this address in its setting `http`.
std::string url_of(const std::string& address);

/// "2027-01-31T10:00:00Z" plus some hours.
std::string time_after(const std::string& time, int hours);

/// 3500 and "USD" as "35.00 USD".
std::string money(const std::string& minor_units, const std::string& currency);

}  // namespace caravan::demo
