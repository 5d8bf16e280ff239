#pragma once

namespace caravan::http {

/// Loads libcaravan_tls.so from beside the program, so that TLS works with OpenSSL 3. CivetWeb loads "libssl.so" itself
/// and calls SSL_get_peer_certificate by name, which OpenSSL 3 does not have: each TLS connection would crash. Our
/// library has that function, depends on the real libssl and bears its name, so that CivetWeb finds it in its place.
/// Throws std::runtime_error where it is missing. Call it before CivetWeb begins.
void load_tls_library();

}  // namespace caravan::http
