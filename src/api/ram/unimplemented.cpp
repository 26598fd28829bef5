// Operations of RAM and STS whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/ram/ram_common.h"

namespace atelier::api {

namespace {

constexpr Feature kAccount{"Settings of the account are", "/"};
constexpr Feature kChanges{"Changes of users and roles are", "/"};
constexpr Feature kDiagnoses{"Decoded diagnostic messages are", "/"};
constexpr Feature kEntities{"Lists of the holders of a policy are", "/"};
constexpr Feature kGroups{"Groups of users are", "/"};
constexpr Feature kLogins{"Passwords and second factors are", "/"};
constexpr Feature kPublicKeys{"Public keys of users are", "/"};
constexpr Feature kTags{"Tags of RAM are", "/"};
constexpr Feature kVersions{"Changes of policies are", "/"};
constexpr Feature kFederation{"Logins of other identity providers are", "/"};

constexpr auto kRamRows = std::to_array<UnimplementedRow>({
    {"AddUserToGroup", kGroups},
    {"AttachPolicyToGroup", kGroups},
    {"BindMFADevice", kLogins},
    {"ChangePassword", kLogins},
    {"ClearAccountAlias", kAccount},
    {"CreateGroup", kGroups},
    {"CreateLoginProfile", kLogins},
    {"CreatePolicyVersion", kVersions},
    {"CreateVirtualMFADevice", kLogins},
    {"DecodeDiagnosticMessage", kDiagnoses},
    {"DeleteGroup", kGroups},
    {"DeleteLoginProfile", kLogins},
    {"DeletePolicyVersion", kVersions},
    {"DeletePublicKey", kPublicKeys},
    {"DeleteVirtualMFADevice", kLogins},
    {"DetachPolicyFromGroup", kGroups},
    {"GetAccountAlias", kAccount},
    {"GetAccountSummary", kAccount},
    {"GetGroup", kGroups},
    {"GetLoginProfile", kLogins},
    {"GetPasswordPolicy", kLogins},
    {"GetPolicyVersion", kVersions},
    {"GetPublicKey", kPublicKeys},
    {"GetSecurityPreference", kAccount},
    {"GetUserMFAInfo", kLogins},
    {"ListEntitiesForPolicy", kEntities},
    {"ListGroups", kGroups},
    {"ListGroupsForUser", kGroups},
    {"ListPoliciesForGroup", kGroups},
    {"ListPolicyVersions", kVersions},
    {"ListPublicKeys", kPublicKeys},
    {"ListTagResources", kTags},
    {"ListUsersForGroup", kGroups},
    {"ListVirtualMFADevices", kLogins},
    {"RemoveUserFromGroup", kGroups},
    {"SetAccountAlias", kAccount},
    {"SetDefaultPolicyVersion", kVersions},
    {"SetPasswordPolicy", kLogins},
    {"SetSecurityPreference", kAccount},
    {"TagResources", kTags},
    {"UnbindMFADevice", kLogins},
    {"UntagResources", kTags},
    {"UpdateGroup", kGroups},
    {"UpdateLoginProfile", kLogins},
    {"UpdatePolicyDescription", kVersions},
    {"UpdatePublicKey", kPublicKeys},
    {"UpdateRole", kChanges},
    {"UpdateUser", kChanges},
    {"UploadPublicKey", kPublicKeys},
});
constexpr ApiVersion kUnserved{.product = Product::kSts, .version = kStsApi.version};
constexpr auto kStsRows = std::to_array<UnimplementedRow>({
    {"AssumeRoleWithOIDC", kFederation},
    {"AssumeRoleWithSAML", kFederation},
});

}  // namespace

std::span<const Operation> UnimplementedRamOperations() {
  static const UnimplementedTable kTable(kRamApi, kRamRows);
  return kTable.operations();
}

std::span<const Operation> UnimplementedStsOperations() {
  static const UnimplementedTable kTable(kUnserved, kStsRows);
  return kTable.operations();
}

}  // namespace atelier::api
