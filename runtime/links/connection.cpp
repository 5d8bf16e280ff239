#include "runtime/links/connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "runtime/links/certificate.hpp"

namespace caravan {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

struct InTheClear {
  explicit InTheClear(tcp::socket socket, asio::ssl::context*) : stream(std::move(socket)) {}
  tcp::socket& socket() { return stream; }
  template <class Done>
  void secure(bool, Done done) {
    done(ErrorCode());
  }
  std::string name() { return {}; }
  tcp::socket stream;
};

/// Why a connection ended, for people: one that the other side closed is no fault of the stream.
std::string reason(ErrorCode error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return "the peer closed it";
  if (error.category() == asio::error::get_ssl_category())
    return "no TLS with it (" + error.message() +
           "): is its certificate of the same authority, or its shared-data the same folder?";
  return error.message();
}

struct OverTls {
  explicit OverTls(tcp::socket socket, asio::ssl::context* context) : stream(std::move(socket), *context) {}
  tcp::socket& socket() { return stream.next_layer(); }
  template <class Done>
  void secure(bool dialled, Done done) {
    stream.async_handshake(dialled ? asio::ssl::stream_base::client : asio::ssl::stream_base::server, std::move(done));
  }
  std::string name() {
    X509* shown = SSL_get_peer_certificate(stream.native_handle());
    if (!shown) return {};
    std::string name = common_name(*shown);
    X509_free(shown);
    return name;
  }
  asio::ssl::stream<tcp::socket> stream;
};

template <class Stream>
class FramedConnection final : public LinkConnection {
 public:
  FramedConnection(tcp::socket socket, asio::ssl::context* context, std::size_t frame_limit)
      : stream_(std::move(socket), context), frame_limit_(frame_limit) {}

  void dial(const tcp::resolver::results_type& to) override {
    asio::async_connect(stream_.socket(), to, [self = me()](ErrorCode error, const tcp::endpoint&) {
      error ? self->close(reason(error)) : self->begin(true);
    });
  }
  void accept() override { begin(false); }

  void write(std::string frame) override {
    if (closed_) return;
    const auto size = static_cast<std::uint32_t>(frame.size());
    std::string bytes;
    bytes.reserve(frame.size() + 4);
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
    pending_ += bytes;
    pending_ += frame;
    if (writing_.empty()) flush();
  }

  void close(const std::string& why) override {
    if (std::exchange(closed_, true)) return;
    ErrorCode ignored;
    stream_.socket().close(ignored);
    const Events last = std::exchange(events, {});
    if (last.closed) last.closed(why);
  }

  std::string certified_name() override { return stream_.name(); }

 private:
  std::shared_ptr<FramedConnection> me() { return std::static_pointer_cast<FramedConnection>(shared_from_this()); }

  void begin(bool dialled) {
    if (closed_) return;
    ErrorCode ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    stream_.secure(dialled, [self = me()](ErrorCode error) {
      if (error) return self->close(reason(error));
      if (self->closed_) return;
      self->events.opened();
      self->read_size();
    });
  }

  void read_size() {
    if (closed_) return;
    asio::async_read(stream_.stream, asio::buffer(size_), [self = me()](ErrorCode error, std::size_t) {
      if (error) return self->close(reason(error));
      std::size_t size = 0;
      for (const unsigned char byte : self->size_) size = size << 8 | byte;
      if (size > self->frame_limit_) return self->close("a frame of " + std::to_string(size) + " bytes");
      self->read_frame(size);
    });
  }

  void read_frame(std::size_t size) {
    incoming_.resize(size);
    asio::async_read(stream_.stream, asio::buffer(incoming_), [self = me()](ErrorCode error, std::size_t) {
      if (error) return self->close(reason(error));
      if (self->closed_) return;
      // The handler may set another one, or close.
      const auto handler = std::exchange(self->events.frame, {});
      handler(std::exchange(self->incoming_, {}));
      if (self->closed_) return;
      if (!self->events.frame) self->events.frame = handler;
      self->read_size();
    });
  }

  /// Everything that waits, at once.
  void flush() {
    writing_.swap(pending_);
    asio::async_write(stream_.stream, asio::buffer(writing_), [self = me()](ErrorCode error, std::size_t) {
      if (error) return self->close(reason(error));
      self->writing_.clear();
      if (!self->closed_ && !self->pending_.empty()) self->flush();
    });
  }

  Stream stream_;
  const std::size_t frame_limit_;
  std::array<unsigned char, 4> size_{};
  std::string incoming_, writing_, pending_;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<LinkConnection> make_connection(tcp::socket socket, asio::ssl::context* context,
                                                std::size_t frame_limit) {
  if (context) return std::make_shared<FramedConnection<OverTls>>(std::move(socket), context, frame_limit);
  return std::make_shared<FramedConnection<InTheClear>>(std::move(socket), nullptr, frame_limit);
}

}  // namespace caravan
