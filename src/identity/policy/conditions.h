#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/codec.h"
#include "base/ip_network.h"
#include "identity/policy.h"

namespace atelier::identity {

/// What conditions are tested against.
struct RequestContext {
  const Caller& caller;
  const ConditionKeys& keys;
  WallTime now;
};

/// One operator with one key of a Condition element (docs/contract/ram-policy.md section 2.3).
class Condition {
 public:
  /// InvalidArgument: unknown operator, or a value that is not of its kind.
  static Result<Condition> Parse(std::string_view operation, std::string_view key,
                                 const json::value& values);

  /// A key absent from the request: positive operators are false, negative ones true.
  bool Holds(const RequestContext& context) const;
  /// Whether its key is one of ConditionKeys, which not every request has.
  bool specific() const { return specific_; }

 private:
  using Value = std::variant<std::string, double, WallTime, bool, IpNetwork>;
  enum class Family : std::uint8_t { kString, kNumber, kDate, kBool, kAddress };
  enum class Test : std::uint8_t {
    kEquals,
    kEqualsIgnoringCase,
    kLike,
    kLess,
    kLessEquals,
    kGreater,
    kGreaterEquals
  };
  struct Operator {
    std::string_view name;
    Family family;
    Test test;
    bool negated;
  };
  static const Operator* FindOperator(std::string_view name);
  static std::optional<Value> ReadValue(Family family, std::string_view text);
  bool Matches(const Value& actual, const Value& wanted) const;

  Operator operator_{};
  std::string key_;  // normalised
  bool specific_ = false;
  std::vector<Value> values_;
};

}  // namespace atelier::identity
