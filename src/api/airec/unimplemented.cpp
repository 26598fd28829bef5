// Operations of the AIRec API whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/airec/recommender_common.h"

namespace atelier::api {

namespace {

constexpr Feature kAlgorithms{"Algorithms and features of your own are",
                              "/v2/openapi/instances/{instanceId}"};
constexpr Feature kClusters{"Clusters of users are",
                            "/v2/openapi/instances/{instanceId}/user-clusters"};
constexpr Feature kColdStarts{"Operations of the cold-start edition are",
                              "/v2/openapi/instances/cold-start/{instanceId}"};
constexpr Feature kDashboards{"Dashboards are", "/v2/openapi/instances/{instanceId}/dashboard"};
constexpr Feature kDiagnoses{"Checks, logs and metrics of data are",
                             "/v2/openapi/instances/{instanceId}"};
constexpr Feature kExperiments{"Experiments are",
                               "/v2/openapi/instances/{instanceId}/scenes/{sceneId}"};
constexpr Feature kFacts{"Lists of regions and mixed categories are", "/v2/openapi/configurations"};
constexpr Feature kFlows{"Flow controls are",
                         "/v2/openapi/instances/{instanceId}/flowControlTasks"};
constexpr Feature kItems{"Searches and interventions of items are",
                         "/v2/openapi/instances/{instanceId}"};
constexpr Feature kRankings{"Ranking models of your own are", "/v2/openapi/instances/{instanceId}"};
constexpr Feature kRules{"Rules are", "/v2/openapi/instances/{instanceId}"};
constexpr Feature kSamples{"Samples are", "/v2/openapi/instances/{instanceId}/samples"};
constexpr Feature kScenes{"Scenes are", "/v2/openapi/instances/{instanceId}/scenes"};
constexpr Feature kSources{"Data sources beside PushDocument are", "/v2/openapi/instances"};
constexpr Feature kUmeng{"Umeng integrations are", "/v2/openapi/umeng"};

/// Every identity of the account may ask for it, as for the operations that work.
constexpr ApiVersion kUnserved{
    .product = Product::kAirec, .version = kAirecApi.version, .open_to_all = true};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"DescribeRegions", kFacts, "GET", "/regions"},
    {"ListMixCategories", kFacts, "GET", "/mixCategories"},
    {"ListDataSource", kSources, "GET", "/{instanceId}/dataSources"},
    {"ModifyDataSource", kSources, "PUT", "/{instanceId}/dataSources/{tableName}"},
    {"DescribeDataSetMessage", kDiagnoses, "GET", "/dataSets/{versionId}/messages"},
    {"PushColdStartDocument", kColdStarts, "POST", "/tables/{tableName}/actions/bulk"},
    {"PushIntervention", kItems, "POST", "/actions/intervene"},
    {"ColdStartRank", kColdStarts, "GET", "/actions/rank"},
    {"ListItems", kItems, "POST", "/items/actions/list"},
    {"ModifyItems", kItems, "POST", "/items"},
    {"QueryDataMessage", kDiagnoses, "GET", "/tables/{table}/data-message"},
    {"QueryDataMessageStatistics", kDiagnoses, "GET", "/tables/{table}/data-message-statistics"},
    {"QueryRawData", kDiagnoses, "GET", "/tables/{table}/raw-data"},
    {"DescribeUserMetrics", kDiagnoses, "GET", "/metrics"},
    {"ListLogs", kDiagnoses, "GET", "/logs"},
    {"ListScenes", kScenes, "GET"},
    {"CreateScene", kScenes, "POST"},
    {"DescribeScene", kScenes, "GET", "/{sceneId}"},
    {"ModifyScene", kScenes, "PUT", "/{sceneId}"},
    {"DeleteScene", kScenes, "DELETE", "/{sceneId}"},
    {"ListExperiments", kExperiments, "GET", "/experiments"},
    {"CreateCustomAnalysisTask", kDashboards, "POST", "/custom-analysis-tasks"},
    {"DescribeCustomAnalysisTask", kDashboards, "GET", "/custom-analysis-tasks/{taskId}"},
    {"ListDashboardDetails", kDashboards, "GET", "/details"},
    {"ListDashboardDetailsFlows", kDashboards, "GET", "/details/flows"},
    {"ListDashboardMetrics", kDashboards, "GET", "/metrics"},
    {"ListDashboardMetricsFlows", kDashboards, "GET", "/metrics/flows"},
    {"ListSceneParameters", kDashboards, "GET", "/scene-parameters"},
    {"AttachIndexVersion", kAlgorithms, "POST",
     "/filtering-algorithms/{algorithmId}/index-versions/{versionId}/actions/attach"},
    {"CheckRankingModelReachable", kRankings, "GET",
     "/ranking-models/{rankingModelId}/actions/check-connectivity"},
    {"CloneExperiment", kExperiments, "POST", "/experiments/{experimentId}/actions/clone"},
    {"CloneSample", kSamples, "PUT", "/{sampleId}/actions/clone"},
    {"CreateCustomSample", kSamples, "POST"},
    {"CreateDataDiagnoseTask", kDiagnoses, "POST", "/data-diagnose-task"},
    {"CreateExtraDataSource", kSources, "POST", "/{instanceId}/extra-data-sources"},
    {"CreateFilteringAlgorithm", kAlgorithms, "POST", "/filtering-algorithms"},
    {"CreateFlowControlTask", kFlows, "POST"},
    {"CreateRankingModel", kRankings, "POST", "/ranking-models"},
    {"CreateRankingModelTemplate", kRankings, "POST", "/ranking-model-templates"},
    {"CreateRankingSystem", kRankings, "POST", "/ranking-systems"},
    {"CreateRule", kRules, "POST", "/rules"},
    {"CreateSampleFormatConfig", kSamples, "POST", "/{sampleId}/format-configs"},
    {"CreateUmengToken", kUmeng, "POST", "/token"},
    {"DecribeRankingModel", kRankings, "GET", "/ranking-models/{rankingModelId}"},
    {"DeleteExperiment", kExperiments, "DELETE", "/experiments/{experimentId}"},
    {"DeleteExtraDataSource", kSources, "DELETE",
     "/{instanceId}/extra-data-sources/{type}/{dataSourceId}"},
    {"DeleteFilteringAlgorithm", kAlgorithms, "DELETE", "/filtering-algorithms/{algorithmId}"},
    {"DeleteFlowControlTask", kFlows, "DELETE", "/{taskId}"},
    {"DeleteRankingModel", kRankings, "DELETE", "/ranking-models/{rankingModelId}"},
    {"DeleteRankingModelTemplate", kRankings, "DELETE", "/ranking-model-templates/{templateId}"},
    {"DeleteRankingModelVersion", kRankings, "DELETE", "/ranking-model-versions/{versionId}"},
    {"DeleteRankingSystem", kRankings, "DELETE", "/ranking-systems/{name}"},
    {"DeleteSample", kSamples, "DELETE", "/{sampleId}"},
    {"DeployRankingSystem", kRankings, "POST", "/ranking-systems/{name}/actions/deploy"},
    {"DescribeBaseExperiment", kExperiments, "GET", "/base-experiment"},
    {"DescribeDefaultAlgorithms", kExperiments, "GET", "/default-algorithms"},
    {"DescribeExperiment", kExperiments, "GET", "/experiments/{experimentId}"},
    {"DescribeExperimentEnv", kExperiments, "GET", "/experiment-env"},
    {"DescribeExperimentEnvProgress", kExperiments, "GET", "/experiment-progress"},
    {"DescribeFilteringAlgorithm", kAlgorithms, "GET", "/filtering-algorithms/{algorithmId}"},
    {"DescribeLatestTask", kAlgorithms, "GET", "/filtering-algorithms/{algorithmId}/tasks/latest"},
    {"DescribeRule", kRules, "GET", "/rules/{ruleId}"},
    {"DescribeSceneBucket", kExperiments, "GET", "/experiment-bucket"},
    {"DescribeSceneThroughput", kExperiments, "GET", "/throughput"},
    {"DescribeSyncReportDetail", kDiagnoses, "GET", "/sync-reports/detail"},
    {"DescribeSyncReportOutliers", kDiagnoses, "GET", "/sync-reports/outliers"},
    {"EnableExperiment", kExperiments, "POST", "/actions/enable-experiment"},
    {"GenerateSample", kSamples, "PUT", "/{sampleId}/actions/generate"},
    {"GetExtraDataSource", kSources, "GET",
     "/{instanceId}/extra-data-sources/{type}/{dataSourceId}"},
    {"GetFlowControlTask", kFlows, "GET", "/{taskId}"},
    {"GetLatestDataDiagnoseTaskStatus", kDiagnoses, "GET", "/data-diagnose-task/status"},
    {"GetRankingModelTemplate", kRankings, "GET", "/ranking-model-templates/{templateId}"},
    {"GetRankingModelVersion", kRankings, "GET", "/ranking-model-versions/{versionId}"},
    {"GetRankingSystem", kRankings, "GET", "/ranking-systems/{name}"},
    {"GetRankingSystemHistory", kRankings, "GET", "/ranking-systems/{name}/histories/{operateId}"},
    {"GetSample", kSamples, "GET", "/{sampleId}"},
    {"InitComputingResource", kRankings, "PUT", "/computing-resources/actions/init"},
    {"ListDataDiagnoseReports", kDiagnoses, "GET", "/data-diagnose-reports"},
    {"ListDataDiagnoseSampleDetails", kDiagnoses, "GET", "/data-diagnose-reports/sample-details"},
    {"ListExtraDataSources", kSources, "GET", "/{instanceId}/extra-data-sources"},
    {"ListFeatureTables", kAlgorithms, "GET", "/feature-tables"},
    {"ListFilteringAlgorithms", kAlgorithms, "GET", "/filtering-algorithms"},
    {"ListFlowControlTask", kFlows, "GET"},
    {"ListFlowControlTaskInvalidItems", kFlows, "POST", "/{taskId}/invalidItems"},
    {"ListFlowControlTaskItemReports", kFlows, "GET", "/{taskId}/itemReports"},
    {"ListFlowControlTaskItems", kFlows, "GET", "/{taskId}/actions/items"},
    {"ListFlowControlTaskReference", kFlows, "GET", "/{taskId}/reference"},
    {"ListFlowControlTaskReports", kFlows, "GET", "/{taskId}/flowTaskReports"},
    {"ListIndexVersions", kAlgorithms, "GET", "/filtering-algorithms/{algorithmId}/index-versions"},
    {"ListOfflineStorages", kSources, "GET", "/[instanceId]/offlineStorages"},
    {"ListRankingModelTemplates", kRankings, "GET", "/ranking-model-templates"},
    {"ListRankingModelVersions", kRankings, "GET", "/ranking-model-versions"},
    {"ListRankingModels", kRankings, "GET", "/ranking-models"},
    {"ListRankingSystemHistories", kRankings, "GET", "/ranking-systems/{name}/histories"},
    {"ListRankingSystems", kRankings, "GET", "/ranking-systems"},
    {"ListRuleConditions", kRules, "GET", "/rule-conditions"},
    {"ListRuleTasks", kRules, "GET", "/rule-tasks"},
    {"ListRules", kRules, "GET", "/rules"},
    {"ListSampleFormatConfigs", kSamples, "GET", "/{sampleId}/format-configs"},
    {"ListSamples", kSamples, "GET"},
    {"ListSceneItems", kScenes, "GET", "/{sceneId}/items"},
    {"ListUmengAppkeys", kUmeng, "GET", "/appkeys"},
    {"ListUserClusters", kClusters, "GET"},
    {"ModifyFeatureTable", kAlgorithms, "PUT", "/feature-tables/{type}/{featureTableId}"},
    {"ModifyFilteringAlgorithmMeta", kAlgorithms, "PUT",
     "/filtering-algorithms/{algorithmId}/meta"},
    {"ModifyFlowControlTask", kFlows, "PUT", "/{taskId}"},
    {"ModifyOfflineStorages", kSources, "POST", "/[instanceId]/offlineStorages"},
    {"ModifyRankingModel", kRankings, "PUT", "/ranking-models/{rankingModelId}"},
    {"ModifyRankingModelTemplate", kRankings, "PUT", "/ranking-model-templates/{templateId}"},
    {"ModifyRankingSystem", kRankings, "PUT", "/ranking-systems/{name}"},
    {"ModifyRule", kRules, "PUT", "/rules/{ruleId}"},
    {"ModifySample", kSamples, "PUT", "/{sampleId}"},
    {"OfflineFilteringAlgorithm", kAlgorithms, "POST",
     "/filtering-algorithms/{algorithmId}/actions/offline"},
    {"PublishFlowControlTask", kFlows, "PUT", "/{taskId}/actions/publish"},
    {"PublishRule", kRules, "PUT", "/rules/{ruleId}/actions/publish"},
    {"QueryExceptionHistory", kDiagnoses, "GET", "/sync-reports/exception-history"},
    {"QuerySingleAggregationReport", kDiagnoses, "GET", "/sync-reports/single-aggregation-report"},
    {"QuerySingleReport", kDiagnoses, "GET", "/sync-reports/single-report"},
    {"QuerySyncReportAggregation", kDiagnoses, "GET", "/sync-reports/aggregation"},
    {"RebuildIndex", kAlgorithms, "POST", "/filtering-algorithms/{algorithmId}/actions/rebuild"},
    {"RefreshFeatureTable", kAlgorithms, "PUT",
     "/feature-tables/{type}/{featureTableId}/actions/refresh"},
    {"RollbackRankingSystem", kRankings, "POST", "/ranking-systems/{name}/actions/rollback"},
    {"RunRankingModelTemplate", kRankings, "POST",
     "/ranking-model-templates/{templateId}/actions/run"},
    {"RunSampleFormatConfig", kSamples, "PUT", "/{sampleId}/format-configs/actions/run"},
    {"StopFlowControlTask", kFlows, "PUT", "/{taskId}/actions/stop"},
    {"UnLockIndexVersion", kAlgorithms, "POST",
     "/filtering-algorithms/{algorithmId}/actions/unlock"},
    {"UpdateExperimentBasicInfo", kExperiments, "PUT", "/experiments/{experimentId}/basic"},
    {"UpdateExperimentConfig", kExperiments, "PUT", "/experiments/{experimentId}/config"},
    {"UpdateExperimentStatus", kExperiments, "PUT", "/experiments/{experimentId}/status"},
    {"VerifyRankingSystem", kRankings, "POST", "/ranking-systems/{name}/actions/verify"},
});

}  // namespace

std::span<const Operation> UnimplementedAirecOperations() {
  static const UnimplementedTable kTable(kUnserved, kRows);
  return kTable.operations();
}

}  // namespace atelier::api
