// docs/contract/lifecycle.md section 12 and docs/contract/requests.md section 6.
#include "model/recommender.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

WallTime At(std::string_view text) { return *ParseIso8601(text); }

Recommender Paid(std::string_view until, std::int64_t months = 1, bool renews = false) {
  Recommender recommender;
  recommender.id = RecommenderId("airec-cn-x");
  recommender.paid_until = At(until);
  recommender.term_months = months;
  recommender.auto_renew = renews;
  return recommender;
}

TEST(Recommender, EarnsItsStates) {
  Recommender recommender;
  EXPECT_EQ(StatusOf(recommender), RecommenderStatus::Initializing);
  recommender.industry = Industry::news;
  EXPECT_EQ(StatusOf(recommender), RecommenderStatus::Ready);
  recommender.live = "20240501120000";
  EXPECT_EQ(StatusOf(recommender), RecommenderStatus::Running);
}

TEST(Recommender, MonthsEndOnTheSameDayOrTheLast) {
  EXPECT_EQ(AddMonths(At("2024-01-31T08:00:00.5Z"), 1), At("2024-02-29T08:00:00.5Z"));
  EXPECT_EQ(AddMonths(At("2023-01-31T08:00:00Z"), 1), At("2023-02-28T08:00:00Z"));
  EXPECT_EQ(AddMonths(At("2024-02-29T00:00:00Z"), 12), At("2025-02-28T00:00:00Z"));
  EXPECT_EQ(AddMonths(At("2024-11-30T00:00:00Z"), 3), At("2025-02-28T00:00:00Z"));
  EXPECT_EQ(AddMonths(At("2024-05-01T12:00:00Z"), 0), At("2024-05-01T12:00:00Z"));
}

TEST(Recommender, ExpiresWhenItsTermIsOver) {
  const Recommender recommender = Paid("2024-06-01T00:00:00Z");
  EXPECT_EQ(LockModeOf(recommender, At("2024-05-31T23:59:59.999Z")), LockMode::Unlock);
  EXPECT_EQ(LockModeOf(recommender, At("2024-06-01T00:00:00Z")), LockMode::LockByExpiration);
  EXPECT_EQ(ExpiredTime(recommender, At("2030-01-01T00:00:00Z")), At("2024-06-01T00:00:00Z"));
  const Status refused = Unlocked(recommender, At("2024-06-01T00:00:00Z"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
}

TEST(Recommender, RenewsFromTheSameDayForEver) {
  const Recommender recommender = Paid("2024-01-31T00:00:00Z", 1, true);
  EXPECT_EQ(ExpiredTime(recommender, At("2024-01-30T00:00:00Z")), At("2024-01-31T00:00:00Z"));
  EXPECT_EQ(ExpiredTime(recommender, At("2024-01-31T00:00:00Z")), At("2024-02-29T00:00:00Z"));
  EXPECT_EQ(ExpiredTime(recommender, At("2024-02-29T00:00:00Z")), At("2024-03-31T00:00:00Z"));
  EXPECT_EQ(ExpiredTime(recommender, At("2094-02-01T00:00:00Z")), At("2094-02-28T00:00:00Z"));
  const Recommender yearly = Paid("2024-06-01T00:00:00Z", 12, true);
  EXPECT_EQ(ExpiredTime(yearly, At("2026-06-01T00:00:00Z")), At("2027-06-01T00:00:00Z"));
  EXPECT_EQ(LockModeOf(yearly, At("2026-06-01T00:00:00Z")), LockMode::Unlock);
}

TEST(Recommender, ALockByHandStaysWhenTheTermIsExtended) {
  Recommender recommender = Paid("2024-06-01T00:00:00Z");
  recommender.locked = true;
  EXPECT_EQ(LockModeOf(recommender, At("2024-07-01T00:00:00Z")), LockMode::ManualLock);
  EXPECT_EQ(LockModeOf(recommender, At("2024-05-01T00:00:00Z")), LockMode::ManualLock);
}

TEST(Recommender, NamesFollowTheDocument) {
  for (const char* good : {"", "a", "9", "实例1", "a_b-c", "123456789012345678901234567890"})
    EXPECT_TRUE(CheckRecommenderName(good)) << good;
  // 30 characters of three bytes each.
  std::string chinese;
  for (int i = 0; i < 30; ++i) chinese += "实";
  EXPECT_TRUE(CheckRecommenderName(chinese));
  for (const char* bad : {"_a", "-a", "a b", "a.b", "é", "1234567890123456789012345678901"}) {
    const Status refused = CheckRecommenderName(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().reason(), "NameFormatError");
  }
}

TEST(Recommender, QuotasHaveBounds) {
  EXPECT_TRUE(CheckQuota({.users = 1'000'000, .items = 10'000'000, .qps = 500}));
  EXPECT_FALSE(CheckQuota({.users = 999'999, .items = 1'000'000, .qps = 10}));
  EXPECT_FALSE(CheckQuota({.users = 1'000'000, .items = 10'000'001, .qps = 10}));
  EXPECT_FALSE(CheckQuota({.users = 1'000'000, .items = 1'000'000, .qps = 9}));
  EXPECT_FALSE(CheckQuota({.users = 1'000'000, .items = 1'000'000, .qps = 501}));
}

TEST(Recommender, TermsAreOneToTenOrTwelve) {
  EXPECT_EQ(TermMonths(1, "Month").value(), 1);
  EXPECT_EQ(TermMonths(12, "Month").value(), 12);
  EXPECT_EQ(TermMonths(2, "Year").value(), 24);
  for (const std::int64_t bad : {0, 11, 13, -1}) EXPECT_FALSE(TermMonths(bad, "Month")) << bad;
  EXPECT_FALSE(TermMonths(1, "Week"));
}

}  // namespace
}  // namespace atelier::model
