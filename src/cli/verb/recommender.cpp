#include <string>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kId = {.flags = "id",
                       .help = "Recommender name or id",
                       .target = "{instanceId}",
                       .take = Take::kRecommender,
                       .required = true};
constexpr Field kIds = {.flags = "id",
                        .help = "Recommender names or ids",
                        .target = "{instanceId}",
                        .take = Take::kRecommender};
constexpr Field kVersion = {.flags = "version",
                            .help = "Version, from recommender version list",
                            .target = "{versionId}",
                            .required = true};

Field Count(std::string_view flags, std::string_view help, std::string_view target) {
  return {.flags = flags,
          .help = help,
          .target = target,
          .take = Take::kInteger,
          .min = 1,
          .max = 1'000'000'000'000};
}

Verb Resize(std::string_view words, std::string_view help, std::string_view action,
            std::string_view path) {
  return {.words = words,
          .help = help,
          .action = action,
          .version = kAirecVersion,
          .method = "POST",
          .path = std::string(path),
          .fields = {kIds, Count("--users", "Most users", "quota.userCount"),
                     Count("--items", "Most items", "quota.itemCount"),
                     Count("--qps", "Most requests a second", "quota.qps")},
          .many = &kRecommenderSubject};
}

Verb OfVersion(std::string_view words, std::string_view help, std::string_view action,
               std::string_view method, std::string_view path) {
  return {.words = words,
          .help = help,
          .action = action,
          .version = kAirecVersion,
          .method = method,
          .path = std::string(path),
          .fields = {kId, kVersion}};
}

Verb Lock(std::string_view words, std::string_view help, std::string_view body) {
  return {.words = words,
          .help = help,
          .action = "LockRecommender",
          .version = "",
          .method = "PUT",
          .path = "/atelier/v1/recommenders/{instanceId}/lock",
          .fields = {kIds},
          .body = body,
          .many = &kRecommenderSubject};
}

}  // namespace

std::span<const Verb> RecommenderVerbs() {
  static const std::vector<Verb> kAll = {
      {.words = "update",
       .help = "Change the name, industry or scene of a recommender",
       .action = "ModifyInstance",
       .version = kAirecVersion,
       .method = "PUT",
       .path = "/v2/openapi/instances/{instanceId}",
       .fields = {kIds,
                  {.flags = "--name", .help = "New name", .target = "name"},
                  {.flags = "--industry",
                   .help = "content, item or news",
                   .target = "industry",
                   .values = "content,item,news"},
                  {.flags = "--scene",
                   .help = "gul, rr, hot or focus",
                   .target = "scene",
                   .values = "gul,rr,hot,focus"}},
       .many = &kRecommenderSubject},
      {.words = "delete",
       .help = "Delete recommenders and all they hold",
       .action = "DeleteRecommender",
       .method = "DELETE",
       .path = "/atelier/v1/recommenders/{instanceId}",
       .fields = {kIds},
       .many = &kRecommenderSubject,
       .change = {.verb = "delete", .done = "deleted", .is_final = true}},
      Resize("upgrade", "Let a recommender hold more", "UpgradeInstance",
             "/v2/openapi/instances/{instanceId}/actions/upgrade"),
      Resize("downgrade", "Let a recommender hold less", "DowngradeInstance",
             "/v2/openapi/instances/{instanceId}/actions/downgrade"),
      {.words = "validate",
       .help = "Tell whether a recommender has what an import needs",
       .action = "ValidateInstance",
       .version = kAirecVersion,
       .method = "POST",
       .path = "/v2/openapi/instances/{instanceId}/actions/validate",
       .fields = {kId},
       .line = "result"},
      {.words = "tasks",
       .help = "List the imports of a recommender",
       .action = "ListInstanceTask",
       .version = kAirecVersion,
       .method = "GET",
       .path = "/v2/openapi/instances/{instanceId}/tasks",
       .fields = {kId},
       .list = "result",
       .columns = {{"NAME", "name"}, {"PROGRESS", "totalProgress"}}},
      {.words = "version list",
       .help = "List the versions that imports made",
       .action = "ListDataSet",
       .version = kAirecVersion,
       .method = "GET",
       .path = "/v2/openapi/instances/{instanceId}/dataSets",
       .fields = {kId},
       .list = "result",
       .columns = {{"VERSION", "versionId"}, {"STATE", "state"}}},
      OfVersion("version use", "Recommend by this version", "AttachDataset", "POST",
                "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/current"),
      OfVersion("version stop", "End the import of a version", "StopDataSet", "POST",
                "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/stop"),
      OfVersion("version delete", "Delete a version", "DeleteDataSet", "DELETE",
                "/v2/openapi/instances/{instanceId}/dataSets/{versionId}"),
      Lock("lock", "Lock a recommender: it takes no data and recommends nothing",
           R"({"locked":true})"),
      Lock("unlock", "Remove that lock", R"({"locked":false})"),
  };
  return kAll;
}

}  // namespace atelier::cli
