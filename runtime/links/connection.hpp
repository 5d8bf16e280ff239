#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace caravan {

/// One TCP connection that carries frames: four bytes of length, most significant first, then the frame. Used on the
/// thread of its executor only.
class LinkConnection : public std::enable_shared_from_this<LinkConnection> {
 public:
  struct Events {
    std::function<void()> opened;  // and secured
    std::function<void(std::string frame)> frame;
    std::function<void(const std::string& why)> closed;  // once; nothing comes after it
  };

  virtual ~LinkConnection() = default;
  /// Dials the address, or goes on with a socket that was accepted; then events begin.
  virtual void dial(const boost::asio::ip::tcp::resolver::results_type& to) = 0;
  virtual void accept() = 0;
  virtual void write(std::string frame) = 0;
  virtual void close(const std::string& why) = 0;
  /// The common name of the certificate that the peer showed; empty without TLS.
  virtual std::string certified_name() = 0;

  Events events;
};

/// `context` absent: in the clear. Frames larger than `frame_limit` end the connection.
std::shared_ptr<LinkConnection> make_connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* context,
                                                std::size_t frame_limit);

}  // namespace caravan
