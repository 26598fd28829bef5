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

Task<Result<std::string>> CreateRole(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(RefuseTexts(args, {"Description"}));
  ATELIER_CO_TRY(const model::Role role,
                 co_await context.services.identity.CreateRole(
                     args.Text("RoleName"), args.Text("AssumeRolePolicyDocument"),
                     *args.Integer("MaxSessionDuration"), context.actor()));
  co_return Answer(context, wire::RamRoleAnswer{.Role = Show(context, role)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetRole(Context& context, Args<kNameParams> args) {
  const model::Role* role = context.services.identities.FindRole(args.Text("RoleName"));
  if (role == nullptr) co_return Error(Code::kNotFound, "The role does not exist.", "UnknownRole");
  co_return Answer(context, wire::RamRoleAnswer{.Role = Show(context, *role)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListRoles(Context& context, Args<kListParams> args) {
  auto page = PageByName(context.services.identities.Roles(), &model::Role::name, args);
  wire::ListRolesAnswer answer{.Roles = {.Role = {}},
                               .IsTruncated = page.marker.has_value(),
                               .Marker = std::move(page.marker)};
  for (const model::Role& role : page.items) {
    answer.Roles.Role.push_back(Show(context, role));
    answer.Roles.Role.back().AssumeRolePolicyDocument.reset();
  }
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DeleteRole(Context& context, Args<kNameParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.DeleteRole(args.Text("RoleName"), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

constexpr SchemaFn kRoleAnswer = &AnswerSchema<wire::RamRoleAnswer, EnvelopeForm::kRequestId>;

constexpr std::array kOperations = {
    RamRow("CreateRole", kHandler<CreateRole>, true, kRoleAnswer,
           "Makes a role that others may assume."),
    RamRow("GetRole", kHandler<GetRole>, false, kRoleAnswer, "Shows a role."),
    RamRow("ListRoles", kHandler<ListRoles>, false,
           &AnswerSchema<wire::ListRolesAnswer, EnvelopeForm::kRequestId>, "Lists roles by name."),
    RamRow("DeleteRole", kHandler<DeleteRole>, true,
           &AnswerSchema<NoFields, EnvelopeForm::kRequestId>, "Deletes a role."),
};

}  // namespace

std::span<const Operation> RoleOperations() { return kOperations; }

}  // namespace atelier::api
