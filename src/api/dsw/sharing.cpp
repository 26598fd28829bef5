#include <algorithm>
#include <array>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/catalogue.h"
#include "base/clock.h"
#include "directory/directory.h"
#include "identity/delegation.h"
#include "identity/identity_directory.h"
#include "identity/token_signer.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kDefaultSeconds = 3600;
constexpr std::int64_t kMaxSeconds = 604'800;  // a week

constexpr auto kParams = std::to_array<Param>({
    {.name = "InstanceId", .required = true, .max = kMaxInstanceId},
    {.name = "ExpireTime",
     .type = Param::Type::kInteger,
     .min = 1,
     .max = kMaxSeconds,
     .standard = kDefaultSeconds,
     .doc = "Seconds that the token is good for."},
    {.name = "Type",
     .type = Param::Type::kEnum,
     .values = "Access,View",
     .doc = "View (default): read the instance. Access: open it through the gateway, too."},
    {.name = "Audience", .type = Param::Type::kEnum, .values = "Aliyun,ThirdParty"},
});

/// A token passes on a right of its issuer, who must have that right to begin with. It ends with
/// the key that asked for it, one of a role session with that session at the latest.
Answered<wire::TokenAnswer> GetToken(Context& context, Args<kParams> args) {
  const identity::IdentityDirectory& identities = context.services.identities;
  const bool opens = args.Text("Type") == "Access";
  const identity::Access passed = opens ? identity::Access::kOpen : identity::Access::kRead;
  ATELIER_CO_TRY(const directory::InstancePtr instance,
                 FindInstanceToPassOn(context, passed, model::InstanceId(args.Text("InstanceId"))));
  const WallTime now = context.services.clock.Wall();
  identity::TokenClaims claims{.use = opens ? identity::TokenUse::Access : identity::TokenUse::View,
                               .instance = instance->id,
                               .issuer = context.caller.user,
                               .expires = now + std::chrono::seconds(*args.Integer("ExpireTime"))};
  if (const identity::KeyEntry* key = identities.FindKey(context.caller.access_key_id)) {
    claims.key = key->key.id;
    claims.expires = std::min(claims.expires, key->key.expires.value_or(claims.expires));
  }
  co_return Answer(context, wire::TokenAnswer{.Token = context.services.signer.Sign(claims)});
}

}  // namespace

std::span<const Operation> SharingOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<GetToken>(
          kDswApi, "GetToken", "GET", "/api/v2/tokens",
          "Signs a token that lets its bearer read or open one instance until it expires.")
          .In(EnvelopeForm::kNoStatus)
          .EnforcesRam()
          .Passes(&PassOnInstance, identity::Access::kRead),
  });
  return kRows;
}

}  // namespace atelier::api
