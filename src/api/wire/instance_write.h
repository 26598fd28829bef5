#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/codec.h"
#include "model/instance.h"

/// Bodies and answers of the DSW operations that change instances, as documented
/// (docs/contract/lifecycle.md sections 2, 3, 5, 6; docs/contract/dsw-operations.tsv).
namespace atelier::api::wire {

struct LabelInput {
  std::string Key;
  std::optional<std::string> Value;
};
BOOST_DESCRIBE_STRUCT(LabelInput, (), (Key, Value))

struct OnStartInput {
  std::optional<std::string> Content;
};
BOOST_DESCRIBE_STRUCT(OnStartInput, (), (Content))

struct UserCommandInput {
  std::optional<OnStartInput> OnStart;
};
BOOST_DESCRIBE_STRUCT(UserCommandInput, (), (OnStart))

/// Read by nobody here, so it is not kept.
struct CredentialUserInput {
  std::optional<std::string> Id;
  std::optional<std::string> Type;
  std::optional<std::string> AccessKeyId;
  std::optional<std::string> SecurityToken;
};
BOOST_DESCRIBE_STRUCT(CredentialUserInput, (), (Id, Type, AccessKeyId, SecurityToken))

struct CredentialRoleInput {
  std::optional<std::string> RoleArn;
  std::optional<std::string> RoleType;
  std::optional<std::string> AssumeRoleFor;
  std::optional<std::string> Policy;
  std::optional<CredentialUserInput> UserInfo;
};
BOOST_DESCRIBE_STRUCT(CredentialRoleInput, (), (RoleArn, RoleType, AssumeRoleFor, Policy, UserInfo))

struct CredentialItemInput {
  std::optional<std::string> Key;
  std::optional<std::string> Type;
  std::optional<std::vector<CredentialRoleInput>> Roles;
};
BOOST_DESCRIBE_STRUCT(CredentialItemInput, (), (Key, Type, Roles))

struct CredentialInput {
  std::optional<bool> Enable;
  std::optional<std::string> AliyunEnvRoleKey;
  std::optional<std::vector<CredentialItemInput>> Configs;
};
BOOST_DESCRIBE_STRUCT(CredentialInput, (), (Enable, AliyunEnvRoleKey, Configs))

/// Parts of the documented bodies whose features this server does not have: kept as they come, so
/// that anything but an empty value can be refused.
struct UnsupportedParts {
  std::optional<json::value> ResourceId;
  std::optional<json::value> RequestedResource;
  std::optional<json::value> Datasets;
  std::optional<json::value> DynamicMount;
  std::optional<json::value> CloudDisks;
  std::optional<json::value> UserVpc;
  std::optional<json::value> SpotSpec;
  std::optional<json::value> AssignNodeSpec;
  std::optional<json::value> Affinity;
  std::optional<json::value> DockerConfig;
  std::optional<json::value> AccessRestrictionRules;
  std::optional<json::value> WorkspaceSource;
};
BOOST_DESCRIBE_STRUCT(UnsupportedParts, (),
                      (ResourceId, RequestedResource, Datasets, DynamicMount, CloudDisks, UserVpc,
                       SpotSpec, AssignNodeSpec, Affinity, DockerConfig, AccessRestrictionRules,
                       WorkspaceSource))

/// What CreateInstance and UpdateInstance have in common.
struct InstanceSpec : UnsupportedParts {
  std::optional<std::string> InstanceName;
  std::optional<std::string> EcsSpec;
  std::optional<std::string> ImageId;
  std::optional<std::string> ImageUrl;
  std::optional<std::string> ImageAuth;
  std::optional<model::Accessibility> Accessibility;
  std::optional<std::int64_t> Priority;
  std::optional<std::string> UserId;
  std::optional<std::string> Driver;
  std::optional<model::OversoldType> OversoldType;
  std::optional<json::object> EnvironmentVariables;
  std::optional<json::object> MigrationOptions;
  std::optional<UserCommandInput> UserCommand;
  std::optional<CredentialInput> CredentialConfig;
};
BOOST_DESCRIBE_STRUCT(InstanceSpec, (UnsupportedParts),
                      (InstanceName, EcsSpec, ImageId, ImageUrl, ImageAuth, Accessibility, Priority,
                       UserId, Driver, OversoldType, EnvironmentVariables, MigrationOptions,
                       UserCommand, CredentialConfig))

struct CreateInstanceRequest : InstanceSpec {
  std::optional<std::string> WorkspaceId;
  std::optional<std::vector<LabelInput>> Labels;
  std::optional<std::vector<LabelInput>> Tag;
  std::optional<std::string> ClientToken;
};
BOOST_DESCRIBE_STRUCT(CreateInstanceRequest, (InstanceSpec),
                      (WorkspaceId, Labels, Tag, ClientToken))

struct UpdateInstanceRequest : InstanceSpec {
  std::optional<bool> DisassociateDatasets;
  std::optional<bool> DisassociateVpc;
  std::optional<bool> DisassociateDriver;
  std::optional<bool> DisassociateForwardInfos;
  std::optional<bool> DisassociateCredential;
  std::optional<bool> DisassociateEnvironmentVariables;
  std::optional<bool> DisassociateUserCommand;
  std::optional<bool> DisassociateSpot;
  std::optional<bool> DisassociateAssignNode;
  std::optional<bool> DisassociateMigrationOptions;
  std::optional<bool> StartInstance;
};
BOOST_DESCRIBE_STRUCT(UpdateInstanceRequest, (InstanceSpec),
                      (DisassociateDatasets, DisassociateVpc, DisassociateDriver,
                       DisassociateForwardInfos, DisassociateCredential,
                       DisassociateEnvironmentVariables, DisassociateUserCommand, DisassociateSpot,
                       DisassociateAssignNode, DisassociateMigrationOptions, StartInstance))

struct InstanceIdsRequest {
  std::vector<std::string> InstanceIds;
};
BOOST_DESCRIBE_STRUCT(InstanceIdsRequest, (), (InstanceIds))

/// QueryAutoShutdownPolicies also takes an id from the query.
struct PolicyQueryRequest {
  std::optional<std::vector<std::string>> InstanceIds;
};
BOOST_DESCRIBE_STRUCT(PolicyQueryRequest, (), (InstanceIds))

struct UpdateInstanceLabelsRequest {
  std::vector<LabelInput> Labels;
};
BOOST_DESCRIBE_STRUCT(UpdateInstanceLabelsRequest, (), (Labels))

struct ShutdownTimerRequest {
  std::optional<std::string> DueTime;
  std::optional<std::int64_t> RemainingTimeInMs;
};
BOOST_DESCRIBE_STRUCT(ShutdownTimerRequest, (), (DueTime, RemainingTimeInMs))

struct IdleCullerRequest {
  std::optional<int> CpuPercentThreshold;
  std::optional<int> GpuPercentThreshold;
  std::optional<int> MaxIdleTimeInMinutes;
};
BOOST_DESCRIBE_STRUCT(IdleCullerRequest, (),
                      (CpuPercentThreshold, GpuPercentThreshold, MaxIdleTimeInMinutes))

/// Fields of the answers; the envelope around them is api/envelope.h's.
struct InstanceIdOnly {
  std::string InstanceId;
};
BOOST_DESCRIBE_STRUCT(InstanceIdOnly, (), (InstanceId))

struct InstancesDone {
  std::vector<std::string> InstanceIds;
  std::map<std::string, std::string> AccessDeniedDetail;  // per instance; empty: all were allowed
};
BOOST_DESCRIBE_STRUCT(InstancesDone, (), (InstanceIds, AccessDeniedDetail))

struct PolicyContext {
  int CpuPercentThreshold;
  std::optional<int> GpuPercentThreshold;
  int MaxIdleTimeInMinutes;
  std::int64_t IdleTimeInMinutes;
};
BOOST_DESCRIBE_STRUCT(PolicyContext, (),
                      (CpuPercentThreshold, GpuPercentThreshold, MaxIdleTimeInMinutes,
                       IdleTimeInMinutes))

struct PolicyCondition {
  PolicyContext Context;
  std::string Expression;
  std::string SourceType;
};
BOOST_DESCRIBE_STRUCT(PolicyCondition, (), (Context, Expression, SourceType))

/// Context, Expression and SourceType beside Conditions are the deprecated form of the first
/// condition.
struct AutoShutdownPolicy {
  std::string InstanceId;
  std::vector<PolicyCondition> Conditions;
  PolicyContext Context;
  std::string Expression;
  std::string SourceType;
};
BOOST_DESCRIBE_STRUCT(AutoShutdownPolicy, (),
                      (InstanceId, Conditions, Context, Expression, SourceType))

struct AutoShutdownPoliciesAnswer {
  std::vector<AutoShutdownPolicy> AutoShutdownPolicies;
};
BOOST_DESCRIBE_STRUCT(AutoShutdownPoliciesAnswer, (), (AutoShutdownPolicies))

}  // namespace atelier::api::wire
