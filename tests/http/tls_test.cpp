#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "tests/http/edge.hpp"

namespace tls_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;

namespace {

/// A certificate for 127.0.0.1 that signs itself, and its key, as PEM files.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  const auto write = [](const std::string& file, auto put) {
    std::FILE* out = std::fopen(file.c_str(), "w");
    REQUIRE(out);
    put(out);
    std::fclose(out);
  };
  write(certificate_file, [&](std::FILE* out) { PEM_write_X509(out, certificate.get()); });
  write(key_file, [&](std::FILE* out) { PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::vector<Route> rows() {
  std::vector<Route> all;
  all.push_back(get("/open", anyone, "For all").handle([](Call& call) { return call.bytes("text/plain", "open"); }));
  return all;
}

}  // namespace

TEST_CASE("tls: with a certificate the server speaks TLS 1.2 or newer, and nothing else") {
  const testkit::ScratchFolder folder;
  ServerSettings settings = Edge::small_server();
  settings.certificate_file = folder.path / "certificate.pem";
  settings.key_file = folder.path / "key.pem";
  write_certificate(settings.certificate_file, settings.key_file);
  Edge edge(rows(), Edge::quiet(), settings);
  CHECK(edge.server.url().starts_with("https://"));
  httplib::SSLClient client("127.0.0.1", edge.server.port());
  client.enable_server_certificate_verification(false);
  const auto answer = client.Get("/api/v1/open");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->has_header("Strict-Transport-Security"));
  const auto plain = edge.client().Get("/api/v1/open");
  CHECK((!plain || plain->status != 200));
}

TEST_CASE("tls: a missing certificate is told at the start, in one line") {
  ServerSettings settings = Edge::small_server();
  settings.certificate_file = "/nonexistent/certificate.pem";
  std::string told;
  try {
    Edge edge(rows(), Edge::quiet(), settings);
  } catch (const std::runtime_error& failure) {
    told = failure.what();
  }
  CHECK(told.find("certificate") != std::string::npos);
  CHECK(told.find('\n') == std::string::npos);
}

TEST_CASE("server: a taken port is told at the start") {
  Edge edge(rows());
  ServerSettings settings = Edge::small_server();
  settings.port = edge.server.port();
  CHECK_THROWS_AS(Edge(rows(), Edge::quiet(), settings), std::runtime_error);
}

}  // namespace tls_test
