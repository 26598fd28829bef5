// Policies and who they are attached to (docs/contract/ram-policy.md sections 1 and 5).
#include <algorithm>
#include <array>

#include "api/envelope.h"
#include "api/ram/ram_common.h"
#include "api/schema.h"
#include "api/wire/ram.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/policy.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kMaxDescription = 1024;

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

/// A system policy, or one that cannot be read.
wire::RamPolicy ShowSystem(std::string_view name) {
  return {.PolicyName = std::string(name),
          .PolicyType = identity::SystemPolicies().contains(name) ? "System" : "Custom",
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

Task<Result<std::string>> CreatePolicy(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_TRY(const model::Policy policy, co_await context.services.identity.CreatePolicy(
                                                 args.Text("PolicyName"), args.Text("Description"),
                                                 args.Text("PolicyDocument"), context.actor()));
  co_return Answer(context, wire::RamPolicyAnswer{.Policy = Show(policy)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetPolicy(Context& context, Args<kGetParams> args) {
  const std::string& name = args.Text("PolicyName");
  if (!PolicyExists(context, args.Text("PolicyType"), name)) co_return UnknownPolicy();
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

Task<Result<std::string>> ListPolicies(Context& context, Args<kListParams> args) {
  const std::string& type = args.Text("PolicyType");
  std::vector<wire::RamPolicy> all;
  if (type != "System") {
    for (const model::Policy& policy : context.services.identities.Policies())
      all.push_back(Show(policy));
  }
  if (type != "Custom") {
    for (const auto& [name, document] : identity::SystemPolicies()) all.push_back(ShowSystem(name));
  }
  auto page = PageByName(std::move(all), &wire::RamPolicy::PolicyName, args);
  for (wire::RamPolicy& policy : page.items) {
    policy.AttachmentCount = AttachmentCount(context, policy.PolicyName);
  }
  co_return Answer(context,
                   wire::ListPoliciesAnswer{.Policies = {.Policy = std::move(page.items)},
                                            .IsTruncated = page.marker.has_value(),
                                            .Marker = std::move(page.marker)},
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DeletePolicy(Context& context, Args<kDeleteParams> args) {
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.identity.DeletePolicy(args.Text("PolicyName"), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

// Attachment
// ------------------------------------------------------------------------------------------

/// The policy to attach or detach; its type and name must agree. One that cannot be read is there
/// to be detached.
Result<std::string> PolicyToAttach(const Context& context, Args<kGetParams> args) {
  const std::string& name = args.Text("PolicyName");
  const bool unreadable = context.services.identities.quarantine().Contains(
      store::Kind::kPolicy, identity::RecordKey(name));
  if (!unreadable && !PolicyExists(context, args.Text("PolicyType"), name)) return UnknownPolicy();
  return name;
}

using AttachFn = Task<Status> (identity::IdentityService::*)(std::string, std::string,
                                                             model::Actor);

/// Both directions, for users and for roles; the service knows who exists and what is attached.
template <AttachFn kChange>
Task<Result<std::string>> Change(Context& context, Args<kGetParams> args, std::string principal) {
  ATELIER_CO_TRY(const std::string policy, PolicyToAttach(context, args));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await (context.services.identity.*kChange)(policy, std::move(principal), context.actor()));
  co_return Answer(context, NoFields{}, EnvelopeForm::kRequestId);
}

using Service = identity::IdentityService;

Task<Result<std::string>> AttachPolicyToUser(Context& context, Args<kUserAttachParams> args) {
  return Change<&Service::AttachPolicyToUser>(context, args, args.Text("UserName"));
}
Task<Result<std::string>> DetachPolicyFromUser(Context& context, Args<kUserAttachParams> args) {
  return Change<&Service::DetachPolicyFromUser>(context, args, args.Text("UserName"));
}
Task<Result<std::string>> AttachPolicyToRole(Context& context, Args<kRoleAttachParams> args) {
  return Change<&Service::AttachPolicyToRole>(context, args, args.Text("RoleName"));
}
Task<Result<std::string>> DetachPolicyFromRole(Context& context, Args<kRoleAttachParams> args) {
  return Change<&Service::DetachPolicyFromRole>(context, args, args.Text("RoleName"));
}

std::string AttachedAnswer(const Context& context, const std::vector<std::string>& names) {
  wire::AttachedPoliciesAnswer answer{.Policies = {.Policy = {}}};
  for (const std::string& name : names) answer.Policies.Policy.push_back(ShowByName(context, name));
  return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListPoliciesForUser(Context& context, Args<kUserParams> args) {
  ATELIER_CO_TRY(const model::User user, FindUserByName(context, args.Text("UserName")));
  co_return AttachedAnswer(context, user.policies);
}

Task<Result<std::string>> ListPoliciesForRole(Context& context, Args<kRoleParams> args) {
  const model::Role* role = context.services.identities.FindRole(args.Text("RoleName"));
  if (role == nullptr) co_return Error(Code::kNotFound, "The role does not exist.", "UnknownRole");
  co_return AttachedAnswer(context, role->policies);
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr SchemaFn kBareAnswer = &AnswerSchema<NoFields, EnvelopeForm::kRequestId>;
constexpr SchemaFn kAttachedAnswer =
    &AnswerSchema<wire::AttachedPoliciesAnswer, EnvelopeForm::kRequestId>;

constexpr std::array kOperations = {
    RamRow("CreatePolicy", kHandler<CreatePolicy>, true,
           &AnswerSchema<wire::RamPolicyAnswer, EnvelopeForm::kRequestId>, "Makes a policy."),
    RamRow("GetPolicy", kHandler<GetPolicy>, false,
           &AnswerSchema<wire::GetPolicyAnswer, EnvelopeForm::kRequestId>,
           "Shows a policy with its document."),
    RamRow("ListPolicies", kHandler<ListPolicies>, false,
           &AnswerSchema<wire::ListPoliciesAnswer, EnvelopeForm::kRequestId>,
           "Lists policies by name."),
    RamRow("DeletePolicy", kHandler<DeletePolicy>, true, kBareAnswer,
           "Deletes a policy that is attached nowhere."),
    RamRow("AttachPolicyToUser", kHandler<AttachPolicyToUser>, true, kBareAnswer,
           "Gives a user what a policy allows."),
    RamRow("DetachPolicyFromUser", kHandler<DetachPolicyFromUser>, true, kBareAnswer,
           "Takes a policy from a user."),
    RamRow("ListPoliciesForUser", kHandler<ListPoliciesForUser>, false, kAttachedAnswer,
           "Lists the policies of a user."),
    RamRow("AttachPolicyToRole", kHandler<AttachPolicyToRole>, true, kBareAnswer,
           "Gives a role what a policy allows."),
    RamRow("DetachPolicyFromRole", kHandler<DetachPolicyFromRole>, true, kBareAnswer,
           "Takes a policy from a role."),
    RamRow("ListPoliciesForRole", kHandler<ListPoliciesForRole>, false, kAttachedAnswer,
           "Lists the policies of a role."),
};

}  // namespace

std::span<const Operation> PolicyOperations() { return kOperations; }

}  // namespace atelier::api
