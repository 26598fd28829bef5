#include "model/recommender.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace atelier::model {

namespace {

constexpr std::size_t kMaxNameCharacters = 30;
constexpr std::int64_t kMonthsOfYear = 12;

bool IsAsciiAlnum(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Han ideographs: the unified block, its extension A and those of compatibility, and plane 2 and
/// 3.
bool IsCjk(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/// The code points of valid UTF-8.
std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  for (const char byte : text) {
    const auto b = static_cast<unsigned char>(byte);
    if (b < 0x80) {
      points.push_back(b);
    } else if ((b & 0xC0U) == 0x80) {
      if (!points.empty()) points.back() = (points.back() << 6U) | (b & 0x3FU);
    } else {
      points.push_back(b & (b >= 0xF0 ? 0x07U : b >= 0xE0 ? 0x0FU : 0x1FU));
    }
  }
  return points;
}

Status CheckRange(std::string_view name, std::int64_t value, std::int64_t least,
                  std::int64_t most) {
  if (value >= least && value <= most) return Ok();
  return Error(Code::kInvalidArgument,
               fmt::format("quota.{} must be from {} to {}.", name, least, most));
}

}  // namespace

RecommenderStatus StatusOf(const Recommender& recommender) {
  if (!recommender.industry) return RecommenderStatus::Initializing;
  return recommender.live.empty() ? RecommenderStatus::Ready : RecommenderStatus::Running;
}

WallTime ExpiredTime(const Recommender& recommender, WallTime now) {
  const WallTime paid = recommender.paid_until;
  const std::int64_t term = recommender.term_months;
  if (!recommender.auto_renew || paid > now || term < 1) return paid;
  // Every term is counted from the same day, or one that ends in February would shorten all after
  // it. The first guess is too early, never too late.
  const auto days = std::chrono::floor<std::chrono::days>(now - paid).count();
  std::int64_t terms = std::max<std::int64_t>(1, days / (31 * term));
  while (AddMonths(paid, terms * term) <= now) ++terms;
  return AddMonths(paid, terms * term);
}

LockMode LockModeOf(const Recommender& recommender, WallTime now) {
  if (recommender.locked) return LockMode::ManualLock;
  return ExpiredTime(recommender, now) <= now ? LockMode::LockByExpiration : LockMode::Unlock;
}

Status Unlocked(const Recommender& recommender, WallTime now) {
  switch (LockModeOf(recommender, now)) {
    case LockMode::Unlock:
      return Ok();
    case LockMode::ManualLock:
      return Error(Code::kFailedPrecondition,
                   fmt::format("Instance {} is locked by its operator.", recommender.id.str()),
                   "Locked");
    case LockMode::LockByExpiration:
      break;
  }
  return Error(Code::kFailedPrecondition,
               fmt::format("Instance {} expired at {}: extend it first.", recommender.id.str(),
                           FormatMillis(ExpiredTime(recommender, now))),
               "Locked");
}

Status MayTakeData(const Recommender& recommender, WallTime now) {
  ATELIER_RETURN_IF_ERROR(Unlocked(recommender, now));
  if (recommender.industry) return Ok();
  return Error(Code::kInvalidArgument,
               fmt::format("Choose the industry of instance {} first.", recommender.id.str()),
               "MustSelectIndustry");
}

WallTime AddMonths(WallTime time, std::int64_t months) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day start(day);
  const year_month there =
      year_month(start.year(), start.month()) + std::chrono::months(static_cast<int>(months));
  const std::chrono::day last =
      year_month_day_last(there.year(), month_day_last(there.month())).day();
  return sys_days(there / std::min(start.day(), last)) + (time - day);
}

Status CheckRecommenderName(std::string_view name) {
  const std::u32string points = CodePoints(name);
  const auto may_begin = [](char32_t c) { return IsAsciiAlnum(c) || IsCjk(c); };
  const auto may_follow = [&](char32_t c) { return may_begin(c) || c == '_' || c == '-'; };
  const bool good = points.size() <= kMaxNameCharacters &&
                    (points.empty() || may_begin(points.front())) &&
                    std::ranges::all_of(points, may_follow);
  if (good) return Ok();
  return Error(Code::kInvalidArgument,
               "name must be at most 30 letters, digits, Chinese characters, '_' or '-', and begin "
               "with neither '_' nor '-'.",
               "NameFormatError");
}

Status CheckQuota(const RecommenderQuota& quota) {
  constexpr std::int64_t kMin = 1'000'000;
  constexpr std::int64_t kMax = 10'000'000;
  ATELIER_RETURN_IF_ERROR(CheckRange("userCount", quota.users, kMin, kMax));
  ATELIER_RETURN_IF_ERROR(CheckRange("itemCount", quota.items, kMin, kMax));
  return CheckRange("qps", quota.qps, 10, 500);
}

Result<std::int64_t> TermMonths(std::int64_t duration, std::string_view cycle) {
  if (cycle != "Month" && cycle != "Year")
    return Error(Code::kInvalidArgument, "paymentInfo.pricingCycle must be Month or Year.");
  if (duration < 1 || duration > 12 || duration == 11)
    return Error(Code::kInvalidArgument, "paymentInfo.duration must be from 1 to 10, or 12.");
  return cycle == "Year" ? duration * kMonthsOfYear : duration;
}

}  // namespace atelier::model
