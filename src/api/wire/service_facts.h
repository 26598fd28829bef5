#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/service.h"
#include "base/codec.h"

/// Answers of EAS about what services run on, and about what is wrong with them
/// (docs/contract/eas-operations.tsv), names as documented.
namespace atelier::api::wire {

struct MachineSpec {
  std::string_view InstanceType;
  std::int64_t CPU;
  Float Memory;  // GB
  std::string_view GPU;
  std::int64_t GPUAmount;
  Float GPUMemory;  // GB, of one
  bool IsAvailable;
  std::string_view StockStatus;
  std::string_view Vendor;
};
BOOST_DESCRIBE_STRUCT(MachineSpec, (),
                      (InstanceType, CPU, Memory, GPU, GPUAmount, GPUMemory, IsAvailable,
                       StockStatus, Vendor))

/// Sizes that go together without a machine type.
struct MachineSize {
  std::int64_t CPU;
  std::vector<std::int64_t> Memory;  // GB
};
BOOST_DESCRIBE_STRUCT(MachineSize, (), (CPU, Memory))

struct MachineSpecAnswer {
  std::vector<MachineSpec> InstanceMetas;
  std::vector<MachineSize> Types;
};
BOOST_DESCRIBE_STRUCT(MachineSpecAnswer, (), (InstanceMetas, Types))

struct EasRegion {
  std::string RegionId;
  std::string RegionName;
};
BOOST_DESCRIBE_STRUCT(EasRegion, (), (RegionId, RegionName))

struct EasRegionsAnswer {
  std::vector<EasRegion> Regions;
};
BOOST_DESCRIBE_STRUCT(EasRegionsAnswer, (), (Regions))

struct EasGateway {
  std::string_view ChargeType;
  std::string_view CreateTime;
  std::string_view GatewayId;
  std::string_view GatewayName;
  std::string_view InstanceType;
  std::string InternetDomain;
  bool InternetEnabled;
  std::string IntranetDomain;
  bool IntranetEnabled;
  bool IsDefault;
  std::vector<ServiceLabel> Labels;
  std::int64_t Replicas;
  bool SSLRedirectionEnabled;
  std::string_view Status;
  std::string_view UpdateTime;
};
BOOST_DESCRIBE_STRUCT(EasGateway, (),
                      (ChargeType, CreateTime, GatewayId, GatewayName, InstanceType, InternetDomain,
                       InternetEnabled, IntranetDomain, IntranetEnabled, IsDefault, Labels,
                       Replicas, SSLRedirectionEnabled, Status, UpdateTime))

struct ListGatewayAnswer : Paged {
  std::vector<EasGateway> Gateways;
};
BOOST_DESCRIBE_STRUCT(ListGatewayAnswer, (Paged), (Gateways))

struct DescribeGatewayAnswer : EasGateway {
  std::string_view ExternalClusterId;
  std::string_view InternetStatus;
};
BOOST_DESCRIBE_STRUCT(DescribeGatewayAnswer, (EasGateway), (ExternalClusterId, InternetStatus))

struct EasResourceCore {
  std::string_view ClusterId;
  std::int64_t CpuCount;
  std::int64_t CpuUsed;
  std::string_view CreateTime;
  std::vector<std::string> Features;
  std::int64_t GpuCount;
  Float GpuUsed;
  std::int64_t InstanceCount;
  std::int64_t InstanceMaxAllocatableCPU;
  Float InstanceMaxAllocatableGPU;
  std::int64_t InstanceMaxAllocatableMemory;  // MB
  std::int64_t Memory;                        // MB
  std::int64_t MemoryUsed;                    // MB
  std::string_view Message;
  std::int64_t PostPaidInstanceCount;
  std::int64_t PrePaidInstanceCount;
  std::string_view ResourceId;
  std::string_view ResourceName;
  std::string_view ResourceType;
  std::string_view Status;
  std::string_view UpdateTime;
  std::string_view UsageMode;
};
BOOST_DESCRIBE_STRUCT(EasResourceCore, (),
                      (ClusterId, CpuCount, CpuUsed, CreateTime, Features, GpuCount, GpuUsed,
                       InstanceCount, InstanceMaxAllocatableCPU, InstanceMaxAllocatableGPU,
                       InstanceMaxAllocatableMemory, Memory, MemoryUsed, Message,
                       PostPaidInstanceCount, PrePaidInstanceCount, ResourceId, ResourceName,
                       ResourceType, Status, UpdateTime, UsageMode))

/// In the list: the documents have other types for two of the fields than for one resource alone.
struct EasResource : EasResourceCore {
  json::object ExtraData;
  std::int64_t ServiceCount;
  std::string_view Vendor;
};
BOOST_DESCRIBE_STRUCT(EasResource, (EasResourceCore), (ExtraData, ServiceCount, Vendor))

struct ListResourcesAnswer : Paged {
  std::vector<EasResource> Resources;
};
BOOST_DESCRIBE_STRUCT(ListResourcesAnswer, (Paged), (Resources))

struct DescribeResourceAnswer : EasResourceCore {
  std::string_view ExtraData;
  std::string_view OwnerUid;
  std::string ServiceCount;
};
BOOST_DESCRIBE_STRUCT(DescribeResourceAnswer, (EasResourceCore),
                      (ExtraData, OwnerUid, ServiceCount))

struct ResourceInstance {
  std::string Arch;
  bool AutoRenewal;
  std::string_view ChargeType;
  std::string_view CreateTime;
  std::string_view ExpiredTime;
  std::int64_t InstanceCpuCount;
  std::int64_t InstanceGpuCount;
  std::string_view InstanceGpuMemory;
  std::string_view InstanceId;
  std::string_view InstanceIp;
  std::string InstanceMemory;  // "8192M"
  std::string InstanceName;
  std::string_view InstancePhase;
  std::string_view InstanceStatus;
  std::int64_t InstanceSystemDiskSize;
  std::string_view InstanceTenantIp;
  std::string_view InstanceType;
  Float InstanceUsedCpu;
  Float InstanceUsedGpu;
  std::string_view InstanceUsedGpuMemory;
  std::string InstanceUsedMemory;
  std::vector<ServiceLabel> Labels;
  std::string_view LastCordonOperator;
  std::string_view LastCordonReason;
  std::string_view Region;
  std::string_view ResourceId;
  std::string_view Zone;
};
BOOST_DESCRIBE_STRUCT(ResourceInstance, (),
                      (Arch, AutoRenewal, ChargeType, CreateTime, ExpiredTime, InstanceCpuCount,
                       InstanceGpuCount, InstanceGpuMemory, InstanceId, InstanceIp, InstanceMemory,
                       InstanceName, InstancePhase, InstanceStatus, InstanceSystemDiskSize,
                       InstanceTenantIp, InstanceType, InstanceUsedCpu, InstanceUsedGpu,
                       InstanceUsedGpuMemory, InstanceUsedMemory, Labels, LastCordonOperator,
                       LastCordonReason, Region, ResourceId, Zone))

struct ListResourceInstancesAnswer : Paged {
  std::vector<ResourceInstance> Instances;
};
BOOST_DESCRIBE_STRUCT(ListResourceInstancesAnswer, (Paged), (Instances))

struct Diagnosis {
  std::string Error;
  std::vector<std::string> Causes;
  std::vector<std::string> Advices;
};
BOOST_DESCRIBE_STRUCT(Diagnosis, (), (Error, Causes, Advices))

struct ServiceDiagnosisAnswer {
  std::vector<Diagnosis> DiagnosisList;
};
BOOST_DESCRIBE_STRUCT(ServiceDiagnosisAnswer, (), (DiagnosisList))

struct InstanceDiagnosisAnswer {
  wire::Diagnosis Diagnosis;
};
BOOST_DESCRIBE_STRUCT(InstanceDiagnosisAnswer, (), (Diagnosis))

// Tags of services: RPC style, version 2021-07-02.

struct TagOfService {
  std::string Key;
  std::optional<std::string> Value;
};
BOOST_DESCRIBE_STRUCT(TagOfService, (), (Key, Value))

struct TagResource {
  std::string ResourceId;
  std::string_view ResourceType;
  std::string TagKey;
  std::string TagValue;
};
BOOST_DESCRIBE_STRUCT(TagResource, (), (ResourceId, ResourceType, TagKey, TagValue))

struct TagResources {
  std::vector<wire::TagResource> TagResource;
};
BOOST_DESCRIBE_STRUCT(TagResources, (), (TagResource))

struct ListTagResourcesAnswer {
  std::string NextToken;
  wire::TagResources TagResources;
};
BOOST_DESCRIBE_STRUCT(ListTagResourcesAnswer, (), (NextToken, TagResources))

}  // namespace atelier::api::wire
