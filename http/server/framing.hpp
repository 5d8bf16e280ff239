#pragma once

struct mg_request_info;

namespace caravan::http {

/// How the body of a request comes.
struct Framing {
  long long length = 0;  // in bytes; 0 where it comes in chunks
  bool is_chunked = false;
  bool awaits_continue = false;  // the client sends it once it is told to go on
  bool is_last = false;          // what follows on the connection must not be read

  bool has_body() const { return is_chunked || length > 0; }
};

/// Reads how long a request is, and refuses one that can be read in two ways. A proxy before us may be stricter than
/// CivetWeb, or lenient in another way: one of them would take for a body what the other takes for a request. CivetWeb
/// drops headers past the 64th, ends the head at a folded line or a header without a name, and reads any number with
/// strtoll. So the head is checked as it stands in the buffer, and must be what RFC 9112 says, to the last byte.
///
/// Throws Problem (4xx). Whoever gets it closes the connection, since nobody knows where the next request begins.
Framing check_framing(const mg_request_info& info);

}  // namespace caravan::http
