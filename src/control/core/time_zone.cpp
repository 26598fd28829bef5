#include "control/core/time_zone.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/text.h"

namespace atelier::control {

namespace {

using std::chrono::floor;
using std::chrono::seconds;
using Tables = std::span<const date::time_zone>;

constexpr std::string_view kFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kMaxName = 64;  // twice that of any zone
constexpr std::size_t kMax = 2;       // changes of a name that was misspelt

Error NoTables(std::string_view why) {
  return {Code::kUnavailable,
          fmt::format("The time zones of this host cannot be read: {}. Install Debian's package "
                      "tzdata and restart the server.",
                      why)};
}

/// A zone that may be meant: misspelt, or named by its city alone. Not for "GMT+8", which would be
/// Etc/GMT-8.
std::string Meant(Tables tables, std::string_view name) {
  if (name.size() > kMaxName) return {};
  std::string wanted = ToLower(name);
  std::ranges::replace(wanted, ' ', '_');
  std::string nearest;
  std::size_t least = kMax + 1;
  for (const date::time_zone& table : tables) {
    const std::string known = ToLower(table.name());
    if (known.find('/') == std::string::npos || known.starts_with("etc/")) continue;
    const std::size_t distance =
        known.substr(known.rfind('/') + 1) == wanted ? 0 : EditDistance(known, wanted);
    if (distance < least) {
      least = distance;
      nearest = table.name();
    }
  }
  return nearest;
}

Error NoSuchZone(Tables tables, std::string_view name) {
  const std::string meant = Meant(tables, name);
  return {Code::kInvalidArgument,
          fmt::format("there is no time zone \"{:.{}}\"; {}", name, kMaxName,
                      meant.empty() ? "names are those of the IANA database, such as Asia/Shanghai"
                                    : fmt::format("did you mean {}?", meant))};
}

/// Whether the file leaves the summer times to come to a rule at its end ("zic -b slim"), which the
/// library does not read: it would never change the clocks again.
bool IsSlim(const date::time_zone& table, std::string_view file) {
  using namespace date::literals;
  if (table.get_info(date::sys_days(2037_y / 1 / 1)).end < date::sys_days(9999_y / 1 / 1))
    return false;
  const std::string_view rule = Trim(file.substr(file.rfind('\n', file.size() - 2)), kWhitespace);
  return rule.find(',') != std::string_view::npos;  // "CET-1CEST,M3.5.0,M10.5.0/3"
}

}  // namespace

Result<TimeZone> TimeZone::Find(std::string_view name) {
  if (name.empty() || name == "UTC") return TimeZone(nullptr);
  try {
    const Tables tables(date::get_tzdb().zones);
    if (tables.empty()) return NoTables("there are none");
    const auto found = std::ranges::find(tables, name, &date::time_zone::name);
    // "localtime" is the name of a link to whatever zone the host is in.
    if (found == tables.end() || name == "localtime") return NoSuchZone(tables, name);
    std::ifstream in(std::string(kFolder) + found->name(), std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(in), {}};
    // The library takes any bytes for a table.
    if (!file.starts_with("TZif") || !file.ends_with('\n'))
      return NoTables(fmt::format("{} is damaged", name));
    if (IsSlim(*found, file)) return NoTables("they do not say when summer time is");
    return TimeZone(&*found);
  } catch (const std::exception& problem) {
    return NoTables(problem.what());
  }
}

LocalTime TimeZone::At(WallTime time) const {
  const auto whole = floor<seconds>(time);
  const auto local = table_ == nullptr ? whole : whole + table_->get_info(whole).offset;
  const auto day = floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  return {.second = static_cast<unsigned>(clock.seconds().count()),
          .minute = static_cast<unsigned>(clock.minutes().count()),
          .hour = static_cast<unsigned>(clock.hours().count()),
          .day = static_cast<unsigned>(date.day()),
          .month = static_cast<unsigned>(date.month()),
          .weekday = std::chrono::weekday(day).c_encoding()};
}

}  // namespace atelier::control
