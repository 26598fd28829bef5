#include "http/io/tls.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace atelier::http {

namespace ssl = asio::ssl;

namespace {

class TlsTransport final : public Transport {
 public:
  TlsTransport(ssl::stream_base::handshake_type side, Socket socket, TlsContext tls,
               std::shared_ptr<Watchdog> dog)
      : Transport(std::move(dog)),
        handshake_(side),
        tls_(std::move(tls)),
        stream_(std::move(socket), *tls_) {}

  /// What a client checks and sends before its handshake.
  Status Demand(const std::string& host) {
    boost::system::error_code ec;
    stream_.set_verify_mode(ssl::verify_peer, ec);
    if (!ec) stream_.set_verify_callback(ssl::host_name_verification(host), ec);
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    // RFC 6066 section 3: server names are host names, never addresses.
    const bool named =
        !not_an_address || SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str()) == 1;
    if (ec || !named) return Error(Code::kInternal, "TLS cannot be set up.");
    return Ok();
  }

  Task<Status> Handshake(Deadline by) override {
    Arm(read_, by);
    const auto [ec] = co_await stream_.async_handshake(handshake_, kNoThrow);
    Disarm(read_);
    if (ec && handshake_ == ssl::stream_base::client && !read_.expired) co_return NoTrust(ec);
    if (ec) co_return Failure(read_);
    co_return Ok();
  }

  Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) override {
    Arm(read_, by);
    const auto [ec, size] =
        co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), kNoThrow);
    Disarm(read_);
    // Only a close_notify is an end; a bare end of the TCP stream may be somebody cutting an answer
    // short.
    if (ec == asio::error::eof) co_return 0;
    if (ec) co_return Failure(read_);
    co_return size;
  }

  std::size_t WriteNow(const Pieces&) override { return 0; }

  Task<Status> WriteAll(Pieces pieces, Deadline by) override {
    Arm(write_, by);
    while (TotalSize(pieces) > 0) {
      // One record for small answers; asio would make one of each piece.
      record_.clear();
      for (const std::string_view piece : pieces) {
        record_.append(piece.substr(0, kRecord - record_.size()));
      }
      const auto [ec, size] = co_await stream_.async_write_some(asio::buffer(record_), kNoThrow);
      if (ec) {
        Disarm(write_);
        co_return Failure(write_);
      }
      Advance(pieces, size);
    }
    Disarm(write_);
    co_return Ok();
  }

  Task<void> Goodbye(Deadline by) override {
    Arm(read_, by);
    // Sends close_notify and waits for the peer's; an error only means that the peer is less
    // polite.
    [[maybe_unused]] const auto [ignored] = co_await stream_.async_shutdown(kNoThrow);
    Disarm(read_);
    ShutdownWrite();
    co_await Drain(by);
    Close();
  }

 private:
  static constexpr std::size_t kRecord = 16U << 10U;  // the largest plain text of a TLS record

  Socket& socket() override { return stream_.next_layer(); }

  /// Why a client broke off: for people who set up a certificate.
  Error NoTrust(const boost::system::error_code& ec) {
    if (ec.category() != asio::error::get_ssl_category()) return Failure(read_);
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(ec.value()));
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
      return Error(Code::kUnavailable, "The server does not speak TLS.", "NoTls");
    if (reason != SSL_R_CERTIFICATE_VERIFY_FAILED) return Failure(read_);
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    switch (verdict) {
      case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return Error(Code::kUnavailable, "The certificate of the server is not trusted.",
                     "CertificateNotTrusted");
      case X509_V_ERR_CERT_NOT_YET_VALID:
      case X509_V_ERR_CERT_HAS_EXPIRED:
        return Error(Code::kUnavailable, "The certificate of the server is not valid at this time.",
                     "CertificateNotValid");
      default:
        return Error(Code::kUnavailable,
                     "The certificate of the server is for other host names than this.",
                     "CertificateOfOtherHost");
    }
  }

  ssl::stream_base::handshake_type handshake_;
  TlsContext tls_;
  ssl::stream<Socket> stream_;
  std::string record_;
};

}  // namespace

Result<TlsContext> MakeServerTls(const std::string& certificate, const std::string& key) {
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code ec;
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION,
                   ec);
  if (!ec) tls->use_certificate_chain_file(certificate, ec);
  if (ec)
    return Error(Code::kInvalidArgument, "The TLS certificate cannot be read: " + ec.message());
  tls->use_private_key_file(key, ssl::context::pem, ec);
  if (ec || SSL_CTX_check_private_key(tls->native_handle()) != 1) {
    return Error(Code::kInvalidArgument,
                 "The TLS key cannot be read or is of another certificate.");
  }
  return tls;
}

Result<TlsContext> MakeClientTls(const std::string& ca) {
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code ec;
  tls->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, ec);
  if (!ec && ca.empty()) tls->set_default_verify_paths(ec);
  if (!ec && !ca.empty()) tls->load_verify_file(ca, ec);
  if (ec) return Error(Code::kInvalidArgument, "The CA file cannot be read: " + ec.message());
  return tls;
}

std::unique_ptr<Transport> MakeTlsServerTransport(Socket socket, TlsContext tls,
                                                  std::shared_ptr<Watchdog> dog) {
  return std::make_unique<TlsTransport>(ssl::stream_base::server, std::move(socket), std::move(tls),
                                        std::move(dog));
}

Result<std::unique_ptr<Transport>> MakeTlsClientTransport(Socket socket, TlsContext tls,
                                                          const std::string& host,
                                                          std::shared_ptr<Watchdog> dog) {
  auto transport = std::make_unique<TlsTransport>(ssl::stream_base::client, std::move(socket),
                                                  std::move(tls), std::move(dog));
  ATELIER_RETURN_IF_ERROR(transport->Demand(host));
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace atelier::http
