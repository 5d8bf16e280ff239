#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caravan {

/// Versions of the wire format that a node speaks; two nodes use the newest that both do.
struct WireVersions {
  std::uint16_t oldest = 1;
  std::uint16_t newest = 1;
};

/// Who one end of a link is.
struct LinkEnd {
  std::string name;
  /// Names one life of this end, so that the peer can tell when what it sent may be lost. Every process has another
  /// one, and every session that it begins with a peer (see `nth`). Never 0.
  std::uint64_t incarnation = 0;
  WireVersions wire = {};
};

/// This end as it greets in the n-th session of its process, counted from 0. When a peer is dropped and added again a
/// new session begins, which knows nothing of the former one; the other incarnation tells the peer so.
inline LinkEnd nth(LinkEnd self, std::uint64_t session) {
  self.incarnation += session;
  return self;
}

struct LinkLimits {
  std::size_t messages = 8'192;               // that the peer has not acknowledged
  std::size_t bytes = 32U << 20;              // of these
  std::size_t message_bytes = 8U << 20;       // of one
  std::chrono::milliseconds life{10'000};     // then a message is not written again: whoever asked has given up
  std::chrono::milliseconds beat{500};        // an acknowledgement goes out at least that often
  std::chrono::milliseconds silence{3'500};   // a peer that says nothing for so long is not there
  std::chrono::milliseconds greeting{3'500};  // who has not said who it is by then is cut off
};

/// The protocol between a node and one of its peers, over one connection after the other, without I/O or clock. While
/// both processes live, each message arrives once and in order, whatever happens to the connections between them; or
/// not at all, when the two are cut off from each other for longer than a message's life.
/// When the peer greets with another incarnation, the messages that were written to the former one count as lost: they
/// are not written again, since they may have been done.
class LinkSession {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  LinkSession(LinkEnd self, std::string peer, LinkLimits limits);

  /// Takes a message; false where it is empty, too large, or too much waits already.
  bool send(std::string message, Moment now);

  /// There is a connection now, which carries whole frames in order. Writes a greeting.
  void connected(Moment now);
  void disconnected();
  /// A frame of the peer's. False: it does not keep to the protocol, or is not who it should be; `fault` says why, and
  /// the connection must be closed.
  bool received(std::string_view frame, Moment now);
  /// To be called a few times a beat. False as `received`: the peer is silent.
  bool tick(Moment now);

  /// Frames to write, in order.
  std::vector<std::string> take_frames() { return std::exchange(frames_, {}); }
  /// The peer's messages, in order.
  std::vector<std::string> take_messages() { return std::exchange(messages_, {}); }
  /// How many messages were lost with a former incarnation of the peer since the last call.
  std::size_t take_lost() { return std::exchange(lost_, 0); }

  /// Both ends have greeted each other.
  bool is_open() const { return open_; }
  const std::string& fault() const { return fault_; }
  const std::string& peer() const { return peer_; }
  std::size_t waiting() const { return unacknowledged_.size(); }
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  /// The version that both ends speak; while open.
  std::uint16_t wire() const { return wire_; }

  /// Who greets in this frame; empty where it is no greeting.
  static std::string name_in_greeting(std::string_view frame);

 private:
  struct Waiting {
    std::string message;  // empty: too old; its number is still written, since the peer takes numbers in turn
    Moment since;
    bool was_written = false;
  };

  bool greeted(std::string_view body, Moment now);
  bool took(std::string_view body);
  void acknowledged(std::uint64_t sequence);
  void expire(Moment now);
  void write(std::size_t index);
  void write_acknowledgement();
  bool fail(std::string why);

  LinkEnd self_;
  std::string peer_;
  LinkLimits limits_;
  std::uint64_t peer_incarnation_ = 0;
  std::deque<Waiting> unacknowledged_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t first_ = 1;  // the sequence of unacknowledged_.front()
  std::uint64_t last_received_ = 0;
  std::uint64_t last_told_ = 0;  // of last_received_ to the peer
  bool connected_ = false, open_ = false;
  std::uint16_t wire_ = 0;
  Moment heard_, written_, since_;
  bool wrote_ = false;  // since the last tick
  std::vector<std::string> frames_, messages_;
  std::size_t lost_ = 0;
  std::string fault_;
};

}  // namespace caravan
