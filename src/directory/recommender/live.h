#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/strand.hpp>

#include "base/pool.h"
#include "directory/recommender/documents.h"
#include "directory/recommender_data.h"

namespace atelier::directory {

/// What is in memory of one instance, a part for each of the threads that look at it. Shared with
/// what runs on its strand: it may outlive the instance.
struct LiveRecommender {
  explicit LiveRecommender(Pool& of) : pool(of), strand(of.get_executor()) {}

  Pool& pool;
  asio::strand<Pool::executor_type> strand;
  // The I/O thread's.
  std::unordered_set<std::string> users;
  std::unordered_set<std::string> items;
  std::int64_t behaviors = 0;
  std::map<std::string, std::int64_t> traced;  // by bhv_type
  /// Of every version whose record was there once: none else is counted, or made-up names could
  /// fill the memory.
  std::map<std::string, RecommenderData::VersionUse> versions;
  std::int64_t unsaved = 0;  // items recommended that the store does not know of
  /// Of imports under way, by version. Made here, filled in by the strand.
  std::map<std::string, std::shared_ptr<RecommenderData::Snapshot>> snapshots;
  std::string version;      // the one that answers
  std::int64_t second = 0;  // the one that is being counted
  std::int64_t in_second = 0;
  std::int64_t in_last_second = 0;
  // The strand's.
  recommender::Recommender recommender;
  std::unordered_map<std::string, model::DocumentFields> fields;  // of items, those filters know
  std::unordered_map<std::string, std::vector<std::string>> interests;  // of users

  /// An empty snapshot for the import `version`, with the counts of now; nullptr: it has one.
  std::shared_ptr<RecommenderData::Snapshot> BeginSnapshot(const std::string& version);
  /// The I/O thread's part of a change.
  void Count(const DocumentChange& change);
  /// The strand's.
  void Take(const DocumentChange& change);
  std::vector<Recommended> Answer(const RecommendQuery& query);

 private:
  void CountTrace(const model::DocumentFields& behavior);
};
using LiveRecommenderPtr = std::shared_ptr<LiveRecommender>;

}  // namespace atelier::directory
