#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace atelier {

namespace json = boost::json;

/// JSON from and to plain described structs (BOOST_DESCRIBE_STRUCT), for the wire and for stored
/// records.
///
/// optional<T>  may be absent (or null) on input, is omitted when empty
/// plain T      required on input, always written
/// Nullable<T>  may be absent or null on input, is written as null when empty
/// enum         by its described enumerators; any other text is a problem
/// json::value  kept as it comes
/// WallTime     integer milliseconds since 1970 UTC (records; the wire formats its times itself)
/// Id<Tag>      a string
/// reference_wrapper<const T>  as T; output only, for what need not be copied into an answer
/// Unknown keys are ignored. Of duplicate keys the last wins. Nesting deeper than kMaxDepth is
/// refused.
template <class T>
struct Nullable {
  std::optional<T> value;
  friend bool operator==(const Nullable&, const Nullable&) = default;
};

inline constexpr std::size_t kMaxJsonDepth = 32;

/// What a decoder does with a plain member that is not there: requests complain, stored records
/// (which an older version wrote) keep the default.
enum class Missing : std::uint8_t { kProblem, kKeepDefault };

/// All that is wrong with an input, each with its path: "Datasets[0].MountPath must be a string".
class Problems {
 public:
  void Add(std::string_view path, std::string_view what) {
    if (list_.size() < kMax)
      list_.push_back(std::string(path.empty() ? "body" : path) + " " + std::string(what));
  }
  bool empty() const { return list_.empty(); }
  const std::vector<std::string>& list() const { return list_; }
  /// One sentence: the problems joined with "; ".
  std::string Join() const;

 private:
  static constexpr std::size_t kMax = 20;
  std::vector<std::string> list_;
};

/// Parses with the depth limit, into `memory`. InvalidArgument: not JSON, not UTF-8, or too deep.
Result<json::value> ParseJson(std::string_view text, json::storage_ptr memory = {});

/// True for well-formed UTF-8 (RFC 3629).
bool IsUtf8(std::string_view text);

/// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD: an answer is always
/// valid JSON.
void AppendJsonString(std::string& out, std::string_view text);

namespace codec {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsNullable = false;
template <class T>
inline constexpr bool kIsNullable<Nullable<T>> = true;
template <class T>
inline constexpr bool kIsReference = false;
template <class T>
inline constexpr bool kIsReference<std::reference_wrapper<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class T, class C>
inline constexpr bool kIsMap<std::map<std::string, T, C>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                         boost::describe::mod_inherited>;

}  // namespace codec

/// The described name of an enumerator; empty for a value outside the enum.
template <codec::DescribedEnum E>
std::string_view EnumName(E value) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) name = d.name;
  });
  return name;
}

template <codec::DescribedEnum E>
std::optional<E> ParseEnum(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (text == d.name) found = d.value;
  });
  return found;
}

/// "A, B, C": for messages and documents.
template <codec::DescribedEnum E>
std::string EnumNames() {
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (!names.empty()) names += ", ";
    names += d.name;
  });
  return names;
}

template <class T>
void AppendJson(std::string& out, const T& value);

namespace codec {

/// `,"Name":` of a member, put together at compile time. Names are identifiers: nothing to escape.
template <class Member>
struct MemberKey {
  static constexpr std::string_view kName = Member::name;
  static constexpr auto kText = [] {
    std::array<char, kName.size() + 4> text{',', '"'};
    std::copy(kName.begin(), kName.end(), text.begin() + 2);
    text[text.size() - 2] = '"';
    text[text.size() - 1] = ':';
    return text;
  }();
};

template <class Member, class T>
void AppendMember(std::string& out, bool& first, const T& value) {
  if constexpr (kIsOptional<T>) {
    if (value) AppendMember<Member>(out, first, *value);
  } else {
    const auto& key = MemberKey<Member>::kText;
    out.append(key.data() + (first ? 1 : 0), key.size() - (first ? 1 : 0));
    first = false;
    AppendJson(out, value);
  }
}

/// Appends `"A":1,"B":2` without the braces, so that flat answers can be put together from parts.
template <Described T>
void AppendMembers(std::string& out, bool& first, const T& value) {
  boost::mp11::mp_for_each<Members<T>>(
      [&](auto d) { AppendMember<decltype(d)>(out, first, value.*d.pointer); });
}

template <class Number>
void AppendNumber(std::string& out, Number value) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  (void)error;  // 32 characters hold every 64-bit integer and the shortest form of every double
  out.append(buffer, end);
}

}  // namespace codec

template <class T>
void AppendJson(std::string& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::same_as<T, WallTime>) {
    codec::AppendNumber(out, value.time_since_epoch().count());
  } else if constexpr (std::integral<T>) {
    codec::AppendNumber(out, value);
  } else if constexpr (std::floating_point<T>) {
    // JSON has no infinities; none of ours is reachable, and null is the honest rendering.
    if (value - value == T{0})
      codec::AppendNumber(out, value);
    else
      out += "null";
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    AppendJsonString(out, value);
  } else if constexpr (std::same_as<T, json::value> || std::same_as<T, json::object>) {
    out += json::serialize(value);
  } else if constexpr (codec::DescribedEnum<T>) {
    out += '"';
    out += EnumName(value);
    out += '"';
  } else if constexpr (codec::kIsOptional<T>) {
    if (value)
      AppendJson(out, *value);
    else
      out += "null";
  } else if constexpr (codec::kIsNullable<T>) {
    AppendJson(out, value.value);
  } else if constexpr (codec::kIsReference<T>) {
    AppendJson(out, value.get());
  } else if constexpr (codec::kIsVector<T>) {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!first) out += ',';
      first = false;
      AppendJson(out, item);
    }
    out += ']';
  } else if constexpr (codec::kIsMap<T>) {
    out += '{';
    bool first = true;
    for (const auto& [key, item] : value) {
      if (!first) out += ',';
      first = false;
      AppendJsonString(out, key);
      out += ':';
      AppendJson(out, item);
    }
    out += '}';
  } else {
    static_assert(codec::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    out += '{';
    bool first = true;
    codec::AppendMembers(out, first, value);
    out += '}';
  }
}

template <class T>
std::string ToJson(const T& value) {
  std::string out;
  AppendJson(out, value);
  return out;
}

/// The text of a text, number or boolean, plainly: 30.5, where json::serialize writes 3.05E1.
/// nullopt: null, an array or an object.
std::optional<std::string> ScalarText(const json::value& value);

/// The text of a member; empty when it is absent, or of another type.
std::string TextOf(const json::object& object, std::string_view name);

/// The integer that a number of JSON is, however it is written: 2, and 2.0, which clients make of
/// every number that has no type. nullopt: it is none, or does not fit.
std::optional<std::int64_t> WholeNumber(const json::value& value);

template <class T>
void DecodeJson(const json::value& in, T& out, const std::string& path, Missing missing,
                Problems& problems);

namespace codec {

inline std::string Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

template <class T>
void DecodeMember(const json::object& in, const char* name, T& out, const std::string& path,
                  Missing missing, Problems& problems) {
  const json::value* found = in.if_contains(name);
  if constexpr (kIsOptional<T> || kIsNullable<T>) {
    if (found == nullptr) return;
    DecodeJson(*found, out, Join(path, name), missing, problems);
  } else {
    if (found != nullptr) {
      DecodeJson(*found, out, Join(path, name), missing, problems);
    } else if (missing == Missing::kProblem) {
      problems.Add(Join(path, name), "is required");
    }
  }
}

template <std::integral T>
void DecodeInteger(const json::value& in, T& out, const std::string& path, Problems& problems) {
  if (const auto* i = in.if_int64()) {
    if (std::in_range<T>(*i))
      out = static_cast<T>(*i);
    else
      problems.Add(path, "is out of range");
  } else if (const auto* u = in.if_uint64()) {
    if (std::in_range<T>(*u))
      out = static_cast<T>(*u);
    else
      problems.Add(path, "is out of range");
  } else {
    problems.Add(path, "must be an integer");
  }
}

}  // namespace codec

/// Fills `out` from `in`. Every problem goes to `problems`; `out` is unspecified where there was
/// one.
template <class T>
void DecodeJson(const json::value& in, T& out, const std::string& path, Missing missing,
                Problems& problems) {
  if constexpr (std::same_as<T, bool>) {
    if (const bool* b = in.if_bool())
      out = *b;
    else
      problems.Add(path, "must be true or false");
  } else if constexpr (std::same_as<T, WallTime>) {
    Duration::rep millis = 0;
    codec::DecodeInteger(in, millis, path, problems);
    out = WallTime{Duration{millis}};
  } else if constexpr (std::integral<T>) {
    codec::DecodeInteger(in, out, path, problems);
  } else if constexpr (std::floating_point<T>) {
    if (in.is_number())
      out = in.to_number<T>();
    else
      problems.Add(path, "must be a number");
  } else if constexpr (std::same_as<T, std::string>) {
    if (const json::string* s = in.if_string())
      out.assign(s->data(), s->size());
    else
      problems.Add(path, "must be a string");
  } else if constexpr (kIsId<T>) {
    if (const json::string* s = in.if_string())
      out = T(std::string_view(s->data(), s->size()));
    else
      problems.Add(path, "must be a string");
  } else if constexpr (std::same_as<T, json::value>) {
    out = in;
  } else if constexpr (std::same_as<T, json::object>) {
    if (const json::object* o = in.if_object())
      out = *o;
    else
      problems.Add(path, "must be an object");
  } else if constexpr (codec::DescribedEnum<T>) {
    const json::string* s = in.if_string();
    const auto found = s != nullptr ? ParseEnum<T>({s->data(), s->size()}) : std::nullopt;
    if (found)
      out = *found;
    else
      problems.Add(path, "must be one of " + EnumNames<T>());
  } else if constexpr (codec::kIsOptional<T>) {
    if (in.is_null())
      out.reset();
    else
      DecodeJson(in, out.emplace(), path, missing, problems);
  } else if constexpr (codec::kIsNullable<T>) {
    DecodeJson(in, out.value, path, missing, problems);
  } else if constexpr (codec::kIsVector<T>) {
    const json::array* array = in.if_array();
    if (array == nullptr) {
      problems.Add(path, "must be an array");
      return;
    }
    out.clear();
    out.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
      DecodeJson((*array)[i], out.emplace_back(), path + "[" + std::to_string(i) + "]", missing,
                 problems);
    }
  } else if constexpr (codec::kIsMap<T>) {
    const json::object* object = in.if_object();
    if (object == nullptr) {
      problems.Add(path, "must be an object");
      return;
    }
    out.clear();
    for (const auto& member : *object) {
      DecodeJson(member.value(), out[std::string(member.key())], codec::Join(path, member.key()),
                 missing, problems);
    }
  } else {
    static_assert(codec::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    const json::object* object = in.if_object();
    if (object == nullptr) {
      problems.Add(path, "must be an object");
      return;
    }
    boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
      codec::DecodeMember(*object, d.name, out.*d.pointer, path, missing, problems);
    });
  }
}

/// A request body. InvalidArgument with every problem in the message.
template <class T>
Result<T> FromJson(std::string_view text) {
  ATELIER_TRY(const json::value value, ParseJson(text));
  T out{};
  Problems problems;
  DecodeJson(value, out, "", Missing::kProblem, problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return out;
}

/// A stored record. DataLoss: it cannot be read. `memory` is for the JSON on the way: who decodes
/// many gives some that is cheaper than the heap, and outlives the call.
template <class T>
Result<T> FromRecord(std::string_view text, json::storage_ptr memory = {}) {
  auto value = ParseJson(text, std::move(memory));
  if (!value) return Error(Code::kDataLoss, "The stored record is not JSON.");
  T out{};
  Problems problems;
  DecodeJson(*value, out, "", Missing::kKeepDefault, problems);
  if (!problems.empty()) return Error(Code::kDataLoss, problems.Join());
  return out;
}

}  // namespace atelier
