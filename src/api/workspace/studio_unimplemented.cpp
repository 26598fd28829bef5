// PaiStudio: known, and answered as not supported. Quotas and training are not what this server is
// for.
#include <array>

#include "api/framework/unimplemented.h"

namespace atelier::api {

namespace {

constexpr Feature kAlgorithms{"Algorithms are", "/api/v1/algorithms"};
constexpr Feature kQuotas{"Quotas are", "/api/v1/quotas"};
constexpr Feature kResources{"Resource groups and their nodes are", "/api/v1"};
constexpr Feature kTags{"Tags of PaiStudio are", "/api/v1/tags"};
constexpr Feature kTokens{"Tokens of PaiStudio are", "/api/v1/tokens"};
constexpr Feature kTraining{"Training jobs are", "/api/v1/trainingjobs"};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CheckInstanceWebTerminal", kTraining, "POST",
     "/{TrainingJobId}/instances/{InstanceId}/webterminals/action/check"},
    {"CreateAlgorithm", kAlgorithms, "POST"},
    {"CreateAlgorithmVersion", kAlgorithms, "POST", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"CreateInstanceWebTerminal", kTraining, "POST",
     "/{TrainingJobId}/instances/{InstanceId}/webterminals"},
    {"CreateQuota", kQuotas, "POST"},
    {"CreateResourceGroup", kResources, "POST", "/resources"},
    {"CreateTrainingJob", kTraining, "POST"},
    {"DeleteAlgorithm", kAlgorithms, "DELETE", "/{AlgorithmId}"},
    {"DeleteAlgorithmVersion", kAlgorithms, "DELETE", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"DeleteMachineGroup", kResources, "DELETE", "/resources/machinegroups/{MachineGroupId}"},
    {"DeleteQuota", kQuotas, "DELETE", "/{QuotaId}"},
    {"DeleteResourceGroup", kResources, "DELETE", "/resources/{ResourceGroupId}"},
    {"DeleteResourceGroupMachineGroup", kResources, "DELETE",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"DeleteTrainingJob", kTraining, "DELETE", "/{TrainingJobId}"},
    {"DeleteTrainingJobLabels", kTraining, "DELETE", "/{TrainingJobId}/labels"},
    {"GetAlgorithm", kAlgorithms, "GET", "/{AlgorithmId}"},
    {"GetAlgorithmVersion", kAlgorithms, "GET", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"GetMachineGroup", kResources, "GET", "/resources/machinegroups/{MachineGroupId}"},
    {"GetNodeMetrics", kResources, "GET", "/resources/{ResourceGroupId}/nodemetrics/{MetricType}"},
    {"GetQuota", kQuotas, "GET", "/{QuotaId}"},
    {"GetResourceGroup", kResources, "GET", "/resources/{ResourceGroupId}"},
    {"GetResourceGroupMachineGroup", kResources, "GET",
     "/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}"},
    {"GetResourceGroupRequest", kResources, "GET", "/resources/data/request"},
    {"GetResourceGroupTotal", kResources, "GET", "/resources/data/total"},
    {"GetSpotPriceHistory", kResources, "GET", "/spots/{InstanceType}/pricehistory"},
    {"GetToken", kTokens, "GET"},
    {"GetTrainingJob", kTraining, "GET", "/{TrainingJobId}"},
    {"GetTrainingJobErrorInfo", kTraining, "GET", "/{TrainingJobId}/errorinfo"},
    {"GetTrainingJobLatestMetrics", kTraining, "GET", "/{TrainingJobId}/latestmetrics"},
    {"GetUserViewMetrics", kResources, "GET", "/resources/{ResourceGroupId}/usermetrics"},
    {"ListAlgorithmVersions", kAlgorithms, "GET", "/{AlgorithmId}/versions"},
    {"ListAlgorithms", kAlgorithms, "GET"},
    {"ListNodePods", kResources, "GET", "/nodes/{NodeId}/Pods"},
    {"ListNodeTypes", kResources, "GET", "/nodetypes"},
    {"ListNodes", kResources, "GET", "/nodes"},
    {"ListQuotaActiveUserUsages", kQuotas, "GET", "/{QuotaId}/activeuserusages"},
    {"ListQuotaWorkloads", kQuotas, "GET", "/{QuotaId}/workloads"},
    {"ListQuotas", kQuotas, "GET", "/"},
    {"ListResourceGroupMachineGroups", kResources, "GET",
     "/resources/{ResourceGroupId}/machinegroups"},
    {"ListResourceGroups", kResources, "GET", "/resources"},
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
    {"ScaleQuota", kQuotas, "PUT", "/{QuotaId}/action/scale"},
    {"StopTrainingJob", kTraining, "PUT", "/{TrainingJobId}/stop"},
    {"TagResources", kTags, "POST"},
    {"UntagResources", kTags, "DELETE"},
    {"UpdateAlgorithm", kAlgorithms, "PUT", "/{AlgorithmId}"},
    {"UpdateAlgorithmVersion", kAlgorithms, "PUT", "/{AlgorithmId}/versions/{AlgorithmVersion}"},
    {"UpdateQuota", kQuotas, "PUT", "/{QuotaId}"},
    {"UpdateResourceGroup", kResources, "PUT", "/resources/{ResourceGroupId}"},
    {"UpdateTrainingJobLabels", kTraining, "POST", "/{TrainingJobId}/labels"},
});

}  // namespace

std::span<const Operation> UnimplementedStudioOperations() {
  static const UnimplementedTable kTable({.product = Product::kStudio, .version = "2022-01-12"},
                                         kRows);
  return kTable.operations();
}

}  // namespace atelier::api
