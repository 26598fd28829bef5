// Operations of AIWorkSpace whose features this server does not have: known, and answered as not
// supported.
#include "api/framework/unimplemented.h"

#include <array>

#include "api/workspace/workspace_common.h"

namespace atelier::api {

namespace {

constexpr Feature kAccountUsers{"Users of the account are", "/api/v1/users"};
constexpr Feature kAllPermissions{"Lists of permissions are", "/api/v1/permissions"};
constexpr Feature kCodeSources{"Code sources are", "/api/v1/codesources"};
constexpr Feature kCollections{"Collections are", "/api/v1/collections"};
constexpr Feature kConnections{"Connections are", "/api/v1/connections"};
constexpr Feature kDatasets{"Datasets are", "/api/v1"};
constexpr Feature kDefaultWorkspaces{"Default workspaces of this kind are",
                                     "/api/v1/defaultWorkspaces"};
constexpr Feature kEvents{"Events of DataWorks are",
                          "/api/v1/workspaces/action/acceptdataworksevent"};
constexpr Feature kExperiments{"Experiments and runs are", "/api/v1"};
constexpr Feature kImages{"Images beside those of the catalogue are", "/api/v1"};
constexpr Feature kJobs{"Jobs of instances are", "/api/v1/instancejobs/{InstanceJobId}"};
constexpr Feature kMessages{"Messages to chats are", "/api/v1/dingtalkrobotmessages"};
constexpr Feature kModelDomains{"Domains of models are", "/api/v1/modeldomains"};
constexpr Feature kModels{"Registered models are", "/api/v1/models"};
constexpr Feature kOperationLogs{"Logs of workspaces are", "/api/v1/workspaces/{WorkspaceId}/logs"};
constexpr Feature kPermissions{"Lists of permissions are",
                               "/api/v1/workspaces/{WorkspaceId}/permissions"};
constexpr Feature kProducts{"Products and orders are", "/api/v1"};
constexpr Feature kPrompts{"Prompts are", "/api/v1/prompts"};
constexpr Feature kResources{"Resources and quotas of workspaces are", ""};
constexpr Feature kRoles{"Roles of your own are", "/api/v1/workspaces/{WorkspaceId}/roles"};
constexpr Feature kServiceRoles{"Roles of services are", "/api/v1/serviceidentityroles"};
constexpr Feature kServiceTemplates{"Service templates are", "/api/v1/servicetemplates"};
constexpr Feature kStatistics{"Statistics of workspaces are", "/api/v1/statistics"};
constexpr Feature kTrials{"Trials are", "/api/v1/trials"};
constexpr Feature kUserConfigs{"Configurations of users are", "/api/v1/userconfigs"};
constexpr Feature kUsers{"Lists of users who could become members are",
                         "/api/v1/workspaces/{WorkspaceId}/users"};

constexpr auto kRows = std::to_array<UnimplementedRow>({
    {"AcceptDataworksEvent", kEvents, "POST"},
    {"AddImage", kImages, "POST", "/images"},
    {"AddImageLabels", kImages, "POST", "/images/{ImageId}/labels"},
    {"AddWorkspaceQuota", kResources, "POST", "/api/v1/workspaces/{WorkspaceId}/quotas/{QuotaId}"},
    {"AssumeServiceIdentityRole", kServiceRoles, "PUT", "/{RoleName}/assume"},
    {"ChangeDatasetOwner", kDatasets, "PUT", "/datasets/change/{DatasetId}"},
    {"ChangeResourceGroup", kResources, "PUT", "/resourcegroups/action/changeresourcegroup"},
    {"CreateCodeSource", kCodeSources, "POST"},
    {"CreateCollection", kCollections, "POST"},
    {"CreateConnection", kConnections, "POST"},
    {"CreateDataset", kDatasets, "POST", "/datasets"},
    {"CreateDatasetFileMetas", kDatasets, "POST", "/datasets/{DatasetId}/datasetfilemetas"},
    {"CreateDatasetJob", kDatasets, "POST", "/datasets/{DatasetId}/datasetjobs"},
    {"CreateDatasetJobConfig", kDatasets, "POST", "/datasets/{DatasetId}/datasetjobconfigs"},
    {"CreateDatasetLabels", kDatasets, "POST", "/datasets/{DatasetId}/labels"},
    {"CreateDatasetVersion", kDatasets, "POST", "/datasets/{DatasetId}/versions"},
    {"CreateDatasetVersionLabels", kDatasets, "PUT",
     "/datasets/{DatasetId}/versions/{VersionName}/labels"},
    {"CreateDefaultWorkspace", kDefaultWorkspaces, "POST"},
    {"CreateDingTalkRobotMessage", kMessages, "POST"},
    {"CreateExperiment", kExperiments, "POST", "/experiments"},
    {"CreateImageBuild", kImages, "POST", "/imagebuilds"},
    {"CreateModel", kModels, "POST"},
    {"CreateModelLabels", kModels, "POST", "/{ModelId}/labels"},
    {"CreateModelRelease", kModels, "PUT", "/{ModelId}/release"},
    {"CreateModelVersion", kModels, "POST", "/{ModelId}/versions"},
    {"CreateModelVersionLabels", kModels, "POST", "/{ModelId}/versions/{VersionName}/labels"},
    {"CreateModelVersionRelease", kModels, "PUT", "/{ModelId}/versions/{VersionName}/release"},
    {"CreateProductOrders", kProducts, "POST", "/productorders"},
    {"CreatePrompt", kPrompts, "POST"},
    {"CreateRun", kExperiments, "POST", "/runs"},
    {"CreateServiceIdentityRole", kServiceRoles, "POST"},
    {"CreateServiceTemplate", kServiceTemplates, "POST"},
    {"CreateServiceTemplateLabels", kServiceTemplates, "POST", "/{ServiceTemplateId}/labels"},
    {"CreateTrial", kTrials, "POST"},
    {"CreateUser", kAccountUsers, "POST"},
    {"CreateWorkspaceResource", kResources, "POST", "/api/v1/workspaces/{WorkspaceId}/resources"},
    {"CreateWorkspaceRole", kRoles, "POST"},
    {"DeleteCodeSource", kCodeSources, "DELETE", "/{CodeSourceId}"},
    {"DeleteCollection", kCollections, "DELETE", "/{CollectionName}"},
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
    {"DeleteModelDomain", kModelDomains, "DELETE", "/{ModelDomainId}"},
    {"DeleteModelLabels", kModels, "DELETE", "/{ModelId}/labels"},
    {"DeleteModelVersion", kModels, "DELETE", "/{ModelId}/versions/{VersionName}"},
    {"DeleteModelVersionLabels", kModels, "DELETE", "/{ModelId}/versions/{VersionName}/labels"},
    {"DeletePrompt", kPrompts, "DELETE", "/{PromptId}"},
    {"DeleteRun", kExperiments, "DELETE", "/runs/{RunId}"},
    {"DeleteRunLabel", kExperiments, "DELETE", "/runs/{RunId}/labels/{Key}"},
    {"DeleteServiceTemplate", kServiceTemplates, "DELETE", "/{ServiceTemplateId}"},
    {"DeleteServiceTemplateLabels", kServiceTemplates, "DELETE", "/{ServiceTemplateId}/labels"},
    {"DeleteUserConfig", kUserConfigs, "DELETE", "/{CategoryName}"},
    {"DeleteWorkspaceResource", kResources, "DELETE", "/api/v1/workspaces/{WorkspaceId}/resources"},
    {"DeleteWorkspaceRoles", kRoles, "POST", "/action/delete"},
    {"DescribePricingModule", kProducts, "GET", "/proxy/describepricingmodule"},
    {"GetCodeSource", kCodeSources, "GET", "/{CodeSourceId}"},
    {"GetCodeSourcesStatistics", kStatistics, "GET", "/codesources"},
    {"GetCollection", kCollections, "GET", "/{CollectionName}"},
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
    {"GetDatasetsStatistics", kStatistics, "GET", "/datasets"},
    {"GetExperiment", kExperiments, "GET", "/experiments/{ExperimentId}"},
    {"GetImagesStatistics", kStatistics, "GET", "/images"},
    {"GetInstanceJob", kJobs, "GET"},
    {"GetInstanceStatistics", kStatistics, "GET", "/instances"},
    {"GetModel", kModels, "GET", "/{ModelId}"},
    {"GetModelVersion", kModels, "GET", "/{ModelId}/versions/{VersionName}"},
    {"GetPayAsYouGoPrice", kProducts, "POST", "/proxy/getpayasyougoprice"},
    {"GetPermission", kPermissions, "GET", "/{PermissionCode}"},
    {"GetPrompt", kPrompts, "GET", "/{PromptId}"},
    {"GetResource", kResources, "GET", "/api/v1/workspaces/{WorkspaceId}/resources/{ResourceId}"},
    {"GetRoleStatistics", kStatistics, "GET", "/roles"},
    {"GetRun", kExperiments, "GET", "/runs/{RunId}"},
    {"GetServiceTemplate", kServiceTemplates, "GET", "/{ServiceTemplateId}"},
    {"GetTrial", kTrials, "GET", "/{TrialId}"},
    {"GetWorkspaceRole", kRoles, "GET", "/{RoleId}"},
    {"ListCodeSources", kCodeSources, "GET"},
    {"ListCollections", kCollections, "GET"},
    {"ListConnections", kConnections, "GET"},
    {"ListDatasetFileMetas", kDatasets, "GET", "/datasets/{DatasetId}/datasetfilemetas"},
    {"ListDatasetJobConfigs", kDatasets, "GET", "/datasets/{DatasetId}/datasetjobconfigs/"},
    {"ListDatasetJobs", kDatasets, "GET", "/datasets/{DatasetId}/datasetjobs"},
    {"ListDatasetVersions", kDatasets, "GET", "/datasets/{DatasetId}/versions"},
    {"ListDatasets", kDatasets, "GET", "/datasets"},
    {"ListExperiment", kExperiments, "GET", "/experiments"},
    {"ListFeatures", kProducts, "GET", "/features"},
    {"ListGlobalPermissions", kAllPermissions, "GET"},
    {"ListImageLabelKeys", kImages, "GET", "/image/labelkeys"},
    {"ListModelDomains", kModelDomains, "GET"},
    {"ListModelVersions", kModels, "GET", "/{ModelId}/versions"},
    {"ListModels", kModels, "GET"},
    {"ListModuleConfigs", kProducts, "GET", "/moduleconfigs"},
    {"ListOperationLogs", kOperationLogs, "GET"},
    {"ListPermissions", kPermissions, "GET"},
    {"ListProductAuthorizations", kProducts, "GET", "/productauthorizations"},
    {"ListProducts", kProducts, "GET", "/products"},
    {"ListPrompts", kPrompts, "GET"},
    {"ListQuotas", kResources, "GET", "/api/v1/quotas"},
    {"ListResources", kResources, "GET", "/api/v1/resources"},
    {"ListRunMetrics", kExperiments, "GET", "/runs/{RunId}/metrics"},
    {"ListRuns", kExperiments, "GET", "/runs"},
    {"ListServiceTemplates", kServiceTemplates, "GET"},
    {"ListUserConfigs", kUserConfigs, "GET"},
    {"ListUsers", kAccountUsers, "GET"},
    {"ListWorkspacePermissions", kPermissions, "POST", "/action/list"},
    {"ListWorkspaceRoles", kRoles, "GET"},
    {"ListWorkspaceUsers", kUsers, "GET"},
    {"LogRunMetrics", kExperiments, "POST", "/runs/{RunId}/metrics/action/log"},
    {"MigrateDatasets", kDatasets, "POST", "/datasets/migrate"},
    {"PublishCodeSource", kCodeSources, "PUT", "/{CodeSourceId}/publish"},
    {"PublishDataset", kDatasets, "PUT", "/datasets/{DatasetId}/publish"},
    {"PublishImage", kImages, "PUT", "/images/{ImageId}/publish"},
    {"RegisterLineage", kDatasets, "POST", "/lineages"},
    {"RemoveImage", kImages, "DELETE", "/images/{ImageId}"},
    {"RemoveImageLabels", kImages, "DELETE", "/images/{ImageId}/labels/{LabelKey}"},
    {"RemoveWorkspaceQuota", kResources, "DELETE",
     "/api/v1/workspaces/{WorkspaceId}/quotas/{QuotaId}"},
    {"SetExperimentLabels", kExperiments, "POST", "/experiments/{ExperimentId}/labels"},
    {"SetTrialLabels", kTrials, "POST", "/{TrialId}/Labels"},
    {"SetUserConfigs", kUserConfigs, "PUT"},
    {"StopDatasetJob", kDatasets, "PUT",
     "/datasets/{DatasetId}/datasetjobs/{DatasetJobId}/action/stop"},
    {"SyncUsers", kAccountUsers, "POST", "/action/sync"},
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
    {"UpdateModelDomains", kModelDomains, "PUT"},
    {"UpdateModelVersion", kModels, "PUT", "/{ModelId}/versions/{VersionName}"},
    {"UpdatePrompt", kPrompts, "PUT", "/{PromptId}"},
    {"UpdateRun", kExperiments, "PUT", "/runs/{RunId}"},
    {"UpdateServiceTemplate", kServiceTemplates, "PUT", "/{ServiceTemplateId}"},
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
