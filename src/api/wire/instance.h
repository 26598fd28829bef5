#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/codec.h"

/// The instance as ListInstances and GetInstance answer it, names as documented
/// (docs/contract/dsw-instance.md). Only written, never read: texts, maps and lists are views of
/// what is encoded or of the encoder, and live as long as they do.
namespace atelier::api::wire {

using Text = std::string_view;
using TextMap = std::reference_wrapper<const std::map<std::string, std::string>>;

struct Label {
  Text Key;
  Text Value;
};
BOOST_DESCRIBE_STRUCT(Label, (), (Key, Value))
using LabelList = std::reference_wrapper<const std::vector<Label>>;

struct Tag {
  Text TagKey;
  Text TagValue;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (TagKey, TagValue))
using TagList = std::reference_wrapper<const std::vector<Tag>>;

struct ShutdownTimer {
  Text InstanceId;
  std::string GmtCreateTime;
  std::string GmtModifiedTime;
  std::string DueTime;
  std::int64_t RemainingTimeInMs;
};
BOOST_DESCRIBE_STRUCT(ShutdownTimer, (),
                      (InstanceId, GmtCreateTime, GmtModifiedTime, DueTime, RemainingTimeInMs))

struct IdleCuller {
  Text InstanceId;
  int CpuPercentThreshold;
  std::optional<int> GpuPercentThreshold;  // GPU instances only
  std::int64_t MaxIdleTimeInMinutes;
  std::int64_t IdleTimeInMinutes;
};
BOOST_DESCRIBE_STRUCT(IdleCuller, (),
                      (InstanceId, CpuPercentThreshold, GpuPercentThreshold, MaxIdleTimeInMinutes,
                       IdleTimeInMinutes))

// What a stored instance has, in parts of which each is filled by a function of its own: some
// depend on the record and on names alone, the others on the time of the answer or on its request.

struct InstanceBeginning {
  Text WorkspaceId;
  Text WorkspaceName;
  Text InstanceId;
  Text InstanceName;
  Text EcsSpec;
  Text Status;
};
BOOST_DESCRIBE_STRUCT(InstanceBeginning, (),
                      (WorkspaceId, WorkspaceName, InstanceId, InstanceName, EcsSpec, Status))

/// Depends on how the server was reached, and on the time.
struct InstanceLive {
  Text InstanceUrl;
  Text JupyterlabUrl;
  Text WebIDEUrl;
  Text TerminalUrl;
  std::int64_t AccumulatedRunningTimeInMs;
};
BOOST_DESCRIBE_STRUCT(InstanceLive, (),
                      (InstanceUrl, JupyterlabUrl, WebIDEUrl, TerminalUrl,
                       AccumulatedRunningTimeInMs))

struct CredentialUser {
  Text Id;
  Text Type;
  Text AccessKeyId;
  Text SecurityToken;
};
BOOST_DESCRIBE_STRUCT(CredentialUser, (), (Id, Type, AccessKeyId, SecurityToken))

struct CredentialRole {
  Text RoleArn;
  Text RoleType;
  Text AssumeRoleFor;
  Text Policy;
  CredentialUser UserInfo;
};
BOOST_DESCRIBE_STRUCT(CredentialRole, (), (RoleArn, RoleType, AssumeRoleFor, Policy, UserInfo))

struct CredentialItem {
  Text Key;
  Text Type;
  std::vector<CredentialRole> Roles;
};
BOOST_DESCRIBE_STRUCT(CredentialItem, (), (Key, Type, Roles))

struct Credentials {
  bool Enable;
  Text AliyunEnvRoleKey;
  std::vector<CredentialItem> Configs;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (Enable, AliyunEnvRoleKey, Configs))

struct InstanceRest {
  Text ImageId;
  Text ImageUrl;
  Text ImageName;
  Text GmtCreateTime;
  Text GmtModifiedTime;
  Text UserId;
  Text UserName;
  Text ReasonCode;
  Text ReasonMessage;
  Text PaymentType;
  Text AcceleratorType;
  Text Accessibility;
  Text ResourceId;
  Text ResourceName;
  std::int64_t Priority;
  Text WorkspaceSource;
  Text Driver;
  Text ImageAuth;
  LabelList Labels;
  TagList Tags;
  Credentials CredentialConfig;
};
BOOST_DESCRIBE_STRUCT(InstanceRest, (),
                      (ImageId, ImageUrl, ImageName, GmtCreateTime, GmtModifiedTime, UserId,
                       UserName, ReasonCode, ReasonMessage, PaymentType, AcceleratorType,
                       Accessibility, ResourceId, ResourceName, Priority, WorkspaceSource, Driver,
                       ImageAuth, Labels, Tags, CredentialConfig))

/// Depends on who asks: empty for who may not change the instance.
struct InstanceSecrets {
  TextMap EnvironmentVariables;
};
BOOST_DESCRIBE_STRUCT(InstanceSecrets, (), (EnvironmentVariables))

/// Depends on the time.
struct InstanceTimers {
  std::optional<ShutdownTimer> InstanceShutdownTimer;  // absent when there is none
  std::optional<IdleCuller> IdleInstanceCuller;        // absent when there is none
};
BOOST_DESCRIBE_STRUCT(InstanceTimers, (), (InstanceShutdownTimer, IdleInstanceCuller))

struct InstanceCore : InstanceBeginning,
                      InstanceLive,
                      InstanceRest,
                      InstanceSecrets,
                      InstanceTimers {};
BOOST_DESCRIBE_STRUCT(InstanceCore,
                      (InstanceBeginning, InstanceLive, InstanceRest, InstanceSecrets,
                       InstanceTimers),
                      ())

// What this server has no feature for yet: always the empty value

struct Dataset {
  Text DatasetId;
  Text DatasetVersion;
  Text Uri;
  Text MountPath;
  Text MountAccess;
  Text Options;
  Text OptionType;
  bool Dynamic;
};
BOOST_DESCRIBE_STRUCT(Dataset, (),
                      (DatasetId, DatasetVersion, Uri, MountPath, MountAccess, Options, OptionType,
                       Dynamic))

struct DatasetDetail : Dataset {
  Text ActualMountAccess;
};
BOOST_DESCRIBE_STRUCT(DatasetDetail, (Dataset), (ActualMountAccess))

struct CloudDisk {
  Text Capacity;
  Text SubType;
  Text MountPath;
  Text Path;
};
BOOST_DESCRIBE_STRUCT(CloudDisk, (), (Capacity, SubType, MountPath, Path))

struct CloudDiskStatus {
  std::int64_t Available;
  std::int64_t Usage;
  std::int64_t Capacity;
};
BOOST_DESCRIBE_STRUCT(CloudDiskStatus, (), (Available, Usage, Capacity))

struct CloudDiskDetail : CloudDisk {
  CloudDiskStatus Status;
};
BOOST_DESCRIBE_STRUCT(CloudDiskDetail, (CloudDisk), (Status))

struct ConnectPoint {
  Text Endpoint;
  Text Port;
};
BOOST_DESCRIBE_STRUCT(ConnectPoint, (), (Endpoint, Port))

struct ForwardConnectInfo {
  Text Phase;
  Text Message;
  ConnectPoint Intranet;
  ConnectPoint Internet;
};
BOOST_DESCRIBE_STRUCT(ForwardConnectInfo, (), (Phase, Message, Intranet, Internet))

struct ForwardInfoResponse {
  bool Enable;
  Text ContainerName;
  Text ForwardPort;
  Text NatGatewayId;
  Text EipAllocationId;
  Text NlbGatewayId;
  Text SSHPublicKey;
  ForwardConnectInfo ConnectInfo;
  Text Name;
  Text ExternalPort;
  std::vector<Text> AccessType;
};
BOOST_DESCRIBE_STRUCT(ForwardInfoResponse, (),
                      (Enable, ContainerName, ForwardPort, NatGatewayId, EipAllocationId,
                       NlbGatewayId, SSHPublicKey, ConnectInfo, Name, ExternalPort, AccessType))

struct Bandwidth {
  std::vector<Text> EgressWhitelists;
  Text IngressRate;
  Text EgressRate;
  std::vector<Text> IngressWhitelists;
};
BOOST_DESCRIBE_STRUCT(Bandwidth, (), (EgressWhitelists, IngressRate, EgressRate, IngressWhitelists))

struct Vpc {
  Text VpcId;
  Text VSwitchId;
  Text SecurityGroupId;
  std::vector<Text> ExtendedCIDRs;
  Text DefaultRoute;
  std::vector<ForwardInfoResponse> ForwardInfos;
  Bandwidth BandwidthLimit;
  Text Ip;
};
BOOST_DESCRIBE_STRUCT(Vpc, (),
                      (VpcId, VSwitchId, SecurityGroupId, ExtendedCIDRs, DefaultRoute, ForwardInfos,
                       BandwidthLimit, Ip))

struct Snapshot {
  Text ImageId;
  Text ImageName;
  Text ImageUrl;
  Text RepositoryUrl;
  Text GmtCreateTime;
  Text GmtModifiedTime;
  Text ReasonCode;
  Text ReasonMessage;
  Text Status;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (),
                      (ImageId, ImageName, ImageUrl, RepositoryUrl, GmtCreateTime, GmtModifiedTime,
                       ReasonCode, ReasonMessage, Status))

struct Requested {
  Text CPU;
  Text Memory;
  Text SharedMemory;
  Text GPU;
  Text GPUType;
};
BOOST_DESCRIBE_STRUCT(Requested, (), (CPU, Memory, SharedMemory, GPU, GPUType))

struct CpuAffinity {
  bool Enable;
};
BOOST_DESCRIBE_STRUCT(CpuAffinity, (), (Enable))

struct AffinitySettings {
  CpuAffinity CPU;
};
BOOST_DESCRIBE_STRUCT(AffinitySettings, (), (CPU))

struct MountPoint {
  Text RootPath;
  Text Options;
};
BOOST_DESCRIBE_STRUCT(MountPoint, (), (RootPath, Options))

struct DynamicMounts {
  bool Enable;
  std::vector<MountPoint> MountPoints;
};
BOOST_DESCRIBE_STRUCT(DynamicMounts, (), (Enable, MountPoints))

struct Service {
  Text JupyterServerPassword;
  Text JupyterServerAuth;
  Text CodeServerPassword;
  Text CodeServerAuth;
};
BOOST_DESCRIBE_STRUCT(Service, (),
                      (JupyterServerPassword, JupyterServerAuth, CodeServerPassword,
                       CodeServerAuth))

/// Shared by list and get.
struct InstanceUnsupported {
  Vpc UserVpc;
  std::optional<Snapshot> LatestSnapshot;  // absent when there is none
  std::vector<Snapshot> InstanceSnapshotList;
  Requested RequestedResource;
  AffinitySettings Affinity;
  DynamicMounts DynamicMount;
  Service ServiceConfig;
  Text TenantId;
};
BOOST_DESCRIBE_STRUCT(InstanceUnsupported, (),
                      (UserVpc, LatestSnapshot, InstanceSnapshotList, RequestedResource, Affinity,
                       DynamicMount, ServiceConfig, TenantId))

struct ListUnsupported {
  std::vector<Dataset> Datasets;
  std::vector<CloudDisk> CloudDisks;
};
BOOST_DESCRIBE_STRUCT(ListUnsupported, (), (Datasets, CloudDisks))

struct NodeRecovery {
  bool hasNodeError;  // lower camel case, unlike everything else
  bool enableAutoSwitchOnNodeError;
  std::int64_t autoSwitchCountdownSeconds;
};
BOOST_DESCRIBE_STRUCT(NodeRecovery, (),
                      (hasNodeError, enableAutoSwitchOnNodeError, autoSwitchCountdownSeconds))

struct Docker {
  bool Enable;
  std::int64_t ContainersLimit;
  Text MountAccessConfigPath;
};
BOOST_DESCRIBE_STRUCT(Docker, (), (Enable, ContainersLimit, MountAccessConfigPath))

struct PodIp {
  Text Type;
  Text Ip;
  Text InterfaceName;
};
BOOST_DESCRIBE_STRUCT(PodIp, (), (Type, Ip, InterfaceName))

struct GetUnsupported {
  std::vector<DatasetDetail> Datasets;
  std::vector<CloudDiskDetail> CloudDisks;
  NodeRecovery NodeErrorRecovery;
  std::vector<PodIp> PodIps;
  Docker DockerConfig;
};
BOOST_DESCRIBE_STRUCT(GetUnsupported, (),
                      (Datasets, CloudDisks, NodeErrorRecovery, PodIps, DockerConfig))

// The answers

/// List only (docs/contract/dsw-instance.md section 4 note 3).
struct ListOnly {
  Text OversoldType;
  Text OversoldInfo;
};
BOOST_DESCRIBE_STRUCT(ListOnly, (), (OversoldType, OversoldInfo))

/// Get only (section 4 notes 1 and 4).
struct GetOnly {
  Text ProxyPath;
  Text UserCommandId;
  std::reference_wrapper<const json::object> MigrationOptions;
  TextMap AccessRestrictionRules;
};
BOOST_DESCRIBE_STRUCT(GetOnly, (),
                      (ProxyPath, UserCommandId, MigrationOptions, AccessRestrictionRules))

struct ListItem : InstanceCore, ListOnly, InstanceUnsupported, ListUnsupported {};
BOOST_DESCRIBE_STRUCT(ListItem, (InstanceCore, ListOnly, InstanceUnsupported, ListUnsupported), ())

struct GetInstanceAnswer : InstanceCore, GetOnly, InstanceUnsupported, GetUnsupported {};
BOOST_DESCRIBE_STRUCT(GetInstanceAnswer,
                      (InstanceCore, GetOnly, InstanceUnsupported, GetUnsupported), ())

struct ListInstancesAnswer {
  std::uint64_t TotalCount;
  std::vector<ListItem> Instances;
  json::object MigrationOptions;  // beside Instances, never inside
};
BOOST_DESCRIBE_STRUCT(ListInstancesAnswer, (), (TotalCount, Instances, MigrationOptions))

}  // namespace atelier::api::wire
