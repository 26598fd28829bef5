#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "control/core/record_draft.h"
#include "model/bulk_job.h"
#include "model/data_set.h"
#include "model/instance.h"
#include "model/recommender.h"
#include "model/service.h"

namespace atelier::control {

/// A record whose key is the member `key`; `modified`: of the time of its last change, if it has
/// it.
template <store::Kind kind, auto key, auto modified = nullptr>
struct KeyedRecord {
  static constexpr store::Kind kKind = kind;
  static std::string KeyOf(const auto& record) {
    return std::string(std::string_view(record.*key));
  }
  static void Touch(auto& record, WallTime now) {
    if constexpr (!std::is_null_pointer_v<decltype(modified)>)
      record.*modified = std::max(record.*modified, now);
  }
};

template <>
struct RecordOf<model::Instance>
    : KeyedRecord<store::Kind::kInstance, &model::Instance::id, &model::Instance::modified> {};
template <>
struct RecordOf<model::BulkJob> : KeyedRecord<store::Kind::kBulkJob, &model::BulkJob::id> {};
template <>
struct RecordOf<model::Service>
    : KeyedRecord<store::Kind::kService, &model::Service::name, &model::Service::updated> {};
template <>
struct RecordOf<model::Replica> : KeyedRecord<store::Kind::kServiceReplica, &model::Replica::id> {};
template <>
struct RecordOf<model::ServiceGroup>
    : KeyedRecord<store::Kind::kServiceGroup, &model::ServiceGroup::name,
                  &model::ServiceGroup::updated> {};
template <>
struct RecordOf<model::Recommender>
    : KeyedRecord<store::Kind::kRecommender, &model::Recommender::id,
                  &model::Recommender::modified> {};
template <>
struct RecordOf<model::DataSet>
    : KeyedRecord<store::Kind::kRecommenderDataSet, nullptr, &model::DataSet::modified> {
  static std::string KeyOf(const model::DataSet& record) {
    return model::DataSetKey(record.recommender, record.version);
  }
};

}  // namespace atelier::control
