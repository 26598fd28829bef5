// Operations of the AIRec API whose features this server does not have: known, and refused by name.
#include <array>

#include "api/airec/recommender_common.h"

namespace atelier::api {

namespace {

constexpr std::string_view kAlgorithms = "Algorithms and features of your own are";
constexpr std::string_view kClusters = "Clusters of users are";
constexpr std::string_view kColdStarts = "Operations of the cold-start edition are";
constexpr std::string_view kDashboards = "Dashboards are";
constexpr std::string_view kDiagnoses = "Checks, logs and metrics of data are";
constexpr std::string_view kExperiments = "Experiments are";
constexpr std::string_view kFacts = "Lists of regions and mixed categories are";
constexpr std::string_view kFlows = "Flow controls are";
constexpr std::string_view kItems = "Searches and interventions of items are";
constexpr std::string_view kRankings = "Ranking models of your own are";
constexpr std::string_view kRules = "Rules are";
constexpr std::string_view kSamples = "Samples are";
constexpr std::string_view kScenes = "Scenes are";
constexpr std::string_view kSources = "Data sources beside PushDocument are";
constexpr std::string_view kUmeng = "Umeng integrations are";

/// A parameter of the path for each {Name} in it.
template <std::size_t kCount>
constexpr std::array<Param, kCount> PathParams(const std::array<std::string_view, kCount>& names) {
  std::array<Param, kCount> params{};
  for (std::size_t i = 0; i < kCount; ++i) {
    params[i].name = names[i];
    params[i].in_path = true;
    params[i].required = true;
  }
  return params;
}

constexpr auto kOfInstanceId = PathParams(std::to_array<std::string_view>({"instanceId"}));
constexpr auto kOfInstanceIdTableName =
    PathParams(std::to_array<std::string_view>({"instanceId", "tableName"}));
constexpr auto kOfInstanceIdVersionId =
    PathParams(std::to_array<std::string_view>({"instanceId", "versionId"}));
constexpr auto kOfInstanceIdTable =
    PathParams(std::to_array<std::string_view>({"instanceId", "table"}));
constexpr auto kOfInstanceIdSceneId =
    PathParams(std::to_array<std::string_view>({"instanceId", "sceneId"}));
constexpr auto kOfInstanceIdTaskId =
    PathParams(std::to_array<std::string_view>({"instanceId", "taskId"}));
constexpr auto kOfInstanceIdAlgorithmIdVersionId =
    PathParams(std::to_array<std::string_view>({"instanceId", "algorithmId", "versionId"}));
constexpr auto kOfInstanceIdRankingModelId =
    PathParams(std::to_array<std::string_view>({"instanceId", "rankingModelId"}));
constexpr auto kOfInstanceIdSceneIdExperimentId =
    PathParams(std::to_array<std::string_view>({"instanceId", "sceneId", "experimentId"}));
constexpr auto kOfInstanceIdSampleId =
    PathParams(std::to_array<std::string_view>({"instanceId", "sampleId"}));
constexpr auto kOfInstanceIdTypeDataSourceId =
    PathParams(std::to_array<std::string_view>({"instanceId", "type", "dataSourceId"}));
constexpr auto kOfInstanceIdAlgorithmId =
    PathParams(std::to_array<std::string_view>({"instanceId", "algorithmId"}));
constexpr auto kOfInstanceIdTemplateId =
    PathParams(std::to_array<std::string_view>({"instanceId", "templateId"}));
constexpr auto kOfInstanceIdName =
    PathParams(std::to_array<std::string_view>({"instanceId", "name"}));
constexpr auto kOfInstanceIdRuleId =
    PathParams(std::to_array<std::string_view>({"instanceId", "ruleId"}));
constexpr auto kOfInstanceIdNameOperateId =
    PathParams(std::to_array<std::string_view>({"instanceId", "name", "operateId"}));
constexpr auto kOfInstanceIdTypeFeatureTableId =
    PathParams(std::to_array<std::string_view>({"instanceId", "type", "featureTableId"}));

constexpr Operation Refused(std::string_view name, std::string_view method, std::string_view path,
                            std::span<const Param> params, std::string_view refusal) {
  return {.product = Product::kAirec,
          .name = name,
          .version = kAirecVersion,
          .method = method,
          .path = path,
          .params = params,
          .open_to_all = true,
          .refusal = refusal};
}

constexpr auto kRows = std::to_array<Operation>({
    Refused("DescribeRegions", "GET", "/v2/openapi/configurations/regions", {}, kFacts),
    Refused("ListMixCategories", "GET", "/v2/openapi/configurations/mixCategories", {}, kFacts),
    Refused("ListDataSource", "GET", "/v2/openapi/instances/{instanceId}/dataSources",
            kOfInstanceId, kSources),
    Refused("ModifyDataSource", "PUT", "/v2/openapi/instances/{instanceId}/dataSources/{tableName}",
            kOfInstanceIdTableName, kSources),
    Refused("DescribeDataSetMessage", "GET",
            "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/messages",
            kOfInstanceIdVersionId, kDiagnoses),
    Refused("PushColdStartDocument", "POST",
            "/v2/openapi/instances/cold-start/{instanceId}/tables/{tableName}/actions/bulk",
            kOfInstanceIdTableName, kColdStarts),
    Refused("PushIntervention", "POST", "/v2/openapi/instances/{instanceId}/actions/intervene",
            kOfInstanceId, kItems),
    Refused("ColdStartRank", "GET", "/v2/openapi/instances/cold-start/{instanceId}/actions/rank",
            kOfInstanceId, kColdStarts),
    Refused("ListItems", "POST", "/v2/openapi/instances/{instanceId}/items/actions/list",
            kOfInstanceId, kItems),
    Refused("ModifyItems", "POST", "/v2/openapi/instances/{instanceId}/items", kOfInstanceId,
            kItems),
    Refused("QueryDataMessage", "GET",
            "/v2/openapi/instances/{instanceId}/tables/{table}/data-message", kOfInstanceIdTable,
            kDiagnoses),
    Refused("QueryDataMessageStatistics", "GET",
            "/v2/openapi/instances/{instanceId}/tables/{table}/data-message-statistics",
            kOfInstanceIdTable, kDiagnoses),
    Refused("QueryRawData", "GET", "/v2/openapi/instances/{instanceId}/tables/{table}/raw-data",
            kOfInstanceIdTable, kDiagnoses),
    Refused("DescribeUserMetrics", "GET", "/v2/openapi/instances/{instanceId}/metrics",
            kOfInstanceId, kDiagnoses),
    Refused("ListLogs", "GET", "/v2/openapi/instances/{instanceId}/logs", kOfInstanceId,
            kDiagnoses),
    Refused("ListScenes", "GET", "/v2/openapi/instances/{instanceId}/scenes", kOfInstanceId,
            kScenes),
    Refused("CreateScene", "POST", "/v2/openapi/instances/{instanceId}/scenes", kOfInstanceId,
            kScenes),
    Refused("DescribeScene", "GET", "/v2/openapi/instances/{instanceId}/scenes/{sceneId}",
            kOfInstanceIdSceneId, kScenes),
    Refused("ModifyScene", "PUT", "/v2/openapi/instances/{instanceId}/scenes/{sceneId}",
            kOfInstanceIdSceneId, kScenes),
    Refused("DeleteScene", "DELETE", "/v2/openapi/instances/{instanceId}/scenes/{sceneId}",
            kOfInstanceIdSceneId, kScenes),
    Refused("ListExperiments", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments", kOfInstanceIdSceneId,
            kExperiments),
    Refused("CreateCustomAnalysisTask", "POST",
            "/v2/openapi/instances/{instanceId}/dashboard/custom-analysis-tasks", kOfInstanceId,
            kDashboards),
    Refused("DescribeCustomAnalysisTask", "GET",
            "/v2/openapi/instances/{instanceId}/dashboard/custom-analysis-tasks/{taskId}",
            kOfInstanceIdTaskId, kDashboards),
    Refused("ListDashboardDetails", "GET", "/v2/openapi/instances/{instanceId}/dashboard/details",
            kOfInstanceId, kDashboards),
    Refused("ListDashboardDetailsFlows", "GET",
            "/v2/openapi/instances/{instanceId}/dashboard/details/flows", kOfInstanceId,
            kDashboards),
    Refused("ListDashboardMetrics", "GET", "/v2/openapi/instances/{instanceId}/dashboard/metrics",
            kOfInstanceId, kDashboards),
    Refused("ListDashboardMetricsFlows", "GET",
            "/v2/openapi/instances/{instanceId}/dashboard/metrics/flows", kOfInstanceId,
            kDashboards),
    Refused("ListSceneParameters", "GET",
            "/v2/openapi/instances/{instanceId}/dashboard/scene-parameters", kOfInstanceId,
            kDashboards),
    Refused("AttachIndexVersion", "POST",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/index-versions/"
            "{versionId}/actions/attach",
            kOfInstanceIdAlgorithmIdVersionId, kAlgorithms),
    Refused("CheckRankingModelReachable", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-models/{rankingModelId}/actions/"
            "check-connectivity",
            kOfInstanceIdRankingModelId, kRankings),
    Refused("CloneExperiment", "POST",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}/"
            "actions/clone",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("CloneSample", "PUT",
            "/v2/openapi/instances/{instanceId}/samples/{sampleId}/actions/clone",
            kOfInstanceIdSampleId, kSamples),
    Refused("CreateCustomSample", "POST", "/v2/openapi/instances/{instanceId}/samples",
            kOfInstanceId, kSamples),
    Refused("CreateDataDiagnoseTask", "POST",
            "/v2/openapi/instances/{instanceId}/data-diagnose-task", kOfInstanceId, kDiagnoses),
    Refused("CreateExtraDataSource", "POST",
            "/v2/openapi/instances/{instanceId}/extra-data-sources", kOfInstanceId, kSources),
    Refused("CreateFilteringAlgorithm", "POST",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms", kOfInstanceId, kAlgorithms),
    Refused("CreateFlowControlTask", "POST", "/v2/openapi/instances/{instanceId}/flowControlTasks",
            kOfInstanceId, kFlows),
    Refused("CreateRankingModel", "POST", "/v2/openapi/instances/{instanceId}/ranking-models",
            kOfInstanceId, kRankings),
    Refused("CreateRankingModelTemplate", "POST",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates", kOfInstanceId, kRankings),
    Refused("CreateRankingSystem", "POST", "/v2/openapi/instances/{instanceId}/ranking-systems",
            kOfInstanceId, kRankings),
    Refused("CreateRule", "POST", "/v2/openapi/instances/{instanceId}/rules", kOfInstanceId,
            kRules),
    Refused("CreateSampleFormatConfig", "POST",
            "/v2/openapi/instances/{instanceId}/samples/{sampleId}/format-configs",
            kOfInstanceIdSampleId, kSamples),
    Refused("CreateUmengToken", "POST", "/v2/openapi/umeng/token", {}, kUmeng),
    Refused("DecribeRankingModel", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-models/{rankingModelId}",
            kOfInstanceIdRankingModelId, kRankings),
    Refused("DeleteExperiment", "DELETE",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("DeleteExtraDataSource", "DELETE",
            "/v2/openapi/instances/{instanceId}/extra-data-sources/{type}/{dataSourceId}",
            kOfInstanceIdTypeDataSourceId, kSources),
    Refused("DeleteFilteringAlgorithm", "DELETE",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("DeleteFlowControlTask", "DELETE",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}", kOfInstanceIdTaskId,
            kFlows),
    Refused("DeleteRankingModel", "DELETE",
            "/v2/openapi/instances/{instanceId}/ranking-models/{rankingModelId}",
            kOfInstanceIdRankingModelId, kRankings),
    Refused("DeleteRankingModelTemplate", "DELETE",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates/{templateId}",
            kOfInstanceIdTemplateId, kRankings),
    Refused("DeleteRankingModelVersion", "DELETE",
            "/v2/openapi/instances/{instanceId}/ranking-model-versions/{versionId}",
            kOfInstanceIdVersionId, kRankings),
    Refused("DeleteRankingSystem", "DELETE",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}", kOfInstanceIdName,
            kRankings),
    Refused("DeleteSample", "DELETE", "/v2/openapi/instances/{instanceId}/samples/{sampleId}",
            kOfInstanceIdSampleId, kSamples),
    Refused("DeployRankingSystem", "POST",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}/actions/deploy",
            kOfInstanceIdName, kRankings),
    Refused("DescribeBaseExperiment", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/base-experiment",
            kOfInstanceIdSceneId, kExperiments),
    Refused("DescribeDefaultAlgorithms", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/default-algorithms",
            kOfInstanceIdSceneId, kExperiments),
    Refused("DescribeExperiment", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("DescribeExperimentEnv", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiment-env",
            kOfInstanceIdSceneId, kExperiments),
    Refused("DescribeExperimentEnvProgress", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiment-progress",
            kOfInstanceIdSceneId, kExperiments),
    Refused("DescribeFilteringAlgorithm", "GET",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("DescribeLatestTask", "GET",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/tasks/latest",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("DescribeRule", "GET", "/v2/openapi/instances/{instanceId}/rules/{ruleId}",
            kOfInstanceIdRuleId, kRules),
    Refused("DescribeSceneBucket", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiment-bucket",
            kOfInstanceIdSceneId, kExperiments),
    Refused("DescribeSceneThroughput", "GET",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/throughput", kOfInstanceIdSceneId,
            kExperiments),
    Refused("DescribeSyncReportDetail", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/detail", kOfInstanceId, kDiagnoses),
    Refused("DescribeSyncReportOutliers", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/outliers", kOfInstanceId, kDiagnoses),
    Refused("EnableExperiment", "POST",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/actions/enable-experiment",
            kOfInstanceIdSceneId, kExperiments),
    Refused("GenerateSample", "PUT",
            "/v2/openapi/instances/{instanceId}/samples/{sampleId}/actions/generate",
            kOfInstanceIdSampleId, kSamples),
    Refused("GetExtraDataSource", "GET",
            "/v2/openapi/instances/{instanceId}/extra-data-sources/{type}/{dataSourceId}",
            kOfInstanceIdTypeDataSourceId, kSources),
    Refused("GetFlowControlTask", "GET",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}", kOfInstanceIdTaskId,
            kFlows),
    Refused("GetLatestDataDiagnoseTaskStatus", "GET",
            "/v2/openapi/instances/{instanceId}/data-diagnose-task/status", kOfInstanceId,
            kDiagnoses),
    Refused("GetRankingModelTemplate", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates/{templateId}",
            kOfInstanceIdTemplateId, kRankings),
    Refused("GetRankingModelVersion", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-model-versions/{versionId}",
            kOfInstanceIdVersionId, kRankings),
    Refused("GetRankingSystem", "GET", "/v2/openapi/instances/{instanceId}/ranking-systems/{name}",
            kOfInstanceIdName, kRankings),
    Refused("GetRankingSystemHistory", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}/histories/{operateId}",
            kOfInstanceIdNameOperateId, kRankings),
    Refused("GetSample", "GET", "/v2/openapi/instances/{instanceId}/samples/{sampleId}",
            kOfInstanceIdSampleId, kSamples),
    Refused("InitComputingResource", "PUT",
            "/v2/openapi/instances/{instanceId}/computing-resources/actions/init", kOfInstanceId,
            kRankings),
    Refused("ListDataDiagnoseReports", "GET",
            "/v2/openapi/instances/{instanceId}/data-diagnose-reports", kOfInstanceId, kDiagnoses),
    Refused("ListDataDiagnoseSampleDetails", "GET",
            "/v2/openapi/instances/{instanceId}/data-diagnose-reports/sample-details",
            kOfInstanceId, kDiagnoses),
    Refused("ListExtraDataSources", "GET", "/v2/openapi/instances/{instanceId}/extra-data-sources",
            kOfInstanceId, kSources),
    Refused("ListFeatureTables", "GET", "/v2/openapi/instances/{instanceId}/feature-tables",
            kOfInstanceId, kAlgorithms),
    Refused("ListFilteringAlgorithms", "GET",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms", kOfInstanceId, kAlgorithms),
    Refused("ListFlowControlTask", "GET", "/v2/openapi/instances/{instanceId}/flowControlTasks",
            kOfInstanceId, kFlows),
    Refused("ListFlowControlTaskInvalidItems", "POST",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/invalidItems",
            kOfInstanceIdTaskId, kFlows),
    Refused("ListFlowControlTaskItemReports", "GET",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/itemReports",
            kOfInstanceIdTaskId, kFlows),
    Refused("ListFlowControlTaskItems", "GET",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/actions/items",
            kOfInstanceIdTaskId, kFlows),
    Refused("ListFlowControlTaskReference", "GET",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/reference",
            kOfInstanceIdTaskId, kFlows),
    Refused("ListFlowControlTaskReports", "GET",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/flowTaskReports",
            kOfInstanceIdTaskId, kFlows),
    Refused("ListIndexVersions", "GET",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/index-versions",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("ListOfflineStorages", "GET", "/v2/openapi/instances/[instanceId]/offlineStorages", {},
            kSources),
    Refused("ListRankingModelTemplates", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates", kOfInstanceId, kRankings),
    Refused("ListRankingModelVersions", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-model-versions", kOfInstanceId, kRankings),
    Refused("ListRankingModels", "GET", "/v2/openapi/instances/{instanceId}/ranking-models",
            kOfInstanceId, kRankings),
    Refused("ListRankingSystemHistories", "GET",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}/histories",
            kOfInstanceIdName, kRankings),
    Refused("ListRankingSystems", "GET", "/v2/openapi/instances/{instanceId}/ranking-systems",
            kOfInstanceId, kRankings),
    Refused("ListRuleConditions", "GET", "/v2/openapi/instances/{instanceId}/rule-conditions",
            kOfInstanceId, kRules),
    Refused("ListRuleTasks", "GET", "/v2/openapi/instances/{instanceId}/rule-tasks", kOfInstanceId,
            kRules),
    Refused("ListRules", "GET", "/v2/openapi/instances/{instanceId}/rules", kOfInstanceId, kRules),
    Refused("ListSampleFormatConfigs", "GET",
            "/v2/openapi/instances/{instanceId}/samples/{sampleId}/format-configs",
            kOfInstanceIdSampleId, kSamples),
    Refused("ListSamples", "GET", "/v2/openapi/instances/{instanceId}/samples", kOfInstanceId,
            kSamples),
    Refused("ListSceneItems", "GET", "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/items",
            kOfInstanceIdSceneId, kScenes),
    Refused("ListUmengAppkeys", "GET", "/v2/openapi/umeng/appkeys", {}, kUmeng),
    Refused("ListUserClusters", "GET", "/v2/openapi/instances/{instanceId}/user-clusters",
            kOfInstanceId, kClusters),
    Refused("ModifyFeatureTable", "PUT",
            "/v2/openapi/instances/{instanceId}/feature-tables/{type}/{featureTableId}",
            kOfInstanceIdTypeFeatureTableId, kAlgorithms),
    Refused("ModifyFilteringAlgorithmMeta", "PUT",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/meta",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("ModifyFlowControlTask", "PUT",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}", kOfInstanceIdTaskId,
            kFlows),
    Refused("ModifyOfflineStorages", "POST", "/v2/openapi/instances/[instanceId]/offlineStorages",
            {}, kSources),
    Refused("ModifyRankingModel", "PUT",
            "/v2/openapi/instances/{instanceId}/ranking-models/{rankingModelId}",
            kOfInstanceIdRankingModelId, kRankings),
    Refused("ModifyRankingModelTemplate", "PUT",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates/{templateId}",
            kOfInstanceIdTemplateId, kRankings),
    Refused("ModifyRankingSystem", "PUT",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}", kOfInstanceIdName,
            kRankings),
    Refused("ModifyRule", "PUT", "/v2/openapi/instances/{instanceId}/rules/{ruleId}",
            kOfInstanceIdRuleId, kRules),
    Refused("ModifySample", "PUT", "/v2/openapi/instances/{instanceId}/samples/{sampleId}",
            kOfInstanceIdSampleId, kSamples),
    Refused("OfflineFilteringAlgorithm", "POST",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/actions/offline",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("PublishFlowControlTask", "PUT",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/actions/publish",
            kOfInstanceIdTaskId, kFlows),
    Refused("PublishRule", "PUT",
            "/v2/openapi/instances/{instanceId}/rules/{ruleId}/actions/publish",
            kOfInstanceIdRuleId, kRules),
    Refused("QueryExceptionHistory", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/exception-history", kOfInstanceId,
            kDiagnoses),
    Refused("QuerySingleAggregationReport", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/single-aggregation-report",
            kOfInstanceId, kDiagnoses),
    Refused("QuerySingleReport", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/single-report", kOfInstanceId,
            kDiagnoses),
    Refused("QuerySyncReportAggregation", "GET",
            "/v2/openapi/instances/{instanceId}/sync-reports/aggregation", kOfInstanceId,
            kDiagnoses),
    Refused("RebuildIndex", "POST",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/actions/rebuild",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused(
        "RefreshFeatureTable", "PUT",
        "/v2/openapi/instances/{instanceId}/feature-tables/{type}/{featureTableId}/actions/refresh",
        kOfInstanceIdTypeFeatureTableId, kAlgorithms),
    Refused("RollbackRankingSystem", "POST",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}/actions/rollback",
            kOfInstanceIdName, kRankings),
    Refused("RunRankingModelTemplate", "POST",
            "/v2/openapi/instances/{instanceId}/ranking-model-templates/{templateId}/actions/run",
            kOfInstanceIdTemplateId, kRankings),
    Refused("RunSampleFormatConfig", "PUT",
            "/v2/openapi/instances/{instanceId}/samples/{sampleId}/format-configs/actions/run",
            kOfInstanceIdSampleId, kSamples),
    Refused("StopFlowControlTask", "PUT",
            "/v2/openapi/instances/{instanceId}/flowControlTasks/{taskId}/actions/stop",
            kOfInstanceIdTaskId, kFlows),
    Refused("UnLockIndexVersion", "POST",
            "/v2/openapi/instances/{instanceId}/filtering-algorithms/{algorithmId}/actions/unlock",
            kOfInstanceIdAlgorithmId, kAlgorithms),
    Refused("UpdateExperimentBasicInfo", "PUT",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}/basic",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("UpdateExperimentConfig", "PUT",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}/config",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("UpdateExperimentStatus", "PUT",
            "/v2/openapi/instances/{instanceId}/scenes/{sceneId}/experiments/{experimentId}/status",
            kOfInstanceIdSceneIdExperimentId, kExperiments),
    Refused("VerifyRankingSystem", "POST",
            "/v2/openapi/instances/{instanceId}/ranking-systems/{name}/actions/verify",
            kOfInstanceIdName, kRankings),
});

}  // namespace

std::span<const Operation> RefusedAirecOperations() { return kRows; }

}  // namespace atelier::api
