#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "api/wire/float.h"
#include "base/codec.h"

/// Requests and answers of AIRec (docs/contract/airec-operations.tsv), names as documented.
namespace atelier::api::wire {

/// One instance, as ListInstance shows it.
struct RecommenderItem {
  std::string_view chargeType;
  std::string_view commodityCode;
  std::string_view dataSetVersion;  // empty before the first import
  std::string expiredTime;
  std::string gmtCreate;
  std::string gmtModified;
  std::string_view industry;  // empty until chosen
  std::string_view instanceId;
  std::string_view lockMode;
  std::string_view name;
  std::string_view regionId;
  std::string_view status;
  std::string_view type;
};
BOOST_DESCRIBE_STRUCT(RecommenderItem, (),
                      (chargeType, commodityCode, dataSetVersion, expiredTime, gmtCreate,
                       gmtModified, industry, instanceId, lockMode, name, regionId, status, type))

/// The same with what DescribeInstance adds.
struct RecommenderDetail : RecommenderItem {
  std::string_view scene;  // empty until chosen
};
BOOST_DESCRIBE_STRUCT(RecommenderDetail, (RecommenderItem), (scene))

struct ListRecommendersAnswer {
  std::vector<RecommenderItem> result;
};
BOOST_DESCRIBE_STRUCT(ListRecommendersAnswer, (), (result))

struct RecommenderAnswer {
  RecommenderItem result;
};
BOOST_DESCRIBE_STRUCT(RecommenderAnswer, (), (result))

struct DescribeRecommenderAnswer {
  RecommenderDetail result;
};
BOOST_DESCRIBE_STRUCT(DescribeRecommenderAnswer, (), (result))

struct RecommenderRef {
  std::string_view instanceId;
};
BOOST_DESCRIBE_STRUCT(RecommenderRef, (), (instanceId))

struct RecommenderRefAnswer {
  RecommenderRef result;
};
BOOST_DESCRIBE_STRUCT(RecommenderRefAnswer, (), (result))

struct BooleanAnswer {
  bool result;
};
BOOST_DESCRIBE_STRUCT(BooleanAnswer, (), (result))

struct RecommenderQuotaResult {
  std::int64_t currentQps;
  std::int64_t itemCount;
  std::int64_t itemCountUsed;
  std::int64_t qps;
  std::int64_t userCount;
  std::int64_t userCountUsed;
};
BOOST_DESCRIBE_STRUCT(RecommenderQuotaResult, (),
                      (currentQps, itemCount, itemCountUsed, qps, userCount, userCountUsed))

struct RecommenderQuotaAnswer {
  RecommenderQuotaResult result;
};
BOOST_DESCRIBE_STRUCT(RecommenderQuotaAnswer, (), (result))

/// The help names each count twice; one of the two is enough.
struct RecommenderQuotaRequest {
  std::optional<std::int64_t> userCount;
  std::optional<std::int64_t> userCountPerUnit;
  std::optional<std::int64_t> itemCount;
  std::optional<std::int64_t> itemCountPerUnit;
  std::optional<std::int64_t> qps;
};
BOOST_DESCRIBE_STRUCT(RecommenderQuotaRequest, (),
                      (userCount, userCountPerUnit, itemCount, itemCountPerUnit, qps))

struct PaymentInfo {
  std::int64_t duration;
  std::string pricingCycle;
  std::optional<bool> autoRenew;
};
BOOST_DESCRIBE_STRUCT(PaymentInfo, (), (duration, pricingCycle, autoRenew))

struct CreateRecommenderRequest {
  std::string type;
  std::string chargeType;
  RecommenderQuotaRequest quota;
  std::optional<PaymentInfo> paymentInfo;
  std::optional<std::string> name;
  std::optional<std::string> industry;  // ours, as is scene: the API has no other place for them
  std::optional<std::string> scene;
};
BOOST_DESCRIBE_STRUCT(CreateRecommenderRequest, (),
                      (type, chargeType, quota, paymentInfo, name, industry, scene))

struct ModifyRecommenderRequest {
  std::optional<std::string> name;
  std::optional<std::string> industry;
  std::optional<std::string> scene;
};
BOOST_DESCRIBE_STRUCT(ModifyRecommenderRequest, (), (name, industry, scene))

struct ResizeRecommenderRequest {
  RecommenderQuotaRequest quota;
};
BOOST_DESCRIBE_STRUCT(ResizeRecommenderRequest, (), (quota))

struct DocumentLine {
  std::string cmd;
  json::object fields;
};
BOOST_DESCRIBE_STRUCT(DocumentLine, (), (cmd, fields))

struct DataSetResult {
  std::int64_t gmtCreate;  // milliseconds since 1970, unlike the times of instances
  std::int64_t gmtModified;
  std::string_view instanceId;
  std::string_view state;
  std::string_view versionId;
};
BOOST_DESCRIBE_STRUCT(DataSetResult, (), (gmtCreate, gmtModified, instanceId, state, versionId))

struct DataSetAnswer {
  DataSetResult result;
};
BOOST_DESCRIBE_STRUCT(DataSetAnswer, (), (result))

struct ListDataSetsAnswer {
  std::vector<DataSetResult> result;
};
BOOST_DESCRIBE_STRUCT(ListDataSetsAnswer, (), (result))

struct SubProgressInfo {
  std::string_view detail;
  std::int64_t finishedNum;
  std::int64_t progress;  // percent
  std::int64_t totalNum;
  std::string_view type;
};
BOOST_DESCRIBE_STRUCT(SubProgressInfo, (), (detail, finishedNum, progress, totalNum, type))

struct RecommenderTask {
  std::string_view name;
  std::vector<SubProgressInfo> subProgressInfos;
  std::int64_t totalProgress;  // percent
};
BOOST_DESCRIBE_STRUCT(RecommenderTask, (), (name, subProgressInfos, totalProgress))

struct ListTasksAnswer {
  std::vector<RecommenderTask> result;
};
BOOST_DESCRIBE_STRUCT(ListTasksAnswer, (), (result))

struct RecommendedItem {
  Float flowWeight;
  std::string itemId;
  std::string itemType;
  std::string_view matchInfo;
  std::string message;
  std::int64_t position;
  std::string_view traceId;
  std::string traceInfo;
  Float weight;
};
BOOST_DESCRIBE_STRUCT(RecommendedItem, (),
                      (flowWeight, itemId, itemType, matchInfo, message, position, traceId,
                       traceInfo, weight))

struct RecommendAnswer {
  std::vector<RecommendedItem> result;
};
BOOST_DESCRIBE_STRUCT(RecommendAnswer, (), (result))

// Operations of our own, for operators.

/// How often a dataset version answered, and what came of it.
struct RecommenderVersionUse {
  std::int64_t recommended;  // items
  std::int64_t traced;       // behaviors that bring back its traceInfo
};
BOOST_DESCRIBE_STRUCT(RecommenderVersionUse, (), (recommended, traced))

struct RecommenderUse {
  std::int64_t behaviors;
  std::int64_t items;
  std::int64_t recommended;  // items; all versions together
  /// Behaviors that bring back the traceId of a recommendation, by bhv_type.
  std::map<std::string, std::int64_t> traced;
  std::int64_t users;
  std::map<std::string, RecommenderVersionUse> versions;
};
BOOST_DESCRIBE_STRUCT(RecommenderUse, (), (behaviors, items, recommended, traced, users, versions))

struct GetRecommenderUseAnswer {
  RecommenderUse result;
};
BOOST_DESCRIBE_STRUCT(GetRecommenderUseAnswer, (), (result))

struct ExtendRecommenderRequest {
  std::int64_t duration;
  std::string pricingCycle;
};
BOOST_DESCRIBE_STRUCT(ExtendRecommenderRequest, (), (duration, pricingCycle))

struct LockRecommenderRequest {
  bool locked;
};
BOOST_DESCRIBE_STRUCT(LockRecommenderRequest, (), (locked))

}  // namespace atelier::api::wire
