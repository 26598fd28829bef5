#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace atelier::api::wire {

struct Orphan {
  std::string Id;
  std::string Kind;  // Instance, Replica
  std::int64_t Generation;
  std::string State;    // Running; Ended: its files alone are there
  std::string Reason;   // NoRecord; OlderRecord: there is one of an earlier life
  std::string EcsSpec;  // as far as the catalogue tells what it was started with
  std::string ImageId;
};
BOOST_DESCRIBE_STRUCT(Orphan, (), (Id, Kind, Generation, State, Reason, EcsSpec, ImageId))

struct ListOrphansAnswer {
  std::vector<Orphan> Orphans;  // at most 1000
  std::int64_t TotalCount;
  std::string StoreWentBack;  // empty: it did not, or that was dismissed
};
BOOST_DESCRIBE_STRUCT(ListOrphansAnswer, (), (Orphans, TotalCount, StoreWentBack))

struct AdoptOrphanRequest {
  std::optional<std::string> UserId;
  std::optional<std::string> WorkspaceId;
  std::optional<std::string> InstanceName;
  std::optional<std::string> EcsSpec;
  std::optional<std::string> ImageId;
};
BOOST_DESCRIBE_STRUCT(AdoptOrphanRequest, (), (UserId, WorkspaceId, InstanceName, EcsSpec, ImageId))

struct StopOrphanRequest {
  std::optional<bool> DeleteFiles;
};
BOOST_DESCRIBE_STRUCT(StopOrphanRequest, (), (DeleteFiles))

struct OrphanAnswer {
  std::string Id;
};
BOOST_DESCRIBE_STRUCT(OrphanAnswer, (), (Id))

}  // namespace atelier::api::wire
