#include <array>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/catalogue.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kDefaultSeconds = 3600;
constexpr std::int64_t kMostSeconds = 7 * 86'400;

constexpr auto kParams = std::to_array<Param>({
    {.name = "InstanceId", .required = true},
    {.name = "ExpireTime",
     .type = Param::Type::kInteger,
     .min = 1,
     .max = kMostSeconds,
     .standard = kDefaultSeconds,
     .doc = "Seconds that the token is good for."},
    {.name = "Type",
     .type = Param::Type::kEnum,
     .values = "Access,View",
     .doc = "View (default): read the instance. Access: open it through the gateway, too."},
    {.name = "Audience", .type = Param::Type::kEnum, .values = "Aliyun,ThirdParty"},
});

/// A token passes on a right of its issuer, who must have that right to begin with.
Task<Result<std::string>> GetToken(Context& context) {
  const Args& args = context.args;
  const bool opens = args.Text("Type") == "Access";
  ATELIER_CO_TRY(const directory::InstancePtr instance,
                 FindInstance(context, model::InstanceId(args.Text("InstanceId")),
                              opens ? identity::Access::kOpen : identity::Access::kRead));
  const WallTime now = context.services.clock.Wall();
  const identity::TokenClaims claims{
      .use = opens ? identity::TokenUse::Access : identity::TokenUse::View,
      .instance = instance->id,
      .issuer = context.caller.user,
      .expires = now + std::chrono::seconds(*args.Integer("ExpireTime"))};
  co_return Answer(context, wire::TokenAnswer{.Token = context.services.signer.Sign(claims)},
                   EnvelopeForm::kNoStatus);
}

}  // namespace

std::span<const Operation> SharingOperations() {
  static const auto kRows = std::to_array<Operation>({
      {.product = Product::kDsw,
       .name = "GetToken",
       .version = "2022-01-01",
       .method = "GET",
       .path = "/api/v2/tokens",
       .params = kParams,
       .settles_ram = true,
       .handler = GetToken,
       .answer = AnswerSchema<wire::TokenAnswer, EnvelopeForm::kNoStatus>,
       .doc = "Signs a token that lets its bearer read or open one instance until it expires."},
  });
  return kRows;
}

}  // namespace atelier::api
