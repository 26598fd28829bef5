#pragma once
#include <string>

#include "base/result.h"
#include "cli/run/cli_environment.h"
#include "http/client.h"

namespace atelier::cli {

/// Where to find the server and who is asking, as given on the command line.
struct ConnectionOptions {
  std::string endpoint;     // --endpoint
  std::string credentials;  // --credentials
  std::string ca_file;      // --ca-file
};

/// A key ready to sign with, and the server to sign for.
struct Connection {
  http::Address address;
  std::string host;  // as sent in Host
  std::string access_key_id;
  std::string access_key_secret;
  std::string security_token;  // temporary keys
};

/// The key comes from the first of: --credentials; ALIBABA_CLOUD_ACCESS_KEY_ID, _SECRET and
/// _SECURITY_TOKEN; ATELIER_CREDENTIALS; ~/.atelier/credentials.json; data/credentials.json. The
/// endpoint comes from the first of --endpoint, ATELIER_ENDPOINT, the credentials file,
/// http://127.0.0.1:8080. InvalidArgument: there is no key, or a file is broken or readable by
/// others.
Result<Connection> FindConnection(const ConnectionOptions& options, const CliEnvironment& env);

/// "http://host:port", "https://host", "host:port" (http on loopback, else https). InvalidArgument.
Result<http::Address> ParseEndpoint(std::string_view endpoint);

/// A credentials file that only its owner can read; it must not exist.
Status WriteCredentialsFile(const std::string& path, const Connection& connection);

}  // namespace atelier::cli
