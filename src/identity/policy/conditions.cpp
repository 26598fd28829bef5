#include "identity/policy/conditions.h"

#include <algorithm>
#include <cmath>
#include <compare>

#include "base/text.h"
#include "identity/policy/matcher.h"

namespace atelier::identity {

namespace {

/// Keys compare without case up to the `/`; the tag's own key behind it is exact.
std::string NormaliseKey(std::string_view key) {
  const std::string_view name = key.substr(0, key.find('/'));
  return ToLower(name).append(key.substr(name.size()));
}

/// The keys that InstanceKeys and RequestTagKeys make, normalised.
bool IsSpecific(std::string_view key) {
  return key.starts_with("acs:requesttag/") || key.starts_with("acs:resourcetag/") ||
         key == "pai:accessibility" || key == "pai:entityaccesstype";
}

/// The request's value of a key; nullopt: absent.
std::optional<std::string> Lookup(const std::string& key, const RequestContext& context) {
  if (key == "acs:currenttime") return FormatMillis(context.now);
  if (key == "acs:securetransport") return context.caller.secure_transport ? "true" : "false";
  if (key == "acs:mfapresent") return "false";  // no login of ours asks for a second factor
  if (key == "acs:sourceip") {
    if (context.caller.source_ip.empty()) return std::nullopt;
    return context.caller.source_ip;
  }
  if (key == "acs:principalarn") return context.caller.arn;
  for (const auto& [name, value] : context.keys) {
    if (NormaliseKey(name) == key) return value;
  }
  return std::nullopt;
}

std::optional<double> ReadNumber(std::string_view text) {
  const auto number = ParseNumber<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

Error Malformed(std::string message) {
  return {Code::kInvalidArgument, std::move(message), "MalformedPolicyDocument"};
}

}  // namespace

const Condition::Operator* Condition::FindOperator(std::string_view name) {
  using F = Family;
  using T = Test;
  static constexpr std::array<Operator, 21> kOperators = {{
      {"StringEquals", F::kString, T::kEquals, false},
      {"StringNotEquals", F::kString, T::kEquals, true},
      {"StringEqualsIgnoreCase", F::kString, T::kEqualsIgnoringCase, false},
      {"StringNotEqualsIgnoreCase", F::kString, T::kEqualsIgnoringCase, true},
      {"StringLike", F::kString, T::kLike, false},
      {"StringNotLike", F::kString, T::kLike, true},
      {"NumericEquals", F::kNumber, T::kEquals, false},
      {"NumericNotEquals", F::kNumber, T::kEquals, true},
      {"NumericLessThan", F::kNumber, T::kLess, false},
      {"NumericLessThanEquals", F::kNumber, T::kLessEquals, false},
      {"NumericGreaterThan", F::kNumber, T::kGreater, false},
      {"NumericGreaterThanEquals", F::kNumber, T::kGreaterEquals, false},
      {"DateEquals", F::kDate, T::kEquals, false},
      {"DateNotEquals", F::kDate, T::kEquals, true},
      {"DateLessThan", F::kDate, T::kLess, false},
      {"DateLessThanEquals", F::kDate, T::kLessEquals, false},
      {"DateGreaterThan", F::kDate, T::kGreater, false},
      {"DateGreaterThanEquals", F::kDate, T::kGreaterEquals, false},
      {"Bool", F::kBool, T::kEquals, false},
      {"IpAddress", F::kAddress, T::kEquals, false},
      {"NotIpAddress", F::kAddress, T::kEquals, true},
  }};
  const auto found = std::ranges::find(kOperators, name, &Operator::name);
  return found == kOperators.end() ? nullptr : &*found;
}

std::optional<Condition::Value> Condition::ReadValue(Family family, std::string_view text) {
  switch (family) {
    case Family::kString:
      return Value(std::string(text));
    case Family::kNumber:
      if (const auto number = ReadNumber(text)) return Value(*number);
      return std::nullopt;
    case Family::kDate:
      if (const auto date = ParseIso8601(text)) return Value(*date);
      return std::nullopt;
    case Family::kBool:
      if (text == "true" || text == "false") return Value(text == "true");
      return std::nullopt;
    case Family::kAddress:
      if (const auto network = IpNetwork::Parse(text)) return Value(*network);
      return std::nullopt;
  }
  return std::nullopt;
}

Result<Condition> Condition::Parse(std::string_view operation, std::string_view key,
                                   const json::value& values) {
  Condition condition;
  const Operator* found = FindOperator(operation);
  if (found == nullptr) {
    return Malformed("Condition operator " + std::string(operation) + " is not known.");
  }
  condition.operator_ = *found;
  condition.key_ = NormaliseKey(key);
  condition.specific_ = IsSpecific(condition.key_);
  const json::array alone = {values};
  const json::array& list = values.is_array() ? values.get_array() : alone;
  if (key.empty() || list.empty()) {
    return Malformed("Condition operator " + std::string(operation) + " needs a key and a value.");
  }
  for (const json::value& item : list) {
    const std::optional<std::string> text = ScalarText(item);
    std::optional<Value> value = text ? ReadValue(found->family, *text) : std::nullopt;
    if (!value) {
      return Malformed("A value of condition key " + std::string(key) + " does not fit operator " +
                       std::string(operation) + ".");
    }
    condition.values_.push_back(*std::move(value));
  }
  return condition;
}

bool Condition::Matches(const Value& actual, const Value& wanted) const {
  if (const auto* text = std::get_if<std::string>(&actual)) {
    const std::string& pattern = std::get<std::string>(wanted);
    switch (operator_.test) {
      case Test::kLike:
        return WildcardMatch(pattern, *text, Case::kSensitive);
      case Test::kEqualsIgnoringCase:
        return EqualsIgnoreCase(pattern, *text);
      default:
        return pattern == *text;
    }
  }
  if (const auto* flag = std::get_if<bool>(&actual)) return *flag == std::get<bool>(wanted);
  if (const auto* one = std::get_if<IpNetwork>(&actual)) {
    return std::get<IpNetwork>(wanted).Contains(*one);
  }
  const auto* date = std::get_if<WallTime>(&actual);
  const std::partial_ordering order =
      date != nullptr ? std::partial_ordering(*date <=> std::get<WallTime>(wanted))
                      : std::get<double>(actual) <=> std::get<double>(wanted);
  switch (operator_.test) {
    case Test::kLess:
      return order < 0;
    case Test::kLessEquals:
      return order <= 0;
    case Test::kGreater:
      return order > 0;
    case Test::kGreaterEquals:
      return order >= 0;
    default:
      return order == 0;
  }
}

bool Condition::Holds(const RequestContext& context) const {
  const std::optional<std::string> text = Lookup(key_, context);
  const std::optional<Value> actual = text ? ReadValue(operator_.family, *text) : std::nullopt;
  if (!actual) return operator_.negated;
  const bool any =
      std::ranges::any_of(values_, [&](const Value& wanted) { return Matches(*actual, wanted); });
  return any != operator_.negated;
}

}  // namespace atelier::identity
