// PaiStudio: known, and answered as not supported. Quotas and training are not what this server is
// for.
#include <array>

#include "api/framework/unimplemented.h"

namespace atelier::api {

namespace {

constexpr std::string_view kAlgorithms = "Algorithms are";
constexpr std::string_view kQuotas = "Quotas are";
constexpr std::string_view kResources = "Resource groups and their nodes are";
constexpr std::string_view kTags = "Tags of PaiStudio are";
constexpr std::string_view kTokens = "Tokens of PaiStudio are";
constexpr std::string_view kTraining = "Training jobs are";

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"CheckInstanceWebTerminal", "POST",
     "/api/v1/trainingjobs/{TrainingJobId}/instances/{InstanceId}/webterminals/action/check",
     kTraining},
    {"CreateAlgorithm", "POST", "/api/v1/algorithms", kAlgorithms},
    {"CreateAlgorithmVersion", "POST",
     "/api/v1/algorithms/{AlgorithmId}/versions/{AlgorithmVersion}", kAlgorithms},
    {"CreateInstanceWebTerminal", "POST",
     "/api/v1/trainingjobs/{TrainingJobId}/instances/{InstanceId}/webterminals", kTraining},
    {"CreateQuota", "POST", "/api/v1/quotas", kQuotas},
    {"CreateResourceGroup", "POST", "/api/v1/resources", kResources},
    {"CreateTrainingJob", "POST", "/api/v1/trainingjobs", kTraining},
    {"DeleteAlgorithm", "DELETE", "/api/v1/algorithms/{AlgorithmId}", kAlgorithms},
    {"DeleteAlgorithmVersion", "DELETE",
     "/api/v1/algorithms/{AlgorithmId}/versions/{AlgorithmVersion}", kAlgorithms},
    {"DeleteMachineGroup", "DELETE", "/api/v1/resources/machinegroups/{MachineGroupId}",
     kResources},
    {"DeleteQuota", "DELETE", "/api/v1/quotas/{QuotaId}", kQuotas},
    {"DeleteResourceGroup", "DELETE", "/api/v1/resources/{ResourceGroupId}", kResources},
    {"DeleteResourceGroupMachineGroup", "DELETE",
     "/api/v1/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}", kResources},
    {"DeleteTrainingJob", "DELETE", "/api/v1/trainingjobs/{TrainingJobId}", kTraining},
    {"DeleteTrainingJobLabels", "DELETE", "/api/v1/trainingjobs/{TrainingJobId}/labels", kTraining},
    {"GetAlgorithm", "GET", "/api/v1/algorithms/{AlgorithmId}", kAlgorithms},
    {"GetAlgorithmVersion", "GET", "/api/v1/algorithms/{AlgorithmId}/versions/{AlgorithmVersion}",
     kAlgorithms},
    {"GetMachineGroup", "GET", "/api/v1/resources/machinegroups/{MachineGroupId}", kResources},
    {"GetNodeMetrics", "GET", "/api/v1/resources/{ResourceGroupId}/nodemetrics/{MetricType}",
     kResources},
    {"GetQuota", "GET", "/api/v1/quotas/{QuotaId}", kQuotas},
    {"GetResourceGroup", "GET", "/api/v1/resources/{ResourceGroupId}", kResources},
    {"GetResourceGroupMachineGroup", "GET",
     "/api/v1/resources/{ResourceGroupId}/machinegroups/{MachineGroupId}", kResources},
    {"GetResourceGroupRequest", "GET", "/api/v1/resources/data/request", kResources},
    {"GetResourceGroupTotal", "GET", "/api/v1/resources/data/total", kResources},
    {"GetSpotPriceHistory", "GET", "/api/v1/spots/{InstanceType}/pricehistory", kResources},
    {"GetToken", "GET", "/api/v1/tokens", kTokens},
    {"GetTrainingJob", "GET", "/api/v1/trainingjobs/{TrainingJobId}", kTraining},
    {"GetTrainingJobErrorInfo", "GET", "/api/v1/trainingjobs/{TrainingJobId}/errorinfo", kTraining},
    {"GetTrainingJobLatestMetrics", "GET", "/api/v1/trainingjobs/{TrainingJobId}/latestmetrics",
     kTraining},
    {"GetUserViewMetrics", "GET", "/api/v1/resources/{ResourceGroupId}/usermetrics", kResources},
    {"ListAlgorithmVersions", "GET", "/api/v1/algorithms/{AlgorithmId}/versions", kAlgorithms},
    {"ListAlgorithms", "GET", "/api/v1/algorithms", kAlgorithms},
    {"ListNodePods", "GET", "/api/v1/nodes/{NodeId}/Pods", kResources},
    {"ListNodeTypes", "GET", "/api/v1/nodetypes", kResources},
    {"ListNodes", "GET", "/api/v1/nodes", kResources},
    {"ListQuotaActiveUserUsages", "GET", "/api/v1/quotas/{QuotaId}/activeuserusages", kQuotas},
    {"ListQuotaWorkloads", "GET", "/api/v1/quotas/{QuotaId}/workloads", kQuotas},
    {"ListQuotas", "GET", "/api/v1/quotas/", kQuotas},
    {"ListResourceGroupMachineGroups", "GET", "/api/v1/resources/{ResourceGroupId}/machinegroups",
     kResources},
    {"ListResourceGroups", "GET", "/api/v1/resources", kResources},
    {"ListTagResources", "GET", "/api/v1/tags", kTags},
    {"ListTrainingJobEvents", "GET", "/api/v1/trainingjobs/{TrainingJobId}/events", kTraining},
    {"ListTrainingJobInstanceEvents", "GET",
     "/api/v1/trainingjobs/{TrainingJobId}/instances/{InstanceId}/events", kTraining},
    {"ListTrainingJobInstanceMetrics", "GET",
     "/api/v1/trainingjobs/{TrainingJobId}/instancemetrics", kTraining},
    {"ListTrainingJobLogs", "GET", "/api/v1/trainingjobs/{TrainingJobId}/logs", kTraining},
    {"ListTrainingJobMetrics", "GET", "/api/v1/trainingjobs/{TrainingJobId}/metrics", kTraining},
    {"ListTrainingJobOutputModels", "GET", "/api/v1/trainingjobs/{TrainingJobId}/outputmodels",
     kTraining},
    {"ListTrainingJobs", "GET", "/api/v1/trainingjobs", kTraining},
    {"OperateNode", "POST", "/api/v1/nodes/{NodeId}", kResources},
    {"ScaleQuota", "PUT", "/api/v1/quotas/{QuotaId}/action/scale", kQuotas},
    {"StopTrainingJob", "PUT", "/api/v1/trainingjobs/{TrainingJobId}/stop", kTraining},
    {"TagResources", "POST", "/api/v1/tags", kTags},
    {"UntagResources", "DELETE", "/api/v1/tags", kTags},
    {"UpdateAlgorithm", "PUT", "/api/v1/algorithms/{AlgorithmId}", kAlgorithms},
    {"UpdateAlgorithmVersion", "PUT",
     "/api/v1/algorithms/{AlgorithmId}/versions/{AlgorithmVersion}", kAlgorithms},
    {"UpdateQuota", "PUT", "/api/v1/quotas/{QuotaId}", kQuotas},
    {"UpdateResourceGroup", "PUT", "/api/v1/resources/{ResourceGroupId}", kResources},
    {"UpdateTrainingJobLabels", "POST", "/api/v1/trainingjobs/{TrainingJobId}/labels", kTraining},
});

}  // namespace

std::span<const Operation> RefusedStudioOperations() {
  static const RefusedTable kTable(Product::kStudio, "2022-01-12", kRows);
  return kTable.operations();
}

}  // namespace atelier::api
