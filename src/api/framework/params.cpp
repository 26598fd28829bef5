#include "api/framework/params.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "api/text.h"
#include "base/encoding.h"
#include "base/text.h"

namespace atelier::api {

namespace {

constexpr int kMaxFlattened = 1000;  // N of <name>.<N>.<field>

/// Members of a comma list without blanks around them and without empty ones.
std::vector<std::string_view> MembersOf(std::string_view text) {
  std::vector<std::string_view> members;
  for (const std::string_view piece : Split(text, ',')) {
    if (const std::string_view member = Trim(piece); !member.empty()) members.push_back(member);
  }
  return members;
}

/// Whether `wanted` is one of the names in a row's comma list, which holds no blanks.
bool IsMember(std::string_view values, std::string_view wanted) {
  return std::ranges::any_of(Split(values, ','),
                             [&](std::string_view value) { return value == wanted; });
}

/// The value behind an alias, else `text` itself.
std::string_view ResolveAlias(std::string_view aliases, std::string_view text) {
  for (const std::string_view piece : Split(aliases, ',')) {
    if (const Halves pair = Cut(piece, '='); pair.found && pair.before == text) return pair.after;
  }
  return text;
}

/// Digits with at most one point among or before them: no sign, no exponent.
std::optional<double> ParseDecimal(std::string_view text) {
  const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos &&
                     std::count(text.begin(), text.end(), '.') <= 1 && text != "." &&
                     text.size() <= kMaxDecimalCharacters;
  double value = 0;
  if (!plain || std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

std::string IntegerProblem(const Param& param) {
  if (param.min == INT64_MIN && param.max == INT64_MAX) return "must be an integer";
  if (param.max == INT64_MAX) return fmt::format("must be an integer of at least {}", param.min);
  return fmt::format("must be an integer from {} to {}", param.min, param.max);
}

void DecodeInteger(const Param& param, ArgValues::Value& value, Problems& problems) {
  const auto number = ParseNumber<std::int64_t>(value.text);
  if (!number || *number < param.min || *number > param.max)
    return problems.Add(param.name, IntegerProblem(param));
  value.integer = *number;
}

void DecodeList(const Param& param, ArgValues::Value& value, Problems& problems) {
  for (const std::string_view member : MembersOf(value.text)) {
    if (param.type == Param::Type::kEnumList && !IsMember(param.values, member)) {
      problems.Add(param.name, fmt::format("must be one or several of {}", param.values));
      return;
    }
    if (CountCharacters(member) > MostCharacters(param)) {
      problems.Add(param.name, fmt::format("must have members of at most {} characters",
                                           MostCharacters(param)));
      return;
    }
    value.list.emplace_back(member);
  }
  value.present = !value.list.empty();
}

void DecodeJsonText(const Param& param, ArgValues::Value& value, Problems& problems) {
  auto parsed = ParseJson(value.text);
  if (!parsed) {
    problems.Add(param.name, "must be valid JSON, nested at most 32 levels deep");
    return;
  }
  value.json_value = *std::move(parsed);
  const bool map = param.type == Param::Type::kJsonMap;
  if (param.type == Param::Type::kJsonList && value.json_value.is_object())
    value.json_value = json::array{std::move(value.json_value)};
  const bool fits = param.type == Param::Type::kJson ||
                    (map ? value.json_value.is_object() : value.json_value.is_array());
  if (fits) return;
  value.present = false;
  // The empty value, as who writes JSON sends it.
  const json::string* text = value.json_value.if_string();
  if (text == nullptr || !text->empty())
    problems.Add(param.name, map ? "must be a JSON object" : "must be a JSON array");
}

void DecodeValue(const Param& param, ArgValues::Value& value, Problems& problems) {
  if (!IsUtf8(value.text)) {
    problems.Add(param.name, "must be valid UTF-8");
    return;
  }
  switch (param.type) {
    case Param::Type::kText:
      if (CountCharacters(value.text) > MostCharacters(param))
        problems.Add(param.name,
                     fmt::format("must have at most {} characters", MostCharacters(param)));
      return;
    case Param::Type::kInteger:
      return DecodeInteger(param, value, problems);
    case Param::Type::kDecimal:
      if (const auto decimal = ParseDecimal(value.text))
        value.decimal = *decimal;
      else
        problems.Add(param.name, "must be a decimal number that is not negative");
      return;
    case Param::Type::kBoolean:
      // The Python client writes its own words for them.
      value.integer = value.text == "true" || value.text == "True" ? 1 : 0;
      if (value.integer == 0 && value.text != "false" && value.text != "False")
        problems.Add(param.name, "must be true or false");
      return;
    case Param::Type::kEnum:
      value.text = ResolveAlias(param.aliases, value.text);
      if (!IsMember(param.values, value.text))
        problems.Add(param.name, fmt::format("must be one of {}", param.values));
      return;
    case Param::Type::kEnumList:
    case Param::Type::kList:
      return DecodeList(param, value, problems);
    case Param::Type::kJson:
    case Param::Type::kJsonMap:
    case Param::Type::kJsonList:
      return DecodeJsonText(param, value, problems);
    case Param::Type::kTime:
      if (const auto time = ParseIso8601(value.text))
        value.time = *time;
      else
        problems.Add(param.name, "must be an ISO 8601 time such as 2024-01-12T14:36:01Z");
      return;
  }
}

/// The rest of `name` after "<prefix>."; empty when it is not of that form.
std::string_view AfterPrefix(std::string_view name, std::string_view prefix) {
  if (name.size() <= prefix.size() + 1 || !name.starts_with(prefix) || name[prefix.size()] != '.')
    return {};
  return name.substr(prefix.size() + 1);
}

void DecodeFlattenedMap(const Param& param, const RawParams& query, ArgValues::Value& value) {
  json::object object;
  for (const auto& [name, text] : query) {
    const std::string_view key = AfterPrefix(name, param.name);
    if (!key.empty() && !text.empty()) object.emplace(key, text);  // emplace: the first wins
  }
  if (object.empty()) return;
  value.present = true;
  value.json_value = std::move(object);
}

void DecodeFlattenedList(const Param& param, const RawParams& query, ArgValues::Value& value,
                         Problems& problems) {
  std::map<int, json::object> items;
  for (const auto& [name, text] : query) {
    const std::string_view rest = AfterPrefix(name, param.name);
    if (rest.empty() || text.empty()) continue;
    int number = 0;
    const auto [stopped, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    const std::string_view field =
        AfterPrefix(rest, rest.substr(0, static_cast<std::size_t>(stopped - rest.data())));
    if (error != std::errc{} || field.empty() || number < 1 || number > kMaxFlattened) {
      problems.Add(name, fmt::format("must have the form {}.N.<field> with N from 1", param.name));
      continue;
    }
    items[number].emplace(field, text);
  }
  if (items.empty()) return;
  json::array array;
  for (auto& [number, object] : items) array.emplace_back(std::move(object));
  value.present = true;
  value.json_value = std::move(array);
}

void DecodeNumberedList(const Param& param, const RawParams& query, ArgValues::Value& value,
                        Problems& problems) {
  std::map<int, std::string> members;
  for (const auto& [name, text] : query) {
    const std::string_view rest = AfterPrefix(name, param.name);
    if (rest.empty() || text.empty()) continue;
    const int number = ParseNumber<int>(rest).value_or(0);
    if (number < 1 || number > kMaxFlattened) {
      problems.Add(name, fmt::format("must have the form {}.N with N from 1", param.name));
    } else if (CountCharacters(text) > MostCharacters(param)) {
      problems.Add(name, fmt::format("must have at most {} characters", MostCharacters(param)));
    } else {
      members.emplace(number, text);  // emplace: the first wins
    }
  }
  for (auto& [number, text] : members) value.list.push_back(std::move(text));
  value.present = !value.list.empty();
}

void CheckFlattenedUtf8(const Param& param, const RawParams& query, Problems& problems) {
  for (const auto& [name, text] : query) {
    if (!AfterPrefix(name, param.name).empty() && !(IsUtf8(name) && IsUtf8(text)))
      problems.Add(param.name, "must be valid UTF-8");
  }
}

void DecodeFlattened(const Param& param, const RawParams& query, ArgValues::Value& value,
                     Problems& problems) {
  const bool map = param.type == Param::Type::kJsonMap;
  const bool list = param.type == Param::Type::kJsonList;
  const bool texts = param.type == Param::Type::kList;
  if (!map && !list && !texts) return;
  CheckFlattenedUtf8(param, query, problems);
  if (map) DecodeFlattenedMap(param, query, value);
  if (list) DecodeFlattenedList(param, query, value, problems);
  if (texts) DecodeNumberedList(param, query, value, problems);
}

}  // namespace

std::size_t MostCharacters(const Param& param) {
  return param.max == INT64_MAX ? kMaxCharacters : static_cast<std::size_t>(param.max);
}

void JoinRepeated(RawParams& params) {
  std::map<std::string, std::size_t> first;
  std::size_t kept = 0;
  for (auto& [name, value] : params) {
    const auto [at, is_new] = first.try_emplace(name, kept);
    if (!is_new) {
      params[at->second].second.append(1, ',').append(value);
    } else if (auto& target = params[kept++]; &target.first != &name) {
      target = {std::move(name), std::move(value)};
    }
  }
  params.resize(kept);
}

std::string_view FirstValue(const RawParams& raw, std::string_view name) {
  for (const auto& [key, value] : raw) {
    if (key == name && !value.empty()) return value;
  }
  return {};
}

Result<ArgValues> DecodeArgs(std::span<const Param> params, const RawParams& path,
                             const RawParams& query) {
  ArgValues args(params.size());
  Problems problems;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    ArgValues::Value& value = args.all()[i];
    const std::string_view text = FirstValue(param.in_path ? path : query, param.name);
    if (!text.empty()) {
      value.text = text;
      value.present = true;
      DecodeValue(param, value, problems);
    } else {
      DecodeFlattened(param, query, value, problems);
    }
    if (param.required && !value.present) problems.Add(param.name, "is required");
  }
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return args;
}

}  // namespace atelier::api
