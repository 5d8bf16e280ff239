#include "runtime/links/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace caravan {

std::string common_name(const X509& certificate) {
  char text[256] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(&certificate), NID_commonName, text, sizeof text);
  return text;
}

std::string name_in_certificate(const std::string& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(file.c_str(), "r"), &BIO_free);
  if (!in) return {};
  const std::unique_ptr<X509, decltype(&X509_free)> found(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                          &X509_free);
  return found ? common_name(*found) : std::string();
}

}  // namespace caravan
