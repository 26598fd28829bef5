#include "model/spec/reader.h"

#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/empty_json.h"
#include "base/exec_limits.h"
#include "base/text.h"

namespace atelier::model {

namespace {

/// Words of a command line: blanks part them, quotes and backslashes keep them together.
std::optional<std::vector<std::string>> SplitCommand(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      if (std::exchange(in_word, false)) words.push_back(std::exchange(word, {}));
      continue;
    }
    in_word = true;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      word += c;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(word);
  return words;
}

}  // namespace

Reader::Reader(const json::object* object, std::string path, Problems& problems, bool stored)
    : object_(object), path_(std::move(path)), problems_(problems), stored_(stored) {}

const json::value* Reader::Find(std::string_view name) const {
  const json::value* found = object_ == nullptr ? nullptr : object_->if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

bool Reader::Asks(std::string_view name) const {
  const json::value* found = Find(name);
  return found != nullptr && !IsEmptyJson(*found);
}

Reader Reader::Object(std::string_view name) const {
  const json::value* found = Find(name);
  if (found != nullptr && !found->is_object() && !IsEmptyJson(*found))
    Problem(name, "must be an object");
  return {found == nullptr ? nullptr : found->if_object(), Path(name), problems_, stored_};
}

std::vector<Reader> Reader::Array(std::string_view name) const {
  std::vector<Reader> items;
  if (!Asks(name)) return items;
  const json::array* array = Find(name)->if_array();
  if (array == nullptr) {
    Problem(name, "must be an array");
    return items;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    if (IsEmptyJson((*array)[i])) continue;
    const std::string path = fmt::format("{}[{}]", Path(name), i);
    if (!(*array)[i].is_object()) problems_.Add(path, "must be an object");
    items.emplace_back((*array)[i].if_object(), path, problems_, stored_);
  }
  return items;
}

std::string Reader::Text(std::string_view name) const {
  const json::value* found = Find(name);
  if (found == nullptr) return {};
  if (const json::string* text = found->if_string()) return std::string(*text);
  if (!IsEmptyJson(*found)) Problem(name, "must be a string");
  return {};
}

std::string Reader::PathText(std::string_view name) const {
  std::string text = Text(name);
  if (!stored_ && (text.size() > kMaxPath || text.find('\0') != std::string::npos))
    Problem(name, fmt::format("must have at most {} bytes, none of them NUL", kMaxPath));
  return text;
}

std::optional<std::int64_t> Reader::Integer(std::string_view name, std::int64_t min,
                                            std::int64_t max) const {
  const json::value* found = Find(name);
  if (found == nullptr) return std::nullopt;
  std::optional<std::int64_t> number = WholeNumber(*found);
  if (const json::string* text = found->if_string())
    number = ParseNumber<std::int64_t>({text->data(), text->size()});
  if (number && *number >= min && *number <= max) return number;
  if (number == 0 || IsEmptyJson(*found)) return std::nullopt;
  Problem(name, fmt::format("must be an integer from {} to {}", min, max));
  return std::nullopt;
}

std::optional<bool> Reader::Flag(std::string_view name) const {
  const json::value* found = Find(name);
  if (found == nullptr || (found->is_structured() && IsEmptyJson(*found))) return std::nullopt;
  const std::string text = ScalarText(*found).value_or("?");
  if (text.empty()) return std::nullopt;
  if (EqualsIgnoreCase(text, "true") || text == "1") return true;
  if (EqualsIgnoreCase(text, "false") || text == "0") return false;
  if (!stored_) Problem(name, "must be true or false");
  return std::nullopt;
}

std::vector<std::string> Reader::Words(std::string_view name) const {
  const json::value* found = Find(name);
  if (found == nullptr) return {};
  if (const json::string* line = found->if_string()) {
    auto words = SplitCommand({line->data(), line->size()});
    if (!words) Problem(name, "has a quote that does not end");
    return words.value_or(std::vector<std::string>());
  }
  std::vector<std::string> words;
  if (const json::array* array = found->if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (const json::string* word = (*array)[i].if_string()) {
        words.emplace_back(*word);
      } else if (!IsEmptyJson((*array)[i])) {
        problems_.Add(fmt::format("{}[{}]", Path(name), i), "must be a string");
      }
    }
  } else if (!IsEmptyJson(*found)) {
    Problem(name, "must be an array");
  }
  return words;
}

void Reader::Refuse(std::string_view name, std::string_view where) const {
  if (!stored_ && Asks(name))
    Problem(name, fmt::format("is not supported by this server yet{}{}", where.empty() ? "" : " ",
                              where));
}

void Reader::Problem(std::string_view name, std::string_view what) const {
  problems_.Add(Path(name), what);
}

}  // namespace atelier::model
