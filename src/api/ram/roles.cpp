// RAM roles (docs/contract/ram-policy.md section 6).
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

constexpr std::array kCreateParams = {
    kRoleName,
    RequiredText("AssumeRolePolicyDocument", kMaxPolicyDocument, "Trust policy, JSON text."),
    Param{.name = "MaxSessionDuration",
          .type = Param::Type::kInteger,
          .min = 3600,
          .max = 43200,
          .standard = 3600,
          .doc = "Longest session, in seconds."},
    Param{.name = "Description", .doc = "Not supported yet: refused."},
};
constexpr std::array kListParams = {kMarker, kMaxItems};
constexpr std::array kNameParams = {kRoleName};

/// A role is identified by its name here, so that is its id too. Nothing changes a role after it
/// was made.
wire::RamRole Show(const Context& context, const model::Role& role) {
  return {.RoleId = role.name,
          .RoleName = role.name,
          .Arn = fmt::format("acs:ram::{}:role/{}", context.caller.account.str(), role.name),
          .Description = "",
          .AssumeRolePolicyDocument = role.trust_policy,
          .MaxSessionDuration = role.max_session_seconds,
          .CreateDate = FormatSeconds(role.created),
          .UpdateDate = FormatSeconds(role.created)};
}

Answered<wire::RamRoleAnswer> CreateRole(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(RefuseTexts(args, {"Description"}));
  ATELIER_CO_TRY(const model::Role role,
                 co_await context.services.identity.CreateRole(
                     args.Text("RoleName"), args.Text("AssumeRolePolicyDocument"),
                     *args.Integer("MaxSessionDuration"), context.actor()));
  co_return Answer(context, wire::RamRoleAnswer{.Role = Show(context, role)});
}

Answered<wire::RamRoleAnswer> GetRole(Context& context, Args<kNameParams> args) {
  const model::Role* role = context.services.identities.FindRole(args.Text("RoleName"));
  if (role == nullptr) co_return Error(Code::kNotFound, "The role does not exist.", "UnknownRole");
  co_return Answer(context, wire::RamRoleAnswer{.Role = Show(context, *role)});
}

Answered<wire::ListRolesAnswer> ListRoles(Context& context, Args<kListParams> args) {
  List list(context.services.identities.Roles());
  wire::ListRolesAnswer answer{};
  FillByName<&model::Role::name>(list, args, answer, answer.Roles.Role, [&](const auto& role) {
    wire::RamRole shown = Show(context, role);
    shown.AssumeRolePolicyDocument.reset();
    return shown;
  });
  co_return Answer(context, answer);
}

Answered<NoFields> DeleteRole(Context& context, Args<kNameParams> args) {
  co_return Done(context, co_await context.services.identity.DeleteRole(args.Text("RoleName"),
                                                                        context.actor()));
}

constexpr std::array kOperations = {
    Rpc<CreateRole>(kRamApi, "CreateRole", "Makes a role that others may assume."),
    Rpc<GetRole>(kRamApi, "GetRole", "Shows a role.").ReadOnly(),
    Rpc<ListRoles>(kRamApi, "ListRoles", "Lists roles by name.").ReadOnly(),
    Rpc<DeleteRole>(kRamApi, "DeleteRole", "Deletes a role."),
};

}  // namespace

std::span<const Operation> RoleOperations() { return kOperations; }

}  // namespace atelier::api
