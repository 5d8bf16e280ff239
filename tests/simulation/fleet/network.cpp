#include "tests/simulation/fleet/network.hpp"

#include <algorithm>

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr TrueTime redial_every = 100ms;

}  // namespace

/// The links of one process. What tcp_links does with sockets it does with a Network's connections.
class Network::End : public Links {
 public:
  End(Network& network, LinkOptions options, LinkEvents events, Place place)
      : network_(network), options_(std::move(options)), events_(std::move(events)), place_(std::move(place)) {
    network_.ends_[name()] = this;
  }
  ~End() override { End::stop(); }

  void stop() override {
    if (network_.find(name()) == this) network_.ends_.erase(name());
    for (auto& [peer, link] : peers_) hang_up(link);
  }

  void unplug() {
    for (auto& [peer, link] : peers_) link.connection.reset();
  }

  /// A peer's process is a new one: its computer knows nothing of the connections that the former one had.
  void refuse(const std::string& peer) {
    const auto found = peers_.find(peer);
    if (found != peers_.end() && found->second.connection) found->second.connection->is_broken = true;
  }

  void set_peers(const std::vector<LinkPeer>& peers) override {
    std::map<std::string, Peer> next;
    for (const LinkPeer& given : peers) {
      const auto found = peers_.find(given.name);
      if (found != peers_.end() && found->second.at == given)
        next.insert(peers_.extract(found));
      else
        next.emplace(given.name,
                     Peer{given, LinkSession(nth(options_.self, sessions_++), given.name, options_.limits)});
    }
    for (auto& [peer, link] : peers_) hang_up(link);
    peers_ = std::move(next);
  }

  bool send(const std::string& peer, std::string message) override {
    const auto found = peers_.find(peer);
    return found != peers_.end() && found->second.session.send(std::move(message), place_.clock());
  }

  std::vector<LinkState> states() const override {
    std::vector<LinkState> out;
    for (const auto& [peer, link] : peers_)
      out.push_back({link.at, link.session.is_open(), link.session.wire(), link.session.waiting(),
                     link.session.waiting_bytes(), 0, link.session.fault()});
    return out;
  }

  std::string address() const override { return name() + ":7000"; }

  const std::string& name() const { return options_.self.name; }
  bool is_frozen() const { return place_.is_frozen(); }
  bool knows(const std::string& peer) const { return peers_.contains(peer); }

  /// Reads what has arrived from its peers, and writes what there is to say. True: something arrived.
  bool carry() {
    if (is_frozen()) return false;
    bool did = false;
    std::vector<std::string> names;  // what a message says may change the peers
    for (const auto& [peer, link] : peers_) names.push_back(peer);
    for (const std::string& peer : names) did |= carry(peer);
    return did;
  }

  /// There is a connection from now on, instead of any former one.
  void connect(const std::string& peer, ConnectionPtr connection) {
    Peer& link = peers_.at(peer);
    hang_up(link);
    link.connection = std::move(connection);
    link.session.connected(place_.clock());
  }

 private:
  struct Peer {
    LinkPeer at;
    LinkSession session;
    ConnectionPtr connection = nullptr;
    bool told_open = false;
    TrueTime next_dial{0};
  };

  static void hang_up(Peer& link) {
    if (link.connection) link.connection->is_broken = true;
    link.connection.reset();
    link.session.disconnected();
  }

  bool carry(const std::string& peer) {
    bool did = false;
    if (const auto found = peers_.find(peer); found != peers_.end()) did = read(found->second);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return did;
    Peer& link = found->second;
    if (!link.session.tick(place_.clock())) hang_up(link);
    write(link);
    dial(link);
    tell(peer);
    return did;
  }

  bool read(Peer& link) {
    if (!link.connection) return false;
    const std::string peer = link.at.name;
    if (network_.is_cut(peer, name())) return false;  // it hears nothing, not even that the other end is gone
    bool did = false;
    std::deque<Frame>& frames = link.connection->to[name()];
    while (!frames.empty() && frames.front().arrives <= network_.now_) {
      const std::string bytes = std::move(frames.front().bytes);
      frames.pop_front();
      did = true;
      ++network_.carried;
      if (!link.session.received(bytes, place_.clock())) {
        hang_up(link);
        return did;
      }
    }
    if (link.connection->is_broken) hang_up(link);
    return did;
  }

  void write(Peer& link) {
    std::vector<std::string> frames = link.session.take_frames();
    if (!link.connection || link.connection->is_broken) return;
    std::deque<Frame>& way = link.connection->to[link.at.name];
    for (std::string& frame : frames) network_.put(way, std::move(frame));
  }

  void dial(Peer& link) {
    const std::string& peer = link.at.name;
    if (link.connection || peer < name() || network_.now_ < link.next_dial) return;
    link.next_dial = network_.now_ + redial_every;
    End* other = network_.find(peer);
    if (!other || other->is_frozen() || !other->knows(name())) return;
    if (network_.is_cut(name(), peer) || network_.is_cut(peer, name())) return;
    const auto connection = std::make_shared<Connection>();
    connect(peer, connection);
    other->connect(name(), connection);
  }

  /// As tcp_links: first what was lost and whether it is open, then messages.
  void tell(const std::string& peer) {
    Peer& link = peers_.at(peer);
    std::vector<std::string> messages = link.session.take_messages();
    const std::size_t lost = link.session.take_lost();
    const bool is_open = link.session.is_open();
    const bool has_changed = std::exchange(link.told_open, is_open) != is_open;
    if (lost > 0 && events_.lost) events_.lost(peer, lost);
    if (has_changed && events_.changed) events_.changed(peer, is_open, is_open ? "" : "broken");
    for (std::string& message : messages) take(peer, std::move(message));
  }

  void take(const std::string& peer, std::string message) {
    if (const std::string answer = network_.answers ? network_.answers(message) : ""; !answer.empty()) {
      send(peer, answer);
      return;
    }
    if (network_.chance_.percent(network_.repeated_percent)) repeated_.emplace_back(peer, message);
    events_.message(peer, std::move(message));
    if (repeated_.size() >= 50) bring_again();
  }

  bool bring_again() {
    if (is_frozen() || repeated_.empty()) return false;
    for (auto& [from, again] : std::exchange(repeated_, {})) events_.message(from, std::move(again));
    return true;
  }

  Network& network_;
  const LinkOptions options_;
  const LinkEvents events_;
  const Place place_;
  std::map<std::string, Peer> peers_;
  std::uint64_t sessions_ = 0;
  std::vector<std::pair<std::string, std::string>> repeated_;  // sabotage: from, message

  friend class Network;
};

std::unique_ptr<Links> Network::join(LinkOptions options, LinkEvents events, Place place) {
  for (const auto& [name, end] : ends_) end->refuse(options.self.name);
  return std::make_unique<End>(*this, std::move(options), std::move(events), std::move(place));
}

bool Network::bring_again() {
  bool did = false;
  for (const auto& [name, end] : ends_) did |= end->bring_again();
  return did;
}

void Network::cut(const std::string& from, const std::string& to, TrueTime until) {
  TrueTime& mends = cuts_[{from, to}];
  mends = std::max(mends, until);
}

bool Network::is_cut(const std::string& from, const std::string& to) const {
  const auto found = cuts_.find({from, to});
  return found != cuts_.end() && now_ < found->second;
}

void Network::unplug(const std::string& name) {
  if (End* end = find(name)) end->unplug();
  ends_.erase(name);
}

Network::End* Network::find(const std::string& name) const {
  const auto found = ends_.find(name);
  return found == ends_.end() ? nullptr : found->second;
}

TrueTime Network::arrival(TrueTime after) {
  const bool is_slow = chance_.percent(slow_percent);
  return std::max(after, now_ + TrueTime(is_slow ? chance_.between(1'000, 1'000'000) : chance_.between(0, 3'000)));
}

void Network::put(std::deque<Frame>& way, std::string bytes) {
  way.push_back({arrival(way.empty() ? TrueTime{0} : way.back().arrives), std::move(bytes)});
  if (!chance_.permille(disorder_permille)) return;
  ++disordered;
  if (way.size() > 1 && chance_.percent(50))
    std::swap(way.back().bytes, way[way.size() - 2].bytes);
  else
    way.push_back(way[chance_.below(way.size())]);
  way.back().arrives = std::max(way.back().arrives, way[way.size() - 2].arrives);
}

void Network::carry(TrueTime now) {
  now_ = now;
  bool did = true;
  while (std::exchange(did, false))
    for (const auto& [name, end] : ends_) did |= end->carry();
}

void Network::break_one() {
  std::vector<ConnectionPtr> all;
  for (const auto& [name, end] : ends_)
    for (const auto& [peer, link] : end->peers_)
      if (link.connection && name < peer) all.push_back(link.connection);
  if (all.empty()) return;
  const ConnectionPtr connection = chance_.one_of(all);
  connection->is_broken = true;
  // Some of the frames under way arrive before the connection breaks.
  for (auto& [to, frames] : connection->to) frames.resize(chance_.below(frames.size() + 1));
  ++broken;
}

}  // namespace caravan::simulation
