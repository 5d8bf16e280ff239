#include "http/server/incoming_body.hpp"

#include <civetweb.h>

#include <algorithm>
#include <array>

namespace caravan::http {

namespace {

constexpr std::size_t read_step = 16 * 1024;  // on the stack of a worker: 100 KiB, as Debian builds CivetWeb
constexpr std::size_t max_drained_bytes = 32U << 20;
constexpr long long max_skipped_bytes = 16 * 1024;  // of a body that nobody wants, so that the connection stays open

/// Does the body begin with bytes of the head? Then the head did not end where CivetWeb saw its end. There are two
/// cases: a head that ends in two bare line feeds, followed by these bytes, looks like a good one in the buffer; and
/// behind empty lines CivetWeb takes the head itself for the body.
bool is_of_head(const Request& request) {
  std::string_view body = request.body;
  if (body.starts_with(std::string_view("\n\0", 2))) return true;
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  return body.starts_with(request.method) && body.substr(request.method.size()).starts_with('\0');
}

}  // namespace

/// Memory grows with the bytes that have come. Reserved by the announced length, it could be used up by announcements
/// alone.
void IncomingBody::receive(Request& request, std::size_t limit) {
  is_broken_ = true;  // until it is here
  if (framing_.awaits_continue) mg_write(connection_, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  framing_.awaits_continue = false;
  seat_.receives(request.remote_address);
  std::array<char, read_step> part;
  while (framing_.is_chunked || taken_ < framing_.length) {
    const auto wanted =
        framing_.is_chunked ? part.size() : std::min(part.size(), static_cast<std::size_t>(framing_.length - taken_));
    const int count = mg_read(connection_, part.data(), wanted);
    if (count == 0 && framing_.is_chunked) break;
    if (count <= 0) throw why_it_ended();
    taken_ += count;
    if (request.body.size() + static_cast<std::size_t>(count) > limit)
      throw Problem{"payload_too_large", "At most " + std::to_string(limit) + " bytes."};
    request.body.append(part.data(), static_cast<std::size_t>(count));
  }
  seat_.goes_on();
  if (is_of_head(request))
    throw Problem{"malformed_request",
                  "The request must begin with its first line, and its head must end in CRLF CRLF."};
  is_broken_ = false;
}

Problem IncomingBody::why_it_ended() const {
  const mg_request_info& info = *mg_get_request_info(connection_);
  if (slow_.was_hung_up(info.remote_addr, info.remote_port)) return {"request_timeout"};
  return {"malformed_request", "The body ended early, or is not well chunked."};
}

bool IncomingBody::can_be_skipped() const {
  // CivetWeb's reader of chunks is lenient, and drops trailers: whatever comes after them is not read at all.
  if (framing_.is_chunked || framing_.is_last || is_broken_) return false;
  // A client that waits for "100 Continue" may never send its body, and its next request would be taken for that body.
  return taken_ >= framing_.length || (!framing_.awaits_continue && framing_.length - taken_ <= max_skipped_bytes);
}

bool IncomingBody::skip() {
  if (taken_ < framing_.length) drain();
  return taken_ >= framing_.length;
}

void IncomingBody::drain() {
  seat_.drains();
  std::array<char, read_step> part;
  for (std::size_t drained = 0; drained < max_drained_bytes;) {
    const int count = mg_read(connection_, part.data(), part.size());
    if (count <= 0) return;
    drained += static_cast<std::size_t>(count);
    taken_ += count;
  }
}

}  // namespace caravan::http
