#pragma once
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace atelier::test {

/// Keeps each line as "event key=value key=value". Threads: any writes; the lines are read when
/// none does.
class RecordedLog final : public Logger {
 public:
  void Write(LogLevel, std::string_view event, std::initializer_list<Field> fields) override {
    std::string line(event);
    for (const Field& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      line += field.value;
    }
    const std::scoped_lock lock(mutex_);
    lines.push_back(std::move(line));
  }

  std::vector<std::string> lines;

 private:
  std::mutex mutex_;
};

}  // namespace atelier::test
