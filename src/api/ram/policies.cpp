// Policies and who they are attached to (docs/contract/ram-policy.md sections 1 and 5).
#include <algorithm>
#include <array>

#include "api/envelope.h"
#include "api/ram/ram_common.h"
#include "api/schema.h"
#include "api/wire/ram.h"
#include "identity/policy.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kMaxDescription = 1024;

/// Policies of ours have one version.
constexpr std::string_view kVersionId = "v1";

std::int64_t AttachmentCount(const Context& context, const std::string& name) {
  const auto holds = [&](const auto& principal) {
    return std::ranges::find(principal.policies, name) != principal.policies.end();
  };
  const identity::IdentityDirectory& identities = context.services.identities;
  const std::vector<model::User> users = identities.Users();
  const std::vector<model::Role> roles = identities.Roles();
  return std::ranges::count_if(users, holds) + std::ranges::count_if(roles, holds);
}

wire::RamPolicy Show(const model::Policy& policy) {
  return {.PolicyName = policy.name,
          .PolicyType = "Custom",
          .Description = policy.description,
          .DefaultVersion = std::string(kVersionId),
          .PolicyDocument = std::nullopt,
          .CreateDate = FormatSeconds(policy.created),
          .UpdateDate = FormatSeconds(policy.modified),
          .AttachmentCount = std::nullopt};
}

wire::RamPolicy ShowSystem(std::string_view name) {
  return {.PolicyName = std::string(name),
          .PolicyType = "System",
          .Description = "",
          .DefaultVersion = std::string(kVersionId),
          .PolicyDocument = std::nullopt,
          .CreateDate = std::nullopt,
          .UpdateDate = std::nullopt,
          .AttachmentCount = std::nullopt};
}

/// A policy by its name as users and roles hold it.
wire::RamPolicy ShowByName(const Context& context, const std::string& name) {
  const model::Policy* custom = context.services.identities.FindPolicy(name);
  return custom != nullptr ? Show(*custom) : ShowSystem(name);
}

Task<Result<std::string>> CreatePolicy(Context& context) {
  ATELIER_CO_TRY(const model::Policy policy,
                 co_await context.services.identity.CreatePolicy(
                     context.args.Text("PolicyName"), context.args.Text("Description"),
                     context.args.Text("PolicyDocument"), context.actor()));
  co_return Answer(context, wire::RamPolicyAnswer{.Policy = Show(policy)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetPolicy(Context& context) {
  const std::string& name = context.args.Text("PolicyName");
  if (!PolicyExists(context, context.args.Text("PolicyType"), name)) co_return UnknownPolicy();
  wire::RamPolicy policy = ShowByName(context, name);
  const model::Policy* custom = context.services.identities.FindPolicy(name);
  std::string document =
      custom != nullptr ? custom->document : identity::SystemPolicies().find(name)->second;
  policy.PolicyDocument = document;
  policy.AttachmentCount = AttachmentCount(context, policy.PolicyName);
  wire::RamPolicyVersion version{.VersionId = std::string(kVersionId),
                                 .IsDefaultVersion = true,
                                 .PolicyDocument = std::move(document),
                                 .CreateDate = policy.CreateDate};
  co_return Answer(context,
                   wire::GetPolicyAnswer{.Policy = std::move(policy),
                                         .DefaultPolicyVersion = std::move(version)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListPolicies(Context& context) {
  const std::string& type = context.args.Text("PolicyType");
  std::vector<wire::RamPolicy> all;
  if (type != "System") {
    for (const model::Policy& policy : context.services.identities.Policies())
      all.push_back(Show(policy));
  }
  if (type != "Custom") {
    for (const auto& [name, document] : identity::SystemPolicies()) all.push_back(ShowSystem(name));
  }
  auto page = PageByName(std::move(all), &wire::RamPolicy::PolicyName, context.args);
  for (wire::RamPolicy& policy : page.items) {
    policy.AttachmentCount = AttachmentCount(context, policy.PolicyName);
  }
  co_return Answer(context,
                   wire::ListPoliciesAnswer{.Policies = {.Policy = std::move(page.items)},
                                            .IsTruncated = page.marker.has_value(),
                                            .Marker = std::move(page.marker)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DeletePolicy(Context& context) {
  ATELIER_CO_RETURN_IF_ERROR(co_await context.services.identity.DeletePolicy(
      context.args.Text("PolicyName"), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

// Attachment
// ------------------------------------------------------------------------------------------

/// The policy to attach; its type and name must agree.
Result<std::string> PolicyToAttach(const Context& context) {
  const std::string& name = context.args.Text("PolicyName");
  if (!PolicyExists(context, context.args.Text("PolicyType"), name)) return UnknownPolicy();
  return name;
}

using AttachFn = Task<Status> (identity::IdentityService::*)(std::string, std::string,
                                                             model::Actor);

/// Both directions, for users and for roles; the service knows who exists and what is attached.
template <AttachFn kChange>
Task<Result<std::string>> Change(Context& context, std::string_view principal) {
  ATELIER_CO_TRY(const std::string policy, PolicyToAttach(context));
  ATELIER_CO_RETURN_IF_ERROR(co_await (context.services.identity.*kChange)(
      policy, context.args.Text(principal), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

using Service = identity::IdentityService;

Task<Result<std::string>> AttachPolicyToUser(Context& context) {
  return Change<&Service::AttachPolicyToUser>(context, "UserName");
}
Task<Result<std::string>> DetachPolicyFromUser(Context& context) {
  return Change<&Service::DetachPolicyFromUser>(context, "UserName");
}
Task<Result<std::string>> AttachPolicyToRole(Context& context) {
  return Change<&Service::AttachPolicyToRole>(context, "RoleName");
}
Task<Result<std::string>> DetachPolicyFromRole(Context& context) {
  return Change<&Service::DetachPolicyFromRole>(context, "RoleName");
}

std::string AttachedAnswer(const Context& context, const std::vector<std::string>& names) {
  wire::AttachedPoliciesAnswer answer{.Policies = {.Policy = {}}};
  for (const std::string& name : names) answer.Policies.Policy.push_back(ShowByName(context, name));
  return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListPoliciesForUser(Context& context) {
  ATELIER_CO_TRY(const model::User user, FindUserByName(context, context.args.Text("UserName")));
  co_return AttachedAnswer(context, user.policies);
}

Task<Result<std::string>> ListPoliciesForRole(Context& context) {
  const model::Role* role = context.services.identities.FindRole(context.args.Text("RoleName"));
  if (role == nullptr) co_return Error(Code::kNotFound, "The role does not exist.", "UnknownRole");
  co_return AttachedAnswer(context, role->policies);
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr std::array kCreateParams = {
    kPolicyName,
    RequiredText("PolicyDocument", kMaxPolicyDocument, "JSON text."),
    Param{.name = "Description", .max = kMaxDescription, .doc = "For people."},
};
constexpr std::array kGetParams = {kPolicyName, kPolicyType};
constexpr std::array kListParams = {
    Param{.name = "PolicyType",
          .type = Param::Type::kEnum,
          .values = "System,Custom",
          .doc = "Both when absent."},
    kMarker,
    kMaxItems,
};
constexpr std::array kDeleteParams = {kPolicyName};
constexpr std::array kUserAttachParams = {kPolicyType, kPolicyName, kUserName};
constexpr std::array kRoleAttachParams = {kPolicyType, kPolicyName, kRoleName};
constexpr std::array kUserParams = {kUserName};
constexpr std::array kRoleParams = {kRoleName};

constexpr SchemaFn kBareAnswer = &AnswerSchema<NoFields, EnvelopeForm::kRequestId>;
constexpr SchemaFn kAttachedAnswer =
    &AnswerSchema<wire::AttachedPoliciesAnswer, EnvelopeForm::kRequestId>;

constexpr std::array kOperations = {
    RamRow("CreatePolicy", kCreateParams, &CreatePolicy, true,
           &AnswerSchema<wire::RamPolicyAnswer, EnvelopeForm::kRequestId>, "Makes a policy."),
    RamRow("GetPolicy", kGetParams, &GetPolicy, false,
           &AnswerSchema<wire::GetPolicyAnswer, EnvelopeForm::kRequestId>,
           "Shows a policy with its document."),
    RamRow("ListPolicies", kListParams, &ListPolicies, false,
           &AnswerSchema<wire::ListPoliciesAnswer, EnvelopeForm::kRequestId>,
           "Lists policies by name."),
    RamRow("DeletePolicy", kDeleteParams, &DeletePolicy, true, kBareAnswer,
           "Deletes a policy that is attached nowhere."),
    RamRow("AttachPolicyToUser", kUserAttachParams, &AttachPolicyToUser, true, kBareAnswer,
           "Gives a user what a policy allows."),
    RamRow("DetachPolicyFromUser", kUserAttachParams, &DetachPolicyFromUser, true, kBareAnswer,
           "Takes a policy from a user."),
    RamRow("ListPoliciesForUser", kUserParams, &ListPoliciesForUser, false, kAttachedAnswer,
           "Lists the policies of a user."),
    RamRow("AttachPolicyToRole", kRoleAttachParams, &AttachPolicyToRole, true, kBareAnswer,
           "Gives a role what a policy allows."),
    RamRow("DetachPolicyFromRole", kRoleAttachParams, &DetachPolicyFromRole, true, kBareAnswer,
           "Takes a policy from a role."),
    RamRow("ListPoliciesForRole", kRoleParams, &ListPoliciesForRole, false, kAttachedAnswer,
           "Lists the policies of a role."),
};

}  // namespace

std::span<const Operation> PolicyOperations() { return kOperations; }

}  // namespace atelier::api
