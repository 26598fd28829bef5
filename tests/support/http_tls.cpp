#include "support/http_tls.h"

#include <array>
#include <cstdio>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/raii.h"
#include "base/task.h"

namespace atelier::test {

namespace {

template <auto Write, class T>
void WritePem(const std::string& path, T* object) {
  const std::unique_ptr<std::FILE, Call<std::fclose>> file(std::fopen(path.c_str(), "w"));
  if (!file || Write(file.get(), object) != 1) throw std::runtime_error("cannot write " + path);
}

int WriteKey(std::FILE* file, EVP_PKEY* key) {
  return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace

void WriteCertificate(const std::string& certificate, const std::string& key,
                      const std::string& common_name) {
  const std::unique_ptr<EVP_PKEY, Call<EVP_PKEY_free>> pair(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Call<X509_free>> x509(X509_new());
  X509_set_version(x509.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
  X509_set_pubkey(x509.get(), pair.get());
  X509_NAME* const name = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(x509.get(), name);
  const std::unique_ptr<X509_EXTENSION, Call<X509_EXTENSION_free>> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"));
  X509_add_ext(x509.get(), names.get(), -1);
  if (X509_sign(x509.get(), pair.get(), EVP_sha256()) == 0) {
    throw std::runtime_error("cannot sign");
  }
  WritePem<PEM_write_X509>(certificate, x509.get());
  WritePem<WriteKey>(key, pair.get());
}

struct TlsClient::Impl {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, tls};
};

TlsClient::TlsClient(std::uint16_t port) : impl_(std::make_unique<Impl>()) {
  impl_->stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  impl_->stream.handshake(asio::ssl::stream_base::client);
}

TlsClient::~TlsClient() = default;

std::string TlsClient::PeerName() const {
  const std::unique_ptr<X509, Call<X509_free>> peer(
      SSL_get1_peer_certificate(impl_->stream.native_handle()));
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

void TlsClient::Send(const std::string& bytes) { asio::write(impl_->stream, asio::buffer(bytes)); }

std::string TlsClient::ReadSome() {
  std::array<char, 16384> piece;
  boost::system::error_code end;
  const std::size_t size = impl_->stream.read_some(asio::buffer(piece), end);
  return {piece.data(), size};
}

}  // namespace atelier::test
