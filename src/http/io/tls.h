#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "http/io/transport.h"

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): asio's own name
}

namespace atelier::http {

using TlsContext =
    std::shared_ptr<asio::ssl::context>;  // shared: a reload leaves open connections alone

/// InvalidArgument: a file cannot be read, is not PEM, or key and certificate do not belong
/// together.
Result<TlsContext> MakeServerTls(const std::string& certificate, const std::string& key);
/// `ca`: PEM file; empty: the system's.
Result<TlsContext> MakeClientTls(const std::string& ca);

std::unique_ptr<Transport> MakeTlsServerTransport(Socket socket, TlsContext tls,
                                                  std::shared_ptr<Watchdog> dog);
/// Its handshake checks that the certificate is `host`'s.
Result<std::unique_ptr<Transport>> MakeTlsClientTransport(Socket socket, TlsContext tls,
                                                          const std::string& host,
                                                          std::shared_ptr<Watchdog> dog);

}  // namespace atelier::http
