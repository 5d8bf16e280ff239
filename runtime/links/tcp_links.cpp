#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "runtime/links/connection.hpp"
#include "runtime/links/links.hpp"
#include "storage/worker/failures.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Moment = LinkSession::Moment;

constexpr std::size_t most_peers = 1'000;
constexpr std::size_t most_strangers = 64;  // connections that have not said yet whose they are
constexpr std::chrono::milliseconds tick_every{50};
constexpr std::size_t frame_overhead = 64;

std::pair<std::string, std::string> host_and_port(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size())
    throw std::runtime_error("link address " + address + ": write host:port");
  std::string host = address.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {host, address.substr(colon + 1)};
}

/// Where OpenSSL's callbacks find the secret of their context.
int secret_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

unsigned int give_secret(SSL* connection, unsigned char* out, unsigned int most) {
  const auto* secret =
      static_cast<const std::string*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), secret_index()));
  if (!secret || secret->size() > most) return 0;
  std::copy(secret->begin(), secret->end(), out);
  return static_cast<unsigned int>(secret->size());
}

/// TLS between those who know the secret, without certificates. The secret must outlive the context.
std::unique_ptr<asio::ssl::context> secret_context(const std::string& secret) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tlsv13);
  SSL_CTX* const of = context->native_handle();
  context->set_verify_mode(asio::ssl::verify_none);
  SSL_CTX_set_min_proto_version(of, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(of, "TLS_AES_128_GCM_SHA256");  // its hash is the one that a bare secret is used with
  SSL_CTX_set_ex_data(of, secret_index(), const_cast<std::string*>(&secret));
  SSL_CTX_set_psk_client_callback(of,
                                  [](SSL* connection, const char*, char* identity, unsigned int most_identity,
                                     unsigned char* out, unsigned int most) -> unsigned int {
                                    constexpr std::string_view name = "caravan";
                                    if (name.size() >= most_identity) return 0;
                                    *std::copy(name.begin(), name.end(), identity) = '\0';
                                    return give_secret(connection, out, most);
                                  });
  SSL_CTX_set_psk_server_callback(
      of, [](SSL* connection, const char*, unsigned char* out, unsigned int most) -> unsigned int {
        return give_secret(connection, out, most);
      });
  return context;
}

/// None: in the clear.
std::unique_ptr<asio::ssl::context> tls_context(const LinkOptions& options) {
  const std::optional<LinkTls>& files = options.tls;
  if (!files) return options.secret.empty() ? nullptr : secret_context(options.secret);
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls);
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1);
  context->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  const auto load = [](const std::string& what, const std::string& file, const auto& work) {
    try {
      work();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("the links' " + what + ' ' + file + ": " + error.code().message());
    }
  };
  load("authority", files->authority, [&] { context->load_verify_file(files->authority); });
  load("certificate", files->certificate, [&] { context->use_certificate_chain_file(files->certificate); });
  load("key", files->key + " beside the certificate " + files->certificate,
       [&] { context->use_private_key_file(files->key, asio::ssl::context::pem); });
  return context;
}

class TcpLinks final : public Links {
 public:
  TcpLinks(LinkOptions options, LinkEvents events)
      : options_(std::move(options)), events_(std::move(events)), tls_(tls_context(options_)) {
    const auto [host, port] = host_and_port(options_.listen);
    try {
      const tcp::endpoint at = *tcp::resolver(io_).resolve(host, port, tcp::resolver::passive).begin();
      acceptor_.open(at.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(at);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("links cannot listen on " + options_.listen + ": " + error.code().message());
    }
    listen();
    tick();
    // When a handler throws, the other links go on. The link that it was about falls silent, and is made anew.
    worker_.start({.name = "links",
                   .doing = "moving what nodes say to each other",
                   .step =
                       [this](const std::stop_token&) {
                         io_.run();
                         return false;
                       },
                   .on_failure = Worker::Retry{}});
  }

  ~TcpLinks() override { TcpLinks::stop(); }

  void stop() override {
    if (std::exchange(stopped_, true)) return;
    io_.stop();
    worker_.stop();
    // Connections hold themselves by their handlers until they are closed.
    for (const auto& [name, peer] : peers_) {
      peer->removed = true;
      if (const auto connection = peer->connection) connection->close("this node stops");
    }
    for (const auto& [stranger, since] : std::exchange(strangers_, {})) stranger->close("this node stops");
  }

  void set_peers(const std::vector<LinkPeer>& peers) override {
    if (peers.size() > most_peers) throw std::invalid_argument("more than 1,000 peers");
    std::map<std::string, std::shared_ptr<Peer>> next;
    std::vector<std::shared_ptr<Peer>> gone, fresh;
    {
      const std::lock_guard lock(mutex_);
      for (const LinkPeer& given : peers) {
        if (given.name == options_.self.name) continue;
        auto found = peers_.find(given.name);
        const bool kept = found != peers_.end() && found->second->at == given;
        auto peer = kept ? found->second : std::make_shared<Peer>(given, options_, sessions_++);
        if (!kept) fresh.push_back(peer);
        next.emplace(given.name, std::move(peer));
      }
      for (const auto& [name, peer] : peers_)
        if (auto found = next.find(name); found == next.end() || found->second != peer) gone.push_back(peer);
      peers_ = std::move(next);
    }
    asio::post(io_, [this, gone, fresh] {
      for (const auto& peer : gone) {
        peer->removed = true;
        if (peer->connection) peer->connection->close("no longer a peer");
      }
      for (const auto& peer : fresh) dial_in(peer, std::chrono::milliseconds{0});
    });
  }

  bool send(const std::string& name, std::string message) override {
    const std::lock_guard lock(mutex_);
    auto found = peers_.find(name);
    if (found == peers_.end()) return false;
    const std::shared_ptr<Peer>& peer = found->second;
    if (!peer->session.send(std::move(message), std::chrono::steady_clock::now())) return false;
    if (!std::exchange(peer->flush_posted, true)) asio::post(io_, [this, peer] { settle(peer); });
    return true;
  }

  std::vector<LinkState> states() const override {
    const std::lock_guard lock(mutex_);
    std::vector<LinkState> out;
    for (const auto& [name, peer] : peers_) {
      const LinkSession& session = peer->session;
      out.push_back({peer->at, session.is_open(), session.wire(), session.waiting(), session.waiting_bytes(),
                     peer->connections, peer->why});
    }
    return out;
  }

  std::string address() const override {
    const tcp::endpoint at = acceptor_.local_endpoint();
    return at.address().to_string() + ':' + std::to_string(at.port());
  }

 private:
  struct Peer {
    Peer(LinkPeer where, const LinkOptions& options, std::uint64_t number)
        : at(std::move(where)),
          session(nth(options.self, number), at.name, options.limits),
          pause(options.redial_first) {}
    const LinkPeer at;
    LinkSession session;  // with why, connections and flush_posted: guarded by the mutex
    std::string why;
    std::uint64_t connections = 0;
    bool flush_posted = false;
    // On the links' thread only.
    std::shared_ptr<LinkConnection> connection;
    std::chrono::milliseconds pause;
    bool removed = false, told_open = false;
    std::string told_why;
  };
  using PeerPtr = std::shared_ptr<Peer>;

  bool dials(const Peer& peer) const { return options_.self.name < peer.at.name; }

  std::shared_ptr<LinkConnection> open(tcp::socket socket) {
    return make_connection(std::move(socket), tls_.get(), options_.limits.message_bytes + frame_overhead);
  }

  void listen() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (!error)
        guarded("taking a connection", [&] {
          if (strangers_.size() < most_strangers) meet(open(std::move(socket)));
        });
      if (!error) return listen();
      // Where the process has no file descriptor left, the next try would fail at once as this one.
      accept_pause_.expires_after(tick_every);
      accept_pause_.async_wait([this](boost::system::error_code) { listen(); });
    });
  }

  /// A peer that dialled says its name in its first frame, and must have shown a certificate of that name.
  void meet(const std::shared_ptr<LinkConnection>& connection) {
    strangers_.emplace(connection, std::chrono::steady_clock::now());
    LinkConnection* stranger = connection.get();
    connection->events.opened = [] {};
    connection->events.closed = [this, connection](const std::string&) { strangers_.erase(connection); };
    connection->events.frame = [this, stranger](std::string frame) {
      const auto self = stranger->shared_from_this();
      const std::string name = LinkSession::name_in_greeting(frame);
      PeerPtr peer;
      {
        const std::lock_guard lock(mutex_);
        if (auto found = peers_.find(name); found != peers_.end()) peer = found->second;
      }
      if (!peer || dials(*peer)) return self->close("no peer that dials");
      strangers_.erase(self);
      take(peer, self);
      if (peer->connection == self) heard(peer, self, frame);
    };
    connection->accept();
  }

  void dial_in(const PeerPtr& peer, std::chrono::milliseconds pause) {
    if (peer->removed || !dials(*peer)) return;
    auto timer = std::make_shared<asio::steady_timer>(io_, pause);
    timer->async_wait([this, peer, timer](boost::system::error_code) {
      if (peer->removed || peer->connection) return;
      const auto connection = open(tcp::socket(io_));
      peer->connection = connection;
      connection->events.closed = [this, peer, connection](const std::string& why) { closed(peer, connection, why); };
      connection->events.opened = [this, peer, connection] { take(peer, connection); };
      resolve(peer, connection);
    });
  }

  void resolve(const PeerPtr& peer, const std::shared_ptr<LinkConnection>& connection) {
    std::string host, port;
    try {
      std::tie(host, port) = host_and_port(peer->at.address);
    } catch (const std::runtime_error& error) {
      return connection->close(error.what());
    }
    resolver_.async_resolve(host, port, [connection](boost::system::error_code error, const auto& found) {
      error ? connection->close(error.message()) : connection->dial(found);
    });
    // A dialled host that does not answer must not hold the link up for TCP's minutes.
    auto timer = std::make_shared<asio::steady_timer>(io_, options_.limits.greeting);
    timer->async_wait([this, peer, connection, timer](boost::system::error_code) {
      bool open = false;
      {
        const std::lock_guard lock(mutex_);
        open = peer->session.is_open();
      }
      if (peer->connection == connection && !open) connection->close("does not answer");
    });
  }

  /// The connection is this peer's from now on, instead of any former one.
  void take(const PeerPtr& peer, const std::shared_ptr<LinkConnection>& connection) {
    if (options_.tls && connection->certified_name() != peer->at.name)
      return connection->close("its certificate is of " + connection->certified_name());
    if (peer->connection && peer->connection != connection) peer->connection->close("connected anew");
    peer->connection = connection;
    connection->events.closed = [this, peer, connection](const std::string& why) { closed(peer, connection, why); };
    connection->events.frame = [this, peer, connection](std::string frame) { heard(peer, connection, frame); };
    {
      const std::lock_guard lock(mutex_);
      ++peer->connections;
      peer->session.connected(std::chrono::steady_clock::now());
    }
    settle(peer);
  }

  void closed(const PeerPtr& peer, const std::shared_ptr<LinkConnection>& connection, const std::string& why) {
    if (peer->connection != connection) return;
    peer->connection.reset();
    {
      const std::lock_guard lock(mutex_);
      peer->session.disconnected();
      peer->why = why;
    }
    settle(peer);
    dial_in(peer, peer->pause);
    peer->pause = std::min(peer->pause * 2, options_.redial_most);
  }

  void heard(const PeerPtr& peer, const std::shared_ptr<LinkConnection>& connection, std::string_view frame) {
    std::string fault;
    {
      const std::lock_guard lock(mutex_);
      if (!peer->session.received(frame, std::chrono::steady_clock::now())) fault = peer->session.fault();
    }
    settle(peer);
    if (!fault.empty()) connection->close(fault);
  }

  /// Writes what the session wants written, and tells what it has to tell.
  void settle(const PeerPtr& peer) {
    std::vector<std::string> frames, messages;
    std::size_t lost = 0;
    bool open = false;
    std::string why;
    {
      const std::lock_guard lock(mutex_);
      peer->flush_posted = false;
      frames = peer->session.take_frames();
      messages = peer->session.take_messages();
      lost = peer->session.take_lost();
      open = peer->session.is_open();
      why = peer->why;
    }
    if (peer->connection)
      for (std::string& frame : frames) peer->connection->write(std::move(frame));
    if (lost > 0 && events_.lost) events_.lost(peer->at.name, lost);
    if (open != peer->told_open || (!open && why != peer->told_why)) {
      peer->told_open = open;
      peer->told_why = why;
      if (open) peer->pause = options_.redial_first;
      if (events_.changed) events_.changed(peer->at.name, open, open ? std::string() : why);
    }
    for (std::string& message : messages)
      guarded("taking a message", [&] { events_.message(peer->at.name, std::move(message)); });
  }

  void tick() {
    ticker_.expires_after(tick_every);
    ticker_.async_wait([this](boost::system::error_code) {
      guarded("looking after the peers", [this] { look_after_peers(); });
      tick();
    });
  }

  void look_after_peers() {
    const Moment now = std::chrono::steady_clock::now();
    std::vector<std::pair<PeerPtr, std::string>> all;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, peer] : peers_)
        all.emplace_back(peer, peer->session.tick(now) ? std::string() : peer->session.fault());
    }
    for (const auto& [peer, fault] : all) {
      settle(peer);
      if (!fault.empty() && peer->connection) peer->connection->close(fault);
    }
    std::vector<std::shared_ptr<LinkConnection>> late;
    for (const auto& [connection, since] : strangers_)
      if (now - since > options_.limits.greeting) late.push_back(connection);
    for (const auto& connection : late) connection->close("no greeting");
  }

  /// Calls `what` and catches what it throws. For what sets itself up again afterwards, and would end for ever
  /// otherwise.
  template <class What>
  static void guarded(const char* doing, What what) {
    try {
      what();
    } catch (...) {
      tell_failure("links", doing);
    }
  }

  const LinkOptions options_;
  const LinkEvents events_;
  const std::unique_ptr<asio::ssl::context> tls_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  tcp::resolver resolver_{io_};
  asio::steady_timer ticker_{io_}, accept_pause_{io_};
  mutable std::mutex mutex_;
  std::map<std::string, PeerPtr> peers_;
  std::uint64_t sessions_ = 0;  // begun
  std::map<std::shared_ptr<LinkConnection>, Moment> strangers_;
  bool stopped_ = false;
  Worker worker_;
};

}  // namespace

std::unique_ptr<Links> make_tcp_links(LinkOptions options, LinkEvents events) {
  return std::make_unique<TcpLinks>(std::move(options), std::move(events));
}

}  // namespace caravan
