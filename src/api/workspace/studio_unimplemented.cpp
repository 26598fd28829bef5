// PaiStudio: known, and answered as not supported. Quotas and training are not what this server is
// for.
#include <array>

#include "api/framework/unimplemented.h"

namespace atelier::api {

namespace {

constexpr Feature kAi4d{"Services of AI4D are", "/api/v1/ai4d"};
constexpr Feature kAlgorithms{"Algorithms are", "/api/v1/algorithms"};
constexpr Feature kComponents{"Components are", "/api/v1"};
constexpr Feature kInstanceJobs{"Jobs of instances are", "/api/v1/instancejobs"};
constexpr Feature kOperations{"Operations of resources are", "/api/v1/operations"};
constexpr Feature kPermissions{"Lists of permissions are", "/api/v1/permissions"};
constexpr Feature kQuotas{"Quotas are", "/api/v1/quotas"};
constexpr Feature kResources{"Resource groups and their nodes are", "/api/v1"};
constexpr Feature kTags{"Tags of PaiStudio are", "/api/v1/tags"};
constexpr Feature kTokens{"Tokens of PaiStudio are", "/api/v1/tokens"};
constexpr Feature kTraining{"Training jobs are", "/api/v1/trainingjobs"};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CheckInstanceWebTerminal", kTraining, "POST",
     "/{TrainingJobId}/instances/{InstanceId}/webterminals/action/check"},
    {"CreateAI4DDefaultBucket", kAi4d, "POST", "/defaultbucket"},
    {"CreateAI4DSerivce", kAi4d, "POST", "/services"},
    {"CreateAlgorithm", kAlgorithms, "POST"},
    {"CreateAlgorithmVersion", kAlgorithms, "POST", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"CreateComponent", kComponents, "POST", "/components"},
    {"CreateComponentVersion", kComponents, "POST", "/components/{ComponentId}/versions"},
    {"CreateInstanceWebTerminal", kTraining, "POST",
     "/{TrainingJobId}/instances/{InstanceId}/webterminals"},
    {"CreateQuota", kQuotas, "POST"},
    {"CreateResourceGroup", kResources, "POST", "/resources"},
    {"CreateResourceGroupMachineGroup", kResources, "POST",
     "/resources/{ResourceGroupId}/machinegroups"},
    {"CreateServiceIdentityRole", kAi4d, "POST", "/serviceidentityroles"},
    {"CreateTrainingJob", kTraining, "POST"},
    {"DeleteAlgorithm", kAlgorithms, "DELETE", "/{AlgorithmId}"},
    {"DeleteAlgorithmVersion", kAlgorithms, "DELETE", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"DeleteComponent", kComponents, "DELETE", "/components/{ComponentId}"},
    {"DeleteComponentVersion", kComponents, "DELETE",
     "/components/{ComponentId}/versions/{Version}"},
    {"DeleteComponentVersionSnapshot", kComponents, "DELETE",
     "/componentversionsnapshots/{SnapshotId}"},
    {"DeleteMachineGroup", kResources, "DELETE", "/resources/machinegroups/{MachineGroupId}"},
    {"DeleteQuota", kQuotas, "DELETE", "/{QuotaId}"},
    {"DeleteQuotaLabels", kQuotas, "DELETE", "/{QuotaId}/labels"},
    {"DeleteResourceGroup", kResources, "DELETE", "/resources/{ResourceGroupId}"},
    {"DeleteResourceGroupMachineGroup", kResources, "DELETE",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"DeleteTrainingJob", kTraining, "DELETE", "/{TrainingJobId}"},
    {"DeleteTrainingJobLabels", kTraining, "DELETE", "/{TrainingJobId}/labels"},
    {"GetAI4DDefaultBucket", kAi4d, "GET", "/defaultbucket"},
    {"GetAlgorithm", kAlgorithms, "GET", "/{AlgorithmId}"},
    {"GetAlgorithmVersion", kAlgorithms, "GET", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"GetComponent", kComponents, "GET", "/components/{ComponentId}"},
    {"GetComponentVersion", kComponents, "GET", "/components/{ComponentId}/versions/{Version}"},
    {"GetComponentVersionSnapshot", kComponents, "GET", "/componentversionsnapshots/{SnapshotId}"},
    {"GetInstanceJob", kInstanceJobs, "GET", "/{InstanceJobId}"},
    {"GetJobViewMetrics", kResources, "GET", "/resources/{ResourceGroupId}/jobmetrics"},
    {"GetJobsStatisticsByQuota", kQuotas, "GET", "/{QuotaId}/statistics/jobs"},
    {"GetJobsStatisticsByResourceGroup", kResources, "GET",
     "/resources/{ResourceGroupId}/statistics/jobs"},
    {"GetMachineGroup", kResources, "GET", "/resources/machinegroups/{MachineGroupId}"},
    {"GetMetrics", kQuotas, "GET", "/cms/metrics"},
    {"GetNodeGPUMetrics", kResources, "GET", "/nodes/{NodeId}/gpumetrics"},
    {"GetNodeMetrics", kResources, "GET", "/resources/{ResourceGroupId}/nodemetrics/{MetricType}"},
    {"GetNodeViewMetrics", kResources, "GET", "/resources/{ResourceGroupId}/nodeviewmetrics"},
    {"GetOperation", kOperations, "GET", "/{OperationId}"},
    {"GetQueueInfos", kResources, "GET", "/queueInfos"},
    {"GetQuota", kQuotas, "GET", "/{QuotaId}"},
    {"GetQuotaJobViewMetrics", kQuotas, "GET", "/{QuotaId}/jobmetrics"},
    {"GetQuotaMetrics", kQuotas, "GET", "/{QuotaId}/metrics/{MetricType}"},
    {"GetQuotaNodeMetrics", kQuotas, "GET", "/{QuotaId}/nodemetrics/{MetricType}"},
    {"GetQuotaNodeViewMetrics", kQuotas, "GET", "/{QuotaId}/nodeviewmetrics"},
    {"GetQuotaQueueInfo", kQuotas, "GET", "/{QuotaId}/queueinfos"},
    {"GetQuotaRangeUserViewMetrics", kQuotas, "GET", "/{QuotaId}/rangeusermetrics"},
    {"GetQuotaTopo", kQuotas, "GET", "/{QuotaId}/topo"},
    {"GetQuotaUserViewMetrics", kQuotas, "GET", "/{QuotaId}/usermetrics"},
    {"GetRangeUserViewMetrics", kResources, "GET", "/resources/{ResourceGroupId}/rangeusermetrics"},
    {"GetResourceGroup", kResources, "GET", "/resources/{ResourceGroupId}"},
    {"GetResourceGroupMachineGroup", kResources, "GET",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"GetResourceGroupMetrics", kResources, "GET",
     "/resources/{ResourceGroupId}/metrics/{MetricType}"},
    {"GetResourceGroupRequest", kResources, "GET", "/resources/data/request"},
    {"GetResourceGroupTotal", kResources, "GET", "/resources/data/total"},
    {"GetServiceIdentityRole", kAi4d, "GET", "/serviceidentityroles/{RoleName}"},
    {"GetSpotPriceHistory", kResources, "GET", "/spots/{InstanceType}/pricehistory"},
    {"GetSpotStockPreview", kResources, "GET", "/spots/{InstanceType}/stockpreview"},
    {"GetToken", kTokens, "GET"},
    {"GetTrainingJob", kTraining, "GET", "/{TrainingJobId}"},
    {"GetTrainingJobErrorInfo", kTraining, "GET", "/{TrainingJobId}/errorinfo"},
    {"GetTrainingJobLatestMetrics", kTraining, "GET", "/{TrainingJobId}/latestmetrics"},
    {"GetUserViewMetrics", kResources, "GET", "/resources/{ResourceGroupId}/usermetrics"},
    {"ListAI4DSerivces", kAi4d, "GET", "/services"},
    {"ListAI4DServiceTemplates", kAi4d, "GET", "/servicetemplates"},
    {"ListAlgorithmVersions", kAlgorithms, "GET", "/{AlgorithmId}/versions"},
    {"ListAlgorithms", kAlgorithms, "GET"},
    {"ListComponentVersionSnapshots", kComponents, "GET", "/componentversionsnapshots"},
    {"ListComponentVersions", kComponents, "GET", "/components/{ComponentId}/versions"},
    {"ListComponents", kComponents, "GET", "/components"},
    {"ListInstanceJobs", kInstanceJobs, "GET"},
    {"ListNodeGPUMetrics", kQuotas, "GET", "/{QuotaId}/nodegpumetrics"},
    {"ListNodePods", kResources, "GET", "/nodes/{NodeId}/Pods"},
    {"ListNodeTypes", kResources, "GET", "/nodetypes"},
    {"ListNodes", kResources, "GET", "/nodes"},
    {"ListOperations", kOperations, "GET"},
    {"ListPermissions", kPermissions, "GET"},
    {"ListQuotaActiveUserUsages", kQuotas, "GET", "/{QuotaId}/activeuserusages"},
    {"ListQuotaUsers", kQuotas, "GET", "/{QuotaId}/users"},
    {"ListQuotaWorkloads", kQuotas, "GET", "/{QuotaId}/workloads"},
    {"ListQuotas", kQuotas, "GET", "/"},
    {"ListResourceGroupMachineGroups", kResources, "GET",
     "/resources/{ResourceGroupId}/machinegroups"},
    {"ListResourceGroups", kResources, "GET", "/resources"},
    {"ListSpotsStockPreview", kResources, "GET", "/spots/stockpreview"},
    {"ListTagResources", kTags, "GET"},
    {"ListTrainingJobEvents", kTraining, "GET", "/{TrainingJobId}/events"},
    {"ListTrainingJobInstanceEvents", kTraining, "GET",
     "/{TrainingJobId}/instances/{InstanceId}/events"},
    {"ListTrainingJobInstanceMetrics", kTraining, "GET", "/{TrainingJobId}/instancemetrics"},
    {"ListTrainingJobLogs", kTraining, "GET", "/{TrainingJobId}/logs"},
    {"ListTrainingJobMetrics", kTraining, "GET", "/{TrainingJobId}/metrics"},
    {"ListTrainingJobOutputModels", kTraining, "GET", "/{TrainingJobId}/outputmodels"},
    {"ListTrainingJobs", kTraining, "GET"},
    {"OperateNode", kResources, "POST", "/nodes/{NodeId}"},
    {"ReleaseAlgorithm", kAlgorithms, "PUT", "/{AlgorithmId}/release"},
    {"ReleaseAlgorithmVersion", kAlgorithms, "PUT",
     "/{AlgorithmId}/versions/{AlgorithmVersion}/release"},
    {"ReleaseMachineGroup", kResources, "POST",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"ScaleQuota", kQuotas, "PUT", "/{QuotaId}/action/scale"},
    {"StopTrainingJob", kTraining, "PUT", "/{TrainingJobId}/stop"},
    {"TagResources", kTags, "POST"},
    {"UntagResources", kTags, "DELETE"},
    {"UpdateAlgorithm", kAlgorithms, "PUT", "/{AlgorithmId}"},
    {"UpdateAlgorithmVersion", kAlgorithms, "PUT", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"UpdateComponent", kComponents, "PUT", "/components/{ComponentId}"},
    {"UpdateComponentVersion", kComponents, "PUT", "/components/{ComponentId}/versions/{Version}"},
    {"UpdateComponentVersionSnapshot", kComponents, "PUT",
     "/componentversionsnapshots/{SnapshotId}"},
    {"UpdateQuota", kQuotas, "PUT", "/{QuotaId}"},
    {"UpdateQuotaLabels", kQuotas, "PUT", "/{QuotaId}/labels"},
    {"UpdateResourceGroup", kResources, "PUT", "/resources/{ResourceGroupId}"},
    {"UpdateResourceGroupMachineGroup", kResources, "PUT",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"UpdateTrainingJobLabels", kTraining, "POST", "/{TrainingJobId}/labels"},
});

}  // namespace

std::span<const Operation> UnimplementedStudioOperations() {
  static const UnimplementedTable kTable({.product = Product::kStudio, .version = "2022-01-12"},
                                         kRows);
  return kTable.operations();
}

}  // namespace atelier::api
