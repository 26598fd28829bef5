// Operations of AIWorkSpace whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/workspace/workspace_common.h"

namespace atelier::api {

namespace {

constexpr Feature kCodeSources{"Code sources are", "/api/v1/codesources"};
constexpr Feature kConnections{"Connections are", "/api/v1/connections"};
constexpr Feature kDatasets{"Datasets are", "/api/v1"};
constexpr Feature kEvents{"Events of DataWorks are",
                          "/api/v1/workspaces/action/acceptdataworksevent"};
constexpr Feature kExperiments{"Experiments and runs are", "/api/v1"};
constexpr Feature kImages{"Images beside those of the catalogue are", "/api/v1"};
constexpr Feature kJobs{"Jobs of instances are", "/api/v1/instancejobs/{InstanceJobId}"};
constexpr Feature kModels{"Registered models are", "/api/v1/models"};
constexpr Feature kPermissions{"Lists of permissions are",
                               "/api/v1/workspaces/{WorkspaceId}/permissions"};
constexpr Feature kProducts{"Products and orders are", "/api/v1"};
constexpr Feature kPrompts{"Prompts are", "/api/v1/prompts"};
constexpr Feature kResources{"Resources and quotas of workspaces are", ""};
constexpr Feature kRoles{"Roles of your own are", "/api/v1/workspaces/{WorkspaceId}/roles"};
constexpr Feature kUserConfigs{"Configurations of users are", "/api/v1/userconfigs"};
constexpr Feature kUsers{"Lists of users who could become members are",
                         "/api/v1/workspaces/{WorkspaceId}/users"};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"AcceptDataworksEvent", kEvents, "POST"},
    {"AddImage", kImages, "POST", "/images"},
    {"AddImageLabels", kImages, "POST", "/images/{ImageId}/labels"},
    {"ChangeResourceGroup", kResources, "PUT", "/resourcegroups/action/changeresourcegroup"},
    {"CreateCodeSource", kCodeSources, "POST"},
    {"CreateConnection", kConnections, "POST"},
    {"CreateDataset", kDatasets, "POST", "/datasets"},
    {"CreateDatasetFileMetas", kDatasets, "POST", "/datasets/{DatasetId}/datasetfilemetas"},
    {"CreateDatasetJob", kDatasets, "POST", "/datasets/{DatasetId}/datasetjobs"},
    {"CreateDatasetJobConfig", kDatasets, "POST", "/datasets/{DatasetId}/datasetjobconfigs"},
    {"CreateDatasetLabels", kDatasets, "POST", "/datasets/{DatasetId}/labels"},
    {"CreateDatasetVersion", kDatasets, "POST", "/datasets/{DatasetId}/versions"},
    {"CreateDatasetVersionLabels", kDatasets, "PUT",
     "/datasets/{DatasetId}/versions/{VersionName}/labels"},
    {"CreateExperiment", kExperiments, "POST", "/experiments"},
    {"CreateImageBuild", kImages, "POST", "/imagebuilds"},
    {"CreateModel", kModels, "POST"},
    {"CreateModelLabels", kModels, "POST", "/{ModelId}/labels"},
    {"CreateModelVersion", kModels, "POST", "/{ModelId}/versions"},
    {"CreateModelVersionLabels", kModels, "POST", "/{ModelId}/versions/{VersionName}/labels"},
    {"CreateProductOrders", kProducts, "POST", "/productorders"},
    {"CreatePrompt", kPrompts, "POST"},
    {"CreateRun", kExperiments, "POST", "/runs"},
    {"CreateWorkspaceResource", kResources, "POST", "/api/v1/workspaces/{WorkspaceId}/resources"},
    {"CreateWorkspaceRole", kRoles, "POST"},
    {"DeleteCodeSource", kCodeSources, "DELETE", "/{CodeSourceId}"},
    {"DeleteConnection", kConnections, "DELETE", "/{ConnectionId}"},
    {"DeleteDataset", kDatasets, "DELETE", "/datasets/{DatasetId}"},
    {"DeleteDatasetFileMetas", kDatasets, "DELETE", "/datasets/{DatasetId}/datasetfilemetas"},
    {"DeleteDatasetJob", kDatasets, "DELETE", "/datasets/{DatasetId}/datasetjobs/{DatasetJobId}"},
    {"DeleteDatasetJobConfig", kDatasets, "DELETE",
     "/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}"},
    {"DeleteDatasetLabels", kDatasets, "DELETE", "/datasets/{DatasetId}/labels"},
    {"DeleteDatasetVersion", kDatasets, "DELETE", "/datasets/{DatasetId}/versions/{VersionName}"},
    {"DeleteDatasetVersionLabels", kDatasets, "DELETE",
     "/datasets/{DatasetId}/versions/{VersionName}/labels"},
    {"DeleteExperiment", kExperiments, "DELETE", "/experiments/{ExperimentId}"},
    {"DeleteExperimentLabel", kExperiments, "DELETE", "/experiments/{ExperimentId}/labels/{Key}"},
    {"DeleteModel", kModels, "DELETE", "/{ModelId}"},
    {"DeleteModelLabels", kModels, "DELETE", "/{ModelId}/labels"},
    {"DeleteModelVersion", kModels, "DELETE", "/{ModelId}/versions/{VersionName}"},
    {"DeleteModelVersionLabels", kModels, "DELETE", "/{ModelId}/versions/{VersionName}/labels"},
    {"DeletePrompt", kPrompts, "DELETE", "/{PromptId}"},
    {"DeleteRun", kExperiments, "DELETE", "/runs/{RunId}"},
    {"DeleteRunLabel", kExperiments, "DELETE", "/runs/{RunId}/labels/{Key}"},
    {"DeleteUserConfig", kUserConfigs, "DELETE", "/{CategoryName}"},
    {"DeleteWorkspaceResource", kResources, "DELETE", "/api/v1/workspaces/{WorkspaceId}/resources"},
    {"DeleteWorkspaceRoles", kRoles, "POST", "/action/delete"},
    {"GetCodeSource", kCodeSources, "GET", "/{CodeSourceId}"},
    {"GetConnection", kConnections, "GET", "/{ConnectionId}"},
    {"GetDataset", kDatasets, "GET", "/datasets/{DatasetId}"},
    {"GetDatasetFileMeta", kDatasets, "GET",
     "/datasets/{DatasetId}/datasetfilemetas/{DatasetFileMetaId}"},
    {"GetDatasetFileMetasStatistics", kDatasets, "GET",
     "/statistics/datasets/{DatasetId}/datasetfilemetas"},
    {"GetDatasetJob", kDatasets, "GET", "/datasets/{DatasetId}/datasetjobs/{DatasetJobId}"},
    {"GetDatasetJobConfig", kDatasets, "GET",
     "/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}"},
    {"GetDatasetVersion", kDatasets, "GET", "/datasets/{DatasetId}/versions/{VersionName}"},
    {"GetExperiment", kExperiments, "GET", "/experiments/{ExperimentId}"},
    {"GetInstanceJob", kJobs, "GET"},
    {"GetModel", kModels, "GET", "/{ModelId}"},
    {"GetModelVersion", kModels, "GET", "/{ModelId}/versions/{VersionName}"},
    {"GetPermission", kPermissions, "GET", "/{PermissionCode}"},
    {"GetPrompt", kPrompts, "GET", "/{PromptId}"},
    {"GetRun", kExperiments, "GET", "/runs/{RunId}"},
    {"GetWorkspaceRole", kRoles, "GET", "/{RoleId}"},
    {"ListCodeSources", kCodeSources, "GET"},
    {"ListConnections", kConnections, "GET"},
    {"ListDatasetFileMetas", kDatasets, "GET", "/datasets/{DatasetId}/datasetfilemetas"},
    {"ListDatasetJobConfigs", kDatasets, "GET", "/datasets/{DatasetId}/datasetjobconfigs/"},
    {"ListDatasetJobs", kDatasets, "GET", "/datasets/{DatasetId}/datasetjobs"},
    {"ListDatasetVersions", kDatasets, "GET", "/datasets/{DatasetId}/versions"},
    {"ListDatasets", kDatasets, "GET", "/datasets"},
    {"ListExperiment", kExperiments, "GET", "/experiments"},
    {"ListFeatures", kProducts, "GET", "/features"},
    {"ListModelVersions", kModels, "GET", "/{ModelId}/versions"},
    {"ListModels", kModels, "GET"},
    {"ListPermissions", kPermissions, "GET"},
    {"ListProducts", kProducts, "GET", "/products"},
    {"ListPrompts", kPrompts, "GET"},
    {"ListQuotas", kResources, "GET", "/api/v1/quotas"},
    {"ListResources", kResources, "GET", "/api/v1/resources"},
    {"ListRunMetrics", kExperiments, "GET", "/runs/{RunId}/metrics"},
    {"ListRuns", kExperiments, "GET", "/runs"},
    {"ListUserConfigs", kUserConfigs, "GET"},
    {"ListWorkspaceRoles", kRoles, "GET"},
    {"ListWorkspaceUsers", kUsers, "GET"},
    {"LogRunMetrics", kExperiments, "POST", "/runs/{RunId}/metrics/action/log"},
    {"PublishCodeSource", kCodeSources, "PUT", "/{CodeSourceId}/publish"},
    {"PublishDataset", kDatasets, "PUT", "/datasets/{DatasetId}/publish"},
    {"PublishImage", kImages, "PUT", "/images/{ImageId}/publish"},
    {"RemoveImage", kImages, "DELETE", "/images/{ImageId}"},
    {"RemoveImageLabels", kImages, "DELETE", "/images/{ImageId}/labels/{LabelKey}"},
    {"SetExperimentLabels", kExperiments, "POST", "/experiments/{ExperimentId}/labels"},
    {"SetUserConfigs", kUserConfigs, "PUT"},
    {"StopDatasetJob", kDatasets, "PUT",
     "/datasets/{DatasetId}/datasetjobs/{DatasetJobId}/action/stop"},
    {"UpdateCodeSource", kCodeSources, "PUT", "/{CodeSourceId}"},
    {"UpdateConnection", kConnections, "PUT", "/{ConnectionId}"},
    {"UpdateDataset", kDatasets, "PUT", "/datasets/{DatasetId}"},
    {"UpdateDatasetFileMetas", kDatasets, "PUT", "/datasets/{DatasetId}/datasetfilemetas"},
    {"UpdateDatasetJob", kDatasets, "PUT", "/datasets/{DatasetId}/datasetjobs/{DatasetJobId}"},
    {"UpdateDatasetJobConfig", kDatasets, "PUT",
     "/datasets/{DatasetId}/datasetjobconfigs/{DatasetJobConfigId}"},
    {"UpdateDatasetVersion", kDatasets, "PUT", "/datasets/{DatasetId}/versions/{VersionName}"},
    {"UpdateExperiment", kExperiments, "PUT", "/experiments/{ExperimentId}"},
    {"UpdateModel", kModels, "PUT", "/{ModelId}"},
    {"UpdateModelVersion", kModels, "PUT", "/{ModelId}/versions/{VersionName}"},
    {"UpdatePrompt", kPrompts, "PUT", "/{PromptId}"},
    {"UpdateRun", kExperiments, "PUT", "/runs/{RunId}"},
    {"UpdateWorkspaceResource", kResources, "PUT", "/api/v1/workspaces/{WorkspaceId}/resources"},
    {"UpdateWorkspaceRole", kRoles, "PUT", "/{RoleId}"},
    {"ValidateConnection", kConnections, "POST", "/validate"},
});

}  // namespace

std::span<const Operation> UnimplementedWorkspaceOperations() {
  static const UnimplementedTable kTable(kWorkspaceApi, kRows);
  return kTable.operations();
}

}  // namespace atelier::api
