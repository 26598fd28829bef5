#include "base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread_name.h"

namespace atelier {

namespace {

/// What may wait for a slow reader of the log; beyond it a line is dropped, never a request
/// delayed.
constexpr std::size_t kMaxWaiting = 4U << 20U;
/// Lines are gathered for so long before they are written together: a wake-up and a system call for
/// each would cost as much as a read of the API.
constexpr std::chrono::milliseconds kGather{20};

constexpr std::array<bool, 256> kNeedsQuotes = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c <= ' '; ++c) table.at(c) = true;
  // Bytes of UTF-8 too: who reads the log decides what to make of them.
  for (std::size_t c = 0x7f; c < table.size(); ++c) table.at(c) = true;
  for (const char c : {'"', '=', '\\'}) table.at(static_cast<unsigned char>(c)) = true;
  return table;
}();

bool NeedsQuotes(std::string_view value) {
  return value.empty() || std::ranges::any_of(value, [](char c) {
           return kNeedsQuotes[static_cast<unsigned char>(c)];
         });
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

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void AppendHead(std::string& out, std::string_view time, LogLevel level, std::string_view event) {
  out += time;
  out += ' ';
  out += NameOf(level);
  out += ' ';
  out += event;
}

void AppendField(std::string& out, std::string_view key, std::string_view value) {
  out += ' ';
  out += key;
  out += '=';
  AppendValue(out, value);
}

void AppendLine(std::string& out, std::string_view time, LogLevel level, std::string_view event,
                std::initializer_list<Field> fields) {
  AppendHead(out, time, level, event);
  for (const Field& field : fields) AppendField(out, field.key, field.value);
  out += '\n';
}

/// Lines as they were given: who writes one does not wait for it to be put into words.
class RawLines {
 public:
  void Add(WallTime time, LogLevel level, std::string_view event,
           std::initializer_list<Field> fields) {
    Number(static_cast<std::uint64_t>(time.time_since_epoch().count()));
    Number(static_cast<std::uint64_t>(level));
    Number(fields.size());
    Text(event);
    for (const Field& field : fields) {
      Text(field.key);
      Text(field.value);
    }
  }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  void Clear() { bytes_.clear(); }
  void Swap(RawLines& other) noexcept { bytes_.swap(other.bytes_); }

  /// In words, behind what `out` has.
  void AppendTo(std::string& out) const {
    WallTime shown{Duration(-1)};
    std::string time;  // many lines share a millisecond
    for (std::string_view rest = bytes_; !rest.empty();) {
      const WallTime at{Duration(static_cast<Duration::rep>(TakeNumber(rest)))};
      if (at != shown) time = FormatMillis(shown = at);
      const auto level = static_cast<LogLevel>(TakeNumber(rest));
      std::uint64_t fields = TakeNumber(rest);
      AppendHead(out, time, level, TakeText(rest));
      for (; fields > 0; --fields) {
        const std::string_view key = TakeText(rest);
        AppendField(out, key, TakeText(rest));
      }
      out += '\n';
    }
  }

 private:
  void Number(std::uint64_t number) {
    std::array<char, sizeof number> bytes;
    std::memcpy(bytes.data(), &number, sizeof number);
    bytes_.append(bytes.data(), bytes.size());
  }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_ += text;
  }
  static std::uint64_t TakeNumber(std::string_view& rest) {
    std::uint64_t number = 0;
    std::memcpy(&number, rest.data(), sizeof number);
    rest.remove_prefix(sizeof number);
    return number;
  }
  static std::string_view TakeText(std::string_view& rest) {
    const std::uint64_t size = TakeNumber(rest);
    const std::string_view text = rest.substr(0, size);
    rest.remove_prefix(size);
    return text;
  }

  std::string bytes_;
};

/// A log that cannot be written has nobody to tell: the rest of the text is lost.
void WriteAll(std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(STDERR_FILENO, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

/// What a logger and its writing thread share: the thread may be stuck in a write when the logger
/// goes.
class LogQueue {
 public:
  void Put(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= kMaxWaiting) {
        ++dropped_;
        return;
      }
      // One wake-up a batch: while a line waits, the writer knows.
      wake = waiting_.empty();
      if (level >= LogLevel::kWarn) wake = urgent_ = true;
      waiting_.Add(Now(), level, event, fields);
    }
    if (wake) wake_.notify_one();
  }

  /// Writes until the end is asked for and nothing waits.
  void WriteBatches() {
    RawLines batch;
    std::string text;
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      wake_.wait_for(lock, kGather, [this] { return ending_ || urgent_; });
      if (waiting_.empty()) break;  // and ending
      if (const std::size_t lost = std::exchange(dropped_, 0); lost > 0)
        waiting_.Add(Now(), LogLevel::kWarn, "log.dropped", {{"lines", lost}});
      urgent_ = false;
      batch.Swap(waiting_);
      lock.unlock();
      batch.AppendTo(text);
      WriteAll(text);
      text.clear();
      batch.Clear();
      lock.lock();
    }
    ended_ = true;
    wake_.notify_all();
  }

  /// Asks for the end; false: a stuck reader of stderr holds it up.
  bool End() {
    std::unique_lock lock(mutex_);
    ending_ = true;
    wake_.notify_all();
    return wake_.wait_for(lock, kLogLastWords, [this] { return ended_; });
  }

 private:
  static WallTime Now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  RawLines waiting_;  // not yet taken by the writer
  std::size_t dropped_ = 0;
  bool urgent_ = false;
  bool ending_ = false;
  bool ended_ = false;
};

class StderrLogger final : public Logger {
 public:
  explicit StderrLogger(LogLevel least)
      : least_(least), writer_([queue = queue_] {
          NameThread("log");
          queue->WriteBatches();
        }) {}
  StderrLogger(const StderrLogger&) = delete;
  StderrLogger& operator=(const StderrLogger&) = delete;
  ~StderrLogger() override {
    // A thread that nobody lets write ends with the process.
    if (queue_->End())
      writer_.join();
    else
      writer_.detach();
  }

  void Write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) override {
    if (level >= least_) queue_->Put(level, event, fields);
  }

 private:
  const LogLevel least_;
  const std::shared_ptr<LogQueue> queue_ = std::make_shared<LogQueue>();
  std::thread writer_;  // last: it uses the queue
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

void WriteToStderr(std::string_view text) {
  // By a thread that may be left behind: neither poll nor O_NONBLOCK tells of every file, terminal
  // and pipe how much it takes at once.
  const auto written = std::make_shared<std::promise<void>>();
  const std::future<void> done = written->get_future();
  try {
    std::thread([written, text = std::string(text)] {
      WriteAll(text);
      written->set_value();
    }).detach();
  } catch (const std::system_error&) {
    return;  // no more threads: a process that must end does not wait for its words
  }
  done.wait_for(kLogLastWords);
}

void LogNow(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line;
  AppendLine(line, FormatMillis(SystemClock().Wall()), level, event, fields);
  WriteToStderr(line);
}

}  // namespace atelier
