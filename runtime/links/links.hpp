#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "runtime/links/session.hpp"

/// The network between nodes, behind an interface: whoever sends does not know what carries it.
namespace caravan {

struct LinkPeer {
  std::string name;
  std::string address;  // host:port
  friend bool operator==(const LinkPeer&, const LinkPeer&) = default;
};

/// Files of PEM for mutual TLS: both ends show a certificate of this authority, whose common name is the node's name.
struct LinkTls {
  std::string authority;
  std::string certificate;
  std::string key;
};

struct LinkOptions {
  LinkEnd self;
  std::string listen = "127.0.0.1:0";  // host:port
  std::optional<LinkTls> tls;          // absent: by the secret
  std::string secret = {};             // what nodes of one host know; absent too: in the clear, for tests
  LinkLimits limits = {};
  std::chrono::milliseconds redial_first{50}, redial_most{1'000};
};

/// What links tell; called on their own thread, and must not block it.
struct LinkEvents {
  /// A peer's message: once, in order.
  std::function<void(const std::string& peer, std::string message)> message;
  /// The link to the peer has opened, or has closed, or still cannot be opened but for another reason than was told
  /// last. `why` is for people.
  std::function<void(const std::string& peer, bool open, const std::string& why)> changed = {};
  /// So many messages were written to a former session of the peer and not acknowledged: whether it did them is
  /// unknown.
  std::function<void(const std::string& peer, std::size_t count)> lost = {};
};

struct LinkState {
  LinkPeer peer;
  bool open = false;
  std::uint16_t wire = 0;
  std::size_t waiting = 0, waiting_bytes = 0;  // not acknowledged
  std::uint64_t connections = 0;               // that were opened, in all
  std::string fault;                           // why the last one ended
};

/// Links to all peers. Of two nodes, the one whose name comes first dials. Thread-safe.
class Links {
 public:
  virtual ~Links() = default;
  /// Links to these peers from now on, at most 1,000. Messages that wait for any other are dropped.
  virtual void set_peers(const std::vector<LinkPeer>& peers) = 0;
  /// False: no such peer, the message is too large, or too much waits already. What was taken arrives once, unless the
  /// peer's process ends.
  virtual bool send(const std::string& peer, std::string message) = 0;
  virtual std::vector<LinkState> states() const = 0;
  /// Where peers reach this node.
  virtual std::string address() const = 0;
  /// Ends the links and their thread. What is sent from here on is lost.
  virtual void stop() = 0;
};

/// Links over TCP, by Boost.Asio on one thread. Throws std::runtime_error where it cannot listen or read its
/// certificates.
std::unique_ptr<Links> make_tcp_links(LinkOptions options, LinkEvents events);

}  // namespace caravan
