#include "control/eas/service/cron.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include <fmt/format.h>

#include "base/text.h"

namespace atelier::control {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};
constexpr std::size_t kMaxLength = 256;
constexpr auto kMaxAhead = std::chrono::hours(24 * 365 * 9);

struct Field {
  std::string_view name;
  unsigned min;
  unsigned max;
  std::span<const std::string_view> names = {};  // of min and what follows
};

std::optional<unsigned> Value(const Field& field, std::string_view text) {
  const auto named = std::ranges::find(field.names, ToUpper(text));
  const auto value = named == field.names.end()
                         ? ParseNumber<unsigned>(text)
                         : field.min + static_cast<unsigned>(named - field.names.begin());
  if (!value || *value < field.min || *value > field.max) return std::nullopt;
  return value;
}

/// One member of a comma list.
bool AddPart(const Field& field, std::string_view part, std::bitset<60>& set) {
  const Halves steps = Cut(part, '/');
  const auto step = steps.found ? ParseNumber<unsigned>(steps.after) : std::optional(1U);
  if (!step || *step == 0) return false;
  std::optional<unsigned> first = field.min;
  std::optional<unsigned> last = field.max;
  if (steps.before != "*") {
    const Halves ends = Cut(steps.before, '-');
    first = Value(field, ends.before);
    if (ends.found) {
      last = Value(field, ends.after);
    } else if (!steps.found) {
      last = first;
    }
  }
  if (!first || !last || *first > *last) return false;
  for (unsigned value = *first; value <= *last; value += std::min(*step, 60U)) set.set(value);
  return true;
}

Result<std::bitset<60>> ParseField(const Field& field, std::string_view text) {
  std::bitset<60> set;
  for (const std::string_view part : Split(text, ',')) {
    if (!AddPart(field, part, set)) {
      return Error(Code::kInvalidArgument, fmt::format("the {} \"{}\" is not within {} to {}",
                                                       field.name, text, field.min, field.max));
    }
  }
  return set;
}

}  // namespace

Result<CronExpression> CronExpression::Parse(std::string_view text) {
  const auto fields = Words(text.size() <= kMaxLength ? text : "");
  if (fields.size() != 6) {
    return Error(Code::kInvalidArgument,
                 "it must have six fields: second, minute, hour, day, month, day of the week");
  }
  CronExpression parsed;
  ATELIER_TRY(parsed.seconds_, ParseField({"second", 0, 59}, fields[0]));
  ATELIER_TRY(parsed.minutes_, ParseField({"minute", 0, 59}, fields[1]));
  ATELIER_TRY(parsed.hours_, ParseField({"hour", 0, 23}, fields[2]));
  ATELIER_TRY(parsed.days_, ParseField({"day", 1, 31}, fields[3]));
  ATELIER_TRY(parsed.months_, ParseField({"month", 1, 12, kMonths}, fields[4]));
  ATELIER_TRY(parsed.weekdays_, ParseField({"day of the week", 0, 6, kWeekdays}, fields[5]));
  parsed.any_day_ = fields[3].starts_with('*');
  parsed.any_weekday_ = fields[5].starts_with('*');
  return parsed;
}

bool CronExpression::MatchesDay(const LocalTime& time) const {
  if (!months_[time.month]) return false;
  if (any_day_ || any_weekday_) return days_[time.day] && weekdays_[time.weekday];
  return days_[time.day] || weekdays_[time.weekday];
}

bool CronExpression::Matches(const LocalTime& time) const {
  return MatchesDay(time) && MatchesHour(time) && MatchesMinute(time) && MatchesSecond(time);
}

std::optional<WallTime> NextRun(const CronExpression& schedule, const TimeZone& zone,
                                WallTime after) {
  using std::chrono::floor;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  // Clocks are changed at whole quarters of an hour, by two hours at most: steps that do not match
  // never go past a change.
  using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
  WallTime time = floor<seconds>(after) + seconds(1);
  const WallTime end = time + kMaxAhead;
  while (time < end) {
    const LocalTime local = zone.At(time);
    if (!schedule.MatchesDay(local)) {
      const auto left = hours(24) - hours(local.hour) - minutes(local.minute);
      time = left > hours(3) ? floor<minutes>(time + left - hours(2))
                             : floor<Quarters>(time) + Quarters(1);
    } else if (!schedule.MatchesHour(local)) {
      time = floor<Quarters>(time) + Quarters(1);
    } else if (!schedule.MatchesMinute(local)) {
      time = floor<minutes>(time) + minutes(1);
    } else if (!schedule.MatchesSecond(local)) {
      time += seconds(1);
    } else {
      return time;
    }
  }
  return std::nullopt;
}

}  // namespace atelier::control
