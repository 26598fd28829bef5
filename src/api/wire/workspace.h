#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/codec.h"

/// Bodies and answers of AIWorkSpace 2021-02-04, as documented
/// (docs/contract/aiworkspace-operations.tsv).
namespace atelier::api::wire {

/// What every answer has of a workspace.
struct WorkspaceCore {
  std::string WorkspaceId;
  std::string WorkspaceName;
  std::string DisplayName;
  std::string Description;
  std::string Creator;
  std::string Status;
  std::vector<std::string> EnvTypes;
};
BOOST_DESCRIBE_STRUCT(WorkspaceCore, (),
                      (WorkspaceId, WorkspaceName, DisplayName, Description, Creator, Status,
                       EnvTypes))

struct WorkspaceFields : WorkspaceCore {
  std::vector<std::string> AdminNames;
  bool IsDefault;
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  json::object ExtraInfos;
};
BOOST_DESCRIBE_STRUCT(WorkspaceFields, (WorkspaceCore),
                      (AdminNames, IsDefault, GmtCreateTime, GmtModifiedTime, ExtraInfos))

/// An item of ListWorkspaces: here the resource group's key starts in lower case.
struct WorkspaceItem : WorkspaceFields {
  std::string resourceGroupId;
};
BOOST_DESCRIBE_STRUCT(WorkspaceItem, (WorkspaceFields), (resourceGroupId))

struct ListWorkspacesAnswer {
  std::vector<WorkspaceItem> Workspaces;
  std::int64_t TotalCount;
  json::object ResourceLimits;
};
BOOST_DESCRIBE_STRUCT(ListWorkspacesAnswer, (), (Workspaces, TotalCount, ResourceLimits))

/// Also of ListWorkspaces with Fields=Id.
struct WorkspaceIdOnly {
  std::string WorkspaceId;
};
BOOST_DESCRIBE_STRUCT(WorkspaceIdOnly, (), (WorkspaceId))

struct ListWorkspaceIdsAnswer {
  std::vector<WorkspaceIdOnly> Workspaces;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListWorkspaceIdsAnswer, (), (Workspaces, TotalCount))

struct WorkspaceOwner {
  std::string UserId;
  std::string UserKp;
  std::string UserName;
  std::string DisplayName;
};
BOOST_DESCRIBE_STRUCT(WorkspaceOwner, (), (UserId, UserKp, UserName, DisplayName))

struct GetWorkspaceAnswer : WorkspaceFields {
  std::string ResourceGroupId;
  std::optional<WorkspaceOwner> Owner;  // with Verbose
};
BOOST_DESCRIBE_STRUCT(GetWorkspaceAnswer, (WorkspaceFields), (ResourceGroupId, Owner))

/// As GetDefaultWorkspace knows it: without a display name.
struct DefaultWorkspaceOwner {
  std::string UserId;
  std::string UserKp;
  std::string UserName;
};
BOOST_DESCRIBE_STRUCT(DefaultWorkspaceOwner, (), (UserId, UserKp, UserName))

struct WorkspaceCondition {
  std::string Type;
  std::int64_t Code;
  std::string Message;
};
BOOST_DESCRIBE_STRUCT(WorkspaceCondition, (), (Type, Code, Message))

struct GetDefaultWorkspaceAnswer : WorkspaceCore {
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  DefaultWorkspaceOwner Owner;
  std::optional<std::vector<WorkspaceCondition>> Conditions;  // with Verbose
};
BOOST_DESCRIBE_STRUCT(GetDefaultWorkspaceAnswer, (WorkspaceCore),
                      (GmtCreateTime, GmtModifiedTime, Owner, Conditions))

struct CreateWorkspaceRequest {
  std::string WorkspaceName;
  std::string Description;
  std::optional<std::string> DisplayName;
  std::vector<std::string> EnvTypes;
  std::optional<std::string> ResourceGroupId;
};
BOOST_DESCRIBE_STRUCT(CreateWorkspaceRequest, (),
                      (WorkspaceName, Description, DisplayName, EnvTypes, ResourceGroupId))

struct UpdateWorkspaceRequest {
  std::optional<std::string> DisplayName;
  std::optional<std::string> Description;
};
BOOST_DESCRIBE_STRUCT(UpdateWorkspaceRequest, (), (DisplayName, Description))

struct UpdateDefaultWorkspaceRequest {
  std::string WorkspaceId;
};
BOOST_DESCRIBE_STRUCT(UpdateDefaultWorkspaceRequest, (), (WorkspaceId))

struct MemberInput {
  std::string UserId;
  std::vector<std::string> Roles;
};
BOOST_DESCRIBE_STRUCT(MemberInput, (), (UserId, Roles))

struct CreateMemberRequest {
  std::vector<MemberInput> Members;
};
BOOST_DESCRIBE_STRUCT(CreateMemberRequest, (), (Members))

struct CreatedMember {
  std::string MemberId;
  std::string UserId;
  std::string DisplayName;
  std::vector<std::string> Roles;
};
BOOST_DESCRIBE_STRUCT(CreatedMember, (), (MemberId, UserId, DisplayName, Roles))

struct CreateMemberAnswer {
  std::vector<CreatedMember> Members;
};
BOOST_DESCRIBE_STRUCT(CreateMemberAnswer, (), (Members))

struct GetMemberAnswer {
  std::string MemberId;
  std::string UserId;
  std::string MemberName;
  std::string AccountType;  // "1" main account, "5" RAM user, "6" RAM role
  std::string DisplayName;
  std::vector<std::string> Roles;
  std::string GmtCreateTime;
};
BOOST_DESCRIBE_STRUCT(GetMemberAnswer, (),
                      (MemberId, UserId, MemberName, AccountType, DisplayName, Roles,
                       GmtCreateTime))

struct MemberItem : GetMemberAnswer {
  std::string AccountName;
};
BOOST_DESCRIBE_STRUCT(MemberItem, (GetMemberAnswer), (AccountName))

struct ListMembersAnswer {
  std::vector<MemberItem> Members;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListMembersAnswer, (), (Members, TotalCount))

struct LabelItem {
  std::string Key;
  std::string Value;
};
BOOST_DESCRIBE_STRUCT(LabelItem, (), (Key, Value))

struct ImageFields {
  std::string Name;
  std::string Description;
  std::string ImageUri;
  std::string Accessibility;
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  std::string SourceType;
  std::string SourceId;
  std::string UserId;
  std::string ParentUserId;
  std::string WorkspaceId;
  std::optional<std::vector<LabelItem>> Labels;  // with Verbose
};
BOOST_DESCRIBE_STRUCT(ImageFields, (),
                      (Name, Description, ImageUri, Accessibility, GmtCreateTime, GmtModifiedTime,
                       SourceType, SourceId, UserId, ParentUserId, WorkspaceId, Labels))

struct ImageItem : ImageFields {
  std::string ImageId;
};
BOOST_DESCRIBE_STRUCT(ImageItem, (ImageFields), (ImageId))

struct ListImagesAnswer {
  std::vector<ImageItem> Images;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListImagesAnswer, (), (Images, TotalCount))

struct ListImageLabelsAnswer {
  std::vector<LabelItem> Labels;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListImageLabelsAnswer, (), (Labels, TotalCount))

/// Of UpdateConfigs, and the whole of UpdateConfig.
struct ConfigInput {
  std::optional<std::string> CategoryName;
  std::string ConfigKey;
  std::string ConfigValue;
  std::optional<std::vector<LabelItem>> Labels;
};
BOOST_DESCRIBE_STRUCT(ConfigInput, (), (CategoryName, ConfigKey, ConfigValue, Labels))

struct UpdateConfigsRequest {
  std::vector<ConfigInput> Configs;
};
BOOST_DESCRIBE_STRUCT(UpdateConfigsRequest, (), (Configs))

struct ConfigItem {
  std::string ConfigId;
  std::string ConfigKey;
  std::string ConfigValue;
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  std::optional<std::vector<LabelItem>> Labels;  // with Verbose
};
BOOST_DESCRIBE_STRUCT(ConfigItem, (),
                      (ConfigId, ConfigKey, ConfigValue, GmtCreateTime, GmtModifiedTime, Labels))

struct ListConfigsAnswer {
  std::vector<ConfigItem> Configs;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(ListConfigsAnswer, (), (Configs, TotalCount))

struct GetConfigAnswer {
  std::string WorkspaceId;
  std::string CategoryName;
  std::string ConfigKey;
  std::string ConfigValue;
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  std::optional<std::vector<LabelItem>> Labels;  // with Verbose
};
BOOST_DESCRIBE_STRUCT(GetConfigAnswer, (),
                      (WorkspaceId, CategoryName, ConfigKey, ConfigValue, GmtCreateTime,
                       GmtModifiedTime, Labels))

}  // namespace atelier::api::wire
