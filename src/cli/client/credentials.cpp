#include "cli/client/credentials.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/describe.hpp>
#include <fmt/format.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/host_port.h"
#include "base/raii.h"
#include "base/text.h"
#include "cli/client/text.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kDefaultEndpoint = "http://127.0.0.1:8080";
constexpr std::size_t kMaxFileBytes = 64U << 10U;

/// As `atelier serve` writes it at its first start.
struct CredentialsFile {
  std::string access_key_id;
  std::string access_key_secret;
  std::optional<std::string> security_token;
  std::optional<std::string> endpoint;
  std::optional<std::string> account_id;
};
BOOST_DESCRIBE_STRUCT(CredentialsFile, (),
                      (access_key_id, access_key_secret, security_token, endpoint, account_id))

Error Unusable(const std::string& path, std::string_view why) {
  return {Code::kInvalidArgument, fmt::format("The credentials file {} {}.", path, why)};
}

/// nullopt: there is no such file.
Result<std::optional<CredentialsFile>> ReadCredentials(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<CredentialsFile>();
    return Unusable(path, "cannot be opened");
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return Unusable(path, "is not a file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Unusable(path, fmt::format("can be read by others; run: chmod 600 {}", path));
  }
  std::string text(kMaxFileBytes, '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  if (got < 0) return Unusable(path, "cannot be read");
  text.resize(static_cast<std::size_t>(got));
  ATELIER_TRY(text, PlainText(std::move(text), path));
  auto file = FromJson<CredentialsFile>(text);
  if (!file) return Unusable(path, "is not valid: " + file.error().message());
  return std::optional(*std::move(file));
}

std::string Environment(const CliEnvironment& env, const char* name) {
  return env.environment(name).value_or("");
}

Result<CredentialsFile> FindCredentials(const ConnectionOptions& options,
                                        const CliEnvironment& env) {
  if (options.credentials.empty()) {
    CredentialsFile from_environment{
        .access_key_id = Environment(env, "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        .access_key_secret = Environment(env, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        .security_token = env.environment("ALIBABA_CLOUD_SECURITY_TOKEN"),
        .endpoint = std::nullopt,
        .account_id = std::nullopt};
    if (!from_environment.access_key_id.empty()) return from_environment;
  }
  std::string named = options.credentials;
  if (named.empty()) named = Environment(env, "ATELIER_CREDENTIALS");
  if (!named.empty()) {
    ATELIER_TRY(std::optional<CredentialsFile> file, ReadCredentials(named));
    if (!file) return Unusable(named, "does not exist");
    return *std::move(file);
  }
  for (const std::string& path : {Environment(env, "HOME") + "/.atelier/credentials.json",
                                  std::string("data/credentials.json")}) {
    ATELIER_TRY(std::optional<CredentialsFile> file, ReadCredentials(path));
    if (file) return *std::move(file);
  }
  return Error(Code::kInvalidArgument,
               "There is no access key. Name a credentials file with --credentials or "
               "ATELIER_CREDENTIALS (the server wrote one, credentials.json, to its data folder at "
               "its first start), or set ALIBABA_CLOUD_ACCESS_KEY_ID and "
               "ALIBABA_CLOUD_ACCESS_KEY_SECRET.");
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<http::Address> ParseEndpoint(std::string_view endpoint) {
  const Error bad(
      Code::kInvalidArgument,
      fmt::format("The endpoint {} must have the form http://host:port or https://host:port.",
                  endpoint));
  std::string_view rest = endpoint;
  std::optional<bool> tls;
  if (rest.starts_with("http://")) tls = false;
  if (rest.starts_with("https://")) tls = true;
  if (tls) rest.remove_prefix(*tls ? 8 : 7);
  if (rest.ends_with('/')) rest.remove_suffix(1);

  std::string_view host = rest;
  std::string_view port;
  if (rest.starts_with('[')) {  // IPv6
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad;
    host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
    if (!port.empty() && !port.starts_with(':')) return bad;
  } else if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon);
  }
  if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) return bad;

  http::Address address;
  address.host = host;
  address.tls = tls.value_or(!IsLoopback(host));
  address.port = address.tls ? 443 : 80;
  if (!port.empty()) {
    port.remove_prefix(1);
    address.port = ParseNumber<std::uint16_t>(port).value_or(0);
    if (address.port == 0) return bad;
  }
  return address;
}

Result<Connection> FindConnection(const ConnectionOptions& options, const CliEnvironment& env) {
  ATELIER_TRY(CredentialsFile credentials, FindCredentials(options, env));
  std::string endpoint = options.endpoint;
  if (endpoint.empty()) endpoint = Environment(env, "ATELIER_ENDPOINT");
  if (endpoint.empty()) endpoint = credentials.endpoint.value_or("");
  if (endpoint.empty()) endpoint = kDefaultEndpoint;
  ATELIER_TRY(http::Address address, ParseEndpoint(endpoint));
  address.tls_ca = options.ca_file;
  std::string host = UrlHost(address.host);
  if (address.port != (address.tls ? 443 : 80)) host += ":" + std::to_string(address.port);
  return Connection{.address = std::move(address),
                    .host = std::move(host),
                    .access_key_id = std::move(credentials.access_key_id),
                    .access_key_secret = std::move(credentials.access_key_secret),
                    .security_token = std::move(credentials.security_token).value_or("")};
}

Status WriteCredentialsFile(const std::string& path, const Connection& connection) {
  const CredentialsFile file{
      .access_key_id = connection.access_key_id,
      .access_key_secret = connection.access_key_secret,
      .security_token = std::nullopt,
      .endpoint =
          fmt::format("{}://{}", connection.address.tls ? "https" : "http", connection.host),
      .account_id = std::nullopt};
  const Status made = CreateFileDurably(path, ToJson(file) + "\n");
  if (made) return Ok();
  return Unusable(path, made.error().code() == Code::kAlreadyExists
                            ? "exists already"
                            : "cannot be made: " + made.error().message());
}

}  // namespace atelier::cli
