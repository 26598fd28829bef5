#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

#include "model/ids.h"

namespace atelier::store {

/// What a record is. Stored as these numbers: append only, never renumber.
enum class Kind : std::uint8_t {
  kAccount = 1,
  kUser = 2,
  kRole = 3,
  kPolicy = 4,
  kAccessKey = 5,
  kWorkspace = 6,
  kMember = 7,
  kDefaultWorkspace = 8,
  kInstance = 9,
  kLifecycleStep = 10,
  kEvent = 11,
  kClientToken = 12,
  kAudit = 13,
  kInstanceName = 15,    // "<workspace id>/<name>" -> instance id: names are unique in a workspace
  kSecret = 14,          // sealed server secrets, for example the key that signs sharing tokens
  kService = 16,         // by name, which is unique in the region
  kServiceVersion = 17,  // "<service id>/<12-digit number>"
  kServiceReplica = 18,  // by replica id
  kServiceEvent = 19,    // "<service id>/<20-digit ms>/<who>/<number>"
  kRecommender = 20,     // by id
  kRecommenderDocument = 21,  // "<recommender id>/<model::DocumentKey>"
  kRecommenderDataSet = 22,   // "<recommender id>/<version>"
  kServiceGroup = 23,         // by name; no service has the same
  kRecommenderUse = 24,       // model::RecommenderUseKey
  kTombstone = 25,            // by id of an instance or a replica that was deleted
  kWorkspaceUse = 26,         // by workspace id: model::WorkspaceUse
  kWorkspaceConfigs = 27,     // by workspace id
  kSession = 28,              // by model::Session::id
  kKeyUse = 29,               // by access key id: model::KeyUse
  kShard = 30,                // by number: who acts for it (store/shards.h)
  kBulkJob = 31,              // by id: model::BulkJob
  kBulkJobIds = 32,           // by the job's id: those it is for
  kBulkJobStep = 33,          // "<job id>/<instance id>": the job has acted on it
};
BOOST_DESCRIBE_ENUM(Kind, kAccount, kUser, kRole, kPolicy, kAccessKey, kWorkspace, kMember,
                    kDefaultWorkspace, kInstance, kLifecycleStep, kEvent, kClientToken, kAudit,
                    kInstanceName, kSecret, kService, kServiceVersion, kServiceReplica,
                    kServiceEvent, kRecommender, kRecommenderDocument, kRecommenderDataSet,
                    kServiceGroup, kRecommenderUse, kTombstone, kWorkspaceUse, kWorkspaceConfigs,
                    kSession, kKeyUse, kShard, kBulkJob, kBulkJobIds, kBulkJobStep)

/// What a body says, from who wrote it: read models in the same process need not parse what was a
/// struct a moment ago. A body that comes from elsewhere has none, so whoever uses one can do
/// without. Immutable; any thread.
class Value {
 public:
  Value() = default;
  template <class T>
  explicit Value(std::shared_ptr<const T> value) : value_(std::move(value)), type_(&kType<T>) {}

  /// nullptr: there is none, or it is of another type.
  template <class T>
  std::shared_ptr<const T> As() const {
    return type_ == &kType<T> ? std::static_pointer_cast<const T>(value_) : nullptr;
  }

 private:
  template <class T>
  static constexpr char kType = 0;  // its address stands for T

  std::shared_ptr<const void> value_;
  const char* type_ = nullptr;
};

struct Record {
  Kind kind{};
  std::string key;               // unique within its kind; ordered bytewise
  model::Revision revision = 0;  // of the commit that wrote it last
  std::string body;              // JSON of the record's struct (base/codec.h)
  Value value = {};              // of a change in the feed, if its writer gave it
};

/// One change of a batch.
struct Write {
  /// kCheck changes nothing: `expected` alone matters, of what a decision rests on.
  enum class Op : std::uint8_t { kPut, kDelete, kCheck };
  Op op = Op::kPut;
  Kind kind{};
  std::string key;
  std::string body;  // of kPut
  /// The revision the record must have for the batch to commit: 0 = must not exist, nullopt = any.
  std::optional<model::Revision> expected;
  Value value = {};  // of kPut: what `body` says; not stored

  static Write Put(Kind kind, std::string key, std::string body,
                   std::optional<model::Revision> expected = std::nullopt) {
    return {.op = Op::kPut,
            .kind = kind,
            .key = std::move(key),
            .body = std::move(body),
            .expected = expected};
  }
  static Write Delete(Kind kind, std::string key,
                      std::optional<model::Revision> expected = std::nullopt) {
    return {
        .op = Op::kDelete, .kind = kind, .key = std::move(key), .body = {}, .expected = expected};
  }
  static Write Check(Kind kind, std::string key, model::Revision expected) {
    return {
        .op = Op::kCheck, .kind = kind, .key = std::move(key), .body = {}, .expected = expected};
  }
};

using Batch = std::vector<Write>;

/// A committed write as the feed shows it.
struct Change {
  Write::Op op = Write::Op::kPut;
  Record record;  // body empty for a delete
};

}  // namespace atelier::store
