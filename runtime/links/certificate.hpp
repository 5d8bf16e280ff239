#pragma once

#include <openssl/types.h>

#include <string>

namespace caravan {

/// The common name of a certificate's subject: the name of the node that it is for.
std::string common_name(const X509& certificate);
/// That of the first certificate in a PEM file; empty where it has none.
std::string name_in_certificate(const std::string& file);
/// Whether a PEM file's private key is that of the first certificate in another.
bool is_key_of(const std::string& key_file, const std::string& certificate_file);

}  // namespace caravan
