#pragma once

namespace caravan::http {

/// CivetWeb loads "libssl.so" itself and calls SSL_get_peer_certificate by name, which OpenSSL 3 does not have any
/// more: each TLS connection would crash. This loads libcaravan_tls.so from beside the program before: it has that one
/// function, depends on the real libssl and bears its name, so that CivetWeb finds it in its place.
/// Throws std::runtime_error where it is missing. Call it before CivetWeb begins.
void load_tls_library();

}  // namespace caravan::http
