#pragma once
#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/envelope.h"
#include "api/field_rules.h"
#include "api/wire/float.h"
#include "base/codec.h"

namespace atelier::api {

/// JSON schemas of described structs for /openapi.json: the same descriptions that the codec reads,
/// so the document cannot drift from what is decoded and encoded. Nested structs are written in
/// place. `kInput`: of what is decoded, where null counts as absent and the rules of the members
/// hold (field_rules.h).
template <class T, bool kInput>
void AppendSchema(std::string& out);

namespace schema {

template <class T>
inline constexpr bool kMayBeAbsent = codec::kIsOptional<T> || codec::kIsNullable<T>;

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};
template <class T>
struct Unwrapped<Nullable<T>> {
  using Type = T;
};
template <class T>
struct Unwrapped<std::reference_wrapper<T>> {
  using Type = std::remove_const_t<T>;
};

/// What a rule adds to the schema of a member of type T, which is the end of `out`.
template <class T>
void AppendRule(std::string& out, const FieldRule& rule) {
  using Bare = typename Unwrapped<T>::Type;
  std::string_view least = "\"minimum\":";
  std::string_view most = "\"maximum\":";
  if constexpr (codec::kIsVector<Bare>) {
    least = "\"minItems\":";
    most = "\"maxItems\":";
  } else if constexpr (std::convertible_to<const Bare&, std::string_view>) {
    least = "\"minLength\":";
    most = "\"maxLength\":";
  }
  out.pop_back();
  if (rule.min != INT64_MIN) out += fmt::format(",{}{}", least, rule.min);
  if (rule.max != INT64_MAX) out += fmt::format(",{}{}", most, rule.max);
  if (!rule.pattern.empty()) {
    out += ",\"pattern\":";
    AppendJsonString(out, rule.pattern);
  }
  out += '}';
}

/// Appends `"A":{...},"B":{...}` without the braces.
template <codec::Described T, bool kInput = false>
void AppendProperties(std::string& out, bool& first) {
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    out += first ? "\"" : ",\"";
    first = false;
    out += d.name;
    out += "\":";
    AppendSchema<Member, kInput>(out);
    if constexpr (kInput) {
      if (const FieldRule* rule = RuleOf<T>(d.name)) AppendRule<Member>(out, *rule);
    }
  });
}

template <codec::Described T>
void AppendRequired(std::string& out) {
  bool first = true;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    const FieldRule* rule = RuleOf<T>(d.name);
    if (!kMayBeAbsent<Member> || (rule != nullptr && rule->required)) {
      out += first ? ",\"required\":[\"" : ",\"";
      first = false;
      out += d.name;
      out += '"';
    }
  });
  if (!first) out += ']';
}

}  // namespace schema

template <class T, bool kInput>
void AppendSchema(std::string& out) {
  using codec::DescribedEnum;
  if constexpr (schema::kMayBeAbsent<T> || codec::kIsReference<T>) {
    AppendSchema<typename schema::Unwrapped<T>::Type, kInput>(out);
    // Decoded, null is absent; encoded, an empty optional is left out and a Nullable is null. A
    // schema of any value says so already.
    if ((kInput ? schema::kMayBeAbsent<T> : codec::kIsNullable<T>) && !out.ends_with("{}")) {
      out.pop_back();
      out += R"(,"nullable":true})";
    }
  } else if constexpr (std::same_as<T, bool>) {
    out += R"({"type":"boolean"})";
  } else if constexpr (std::integral<T>) {
    out += sizeof(T) > 4 ? R"({"type":"integer","format":"int64"})"
                         : R"({"type":"integer","format":"int32"})";
  } else if constexpr (std::floating_point<T> || std::same_as<T, wire::Float>) {
    out += R"({"type":"number"})";
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out += R"({"type":"string"})";
  } else if constexpr (DescribedEnum<T>) {
    out += R"({"type":"string","enum":[)";
    bool first = true;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
      out += first ? "\"" : ",\"";
      first = false;
      out += d.name;
      out += '"';
    });
    out += "]}";
  } else if constexpr (codec::kIsVector<T>) {
    out += R"({"type":"array","items":)";
    AppendSchema<typename T::value_type, kInput>(out);
    out += '}';
  } else if constexpr (codec::kIsMap<T>) {
    out += R"({"type":"object","additionalProperties":)";
    AppendSchema<typename T::mapped_type, kInput>(out);
    out += '}';
  } else if constexpr (std::same_as<T, json::object>) {
    out += R"({"type":"object"})";
  } else if constexpr (std::same_as<T, json::value>) {
    out += "{}";
  } else {
    static_assert(codec::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    out += R"({"type":"object","properties":{)";
    bool first = true;
    schema::AppendProperties<T, kInput>(out, first);
    out += '}';
    schema::AppendRequired<T>(out);
    out += '}';
  }
}

/// Of a request body.
template <codec::Described T>
std::string BodySchema() {
  std::string out;
  AppendSchema<T, true>(out);
  return out;
}

/// Of a successful answer with its envelope.
template <codec::Described T, EnvelopeForm kForm = EnvelopeForm::kFull>
std::string AnswerSchema() {
  std::string out = R"({"type":"object","properties":{)";
  bool first = true;
  if constexpr (kForm == EnvelopeForm::kFull) schema::AppendProperties<Envelope>(out, first);
  if constexpr (kForm == EnvelopeForm::kNoStatus)
    schema::AppendProperties<EnvelopeWithoutStatus>(out, first);
  if constexpr (kForm == EnvelopeForm::kRequestId)
    schema::AppendProperties<RequestIdOnly>(out, first);
  if constexpr (kForm == EnvelopeForm::kAirec) schema::AppendProperties<AirecEnvelope>(out, first);
  schema::AppendProperties<T>(out, first);
  out += "}}";
  return out;
}

}  // namespace atelier::api
