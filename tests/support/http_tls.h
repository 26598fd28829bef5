#pragma once
#include <cstdint>
#include <memory>
#include <string>

namespace atelier::test {

/// Writes a fresh self-signed certificate for localhost and 127.0.0.1 with its key, as PEM files.
void WriteCertificate(const std::string& certificate, const std::string& key,
                      const std::string& common_name);

/// A blocking TLS connection that trusts anybody, to look at what a server shows and answers.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  /// The common name of the server's certificate.
  std::string PeerName() const;
  void Send(const std::string& bytes);
  std::string ReadSome();  // empty at the end

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::test
