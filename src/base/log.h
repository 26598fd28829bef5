#pragma once
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace atelier {

/// One key=value of a log line. Values are quoted and escaped when they need it; secrets never get
/// here. `value` is a view of what was given (numbers: of itself), so a Field lives no longer than
/// the call it is made for.
class Field {
 public:
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view k, T v) : key(k) {
    const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), v).ptr;
    value = {digits_.data(), end};
  }
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;
  ~Field() = default;

  std::string_view key;
  std::string_view value;

 private:
  std::array<char, 20> digits_;  // of every 64-bit integer
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

/// One line an event: `time level event key=value ...`. Injected; never blocks a request: lines
/// beyond a bound of what waits to be written are dropped, and their number is logged. Threads:
/// any.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void Write(LogLevel level, std::string_view event,
                     std::initializer_list<Field> fields) = 0;

  void Debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kDebug, event, fields);
  }
  void Info(std::string_view event, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kInfo, event, fields);
  }
  void Warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kWarn, event, fields);
  }
  void Error(std::string_view event, std::initializer_list<Field> fields = {}) {
    Write(LogLevel::kError, event, fields);
  }
};

/// Writes to stderr from a background thread, warnings and errors at once, the rest gathered for up
/// to 20 ms: one system call for many lines. `least`: lines below it are not formatted. Its end
/// waits for what is not written yet, but for a stuck reader of stderr no longer than
/// kLogLastWords.
std::unique_ptr<Logger> MakeStderrLogger(LogLevel least);
inline constexpr std::chrono::milliseconds kLogLastWords{2'000};
/// Discards everything: tests and short-lived commands.
std::unique_ptr<Logger> MakeNullLogger();

/// Writes `text` to stderr before it returns: for the last words of a process. What a stuck reader
/// has not taken within kLogLastWords is lost.
void WriteToStderr(std::string_view text);
/// The same with one line of the log.
void LogNow(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace atelier
