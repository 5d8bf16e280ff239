// A library of its own, libcaravan_tls.so, whose soname is "libssl.so"; see tls_library.hpp.
#include <openssl/ssl.h>

#undef SSL_get_peer_certificate  // OpenSSL 3 has a macro of that name where OpenSSL 1.1 had the function

extern "C" X509* SSL_get_peer_certificate(const SSL* connection);
X509* SSL_get_peer_certificate(const SSL* connection) { return SSL_get1_peer_certificate(connection); }
