#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/command/instance.h"
#include "cli/run/command_context.h"

/// `atelier recommender ...`.
namespace atelier::cli {

struct CreateRecommenderOptions {
  std::string industry;
  std::string name;
  std::string scene;
  int months = 1;
  bool auto_renew = false;
};
/// Prints the id.
Task<Status> CreateRecommender(CommandContext& context, CreateRecommenderOptions options);

struct ListRecommendersOptions {
  std::string name;  // part of it
  std::string status;
  std::string query;  // docs/query.md
};
/// All pages.
Task<Status> ListRecommenders(CommandContext& context, ListRecommendersOptions options);

/// The instance, what it holds, and its dataset versions.
Task<Status> GetRecommender(CommandContext& context, std::string id);

struct ExtendRecommenderOptions {
  std::string id;
  int months = 1;
};
Task<Status> ExtendRecommender(CommandContext& context, ExtendRecommenderOptions options);

struct PushOptions {
  std::string id;
  std::string table;
  std::string file;
};
/// In as many requests as the limits of one ask for. Each is all or nothing; after a failure it
/// says how many documents were taken: pushing all of them again does no harm.
Task<Status> PushDocuments(CommandContext& context, PushOptions options);

struct ImportOptions {
  std::string id;
  WaitOptions wait;
};
Task<Status> ImportDocuments(CommandContext& context, ImportOptions options);

struct RecommendOptions {
  std::string id;
  std::string user;
  int count = 10;
  std::string type;
  std::string items;
  std::string scene;
};
Task<Status> Recommend(CommandContext& context, RecommendOptions options);

}  // namespace atelier::cli
