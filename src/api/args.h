#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/codec.h"

namespace atelier::api {

/// One documented parameter of the query or the path. constexpr data: the decoder, the OpenAPI
/// document and the docs read the same rows.
struct Param {
  enum class Type : std::uint8_t {
    kText,
    kInteger,   // int64 within [min, max]
    kDecimal,   // non-negative decimal text, as MinCpu
    kBoolean,   // true, false
    kEnum,      // one of `values`
    kEnumList,  // comma list of `values`, blanks and empty members ignored
    kList,      // comma list of text, blanks and empty members ignored; also as <name>.<N>=<value>,
                // N from 1, each value one member
    kJson,      // JSON text, any value
    kJsonMap,   // JSON object; also as <name>.<key>=<value> (docs/contract/requests.md section 1)
    kJsonList,  // JSON array of objects, or one object; also as <name>.<N>.<field>=<value>, N from
                // 1
    kTime,      // ISO 8601
  };
  std::string_view name;
  Type type = Type::kText;
  bool in_path = false;
  bool required = false;
  std::int64_t min = INT64_MIN;  // of integers
  std::int64_t max =
      INT64_MAX;  // of integers; for text and list members the most characters (default 1024)
  std::optional<std::int64_t> standard = {};  // default of integers and booleans
  std::string_view values = {};               // "A,B,C" for enums
  std::string_view aliases = {};              // "alias=Value,..." accepted for enums
  /// For the OpenAPI document: the pattern (ECMA 262) of a text, the schema of a JSON value. The
  /// handler checks it, and says why.
  std::string_view pattern = {};
  std::string_view doc = {};  // one line for the OpenAPI document
};

/// The values of an operation's parameters, each beside its row. Made by DecodeArgs (params.h); a
/// handler reads them as Args. An empty value on the wire counts as absent.
class ArgValues {
 public:
  struct Value {
    bool present = false;
    std::string text;  // as sent; an alias already replaced by its value
    std::int64_t integer = 0;
    double decimal = 0;
    std::vector<std::string> list;
    json::value json_value;
    WallTime time;
  };

  ArgValues() = default;
  explicit ArgValues(std::size_t rows) : values_(rows) {}
  std::span<Value> all() { return values_; }
  std::span<const Value> all() const { return values_; }

 private:
  std::vector<Value> values_;
};

namespace params {

// Declared alone: what calls one of them is no constant, and so no program.
void TheOperationHasNoSuchParameter();
void TheParameterHasAnotherType();

/// Where the row of this name is; it has one of `types`, if any are given.
consteval std::size_t IndexOf(std::span<const Param> rows, std::string_view name,
                              std::initializer_list<Param::Type> types) {
  const auto row = std::ranges::find(rows, name, &Param::name);
  if (row == rows.end()) TheOperationHasNoSuchParameter();
  if (types.size() > 0 && std::ranges::find(types, row->type) == types.end())
    TheParameterHasAnotherType();
  return static_cast<std::size_t>(row - rows.begin());
}

}  // namespace params

/// What a handler may ask of the parameters of `kRows`, the constexpr table of its operation. Names
/// are looked up when it compiles: one that the table does not have, or has in another type, is an
/// error of the compiler. Views of the values, which outlive it.
///
/// Converts to the Args of every table whose rows this one has too, so that a helper names what it
/// reads: FindService(context, Args<kOfService>, ...). Defaults are those of its own rows.
template <const auto& kRows>
class Args {
 public:
  using Type = Param::Type;
  static constexpr std::size_t kCount = std::size(kRows);

  /// Of a row that has one of the types; without any, of every row.
  template <Type... kTypes>
  struct Name {
    std::size_t at;
    template <std::size_t N>
    consteval Name(const char (&name)[N])  // NOLINT(google-explicit-constructor): a literal is it
        : at(params::IndexOf(kRows, name, {kTypes...})) {}
  };
  using AnyName = Name<>;
  using TextName = Name<Type::kText, Type::kEnum>;

  explicit Args(std::span<const ArgValues::Value> values) {
    for (std::size_t i = 0; i < kCount; ++i) values_[i] = &values[i];
  }
  template <const auto& kMore>
  Args(const Args<kMore>& more) {  // NOLINT(google-explicit-constructor): it has all of them
    static constexpr auto kAt = [] {
      std::array<std::size_t, kCount> at{};
      for (std::size_t i = 0; i < kCount; ++i)
        at[i] = params::IndexOf(kMore, kRows[i].name, {kRows[i].type});
      return at;
    }();
    for (std::size_t i = 0; i < kCount; ++i) values_[i] = &more.at(kAt[i]);
  }

  bool Has(AnyName name) const { return at(name.at).present; }
  /// Empty when absent.
  const std::string& Text(TextName name) const { return at(name.at).text; }
  /// The default when absent.
  std::optional<std::int64_t> Integer(Name<Type::kInteger> name) const {
    return at(name.at).present ? std::optional(at(name.at).integer) : kRows[name.at].standard;
  }
  /// The same of a row that has a default and no negative values.
  std::uint64_t Count(Name<Type::kInteger> name) const {
    return static_cast<std::uint64_t>(Integer(name).value_or(0));
  }
  std::optional<double> Decimal(Name<Type::kDecimal> name) const {
    return at(name.at).present ? std::optional(at(name.at).decimal) : std::nullopt;
  }
  /// The default (else false) when absent.
  bool Boolean(Name<Type::kBoolean> name) const {
    return (at(name.at).present ? at(name.at).integer : kRows[name.at].standard.value_or(0)) != 0;
  }
  const std::vector<std::string>& List(Name<Type::kList, Type::kEnumList> name) const {
    return at(name.at).list;
  }
  /// nullptr when absent.
  const json::value* Json(Name<Type::kJson, Type::kJsonMap, Type::kJsonList> name) const {
    return at(name.at).present ? &at(name.at).json_value : nullptr;
  }
  std::optional<WallTime> Time(Name<Type::kTime> name) const {
    return at(name.at).present ? std::optional(at(name.at).time) : std::nullopt;
  }
  /// A kEnum as its enumerator; nullopt when absent. The row's values are the enumerators' names.
  template <codec::DescribedEnum E>
  std::optional<E> Enum(TextName name) const {
    return ParseEnum<E>(Text(name));
  }

  const ArgValues::Value& at(std::size_t index) const { return *values_[index]; }

 private:
  std::array<const ArgValues::Value*, kCount> values_{};
};

}  // namespace atelier::api
