#include "tests/testkit/authority.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace caravan::testkit {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

Certificate certificate_of(const std::string& name, EVP_PKEY* key, X509_NAME* issuer, EVP_PKEY* signer, long serial) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3'600);
  X509_set_pubkey(made.get(), key);
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(made.get(), issuer ? issuer : subject);
  if (!issuer) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> may_sign(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"), X509_EXTENSION_free);
    X509_add_ext(made.get(), may_sign.get(), -1);
  }
  X509_sign(made.get(), signer, EVP_sha256());
  return made;
}

void write_files(const std::string& stem, X509* certificate, EVP_PKEY* key) {
  const File shown(std::fopen((stem + ".crt").c_str(), "w"), std::fclose);
  PEM_write_X509(shown.get(), certificate);
  const File kept(std::fopen((stem + ".key").c_str(), "w"), std::fclose);
  PEM_write_PrivateKey(kept.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace

Authority::Authority(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  const Key key = new_key();
  write_files(path("authority"),
              certificate_of(folder_.filename().string() + " authority", key.get(), nullptr, key.get(), 1).get(),
              key.get());
}

void Authority::issue(const std::string& name) const {
  const File own_file(std::fopen(path("authority.crt").c_str(), "r"), std::fclose);
  const File key_file(std::fopen(path("authority.key").c_str(), "r"), std::fclose);
  const Certificate own(PEM_read_X509(own_file.get(), nullptr, nullptr, nullptr), X509_free);
  const Key signer(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const Key key = new_key();
  write_files(path(name), certificate_of(name, key.get(), X509_get_subject_name(own.get()), signer.get(), 2).get(),
              key.get());
}

}  // namespace caravan::testkit
