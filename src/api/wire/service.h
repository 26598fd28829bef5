#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"
#include "base/codec.h"

/// Requests and answers of EAS (docs/contract/eas-operations.tsv), names as documented.
namespace atelier::api::wire {

/// What the lists tell beside their entries.
struct Paged {
  std::int64_t PageNumber;
  std::int64_t PageSize;
  std::int64_t TotalCount;
};
BOOST_DESCRIBE_STRUCT(Paged, (), (PageNumber, PageSize, TotalCount))

/// The same in other words.
struct PagedByNum {
  std::int64_t PageNum;
  std::int64_t TotalCount;
  std::int64_t TotalPageNum;
};
BOOST_DESCRIBE_STRUCT(PagedByNum, (), (PageNum, TotalCount, TotalPageNum))

struct ServiceLabel {
  std::string_view LabelKey;
  std::string_view LabelValue;
};
BOOST_DESCRIBE_STRUCT(ServiceLabel, (), (LabelKey, LabelValue))

struct InstanceCountInResource {
  std::int64_t Dedicated;
  std::int64_t Public;
  std::int64_t Quota;
};
BOOST_DESCRIBE_STRUCT(InstanceCountInResource, (), (Dedicated, Public, Quota))

/// What is true of this server's services: in two parts, as a described struct has at most 52
/// members.
struct ServiceCore {
  std::string_view AccessToken;
  bool AutoscalerEnabled;
  std::string_view CallerUid;
  std::int64_t Cpu;
  std::string CreateTime;
  bool CronscalerEnabled;
  std::int64_t CurrentVersion;
  std::int64_t Gpu;
  std::string Image;
  wire::InstanceCountInResource InstanceCountInResource;
  std::string InternetEndpoint;
  std::string IntranetEndpoint;
  std::vector<ServiceLabel> Labels;
  std::int64_t LatestVersion;
  std::int64_t Memory;
  std::string_view Message;
  std::string_view Namespace;
  std::int64_t PendingInstance;
  std::string_view Reason;
  std::string_view Region;
  std::string_view Role;
  std::int64_t RunningInstance;
  std::string_view SafetyLock;
  std::string ServiceConfig;
  std::string_view ServiceId;
  std::string_view ServiceName;
  std::string_view ServiceType;
  std::string_view ServiceUid;
  std::string_view Status;
  std::int64_t TotalInstance;
  std::string_view TrafficState;
  std::string UpdateTime;
  std::string_view WorkspaceId;
};
BOOST_DESCRIBE_STRUCT(ServiceCore, (),
                      (AccessToken, AutoscalerEnabled, CallerUid, Cpu, CreateTime,
                       CronscalerEnabled, CurrentVersion, Gpu, Image, InstanceCountInResource,
                       InternetEndpoint, IntranetEndpoint, Labels, LatestVersion, Memory, Message,
                       Namespace, PendingInstance, Reason, Region, Role, RunningInstance,
                       SafetyLock, ServiceConfig, ServiceId, ServiceName, ServiceType, ServiceUid,
                       Status, TotalInstance, TrafficState, UpdateTime, WorkspaceId))

/// What no service here has: empty.
struct ServiceExtra {
  std::string_view AppConfig;
  std::string_view AppSpecName;
  std::string_view AppType;
  std::string_view AppVersion;
  std::string_view ExtraData;
  std::int64_t GPUCorePercentage;
  std::int64_t GPUMemory;
  std::string_view Gateway;
  std::string_view ParentUid;
  std::string_view QuotaId;
  std::string_view Resource;
  std::string_view ResourceAlias;
  bool ResourceBurstable;
  std::string_view RoleAttrs;
  std::string_view SecondaryInternetEndpoint;
  std::string_view SecondaryIntranetEndpoint;
  std::string_view ServiceGroup;
  std::string_view Source;
  std::int64_t Weight;
  std::string_view WorkloadType;
};
BOOST_DESCRIBE_STRUCT(ServiceExtra, (),
                      (AppConfig, AppSpecName, AppType, AppVersion, ExtraData, GPUCorePercentage,
                       GPUMemory, Gateway, ParentUid, QuotaId, Resource, ResourceAlias,
                       ResourceBurstable, RoleAttrs, SecondaryInternetEndpoint,
                       SecondaryIntranetEndpoint, ServiceGroup, Source, Weight, WorkloadType))

struct EasService : ServiceCore, ServiceExtra {};
BOOST_DESCRIBE_STRUCT(EasService, (ServiceCore, ServiceExtra), ())

struct ListServicesAnswer : Paged {
  std::vector<EasService> Services;
};
BOOST_DESCRIBE_STRUCT(ListServicesAnswer, (Paged), (Services))

struct CloneServiceAnswer {
  std::string InternetEndpoint;
  std::string IntranetEndpoint;
  std::string_view ServiceId;
  std::string_view ServiceName;
  std::string_view Status;
};
BOOST_DESCRIBE_STRUCT(CloneServiceAnswer, (),
                      (InternetEndpoint, IntranetEndpoint, ServiceId, ServiceName, Status))

struct CreateServiceAnswer : CloneServiceAnswer {
  std::string_view Region;
};
BOOST_DESCRIBE_STRUCT(CreateServiceAnswer, (CloneServiceAnswer), (Region))

struct MessageAnswer {
  std::string Message;
};
BOOST_DESCRIBE_STRUCT(MessageAnswer, (), (Message))

/// The previous run of a restarted instance. The documents name no keys for it.
struct InstanceLastState {
  std::optional<int> ExitCode;
  std::optional<int> Signal;
  std::string_view Reason;
  std::string_view Message;
  std::string StartedAt;
  std::string FinishedAt;
  std::string_view Log;
};
BOOST_DESCRIBE_STRUCT(InstanceLastState, (),
                      (ExitCode, Signal, Reason, Message, StartedAt, FinishedAt, Log))

struct ServiceInstance {
  std::string_view HostIP;
  std::string_view HostName;
  std::string_view InnerIP;
  std::string_view InstanceName;
  std::int64_t InstancePort;
  std::vector<InstanceLastState> LastState;
  std::string_view Namespace;
  std::string Reason;
  std::int64_t RestartCount;
  std::string_view Status;
  std::int64_t TotalProcesses;
  std::int64_t ReadyProcesses;
  std::string StartAt;
  std::string_view Role;
  std::string_view ResourceType;
  std::string_view TenantInstanceIP;
  std::string_view TenantHostIP;
  bool IsSpot;
  Float CurrentAmount;
  Float OriginalAmount;
  bool Isolated;
  std::string_view Zone;
  std::string_view ExternalIP;
  std::int64_t ExternalInstancePort;
  std::string StartTime;
  // of the SDK alone
  std::string_view InstanceType;
  std::string CreateTime;
  bool Detached;
  bool IsLatest;
  bool IsReplica;
  std::string_view ReplicaName;
};
BOOST_DESCRIBE_STRUCT(ServiceInstance, (),
                      (HostIP, HostName, InnerIP, InstanceName, InstancePort, LastState, Namespace,
                       Reason, RestartCount, Status, TotalProcesses, ReadyProcesses, StartAt, Role,
                       ResourceType, TenantInstanceIP, TenantHostIP, IsSpot, CurrentAmount,
                       OriginalAmount, Isolated, Zone, ExternalIP, ExternalInstancePort, StartTime,
                       InstanceType, CreateTime, Detached, IsLatest, IsReplica, ReplicaName))

struct ContainerInfo {
  std::string_view CurrentReaon;  // spelled as the documents do
  std::string_view CurrentStatus;
  std::string CurrentTimestamp;
  std::string Image;
  std::string LastReason;
  std::string_view LastStatus;
  std::string LastTimestamp;
  std::string_view Name;
  std::int64_t Port;
  bool Ready;
  std::int64_t RestartCount;
};
BOOST_DESCRIBE_STRUCT(ContainerInfo, (),
                      (CurrentReaon, CurrentStatus, CurrentTimestamp, Image, LastReason, LastStatus,
                       LastTimestamp, Name, Port, Ready, RestartCount))

struct ListServiceContainersAnswer {
  std::vector<ContainerInfo> Containers;
  std::string_view ServiceName;
};
BOOST_DESCRIBE_STRUCT(ListServiceContainersAnswer, (), (Containers, ServiceName))

struct ListServiceInstancesAnswer : Paged {
  std::vector<ServiceInstance> Instances;
};
BOOST_DESCRIBE_STRUCT(ListServiceInstancesAnswer, (Paged), (Instances))

struct ServiceVersion {
  std::string BuildTime;
  std::int64_t ImageId;  // of the wire: the version's number
  std::string_view ImageAvailable;
  std::string_view Message;
  std::string_view ServiceConfig;
  std::string_view ServiceRunnable;
};
BOOST_DESCRIBE_STRUCT(ServiceVersion, (),
                      (BuildTime, ImageId, ImageAvailable, Message, ServiceConfig, ServiceRunnable))

struct ListServiceVersionsAnswer : Paged {
  std::vector<ServiceVersion> Versions;
};
BOOST_DESCRIBE_STRUCT(ListServiceVersionsAnswer, (Paged), (Versions))

struct ServiceEndpoint {
  std::string_view BackendId;
  std::string_view EndpointType;
  std::vector<std::string> InternetEndpoints;
  std::vector<std::string> IntranetEndpoints;
  std::string_view PathType;
  std::int64_t Port;
};
BOOST_DESCRIBE_STRUCT(ServiceEndpoint, (),
                      (BackendId, EndpointType, InternetEndpoints, IntranetEndpoints, PathType,
                       Port))

struct ServiceEndpointsAnswer {
  std::string_view AccessToken;
  std::vector<ServiceEndpoint> Endpoints;
  std::string_view Message;
};
BOOST_DESCRIBE_STRUCT(ServiceEndpointsAnswer, (), (AccessToken, Endpoints, Message))

struct ServiceEvent {
  std::string_view Message;
  std::string_view Reason;
  std::string_view Resource;  // Service or Pod
  std::string Time;
  std::string_view Type;  // Normal or Warning
};
BOOST_DESCRIBE_STRUCT(ServiceEvent, (), (Message, Reason, Resource, Time, Type))

struct ServiceEventsAnswer : PagedByNum {
  std::vector<ServiceEvent> Events;
};
BOOST_DESCRIBE_STRUCT(ServiceEventsAnswer, (PagedByNum), (Events))

struct ServiceLogAnswer : PagedByNum {
  std::vector<std::string> Logs;
};
BOOST_DESCRIBE_STRUCT(ServiceLogAnswer, (PagedByNum), (Logs))

struct ScaleServiceRequest {
  std::optional<std::int64_t> Instance;
  std::optional<std::vector<std::string>> InstancesToDelete;
};
BOOST_DESCRIBE_STRUCT(ScaleServiceRequest, (), (Instance, InstancesToDelete))

struct UpdateServiceVersionRequest {
  std::optional<std::int64_t> Version;
};
BOOST_DESCRIBE_STRUCT(UpdateServiceVersionRequest, (), (Version))

struct UpdateServiceSafetyLockRequest {
  std::string Lock;
};
BOOST_DESCRIBE_STRUCT(UpdateServiceSafetyLockRequest, (), (Lock))

struct UpdateServiceLabelRequest {
  std::map<std::string, std::string> Labels;
};
BOOST_DESCRIBE_STRUCT(UpdateServiceLabelRequest, (), (Labels))

struct UpdateServiceInstanceRequest {
  std::optional<bool> Detach;
  std::optional<bool> Hibernate;
  std::optional<bool> Isolate;
};
BOOST_DESCRIBE_STRUCT(UpdateServiceInstanceRequest, (), (Detach, Hibernate, Isolate))

// Autoscalers. The documents spell the keys of the requests in lower camel case.

struct ScaleWindow {
  std::optional<std::int64_t> stabilizationWindowSeconds;
};
BOOST_DESCRIBE_STRUCT(ScaleWindow, (), (stabilizationWindowSeconds))

struct ScaleOnZero {
  std::optional<std::int64_t> scaleDownGracePeriodSeconds;
  std::optional<std::int64_t> scaleUpActivationReplicas;
};
BOOST_DESCRIBE_STRUCT(ScaleOnZero, (), (scaleDownGracePeriodSeconds, scaleUpActivationReplicas))

struct ScaleBehavior {
  std::optional<ScaleOnZero> onZero;
  std::optional<ScaleWindow> scaleDown;
  std::optional<ScaleWindow> scaleUp;
};
BOOST_DESCRIBE_STRUCT(ScaleBehavior, (), (onZero, scaleDown, scaleUp))

struct ScaleStrategy {
  std::string metricName;
  std::optional<std::string> service;
  Float threshold;
};
BOOST_DESCRIBE_STRUCT(ScaleStrategy, (), (metricName, service, threshold))

struct ServiceAutoScalerRequest {
  std::optional<ScaleBehavior> behavior;
  std::int64_t max;
  std::int64_t min;
  std::vector<ScaleStrategy> scaleStrategies;
};
BOOST_DESCRIBE_STRUCT(ServiceAutoScalerRequest, (), (behavior, max, min, scaleStrategies))

struct CurrentMetric {
  std::string_view metricName;
  std::string_view service;
  Float value;
};
BOOST_DESCRIBE_STRUCT(CurrentMetric, (), (metricName, service, value))

struct ServiceAutoScalerAnswer {
  ScaleBehavior Behavior;
  std::vector<CurrentMetric> CurrentMetrics;
  std::int64_t MaxReplica;
  std::int64_t MinReplica;
  std::vector<ScaleStrategy> ScaleStrategies;
  std::string_view ServiceName;
};
BOOST_DESCRIBE_STRUCT(ServiceAutoScalerAnswer, (),
                      (Behavior, CurrentMetrics, MaxReplica, MinReplica, ScaleStrategies,
                       ServiceName))

struct ScaleJobRequest {
  std::optional<std::string> Name;
  std::string Schedule;
  std::int64_t TargetSize;
  std::optional<std::string> TimeZone;
};
BOOST_DESCRIBE_STRUCT(ScaleJobRequest, (), (Name, Schedule, TargetSize, TimeZone))

struct ServiceCronScalerRequest {
  std::optional<std::vector<std::string>> ExcludeDates;
  std::vector<ScaleJobRequest> ScaleJobs;
};
BOOST_DESCRIBE_STRUCT(ServiceCronScalerRequest, (), (ExcludeDates, ScaleJobs))

struct ScaleJob {
  std::string CreateTime;
  std::optional<std::string> LastProbeTime;  // absent: it has not run
  std::string_view Message;
  std::string_view Name;
  std::string_view Schedule;
  std::string_view State;
  std::int64_t TargetSize;
  std::optional<std::string> TimeZone;  // of no document: as it was asked for
};
BOOST_DESCRIBE_STRUCT(ScaleJob, (),
                      (CreateTime, LastProbeTime, Message, Name, Schedule, State, TargetSize,
                       TimeZone))

struct ServiceCronScalerAnswer {
  std::vector<std::string> ExcludeDates;
  std::vector<ScaleJob> ScaleJobs;
  std::string_view ServiceName;
};
BOOST_DESCRIBE_STRUCT(ServiceCronScalerAnswer, (), (ExcludeDates, ScaleJobs, ServiceName))

// Groups of services.

/// Of groups with a network of their own, which there are none of.
struct EasNetwork {
  std::string_view GatewayId;
  std::string_view SecurityGroupId;
  std::string_view VSwitchId;
  std::string_view VpcId;
};
BOOST_DESCRIBE_STRUCT(EasNetwork, (), (GatewayId, SecurityGroupId, VSwitchId, VpcId))

struct EasGroup {
  std::string_view AccessToken;
  std::string_view CallerUid;
  std::string_view ClusterId;
  std::string CreateTime;
  std::string InternetEndpoint;
  std::string IntranetEndpoint;
  std::vector<ServiceLabel> Labels;
  std::string_view Name;
  std::optional<EasNetwork> Network;
  std::string_view ParentUid;
  std::string_view QueueService;
  std::string_view TrafficMode;
  std::string UpdateTime;
};
BOOST_DESCRIBE_STRUCT(EasGroup, (),
                      (AccessToken, CallerUid, ClusterId, CreateTime, InternetEndpoint,
                       IntranetEndpoint, Labels, Name, Network, ParentUid, QueueService,
                       TrafficMode, UpdateTime))

struct ListGroupsAnswer : Paged {
  std::vector<EasGroup> Groups;
};
BOOST_DESCRIBE_STRUCT(ListGroupsAnswer, (Paged), (Groups))

struct CreateGroupRequest {
  std::optional<std::map<std::string, std::string>> Labels;
  std::string Name;
  std::optional<json::value> Network;
  std::optional<std::string> WorkSpaceId;
};
BOOST_DESCRIBE_STRUCT(CreateGroupRequest, (), (Labels, Name, Network, WorkSpaceId))

struct UpdateGroupRequest {
  std::optional<std::map<std::string, std::string>> Labels;
  std::optional<json::value> Network;
  std::optional<std::string> TrafficMode;
};
BOOST_DESCRIBE_STRUCT(UpdateGroupRequest, (), (Labels, Network, TrafficMode))

struct ReleaseServiceRequest {
  std::optional<std::string> TrafficState;
  std::optional<std::int64_t> Weight;
};
BOOST_DESCRIBE_STRUCT(ReleaseServiceRequest, (), (TrafficState, Weight))

}  // namespace atelier::api::wire
