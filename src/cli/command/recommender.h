#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/command/instance.h"
#include "cli/run/session.h"

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
Task<Status> CreateRecommender(Session& session, CreateRecommenderOptions options);

struct ListRecommendersOptions {
  std::string name;  // part of it
  std::string status;
};
/// All pages.
Task<Status> ListRecommenders(Session& session, ListRecommendersOptions options);

/// The instance, what it holds, and its dataset versions.
Task<Status> GetRecommender(Session& session, std::string id);

Task<Status> DeleteRecommenders(Session& session, std::vector<std::string> ids);

struct ExtendRecommenderOptions {
  std::string id;
  int months = 1;
};
Task<Status> ExtendRecommender(Session& session, ExtendRecommenderOptions options);

struct PushOptions {
  std::string id;
  std::string table;
  std::string file;
};
/// In as many requests as the limits of one ask for. Each is all or nothing; after a failure it
/// says how many documents were taken: pushing all of them again does no harm.
Task<Status> PushDocuments(Session& session, PushOptions options);

struct ImportOptions {
  std::string id;
  WaitOptions wait;
};
Task<Status> ImportDocuments(Session& session, ImportOptions options);

struct RecommendOptions {
  std::string id;
  std::string user;
  int count = 10;
  std::string type;
  std::string items;
  std::string scene;
};
Task<Status> Recommend(Session& session, RecommendOptions options);

}  // namespace atelier::cli
