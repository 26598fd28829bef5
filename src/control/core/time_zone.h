#pragma once
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's
}

namespace atelier::control {

/// What a clock on the wall and a calendar show.
struct LocalTime {
  unsigned second = 0;
  unsigned minute = 0;
  unsigned hour = 0;
  unsigned day = 1;  // of the month
  unsigned month = 1;
  unsigned weekday = 0;  // 0: Sunday
};

/// A time zone of the IANA database, from the tables of this host (Debian's package tzdata). They
/// are read once and go to the end of 2037; from then on no clock is changed. Threads: any.
class TimeZone {
 public:
  /// InvalidArgument: there is none of this name. Unavailable: the tables are missing or broken.
  /// The message says what to do. Empty or "UTC": UTC, which needs no tables.
  static Result<TimeZone> Find(std::string_view name);
  LocalTime At(WallTime time) const;

 private:
  explicit TimeZone(const date::time_zone* table) : table_(table) {}
  const date::time_zone* table_;  // null: UTC; the library keeps the others for good
};

}  // namespace atelier::control
