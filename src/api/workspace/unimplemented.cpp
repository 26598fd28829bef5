// Operations of AIWorkSpace whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/workspace/workspace_common.h"

namespace atelier::api {

namespace {

constexpr std::string_view kCodeSources = "Code sources are";
constexpr std::string_view kConnections = "Connections are";
constexpr std::string_view kDatasets = "Datasets are";
constexpr std::string_view kEvents = "Events of DataWorks are";
constexpr std::string_view kExperiments = "Experiments and runs are";
constexpr std::string_view kImages = "Images beside those of the catalogue are";
constexpr std::string_view kJobs = "Jobs of instances are";
constexpr std::string_view kModels = "Registered models are";
constexpr std::string_view kPermissions = "Lists of permissions are";
constexpr std::string_view kProducts = "Products and orders are";
constexpr std::string_view kPrompts = "Prompts are";
constexpr std::string_view kResources = "Resources and quotas of workspaces are";
constexpr std::string_view kRoles = "Roles of your own are";
constexpr std::string_view kUserConfigs = "Configurations of users are";
constexpr std::string_view kUsers = "Lists of users who could become members are";

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"AcceptDataworksEvent", "POST", "/api/v1/workspaces/action/acceptdataworksevent", kEvents},
    {"AddImage", "POST", "/api/v1/images", kImages},
    {"AddImageLabels", "POST", "/api/v1/images/{ImageId}/labels", kImages},
    {"ChangeResourceGroup", "PUT", "/resourcegroups/action/changeresourcegroup", kResources},
    {"CreateCodeSource", "POST", "/api/v1/codesources", kCodeSources},
    {"CreateConnection", "POST", "/api/v1/connections", kConnections},
    {"CreateDataset", "POST", "/api/v1/datasets", kDatasets},
    {"CreateDatasetFileMetas", "POST", "/api/v1/datasets/{DatasetId}/datasetfilemetas", kDatasets},
    {"CreateDatasetJob", "POST", "/api/v1/datasets/{DatasetId}/datasetjobs", kDatasets},
    {"CreateDatasetJobConfig", "POST", "/api/v1/datasets/{DatasetId}/datasetjobconfigs", kDatasets},
    {"CreateDatasetLabels", "POST", "/api/v1/datasets/{DatasetId}/labels", kDatasets},
    {"CreateDatasetVersion", "POST", "/api/v1/datasets/{DatasetId}/versions", kDatasets},
    {"CreateDatasetVersionLabels", "PUT",
     "/api/v1/datasets/{DatasetId}/versions/{VersionName}/labels", kDatasets},
    {"CreateExperiment", "POST", "/api/v1/experiments", kExperiments},
    {"CreateImageBuild", "POST", "/api/v1/imagebuilds", kImages},
    {"CreateModel", "POST", "/api/v1/models", kModels},
    {"CreateModelLabels", "POST", "/api/v1/models/{ModelId}/labels", kModels},
    {"CreateModelVersion", "POST", "/api/v1/models/{ModelId}/versions", kModels},
    {"CreateModelVersionLabels", "POST", "/api/v1/models/{ModelId}/versions/{VersionName}/labels",
     kModels},
    {"CreateProductOrders", "POST", "/api/v1/productorders", kProducts},
    {"CreatePrompt", "POST", "/api/v1/prompts", kPrompts},
    {"CreateRun", "POST", "/api/v1/runs", kExperiments},
    {"CreateWorkspaceResource", "POST", "/api/v1/workspaces/{WorkspaceId}/resources", kResources},
    {"CreateWorkspaceRole", "POST", "/api/v1/workspaces/{WorkspaceId}/roles", kRoles},
    {"DeleteCodeSource", "DELETE", "/api/v1/codesources/{CodeSourceId}", kCodeSources},
    {"DeleteConnection", "DELETE", "/api/v1/connections/{ConnectionId}", kConnections},
    {"DeleteDataset", "DELETE", "/api/v1/datasets/{DatasetId}", kDatasets},
    {"DeleteDatasetFileMetas", "DELETE", "/api/v1/datasets/{DatasetId}/datasetfilemetas",
     kDatasets},
    {"DeleteDatasetJob", "DELETE", "/api/v1/datasets/{DatasetId}/datasetjobs/{DatasetJobId}",
     kDatasets},
    {"DeleteDatasetJobConfig", "DELETE",
     "/api/v1/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}", kDatasets},
    {"DeleteDatasetLabels", "DELETE", "/api/v1/datasets/{DatasetId}/labels", kDatasets},
    {"DeleteDatasetVersion", "DELETE", "/api/v1/datasets/{DatasetId}/versions/{VersionName}",
     kDatasets},
    {"DeleteDatasetVersionLabels", "DELETE",
     "/api/v1/datasets/{DatasetId}/versions/{VersionName}/labels", kDatasets},
    {"DeleteExperiment", "DELETE", "/api/v1/experiments/{ExperimentId}", kExperiments},
    {"DeleteExperimentLabel", "DELETE", "/api/v1/experiments/{ExperimentId}/labels/{Key}",
     kExperiments},
    {"DeleteModel", "DELETE", "/api/v1/models/{ModelId}", kModels},
    {"DeleteModelLabels", "DELETE", "/api/v1/models/{ModelId}/labels", kModels},
    {"DeleteModelVersion", "DELETE", "/api/v1/models/{ModelId}/versions/{VersionName}", kModels},
    {"DeleteModelVersionLabels", "DELETE", "/api/v1/models/{ModelId}/versions/{VersionName}/labels",
     kModels},
    {"DeletePrompt", "DELETE", "/api/v1/prompts/{PromptId}", kPrompts},
    {"DeleteRun", "DELETE", "/api/v1/runs/{RunId}", kExperiments},
    {"DeleteRunLabel", "DELETE", "/api/v1/runs/{RunId}/labels/{Key}", kExperiments},
    {"DeleteUserConfig", "DELETE", "/api/v1/userconfigs/{CategoryName}", kUserConfigs},
    {"DeleteWorkspaceResource", "DELETE", "/api/v1/workspaces/{WorkspaceId}/resources", kResources},
    {"DeleteWorkspaceRoles", "POST", "/api/v1/workspaces/{WorkspaceId}/roles/action/delete",
     kRoles},
    {"GetCodeSource", "GET", "/api/v1/codesources/{CodeSourceId}", kCodeSources},
    {"GetConnection", "GET", "/api/v1/connections/{ConnectionId}", kConnections},
    {"GetDataset", "GET", "/api/v1/datasets/{DatasetId}", kDatasets},
    {"GetDatasetFileMeta", "GET",
     "/api/v1/datasets/{DatasetId}/datasetfilemetas/{DatasetFileMetaId}", kDatasets},
    {"GetDatasetFileMetasStatistics", "GET",
     "/api/v1/statistics/datasets/{DatasetId}/datasetfilemetas", kDatasets},
    {"GetDatasetJob", "GET", "/api/v1/datasets/{DatasetId}/datasetjobs/{DatasetJobId}", kDatasets},
    {"GetDatasetJobConfig", "GET",
     "/api/v1/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}", kDatasets},
    {"GetDatasetVersion", "GET", "/api/v1/datasets/{DatasetId}/versions/{VersionName}", kDatasets},
    {"GetExperiment", "GET", "/api/v1/experiments/{ExperimentId}", kExperiments},
    {"GetInstanceJob", "GET", "/api/v1/instancejobs/{InstanceJobId}", kJobs},
    {"GetModel", "GET", "/api/v1/models/{ModelId}", kModels},
    {"GetModelVersion", "GET", "/api/v1/models/{ModelId}/versions/{VersionName}", kModels},
    {"GetPermission", "GET", "/api/v1/workspaces/{WorkspaceId}/permissions/{PermissionCode}",
     kPermissions},
    {"GetPrompt", "GET", "/api/v1/prompts/{PromptId}", kPrompts},
    {"GetRun", "GET", "/api/v1/runs/{RunId}", kExperiments},
    {"GetWorkspaceRole", "GET", "/api/v1/workspaces/{WorkspaceId}/roles/{RoleId}", kRoles},
    {"ListCodeSources", "GET", "/api/v1/codesources", kCodeSources},
    {"ListConnections", "GET", "/api/v1/connections", kConnections},
    {"ListDatasetFileMetas", "GET", "/api/v1/datasets/{DatasetId}/datasetfilemetas", kDatasets},
    {"ListDatasetJobConfigs", "GET", "/api/v1/datasets/{DatasetId}/datasetjobconfigs/", kDatasets},
    {"ListDatasetJobs", "GET", "/api/v1/datasets/{DatasetId}/datasetjobs", kDatasets},
    {"ListDatasetVersions", "GET", "/api/v1/datasets/{DatasetId}/versions", kDatasets},
    {"ListDatasets", "GET", "/api/v1/datasets", kDatasets},
    {"ListExperiment", "GET", "/api/v1/experiments", kExperiments},
    {"ListFeatures", "GET", "/api/v1/features", kProducts},
    {"ListModelVersions", "GET", "/api/v1/models/{ModelId}/versions", kModels},
    {"ListModels", "GET", "/api/v1/models", kModels},
    {"ListPermissions", "GET", "/api/v1/workspaces/{WorkspaceId}/permissions", kPermissions},
    {"ListProducts", "GET", "/api/v1/products", kProducts},
    {"ListPrompts", "GET", "/api/v1/prompts", kPrompts},
    {"ListQuotas", "GET", "/api/v1/quotas", kResources},
    {"ListResources", "GET", "/api/v1/resources", kResources},
    {"ListRunMetrics", "GET", "/api/v1/runs/{RunId}/metrics", kExperiments},
    {"ListRuns", "GET", "/api/v1/runs", kExperiments},
    {"ListUserConfigs", "GET", "/api/v1/userconfigs", kUserConfigs},
    {"ListWorkspaceRoles", "GET", "/api/v1/workspaces/{WorkspaceId}/roles", kRoles},
    {"ListWorkspaceUsers", "GET", "/api/v1/workspaces/{WorkspaceId}/users", kUsers},
    {"LogRunMetrics", "POST", "/api/v1/runs/{RunId}/metrics/action/log", kExperiments},
    {"PublishCodeSource", "PUT", "/api/v1/codesources/{CodeSourceId}/publish", kCodeSources},
    {"PublishDataset", "PUT", "/api/v1/datasets/{DatasetId}/publish", kDatasets},
    {"PublishImage", "PUT", "/api/v1/images/{ImageId}/publish", kImages},
    {"RemoveImage", "DELETE", "/api/v1/images/{ImageId}", kImages},
    {"RemoveImageLabels", "DELETE", "/api/v1/images/{ImageId}/labels/{LabelKey}", kImages},
    {"SetExperimentLabels", "POST", "/api/v1/experiments/{ExperimentId}/labels", kExperiments},
    {"SetUserConfigs", "PUT", "/api/v1/userconfigs", kUserConfigs},
    {"StopDatasetJob", "PUT", "/api/v1/datasets/{DatasetId}/datasetjobs/{DatasetJobId}/action/stop",
     kDatasets},
    {"UpdateCodeSource", "PUT", "/api/v1/codesources/{CodeSourceId}", kCodeSources},
    {"UpdateConnection", "PUT", "/api/v1/connections/{ConnectionId}", kConnections},
    {"UpdateDataset", "PUT", "/api/v1/datasets/{DatasetId}", kDatasets},
    {"UpdateDatasetFileMetas", "PUT", "/api/v1/datasets/{DatasetId}/datasetfilemetas", kDatasets},
    {"UpdateDatasetJob", "PUT", "/api/v1/datasets/{DatasetId}/datasetjobs/{DatasetJobId}",
     kDatasets},
    {"UpdateDatasetJobConfig", "PUT",
     "/api/v1/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}", kDatasets},
    {"UpdateDatasetVersion", "PUT", "/api/v1/datasets/{DatasetId}/versions/{VersionName}",
     kDatasets},
    {"UpdateExperiment", "PUT", "/api/v1/experiments/{ExperimentId}", kExperiments},
    {"UpdateModel", "PUT", "/api/v1/models/{ModelId}", kModels},
    {"UpdateModelVersion", "PUT", "/api/v1/models/{ModelId}/versions/{VersionName}", kModels},
    {"UpdatePrompt", "PUT", "/api/v1/prompts/{PromptId}", kPrompts},
    {"UpdateRun", "PUT", "/api/v1/runs/{RunId}", kExperiments},
    {"UpdateWorkspaceResource", "PUT", "/api/v1/workspaces/{WorkspaceId}/resources", kResources},
    {"UpdateWorkspaceRole", "PUT", "/api/v1/workspaces/{WorkspaceId}/roles/{RoleId}", kRoles},
    {"ValidateConnection", "POST", "/api/v1/connections/validate", kConnections},
});

}  // namespace

std::span<const Operation> RefusedWorkspaceOperations() {
  static const RefusedTable kTable(Product::kWorkspace, kWorkspaceVersion, kRows);
  return kTable.operations();
}

}  // namespace atelier::api
