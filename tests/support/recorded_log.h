#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace atelier::test {

/// Keeps each line as "event key=value key=value". One thread.
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
    lines.push_back(std::move(line));
  }

  std::vector<std::string> lines;
};

}  // namespace atelier::test
