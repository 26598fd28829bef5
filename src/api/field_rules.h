#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "api/operation.h"
#include "api/text.h"
#include "base/codec.h"
#include "base/text.h"

namespace atelier::api {

/// What a member of a request must keep beyond its type. One row is the check (BodyOf) and what
/// /openapi.json says of it (schema.h).
struct FieldRule {
  std::string_view name;
  std::int64_t min = INT64_MIN;   // of a number, the members of an array, the characters of a text
  std::int64_t max = INT64_MAX;   // likewise
  std::string_view pattern = {};  // of a text, ECMA 262; checked by the handler, which says why
  bool required = false;          // of a member that may be absent by its type
};

/// The rules of a described struct, its bases' included: a specialisation in the one file that has
/// the struct's operations.
template <class T>
inline constexpr std::array<FieldRule, 0> kRules{};

/// The rule of `name`; null: none.
template <class T>
constexpr const FieldRule* RuleOf(std::string_view name) {
  for (const FieldRule& rule : kRules<T>) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

namespace field_rules {

inline std::string Range(const FieldRule& rule, std::string_view of) {
  const std::string_view blank = of.empty() ? "" : " ";
  if (rule.min <= (of.empty() ? INT64_MIN : 0))
    return fmt::format("at most {}{}{}", rule.max, blank, of);
  if (rule.max == INT64_MAX) return fmt::format("at least {}{}{}", rule.min, blank, of);
  return fmt::format("{}{} to {}{}{}", of.empty() ? "from " : "", rule.min, rule.max, blank, of);
}

inline bool Keeps(const FieldRule& rule, std::int64_t value) {
  return value >= rule.min && value <= rule.max;
}

template <class T>
void Check(const FieldRule& rule, const T& value, const std::string& path, Problems& problems) {
  if constexpr (codec::kIsOptional<T>) {
    if (value) {
      Check(rule, *value, path, problems);
    } else if (rule.required) {
      problems.Add(path, "is required");
    }
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    if (!Keeps(rule, value)) problems.Add(path, "must be " + Range(rule, ""));
  } else if constexpr (codec::kIsVector<T>) {
    if (!Keeps(rule, static_cast<std::int64_t>(value.size())))
      problems.Add(path, "must have " + Range(rule, "members"));
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!Keeps(rule, static_cast<std::int64_t>(CountCharacters(value))))
      problems.Add(path, "must have " + Range(rule, "characters"));
  }
}

}  // namespace field_rules

/// Adds every member of `value` that does not keep its rule.
template <codec::Described T>
void CheckRules(const T& value, Problems& problems) {
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if (const FieldRule* rule = RuleOf<T>(d.name))
      field_rules::Check(*rule, value.*d.pointer, d.name, problems);
  });
}

/// The body of a request. InvalidArgument: it is no such object, or does not keep its rules.
template <codec::Described T>
Result<T> BodyOf(const Context& context) {
  ATELIER_TRY(auto request, FromJson<T>(context.body));
  Problems problems;
  CheckRules(request, problems);
  if (!problems.empty()) return Invalid(problems);
  return request;
}

}  // namespace atelier::api
