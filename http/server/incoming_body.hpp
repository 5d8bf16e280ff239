#pragma once

#include "http/server/dispatcher.hpp"
#include "http/server/framing.hpp"
#include "http/server/slow_clients.hpp"

struct mg_connection;

namespace caravan::http {

/// The body of a request, as CivetWeb receives it.
class IncomingBody : public BodySource {
 public:
  IncomingBody(mg_connection* connection, const Framing& framing, const SlowClients& slow, SlowClients::Seat& seat)
      : connection_(connection), framing_(framing), slow_(slow), seat_(seat) {}

  bool announces() const override { return framing_.has_body(); }
  long long length() const override { return framing_.length; }
  void receive(Request& request, std::size_t limit) override;
  /// True where the rest of the body is short and will surely come. Taking it keeps the connection usable: the next
  /// request begins where it should.
  bool can_be_skipped() const;
  /// Takes what was not received. False: it did not come whole.
  bool skip();
  /// Takes what a refused client is still sending: closing with unread bytes would reset the connection, and the client
  /// would never see why.
  void drain();

 private:
  /// The problem where the body ended early: too slow a client, or broken chunks.
  Problem why_it_ended() const;

  mg_connection* connection_;
  Framing framing_;
  const SlowClients& slow_;
  SlowClients::Seat& seat_;
  /// Bytes of the body taken from the connection.
  long long taken_ = 0;
  /// Nobody knows where the next request begins: the body did not come whole.
  bool is_broken_ = false;
};

}  // namespace caravan::http
