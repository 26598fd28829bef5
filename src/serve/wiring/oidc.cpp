#include "serve/wiring/oidc.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "http/origin.h"
#include "identity/provider_rules.h"

namespace atelier::serve {

namespace {

constexpr std::size_t kMaxFile = 1U << 20U;

Result<std::string> Read(std::string_view flag, const std::string& path) {
  auto text = ReadWholeFile(path, kMaxFile);
  if (text && !text->empty()) return *std::move(text);
  return Error(Code::kInvalidArgument,
               fmt::format("{} names '{}', which cannot be read or is empty.", flag, path));
}

}  // namespace

Result<api::Oidc> OidcOf(const ServerConfig& config) {
  if (config.oidc_issuer.empty()) return api::Oidc{};
  api::Oidc oidc{.issuer = config.oidc_issuer,
                 .client_id = config.oidc_client_id,
                 .ca = config.oidc_ca,
                 .name = config.oidc_name,
                 .scopes = config.oidc_scopes,
                 .user_claim = config.oidc_user_claim,
                 .groups_claim = config.oidc_groups_claim,
                 .make_users = config.oidc_make_users};
  if (oidc.name.empty()) oidc.name = http::ParseOrigin(oidc.issuer)->host;
  if (!config.oidc_client_secret_file.empty()) {
    ATELIER_TRY(std::string text, Read("oidc-client-secret-file", config.oidc_client_secret_file));
    oidc.client_secret = text.substr(0, text.find_first_of("\r\n"));
    if (oidc.client_secret.empty()) {
      return Error(Code::kInvalidArgument,
                   "The first line of oidc-client-secret-file has no secret.");
    }
  }
  if (!config.oidc_rules.empty()) {
    ATELIER_TRY(const std::string text, Read("oidc-rules", config.oidc_rules));
    ATELIER_TRY(oidc.rules, identity::ParseProviderRules(text));
  }
  return oidc;
}

}  // namespace atelier::serve
