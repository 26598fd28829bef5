#pragma once
#include <concepts>
#include <functional>
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
json::object SchemaOf();

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

/// What a rule adds to the schema of a member of type T.
template <class T>
void AddRule(json::object& out, const FieldRule& rule) {
  using Bare = typename Unwrapped<T>::Type;
  constexpr bool kArray = codec::kIsVector<Bare>;
  constexpr bool kText = std::convertible_to<const Bare&, std::string_view>;
  if (rule.min != INT64_MIN) out[kArray ? "minItems" : kText ? "minLength" : "minimum"] = rule.min;
  if (rule.max != INT64_MAX) out[kArray ? "maxItems" : kText ? "maxLength" : "maximum"] = rule.max;
  if (!rule.pattern.empty()) out["pattern"] = rule.pattern;
}

/// The members of a T, by name.
template <codec::Described T, bool kInput = false>
void AddProperties(json::object& out) {
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    json::object member = SchemaOf<Member, kInput>();
    if constexpr (kInput) {
      if (const FieldRule* rule = RuleOf<T>(d.name)) AddRule<Member>(member, *rule);
    }
    out[d.name] = std::move(member);
  });
}

template <codec::Described T>
json::array RequiredOf() {
  json::array names;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    const FieldRule* rule = RuleOf<T>(d.name);
    if (!kMayBeAbsent<Member> || (rule != nullptr && rule->required)) names.emplace_back(d.name);
  });
  return names;
}

}  // namespace schema

template <class T, bool kInput>
json::object SchemaOf() {
  using codec::DescribedEnum;
  json::object out;
  if constexpr (schema::kMayBeAbsent<T> || codec::kIsReference<T>) {
    out = SchemaOf<typename schema::Unwrapped<T>::Type, kInput>();
    // Decoded, null is absent; encoded, an empty optional is left out and a Nullable is null. A
    // schema of any value says so already.
    if ((kInput ? schema::kMayBeAbsent<T> : codec::kIsNullable<T>) && !out.empty())
      out["nullable"] = true;
  } else if constexpr (std::same_as<T, bool>) {
    out["type"] = "boolean";
  } else if constexpr (std::integral<T>) {
    out["type"] = "integer";
    out["format"] = sizeof(T) > 4 ? "int64" : "int32";
  } else if constexpr (std::floating_point<T> || std::same_as<T, wire::Float>) {
    out["type"] = "number";
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out["type"] = "string";
  } else if constexpr (DescribedEnum<T>) {
    out["type"] = "string";
    json::array& names = out["enum"].emplace_array();
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { names.emplace_back(d.name); });
  } else if constexpr (codec::kIsVector<T>) {
    out["type"] = "array";
    out["items"] = SchemaOf<typename T::value_type, kInput>();
  } else if constexpr (codec::kIsMap<T>) {
    out["type"] = "object";
    out["additionalProperties"] = SchemaOf<typename T::mapped_type, kInput>();
  } else if constexpr (std::same_as<T, json::object>) {
    out["type"] = "object";
  } else if constexpr (!std::same_as<T, json::value>) {
    static_assert(codec::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    out["type"] = "object";
    schema::AddProperties<T, kInput>(out["properties"].emplace_object());
    if (json::array names = schema::RequiredOf<T>(); !names.empty())
      out["required"] = std::move(names);
  }
  return out;
}

/// Of a request body.
template <class T>
json::object BodySchema() {
  return SchemaOf<T, true>();
}

/// Of a successful answer with its envelope.
template <class T>
json::object AnswerSchema(EnvelopeForm form) {
  json::object out{{"type", "object"}};
  json::object& properties = out["properties"].emplace_object();
  switch (form) {
    case EnvelopeForm::kFull:
      schema::AddProperties<Envelope>(properties);
      break;
    case EnvelopeForm::kNoStatus:
      schema::AddProperties<EnvelopeWithoutStatus>(properties);
      break;
    case EnvelopeForm::kRequestId:
      schema::AddProperties<RequestIdOnly>(properties);
      break;
    case EnvelopeForm::kAirec:
      schema::AddProperties<AirecEnvelope>(properties);
      break;
    case EnvelopeForm::kNone:
      break;
  }
  schema::AddProperties<T>(properties);
  return out;
}

}  // namespace atelier::api
