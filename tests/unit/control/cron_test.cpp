// Schedules in time zones. Expected times are from a calendar and the zones' published rules.
#include "control/eas/service/cron.h"

#include <gtest/gtest.h>

namespace atelier::control {
namespace {

/// The next `count` runs after `after` as ISO 8601, each in UTC.
std::vector<std::string> Runs(std::string_view schedule, std::string_view zone,
                              std::string_view after, int count = 1) {
  const auto parsed = CronExpression::Parse(schedule).value();
  const auto found = TimeZone::Find(zone).value();
  std::vector<std::string> runs;
  WallTime time = *ParseIso8601(after);
  while (count-- > 0) {
    const auto next = NextRun(parsed, found, time);
    if (!next) {
      runs.emplace_back("never");
      break;
    }
    time = *next;
    runs.push_back(FormatSeconds(time));
  }
  return runs;
}

using Times = std::vector<std::string>;

TEST(Cron, TheFieldsGoFromTheSecondToTheDayOfTheWeek) {
  EXPECT_EQ(Runs("0 18 * * * *", "", "2026-01-01T00:00:00Z", 2),
            (Times{"2026-01-01T00:18:00Z", "2026-01-01T01:18:00Z"}));
  EXPECT_EQ(Runs("30 0 8 * * *", "", "2026-01-01T08:00:30Z"), (Times{"2026-01-02T08:00:30Z"}));
  EXPECT_EQ(Runs("0 0 0 1 * *", "", "2026-01-15T00:00:00Z"), (Times{"2026-02-01T00:00:00Z"}));
}

TEST(Cron, RangesListsStepsAndNames) {
  EXPECT_EQ(Runs("0 0 12-14 * * *", "", "2026-01-01T12:30:00Z", 3),
            (Times{"2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z", "2026-01-02T12:00:00Z"}));
  EXPECT_EQ(Runs("0 */20 0 * * *", "", "2026-01-01T00:10:00Z", 3),
            (Times{"2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z", "2026-01-02T00:00:00Z"}));
  EXPECT_EQ(Runs("0 5/25 7 * * *", "", "2026-01-01T00:00:00Z", 3),
            (Times{"2026-01-01T07:05:00Z", "2026-01-01T07:30:00Z", "2026-01-01T07:55:00Z"}));
  // 2026-01-03 is a Saturday.
  EXPECT_EQ(Runs("0 0 9 * jan,feb sat-sat", "", "2026-01-01T00:00:00Z"),
            (Times{"2026-01-03T09:00:00Z"}));
  EXPECT_EQ(Runs("0 0 9 * * MON", "", "2026-01-01T00:00:00Z"), (Times{"2026-01-05T09:00:00Z"}));
}

TEST(Cron, TwoRestrictedDayFieldsMatchByEither) {
  EXPECT_EQ(Runs("0 0 0 2 * 0", "", "2026-01-01T00:00:00Z", 2),
            (Times{"2026-01-02T00:00:00Z", "2026-01-04T00:00:00Z"}));
}

TEST(Cron, RareDaysAreFoundAndImpossibleOnesNever) {
  EXPECT_EQ(Runs("0 0 0 29 2 *", "", "2026-01-01T00:00:00Z"), (Times{"2028-02-29T00:00:00Z"}));
  EXPECT_EQ(Runs("0 0 0 30 2 *", "", "2026-01-01T00:00:00Z"), (Times{"never"}));
}

TEST(Cron, TheZoneSaysWhenItIsEight) {
  EXPECT_EQ(Runs("0 0 8 * * *", "Asia/Shanghai", "2026-01-01T00:00:00Z", 2),
            (Times{"2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"}));
  EXPECT_EQ(Runs("0 0 8 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z"),
            (Times{"2026-01-01T02:15:00Z"}));
}

TEST(Cron, SummerTimeIsFollowed) {
  // Berlin: +01:00 until 2026-03-29T01:00Z, then +02:00 until 2026-10-25T01:00Z.
  EXPECT_EQ(Runs("0 0 8 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 2),
            (Times{"2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z"}));
  // 02:30 does not exist on that day, and comes twice in October.
  EXPECT_EQ(Runs("0 30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"),
            (Times{"2026-03-30T00:30:00Z"}));
  EXPECT_EQ(Runs("0 30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 3),
            (Times{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}));
  // Lord Howe changes by half an hour: 11:00 at +11:00 in summer, at +10:30 in winter.
  EXPECT_EQ(Runs("0 0 11 * * *", "Australia/Lord_Howe", "2026-01-01T12:00:00Z"),
            (Times{"2026-01-02T00:00:00Z"}));
  EXPECT_EQ(Runs("0 0 11 * * *", "Australia/Lord_Howe", "2026-07-01T12:00:00Z"),
            (Times{"2026-07-02T00:30:00Z"}));
}

TEST(Cron, AYearOfDaysHasNoneTwiceAndNoneLeftOut) {
  for (const char* zone : {"America/New_York", "Europe/Berlin", "Africa/Cairo", "Asia/Shanghai"}) {
    const auto runs = Runs("0 0 12 * * *", zone, "2026-01-01T00:00:00Z", 365);
    ASSERT_EQ(runs.size(), 365u) << zone;
    for (std::size_t i = 1; i < runs.size(); ++i) {
      const auto day = *ParseIso8601(runs[i]) - *ParseIso8601(runs[i - 1]);
      EXPECT_GE(day, std::chrono::hours(23)) << zone << " " << runs[i];
      EXPECT_LE(day, std::chrono::hours(25)) << zone << " " << runs[i];
    }
  }
}

TEST(Cron, WhatIsNoScheduleIsRefused) {
  for (const char* bad : {"",
                          "* * * * *",
                          "* * * * * * *",
                          "60 * * * * *",
                          "* 60 * * * *",
                          "* * 24 * * *",
                          "* * * 0 * *",
                          "* * * 32 * *",
                          "* * * * 13 *",
                          "* * * * * 7",
                          "a * * * * *",
                          "*/0 * * * * *",
                          "5-1 * * * * *",
                          "1,,2 * * * * *",
                          "1-2-3 * * * * *",
                          "*/ * * * * *",
                          "* * * * FOO *",
                          "-1 * * * * *",
                          "99999999999 * * * * *",
                          "@daily"}) {
    EXPECT_FALSE(CronExpression::Parse(bad)) << bad;
  }
  EXPECT_FALSE(CronExpression::Parse(std::string(300, '*')));
  EXPECT_EQ(CronExpression::Parse("0 0 24 * * *").error().message(),
            "the hour \"24\" is not within 0 to 23");
}

TEST(Cron, ATimeThatClocksSkipDoesNotCome) {
  // New York: 02:00 becomes 03:00 on 2026-03-08, at 07:00 UTC.
  EXPECT_EQ(Runs("0 30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z", 2),
            (Times{"2026-03-07T07:30:00Z", "2026-03-09T06:30:00Z"}));
  // Lord Howe: 02:00 becomes 02:30 on 2026-10-04, at 15:30 UTC of the day before.
  EXPECT_EQ(Runs("0 15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z"),
            (Times{"2026-10-04T15:15:00Z"}));
  EXPECT_EQ(Runs("0 30 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z"),
            (Times{"2026-10-03T15:30:00Z"}));
  // Cairo and Havana skip the hour after midnight: on 2026-04-24, and on 2026-03-08.
  EXPECT_EQ(Runs("0 30 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z"),
            (Times{"2026-04-24T21:30:00Z"}));
  EXPECT_EQ(Runs("0 30 0 * * *", "America/Havana", "2026-03-07T12:00:00Z"),
            (Times{"2026-03-09T04:30:00Z"}));
  // Half past every hour, across the gap: half past one is followed by half past three.
  EXPECT_EQ(Runs("0 30 * * * *", "America/New_York", "2026-03-08T06:00:00Z", 2),
            (Times{"2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"}));
}

TEST(Cron, ATimeThatClocksShowTwiceComesTwice) {
  // New York: 02:00 becomes 01:00 on 2026-11-01, at 06:00 UTC.
  EXPECT_EQ(Runs("0 30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 3),
            (Times{"2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"}));
  // Lord Howe: 02:00 becomes 01:30 on 2026-04-05, at 15:00 UTC of the day before.
  EXPECT_EQ(Runs("0 45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 3),
            (Times{"2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-05T15:15:00Z"}));
  EXPECT_EQ(Runs("0 15 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2),
            (Times{"2026-04-04T14:15:00Z", "2026-04-05T14:45:00Z"}));
}

TEST(Cron, TheSummerTimesOfYearsToComeAreKnown) {
  // Berlin, 2035: +02:00 from 25 March to 28 October.
  EXPECT_EQ(Runs("0 0 8 * * *", "Europe/Berlin", "2035-03-24T00:00:00Z", 2),
            (Times{"2035-03-24T07:00:00Z", "2035-03-25T06:00:00Z"}));
  EXPECT_EQ(Runs("0 0 8 * * *", "Europe/Berlin", "2035-10-27T00:00:00Z", 2),
            (Times{"2035-10-27T06:00:00Z", "2035-10-28T07:00:00Z"}));
}

TEST(Cron, WhatIsNoZoneIsRefusedByNameWithAHint) {
  const auto why = [](std::string_view name) { return TimeZone::Find(name).error().message(); };
  const std::string iana = "names are those of the IANA database, such as Asia/Shanghai";
  EXPECT_EQ(why("Mars/Olympus"), "there is no time zone \"Mars/Olympus\"; " + iana);
  EXPECT_EQ(why("GMT+8"), "there is no time zone \"GMT+8\"; " + iana) << "Etc/GMT+8 is GMT-8";
  EXPECT_EQ(why("localtime"), "there is no time zone \"localtime\"; " + iana);
  EXPECT_EQ(why("europe/berlin"),
            "there is no time zone \"europe/berlin\"; did you mean Europe/Berlin?");
  EXPECT_EQ(why("Berlin"), "there is no time zone \"Berlin\"; did you mean Europe/Berlin?");
  EXPECT_EQ(why("new york"), "there is no time zone \"new york\"; did you mean America/New_York?");
  EXPECT_EQ(why("Asia/Shangai"),
            "there is no time zone \"Asia/Shangai\"; did you mean Asia/Shanghai?");
  for (const char* bad : {"../../../etc/passwd", "/etc/localtime", "zone.tab", "posix/UTC", "Asia",
                          "Asia/", " ", "Europe/Berlin "}) {
    const auto zone = TimeZone::Find(bad);
    ASSERT_FALSE(zone) << bad;
    EXPECT_EQ(zone.error().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_EQ(why(std::string(1'000'000, 'x')),
            "there is no time zone \"" + std::string(64, 'x') + "\"; " + iana);
}

TEST(Cron, ZonesMayBeNamedByTheirOldNames) {
  for (const char* name : {"", "UTC", "Etc/UTC", "PRC", "US/Eastern", "Asia/Calcutta", "GMT"})
    EXPECT_TRUE(TimeZone::Find(name)) << name;
}

}  // namespace
}  // namespace atelier::control
