#include "base/clock.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

namespace atelier {

namespace {

using std::chrono::days;
using std::chrono::floor;

struct Civil {
  int year;
  unsigned month;
  unsigned day;
  long hour;
  long minute;
  long second;
  long millis;
};

/// Times outside the years that ParseIso8601 takes become the nearest one.
Civil ToCivil(WallTime time) {
  constexpr WallTime kFirst{Duration(0)};
  constexpr WallTime kLast{Duration(253'402'300'799'999)};  // 9999-12-31T23:59:59.999Z
  time = std::clamp(time, kFirst, kLast);
  const auto day = floor<days>(time);
  const std::chrono::year_month_day ymd{day};
  const std::chrono::hh_mm_ss hms{time - day};
  return Civil{.year = static_cast<int>(ymd.year()),
               .month = static_cast<unsigned>(ymd.month()),
               .day = static_cast<unsigned>(ymd.day()),
               .hour = hms.hours().count(),
               .minute = hms.minutes().count(),
               .second = hms.seconds().count(),
               .millis = hms.subseconds().count()};
}

/// Writes `value` with leading zeroes over `width` characters of `text`. Answers hold many times:
/// this is several times faster than a format string.
void PutDigits(std::string& text, std::size_t pos, std::size_t width, long value) {
  for (std::size_t i = width; i > 0; --i) {
    text[pos + i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

/// Reads exactly `width` digits at `pos` and moves past them.
std::optional<int> Digits(std::string_view text, std::size_t& pos, std::size_t width) {
  if (pos + width > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  pos += width;
  return value;
}

bool Take(std::string_view text, std::size_t& pos, char expected) {
  if (pos >= text.size() || text[pos] != expected) return false;
  ++pos;
  return true;
}

/// The zone designator: `Z`, `+hh:mm`, `-hh:mm` or the same without the colon. Must end the text.
std::optional<std::chrono::minutes> Offset(std::string_view text, std::size_t pos) {
  if (pos >= text.size()) return std::nullopt;
  const char sign = text[pos++];
  if (sign == 'Z') {
    if (pos != text.size()) return std::nullopt;
    return std::chrono::minutes{0};
  }
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto hours = Digits(text, pos, 2);
  if (!hours || *hours > 14) return std::nullopt;
  if (pos < text.size() && text[pos] == ':') ++pos;
  const auto minutes = Digits(text, pos, 2);
  if (!minutes || *minutes > 59 || pos != text.size()) return std::nullopt;
  const std::chrono::minutes total{*hours * 60 + *minutes};
  return sign == '+' ? total : -total;
}

/// Keeps `what` in a list for as long as it lives: it goes on every way out, also when the frame is
/// destroyed without being resumed.
template <class T>
class Listed {
 public:
  Listed(std::list<T*>& list, typename std::list<T*>::iterator before, T* what)
      : list_(list), place_(list.insert(before, what)) {}
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;
  ~Listed() { list_.erase(place_); }

 private:
  std::list<T*>& list_;
  typename std::list<T*>::iterator place_;
};

}  // namespace

WallTime SystemClock::Wall() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

MonoTime SystemClock::Mono() const { return std::chrono::steady_clock::now(); }

Task<void> SystemClock::SleepUntil(MonoTime when) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(when);
  // The only error is cancellation, which the contract says ends the sleep.
  [[maybe_unused]] auto [ignored] = co_await timer.async_wait(kNoThrow);
}

Task<void> OffsetClock::SleepUntil(MonoTime when) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const Listed entry(sleepers_, sleepers_.end(), &timer);
  // Advance cancels the wait; it is taken up again with what is left. A cancelled coroutine ends it
  // too.
  while (Mono() < when) {
    const Duration before = offset_;
    timer.expires_at(when - offset_);
    [[maybe_unused]] auto [ignored] = co_await timer.async_wait(kNoThrow);
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (offset_ == before && cancelled != asio::cancellation_type::none) co_return;
  }
}

void OffsetClock::Advance(Duration length) {
  offset_ += length;
  for (asio::steady_timer* timer : sleepers_) timer->cancel();
}

struct ManualClock::Sleeper {
  MonoTime when;
  asio::steady_timer timer;
};

ManualClock::ManualClock(WallTime start) : wall_(start), mono_(std::chrono::hours(1)) {}
ManualClock::~ManualClock() = default;

Task<void> ManualClock::SleepUntil(MonoTime when) {
  if (when <= mono_) co_return;
  Sleeper self{.when = when, .timer = asio::steady_timer(co_await asio::this_coro::executor)};
  self.timer.expires_at(asio::steady_timer::time_point::max());
  auto position = sleepers_.begin();
  while (position != sleepers_.end() && (*position)->when <= when) ++position;
  const Listed entry(sleepers_, position, &self);
  [[maybe_unused]] auto [ignored] = co_await self.timer.async_wait(kNoThrow);
}

void ManualClock::Advance(Duration length) {
  wall_ += length;
  mono_ += length;
  for (Sleeper* sleeper : sleepers_) {
    if (sleeper->when > mono_) break;
    sleeper->timer.cancel();
  }
}

std::optional<MonoTime> ManualClock::NextWake() const {
  for (const Sleeper* sleeper : sleepers_) {
    if (sleeper->when > mono_) return sleeper->when;
  }
  return std::nullopt;
}

std::string FormatSeconds(WallTime time) {
  std::string text;
  SetSeconds(text, time);
  return text;
}

void SetSeconds(std::string& text, WallTime time) {
  const Civil c = ToCivil(time);
  text = "0000-00-00T00:00:00Z";
  PutDigits(text, 0, 4, c.year);
  PutDigits(text, 5, 2, c.month);
  PutDigits(text, 8, 2, c.day);
  PutDigits(text, 11, 2, c.hour);
  PutDigits(text, 14, 2, c.minute);
  PutDigits(text, 17, 2, c.second);
}

std::string FormatMillis(WallTime time) {
  std::string text = FormatSeconds(time);
  text.back() = '.';
  text += "000Z";
  PutDigits(text, 20, 3, ToCivil(time).millis);
  return text;
}

std::optional<WallTime> ParseIso8601(std::string_view text) {
  std::size_t pos = 0;
  const auto year = Digits(text, pos, 4);
  if (!year || *year < 1970 || !Take(text, pos, '-')) return std::nullopt;
  const auto month = Digits(text, pos, 2);
  if (!month || !Take(text, pos, '-')) return std::nullopt;
  const auto day = Digits(text, pos, 2);
  if (!day || !Take(text, pos, 'T')) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  const auto hour = Digits(text, pos, 2);
  if (!hour || *hour > 23 || !Take(text, pos, ':')) return std::nullopt;
  const auto minute = Digits(text, pos, 2);
  if (!minute || *minute > 59 || !Take(text, pos, ':')) return std::nullopt;
  const auto second = Digits(text, pos, 2);
  if (!second || *second > 59) return std::nullopt;
  int millis = 0;
  if (pos < text.size() && text[pos] == '.') {
    ++pos;
    int scale = 100;
    const std::size_t start = pos;
    while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
      millis += (text[pos] - '0') * scale;
      scale /= 10;
      ++pos;
    }
    if (pos == start || pos - start > 9) return std::nullopt;
  }
  const auto offset = Offset(text, pos);
  if (!offset) return std::nullopt;
  return WallTime{std::chrono::sys_days{ymd}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} + Duration{millis} - *offset;
}

}  // namespace atelier
