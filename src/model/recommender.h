#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "base/result.h"
#include "model/ids.h"

namespace atelier::model {

// The words of the wire (docs/contract/enums.tsv, docs/contract/requests.md section 6).

enum class RecommenderStatus : std::uint8_t { Initializing, Ready, Running };
BOOST_DESCRIBE_ENUM(RecommenderStatus, Initializing, Ready, Running)

/// The edition that was asked for. It limits nothing here: every instance can do all there is.
enum class RecommenderType : std::uint8_t {
  Algorithm_configuration,
  Industry_operation,
  Cold_start
};
BOOST_DESCRIBE_ENUM(RecommenderType, Algorithm_configuration, Industry_operation, Cold_start)

enum class LockMode : std::uint8_t { Unlock, ManualLock, LockByExpiration };
BOOST_DESCRIBE_ENUM(LockMode, Unlock, ManualLock, LockByExpiration)

/// Decides what the documents of an instance are like.
enum class Industry : std::uint8_t { content, item, news };
BOOST_DESCRIBE_ENUM(Industry, content, item, news)

/// What an instance recommends by default: gul to a person, rr to an item, hot what all like, focus
/// a few to a person.
enum class RecommenderScene : std::uint8_t { gul, rr, hot, focus };
BOOST_DESCRIBE_ENUM(RecommenderScene, gul, rr, hot, focus)

/// What an instance may hold and how much it is asked (docs/contract/lifecycle.md section 12).
/// `qps` is shown and not enforced: the hardware is its owner's.
struct RecommenderQuota {
  std::int64_t users = 1'000'000;
  std::int64_t items = 1'000'000;
  std::int64_t qps = 10;
  friend bool operator==(const RecommenderQuota&, const RecommenderQuota&) = default;
};
BOOST_DESCRIBE_STRUCT(RecommenderQuota, (), (users, items, qps))

/// One AIRec instance as stored: what its user asked for. Its state follows (StatusOf, LockModeOf).
/// Record key: the id.
struct Recommender {
  RecommenderId id;
  std::string name;
  UserId owner;
  RecommenderType type = RecommenderType::Algorithm_configuration;
  std::optional<Industry> industry;  // chosen once
  std::optional<RecommenderScene> scene;
  RecommenderQuota quota;
  WallTime paid_until;           // the end of the first term, or of the latest extension
  std::int64_t term_months = 1;  // of one term
  bool auto_renew = false;       // further terms follow by themselves
  bool locked = false;           // by an operator
  std::string live;              // the dataset version that answers; empty: none yet
  WallTime created;
  WallTime modified;
};
BOOST_DESCRIBE_STRUCT(Recommender, (),
                      (id, name, owner, type, industry, scene, quota, paid_until, term_months,
                       auto_renew, locked, live, created, modified))

/// Initializing until an industry is chosen, Ready until a dataset version is live.
RecommenderStatus StatusOf(const Recommender& recommender);

/// When the paid terms end, those included that renew by themselves: then always after `now`.
WallTime ExpiredTime(const Recommender& recommender, WallTime now);

/// ManualLock goes before LockByExpiration: lifting it is the operator's alone.
LockMode LockModeOf(const Recommender& recommender, WallTime now);

/// FailedPrecondition/Locked: it takes no data and gives no recommendations now.
Status Unlocked(const Recommender& recommender, WallTime now);

/// FailedPrecondition/Locked; InvalidArgument/MustSelectIndustry: it takes no data now.
Status MayTakeData(const Recommender& recommender, WallTime now);

/// The same day `months` later, or the last one of that month if it has no such day; the time of
/// day stays. `months`: 0 to 12,000.
WallTime AddMonths(WallTime time, std::int64_t months);

// Rules of docs/contract/lifecycle.md section 12; the reason of an error is the documented code.

/// At most 30 characters: letters, digits, CJK, `_`, `-`, the first a letter, digit or CJK; empty
/// is a name too. InvalidArgument/NameFormatError.
Status CheckRecommenderName(std::string_view name);

/// Users and items from 1,000,000 to 10,000,000, qps from 10 to 500. InvalidArgument.
Status CheckQuota(const RecommenderQuota& quota);

/// Months of `duration` (1 to 10, or 12) times `cycle` (Month or Year). InvalidArgument.
Result<std::int64_t> TermMonths(std::int64_t duration, std::string_view cycle);

}  // namespace atelier::model
