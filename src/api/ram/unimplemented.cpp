// Operations of RAM and STS whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

namespace atelier::api {

namespace {

constexpr std::string_view kAccount = "Settings of the account are";
constexpr std::string_view kChanges = "Changes of users and roles are";
constexpr std::string_view kDiagnoses = "Decoded diagnostic messages are";
constexpr std::string_view kEntities = "Lists of the holders of a policy are";
constexpr std::string_view kGroups = "Groups of users are";
constexpr std::string_view kLogins = "Passwords and second factors are";
constexpr std::string_view kPublicKeys = "Public keys of users are";
constexpr std::string_view kTags = "Tags of RAM are";
constexpr std::string_view kUses = "Records of the use of access keys are";
constexpr std::string_view kVersions = "Changes of policies are";
constexpr std::string_view kFederation = "Logins of other identity providers are";

/// RPC style: told apart by the name.
constexpr UnimplementedRow Rpc(std::string_view name, std::string_view refusal) {
  return {.name = name, .method = "POST", .path = "/", .refusal = refusal};
}

constexpr auto kRamRows = std::to_array<UnimplementedRow>({
    Rpc("AddUserToGroup", kGroups),
    Rpc("AttachPolicyToGroup", kGroups),
    Rpc("BindMFADevice", kLogins),
    Rpc("ChangePassword", kLogins),
    Rpc("ClearAccountAlias", kAccount),
    Rpc("CreateGroup", kGroups),
    Rpc("CreateLoginProfile", kLogins),
    Rpc("CreatePolicyVersion", kVersions),
    Rpc("CreateVirtualMFADevice", kLogins),
    Rpc("DecodeDiagnosticMessage", kDiagnoses),
    Rpc("DeleteGroup", kGroups),
    Rpc("DeleteLoginProfile", kLogins),
    Rpc("DeletePolicyVersion", kVersions),
    Rpc("DeletePublicKey", kPublicKeys),
    Rpc("DeleteVirtualMFADevice", kLogins),
    Rpc("DetachPolicyFromGroup", kGroups),
    Rpc("GetAccessKeyLastUsed", kUses),
    Rpc("GetAccountAlias", kAccount),
    Rpc("GetAccountSummary", kAccount),
    Rpc("GetGroup", kGroups),
    Rpc("GetLoginProfile", kLogins),
    Rpc("GetPasswordPolicy", kLogins),
    Rpc("GetPolicyVersion", kVersions),
    Rpc("GetPublicKey", kPublicKeys),
    Rpc("GetSecurityPreference", kAccount),
    Rpc("GetUserMFAInfo", kLogins),
    Rpc("ListEntitiesForPolicy", kEntities),
    Rpc("ListGroups", kGroups),
    Rpc("ListGroupsForUser", kGroups),
    Rpc("ListPoliciesForGroup", kGroups),
    Rpc("ListPolicyVersions", kVersions),
    Rpc("ListPublicKeys", kPublicKeys),
    Rpc("ListTagResources", kTags),
    Rpc("ListUsersForGroup", kGroups),
    Rpc("ListVirtualMFADevices", kLogins),
    Rpc("RemoveUserFromGroup", kGroups),
    Rpc("SetAccountAlias", kAccount),
    Rpc("SetDefaultPolicyVersion", kVersions),
    Rpc("SetPasswordPolicy", kLogins),
    Rpc("SetSecurityPreference", kAccount),
    Rpc("TagResources", kTags),
    Rpc("UnbindMFADevice", kLogins),
    Rpc("UntagResources", kTags),
    Rpc("UpdateGroup", kGroups),
    Rpc("UpdateLoginProfile", kLogins),
    Rpc("UpdatePolicyDescription", kVersions),
    Rpc("UpdatePublicKey", kPublicKeys),
    Rpc("UpdateRole", kChanges),
    Rpc("UpdateUser", kChanges),
    Rpc("UploadPublicKey", kPublicKeys),
});
constexpr auto kStsRows = std::to_array<UnimplementedRow>({
    Rpc("AssumeRoleWithOIDC", kFederation),
    Rpc("AssumeRoleWithSAML", kFederation),
});

}  // namespace

std::span<const Operation> RefusedRamOperations() {
  static const RefusedTable kTable(Product::kRam, "2015-05-01", kRamRows);
  return kTable.operations();
}

std::span<const Operation> RefusedStsOperations() {
  static const RefusedTable kTable(Product::kSts, "2015-04-01", kStsRows);
  return kTable.operations();
}

}  // namespace atelier::api
