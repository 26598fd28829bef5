#pragma once
#include <bitset>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "control/core/time_zone.h"

namespace atelier::control {

/// A schedule in six fields: second (0-59), minute (0-59), hour (0-23), day of the month (1-31),
/// month (1-12 or JAN-DEC), day of the week (0-6 or SUN-SAT), each `*`, a number, a range `a-b`,
/// steps `*/n`, `a/n` or `a-b/n`, or a comma list of these. As in every cron, a day that both day
/// fields restrict matches by either of them. The documents' table is that of
/// CreateServiceCronScaler.
class CronExpression {
 public:
  /// InvalidArgument, with the field named.
  static Result<CronExpression> Parse(std::string_view text);

  bool Matches(const LocalTime& time) const;
  bool MatchesDay(const LocalTime& time) const;
  bool MatchesHour(const LocalTime& time) const { return hours_[time.hour]; }
  bool MatchesMinute(const LocalTime& time) const { return minutes_[time.minute]; }
  bool MatchesSecond(const LocalTime& time) const { return seconds_[time.second]; }

 private:
  using Set = std::bitset<60>;
  Set seconds_;
  Set minutes_;
  Set hours_;
  Set days_;
  Set months_;
  Set weekdays_;
  bool any_day_ = false;
  bool any_weekday_ = false;
};

/// The first whole second after `after` that the expression matches in that zone; nullopt: none in
/// the nine years to come (a 29 February may take eight). A time that the zone's clocks skip does
/// not come; one that they show twice comes twice.
std::optional<WallTime> NextRun(const CronExpression& schedule, const TimeZone& zone,
                                WallTime after);

}  // namespace atelier::control
