#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace atelier {

namespace {

constexpr std::size_t kQueueLines =
    8192;  // beyond it the oldest line is dropped, never a request delayed

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
  }
  return false;
}

void AppendValue(std::string& out, std::string_view value) {
  if (!NeedsQuotes(value)) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      out += '?';
    } else {
      out += c;
    }
  }
  out += '"';
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class StderrLogger final : public Logger {
 public:
  explicit StderrLogger(LogLevel least)
      : pool_(std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "atelier", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger_->set_level(ToSpdlog(least));
    logger_->flush_on(spdlog::level::warn);
  }

  StderrLogger(const StderrLogger&) = delete;
  StderrLogger& operator=(const StderrLogger&) = delete;
  ~StderrLogger() override {
    pool_.reset();
  }  // writes what waits, joins; only then the logger goes

  void Write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) override {
    const auto severity = ToSpdlog(level);
    if (!logger_->should_log(severity)) return;
    std::string line(event);
    for (const Field& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      AppendValue(line, field.value);
    }
    logger_->log(severity, line);
  }

 private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;  // shared: spdlog's own signature
  std::shared_ptr<spdlog::async_logger> logger_;
};

class NullLogger final : public Logger {
 public:
  void Write(LogLevel /*level*/, std::string_view /*event*/,
             std::initializer_list<Field> /*fields*/) override {}
};

}  // namespace

std::unique_ptr<Logger> MakeStderrLogger(LogLevel least) {
  return std::make_unique<StderrLogger>(least);
}
std::unique_ptr<Logger> MakeNullLogger() { return std::make_unique<NullLogger>(); }

}  // namespace atelier
