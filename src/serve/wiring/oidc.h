#pragma once
#include "api/api.h"
#include "base/result.h"
#include "serve/options.h"

namespace atelier::serve {

/// The OpenID provider of the options, with its secret and its rules read from their files.
/// InvalidArgument: a file cannot be read, has no secret in its first line, or no rules.
Result<api::Oidc> OidcOf(const ServerConfig& config);

}  // namespace atelier::serve
