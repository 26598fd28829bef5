// STS: temporary keys (docs/contract/signing.md section 4, docs/contract/ram-policy.md section 6).
#include <array>

#include <fmt/format.h>

#include "api/envelope.h"
#include "api/ram/ram_common.h"
#include "api/schema.h"
#include "api/wire/ram.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

constexpr std::array kAssumeParams = {
    Param{
        .name = "RoleArn", .required = true, .max = 256, .doc = "acs:ram::<account>:role/<name>."},
    Param{.name = "RoleSessionName",
          .required = true,
          .max = 64,
          .doc = "Shows who is behind the role."},
    Param{.name = "DurationSeconds",
          .type = Param::Type::kInteger,
          .min = 900,
          .max = 43200,
          .standard = 3600,
          .doc = "How long the key lasts, at most the role's longest session."},
    Param{.name = "Policy", .max = 2048, .doc = "Session policy: narrows what the role allows."},
};

/// Both policies, the role's and the caller's, are checked by the identity service.
Answered<wire::AssumeRoleAnswer> AssumeRole(Context& context, Args<kAssumeParams> args) {
  const std::string& session = args.Text("RoleSessionName");
  const std::string& role_arn = args.Text("RoleArn");
  ATELIER_CO_TRY(identity::NewKey made,
                 co_await context.services.identity.AssumeRole(
                     context.caller, role_arn, session, *args.Integer("DurationSeconds"),
                     args.Text("Policy"), context.actor()));
  const identity::KeyEntry* entry = context.services.identities.FindKey(made.id);
  // The role's name as it is spelled where it was made; the ARN may spell it otherwise.
  const std::string role =
      entry != nullptr ? entry->key.role : role_arn.substr(role_arn.rfind('/') + 1);
  co_return Answer(
      context,
      wire::AssumeRoleAnswer{
          .AssumedRoleUser = {.Arn = fmt::format("acs:ram::{}:assumed-role/{}/{}",
                                                 context.caller.account.str(), role, session),
                              .AssumedRoleId = fmt::format("{}:{}", role, session)},
          .Credentials = {
              .AccessKeyId = std::move(made.id),
              .AccessKeySecret = std::move(made.secret),
              .SecurityToken = std::move(made.security_token),
              .Expiration = made.expires ? FormatSeconds(*made.expires) : std::string()}});
}

Status PassRole(const Context& context, const std::string& role_arn) {
  ATELIER_RETURN_IF_ERROR(context.services.identity.RoleToAssume(context.caller, role_arn));
  return Ok();
}

Answered<wire::CallerIdentityAnswer> GetCallerIdentity(Context& context) {
  const identity::Caller& caller = context.caller;
  const bool is_root = caller.type == identity::PrincipalType::kRoot;
  const bool is_role = caller.type == identity::PrincipalType::kRoleSession;
  co_return Answer(context, wire::CallerIdentityAnswer{.AccountId = caller.account.str(),
                                                       .UserId = is_role ? "" : caller.user.str(),
                                                       .RoleId = caller.role.str(),
                                                       .Arn = caller.arn,
                                                       .IdentityType = is_root   ? "Account"
                                                                       : is_role ? "AssumedRoleUser"
                                                                                 : "RAMUser",
                                                       .PrincipalId = caller.user.str()});
}

constexpr std::array kOperations = {
    Rpc<AssumeRole>(kStsApi, "AssumeRole", "Makes a temporary key with a role's permissions.")
        .Passes(&PassRole),
    Rpc<GetCallerIdentity>(kStsApi, "GetCallerIdentity", "Says who signed the request.").ReadOnly(),
};

}  // namespace

std::span<const Operation> StsOperations() { return kOperations; }

}  // namespace atelier::api
