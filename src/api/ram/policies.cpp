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

Answered<wire::RamPolicyAnswer> CreatePolicy(Context& context, Args<kCreateParams> args) {
  ATELIER_CO_TRY(const model::Policy policy, co_await context.services.identity.CreatePolicy(
                                                 args.Text("PolicyName"), args.Text("Description"),
                                                 args.Text("PolicyDocument"), context.actor()));
  co_return Answer(context, wire::RamPolicyAnswer{.Policy = Show(policy)});
}

Answered<wire::GetPolicyAnswer> GetPolicy(Context& context, Args<kGetParams> args) {
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
  co_return Answer(context, wire::GetPolicyAnswer{.Policy = std::move(policy),
                                                  .DefaultPolicyVersion = std::move(version)});
}

constexpr auto kFilters = std::to_array<Filter<kListParams, wire::RamPolicy>>(
    {{"PolicyType", Is<&wire::RamPolicy::PolicyType>}});

Answered<wire::ListPoliciesAnswer> ListPolicies(Context& context, Args<kListParams> args) {
  std::vector<wire::RamPolicy> all;
  for (const model::Policy& policy : context.services.identities.Policies())
    all.push_back(Show(policy));
  for (const auto& [name, document] : identity::SystemPolicies()) all.push_back(ShowSystem(name));
  List list(std::move(all));
  wire::ListPoliciesAnswer answer{};
  FillByName<&wire::RamPolicy::PolicyName>(list.Keep(args, kFilters), args, answer,
                                           answer.Policies.Policy, [&](wire::RamPolicy& policy) {
                                             policy.AttachmentCount =
                                                 AttachmentCount(context, policy.PolicyName);
                                             return std::move(policy);
                                           });
  co_return Answer(context, answer);
}

Answered<NoFields> DeletePolicy(Context& context, Args<kDeleteParams> args) {
  co_return Done(context, co_await context.services.identity.DeletePolicy(args.Text("PolicyName"),
                                                                          context.actor()));
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
Answered<NoFields> Change(Context& context, Args<kGetParams> args, std::string principal) {
  ATELIER_CO_TRY(const std::string policy, PolicyToAttach(context, args));
  co_return Done(context, co_await (context.services.identity.*kChange)(
                              policy, std::move(principal), context.actor()));
}

using Service = identity::IdentityService;

Answered<NoFields> AttachPolicyToUser(Context& context, Args<kUserAttachParams> args) {
  return Change<&Service::AttachPolicyToUser>(context, args, args.Text("UserName"));
}
Answered<NoFields> DetachPolicyFromUser(Context& context, Args<kUserAttachParams> args) {
  return Change<&Service::DetachPolicyFromUser>(context, args, args.Text("UserName"));
}
Answered<NoFields> AttachPolicyToRole(Context& context, Args<kRoleAttachParams> args) {
  return Change<&Service::AttachPolicyToRole>(context, args, args.Text("RoleName"));
}
Answered<NoFields> DetachPolicyFromRole(Context& context, Args<kRoleAttachParams> args) {
  return Change<&Service::DetachPolicyFromRole>(context, args, args.Text("RoleName"));
}

Encoded<wire::AttachedPoliciesAnswer> AttachedAnswer(const Context& context,
                                                     std::vector<std::string> names) {
  List list(std::move(names));
  wire::AttachedPoliciesAnswer answer{};
  list.Fill(answer, answer.Policies.Policy, kWhole,
            [&](const std::string& name) { return ShowByName(context, name); });
  return Answer(context, answer);
}

Answered<wire::AttachedPoliciesAnswer> ListPoliciesForUser(Context& context,
                                                           Args<kUserParams> args) {
  ATELIER_CO_TRY(const model::User user, FindUserByName(context, args.Text("UserName")));
  co_return AttachedAnswer(context, user.policies);
}

Answered<wire::AttachedPoliciesAnswer> ListPoliciesForRole(Context& context,
                                                           Args<kRoleParams> args) {
  const model::Role* role = context.services.identities.FindRole(args.Text("RoleName"));
  if (role == nullptr) co_return Error(Code::kNotFound, "The role does not exist.", "UnknownRole");
  co_return AttachedAnswer(context, role->policies);
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr std::array kOperations = {
    Rpc<CreatePolicy>(kRamApi, "CreatePolicy", "Makes a policy."),
    Rpc<GetPolicy>(kRamApi, "GetPolicy", "Shows a policy with its document.").ReadOnly(),
    Rpc<ListPolicies>(kRamApi, "ListPolicies", "Lists policies by name.").ReadOnly(),
    Rpc<DeletePolicy>(kRamApi, "DeletePolicy", "Deletes a policy that is attached nowhere."),
    Rpc<AttachPolicyToUser>(kRamApi, "AttachPolicyToUser", "Gives a user what a policy allows."),
    Rpc<DetachPolicyFromUser>(kRamApi, "DetachPolicyFromUser", "Takes a policy from a user."),
    Rpc<ListPoliciesForUser>(kRamApi, "ListPoliciesForUser", "Lists the policies of a user.")
        .ReadOnly(),
    Rpc<AttachPolicyToRole>(kRamApi, "AttachPolicyToRole", "Gives a role what a policy allows."),
    Rpc<DetachPolicyFromRole>(kRamApi, "DetachPolicyFromRole", "Takes a policy from a role."),
    Rpc<ListPoliciesForRole>(kRamApi, "ListPoliciesForRole", "Lists the policies of a role.")
        .ReadOnly(),
};

}  // namespace

std::span<const Operation> PolicyOperations() { return kOperations; }

}  // namespace atelier::api
