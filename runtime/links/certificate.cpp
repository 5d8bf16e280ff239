#include "runtime/links/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace caravan {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

X509Ptr certificate_in(const std::string& file) {
  const BioPtr in(BIO_new_file(file.c_str(), "r"), &BIO_free);
  return {in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free};
}

}  // namespace

std::string common_name(const X509& certificate) {
  char text[256] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(&certificate), NID_commonName, text, sizeof text);
  return text;
}

std::string name_in_certificate(const std::string& file) {
  const X509Ptr found = certificate_in(file);
  return found ? common_name(*found) : std::string();
}

bool is_key_of(const std::string& key_file, const std::string& certificate_file) {
  const X509Ptr certificate = certificate_in(certificate_file);
  const BioPtr in(BIO_new_file(key_file.c_str(), "r"), &BIO_free);
  if (!certificate || !in) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  return key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

}  // namespace caravan
