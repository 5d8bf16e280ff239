#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace caravan::http {

/// Is it an address of this host or of a private network: loopback, RFC 1918, link-local, fc00::/7?
bool is_private_address(const std::string& address);

/// Load balancers before this node, whose word about a request's client is taken: without them all clients behind one
/// would share its address, and so its rate limits.
class TrustedProxies {
 public:
  static constexpr std::size_t limit = 64;

  TrustedProxies() = default;
  /// Addresses and networks, with commas between: "127.0.0.1, 10.0.0.0/8, fd00::/8". Throws std::invalid_argument,
  /// which names the faulty one.
  explicit TrustedProxies(std::string_view list);

  bool trusts(const std::string& address) const;
  /// The client's address: the last one in the chain of `forwarded` (the values of X-Forwarded-For, in order) and
  /// `peer` that is no proxy of ours. What a client wrote into the header itself stands before that, and is not
  /// believed.
  std::string client(const std::string& peer, std::string_view forwarded) const;
  bool empty() const { return !networks_; }

 private:
  struct Networks;
  std::shared_ptr<const Networks> networks_;  // null: no proxy is trusted
};

}  // namespace caravan::http
