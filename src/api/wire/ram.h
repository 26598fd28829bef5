#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

/// Answers of RAM 2015-05-01 and STS 2015-04-01: shapes of the official SDKs (ram-20150501,
/// sts-20150401), whose lists are objects with one array inside.
namespace atelier::api::wire {

struct RamUser {
  std::string UserId;
  std::string UserName;
  std::string DisplayName;
  std::string Comments;
  std::string Email;
  std::string MobilePhone;
  std::string CreateDate;
  std::string UpdateDate;
};
BOOST_DESCRIBE_STRUCT(RamUser, (),
                      (UserId, UserName, DisplayName, Comments, Email, MobilePhone, CreateDate,
                       UpdateDate))

struct RamUserAnswer {
  RamUser User;
};
BOOST_DESCRIBE_STRUCT(RamUserAnswer, (), (User))

struct RamUsers {
  std::vector<RamUser> User;
};
BOOST_DESCRIBE_STRUCT(RamUsers, (), (User))

struct ListUsersAnswer {
  RamUsers Users;
  bool IsTruncated;
  std::optional<std::string> Marker;  // where the next page begins; absent on the last one
};
BOOST_DESCRIBE_STRUCT(ListUsersAnswer, (), (Users, IsTruncated, Marker))

struct RamAccessKey {
  std::string AccessKeyId;
  std::optional<std::string> AccessKeySecret;  // in the answer of CreateAccessKey only
  std::string Status;
  std::string CreateDate;
};
BOOST_DESCRIBE_STRUCT(RamAccessKey, (), (AccessKeyId, AccessKeySecret, Status, CreateDate))

struct RamAccessKeyAnswer {
  RamAccessKey AccessKey;
};
BOOST_DESCRIBE_STRUCT(RamAccessKeyAnswer, (), (AccessKey))

struct RamAccessKeys {
  std::vector<RamAccessKey> AccessKey;
};
BOOST_DESCRIBE_STRUCT(RamAccessKeys, (), (AccessKey))

struct RamKeyUse {
  std::optional<std::string> LastUsedDate;  // absent: never, as far as is known
  std::optional<std::string> ServiceName;   // DSW, EAS, ...
  std::optional<std::string> SourceIp;      // this server's own
};
BOOST_DESCRIBE_STRUCT(RamKeyUse, (), (LastUsedDate, ServiceName, SourceIp))

struct AccessKeyLastUsedAnswer {
  RamKeyUse AccessKeyLastUsed;
};
BOOST_DESCRIBE_STRUCT(AccessKeyLastUsedAnswer, (), (AccessKeyLastUsed))

struct ListAccessKeysAnswer {
  RamAccessKeys AccessKeys;
};
BOOST_DESCRIBE_STRUCT(ListAccessKeysAnswer, (), (AccessKeys))

struct RamPolicy {
  std::string PolicyName;
  std::string PolicyType;
  std::string Description;
  std::string DefaultVersion;
  std::optional<std::string> PolicyDocument;    // GetPolicy
  std::optional<std::string> CreateDate;        // custom policies
  std::optional<std::string> UpdateDate;        // custom policies
  std::optional<std::int64_t> AttachmentCount;  // GetPolicy, ListPolicies
};
BOOST_DESCRIBE_STRUCT(RamPolicy, (),
                      (PolicyName, PolicyType, Description, DefaultVersion, PolicyDocument,
                       CreateDate, UpdateDate, AttachmentCount))

struct RamPolicyAnswer {
  RamPolicy Policy;
};
BOOST_DESCRIBE_STRUCT(RamPolicyAnswer, (), (Policy))

struct RamPolicyVersion {
  std::string VersionId;
  bool IsDefaultVersion;
  std::string PolicyDocument;
  std::optional<std::string> CreateDate;
};
BOOST_DESCRIBE_STRUCT(RamPolicyVersion, (),
                      (VersionId, IsDefaultVersion, PolicyDocument, CreateDate))

struct GetPolicyAnswer {
  RamPolicy Policy;
  RamPolicyVersion DefaultPolicyVersion;
};
BOOST_DESCRIBE_STRUCT(GetPolicyAnswer, (), (Policy, DefaultPolicyVersion))

struct RamPolicies {
  std::vector<RamPolicy> Policy;
};
BOOST_DESCRIBE_STRUCT(RamPolicies, (), (Policy))

struct ListPoliciesAnswer {
  RamPolicies Policies;
  bool IsTruncated;
  std::optional<std::string> Marker;
};
BOOST_DESCRIBE_STRUCT(ListPoliciesAnswer, (), (Policies, IsTruncated, Marker))

struct AttachedPoliciesAnswer {
  RamPolicies Policies;
};
BOOST_DESCRIBE_STRUCT(AttachedPoliciesAnswer, (), (Policies))

struct RamRole {
  std::string RoleId;
  std::string RoleName;
  std::string Arn;
  std::string Description;
  std::optional<std::string> AssumeRolePolicyDocument;  // not in ListRoles
  std::int64_t MaxSessionDuration;
  std::string CreateDate;
  std::string UpdateDate;
};
BOOST_DESCRIBE_STRUCT(RamRole, (),
                      (RoleId, RoleName, Arn, Description, AssumeRolePolicyDocument,
                       MaxSessionDuration, CreateDate, UpdateDate))

struct RamRoleAnswer {
  RamRole Role;
};
BOOST_DESCRIBE_STRUCT(RamRoleAnswer, (), (Role))

struct RamRoles {
  std::vector<RamRole> Role;
};
BOOST_DESCRIBE_STRUCT(RamRoles, (), (Role))

struct ListRolesAnswer {
  RamRoles Roles;
  bool IsTruncated;
  std::optional<std::string> Marker;
};
BOOST_DESCRIBE_STRUCT(ListRolesAnswer, (), (Roles, IsTruncated, Marker))

struct AssumedRoleUserPart {
  std::string Arn;
  std::string AssumedRoleId;
};
BOOST_DESCRIBE_STRUCT(AssumedRoleUserPart, (), (Arn, AssumedRoleId))

struct CredentialsPart {
  std::string AccessKeyId;
  std::string AccessKeySecret;
  std::string SecurityToken;
  std::string Expiration;
};
BOOST_DESCRIBE_STRUCT(CredentialsPart, (),
                      (AccessKeyId, AccessKeySecret, SecurityToken, Expiration))

struct AssumeRoleAnswer {
  AssumedRoleUserPart AssumedRoleUser;
  CredentialsPart Credentials;
};
BOOST_DESCRIBE_STRUCT(AssumeRoleAnswer, (), (AssumedRoleUser, Credentials))

struct CallerIdentityAnswer {
  std::string AccountId;
  std::string UserId;
  std::string RoleId;
  std::string Arn;
  std::string IdentityType;  // Account, RAMUser, AssumedRoleUser
  std::string PrincipalId;
};
BOOST_DESCRIBE_STRUCT(CallerIdentityAnswer, (),
                      (AccountId, UserId, RoleId, Arn, IdentityType, PrincipalId))

}  // namespace atelier::api::wire
