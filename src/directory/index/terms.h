#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/instance.h"

namespace atelier::directory {

/// What a term says something about. One for each condition that ListInstances knows.
enum class Facet : std::uint8_t {
  // numbers
  kStatus,
  kPayment,
  kAccessibility,
  kAccelerator,
  kOversoldInfo,
  kOversoldType,
  kMilliCpu,
  kMilliGpu,
  kMemoryMib,
  kGpuMemoryMib,
  // texts
  kOwner,
  kResource,
  kGpuType,  // folded
  kImage,    // ImageName, and the last path part of ImageUrl
  kLabel,
  kTag,
  kTagKey,
  kUserCommand,
};
inline constexpr int kFacetCount = 18;
constexpr bool IsNumber(Facet facet) { return facet < Facet::kOwner; }

struct Value {
  std::int64_t number = 0;
  std::string text;
  friend auto operator<=>(const Value&, const Value&) = default;
};

/// A fact about an instance that a query can ask for, but for what is in its name.
struct Term {
  Facet facet{};
  Value value;
  friend auto operator<=>(const Term&, const Term&) = default;
};

struct ValueHash {
  std::size_t operator()(const Value& value) const {
    return std::hash<std::string>{}(value.text) + static_cast<std::size_t>(value.number);
  }
};
struct TermHash {
  std::size_t operator()(const Term& term) const {
    return ValueHash{}(term.value) * kFacetCount + static_cast<std::size_t>(term.facet);
  }
};

template <class T>
Value Number(T value) {
  return {.number = static_cast<std::int64_t>(value), .text = {}};
}
Value Text(std::string_view text);
/// Key and value of a label or tag; the key's length keeps ("a","bc") and ("ab","c") apart.
Value Pair(const std::string& key, const std::string& value);

inline constexpr std::size_t kNamePartLength = 3;
/// One to kNamePartLength folded bytes of a name, in one number.
using Trigram = std::uint32_t;
Trigram PackNamePart(std::string_view folded);

/// Sorted, each once.
std::vector<Term> TermsOf(const model::Instance& instance);
/// Every part of the name of one to kNamePartLength bytes; sorted, each once.
std::vector<Trigram> TrigramsOf(std::string_view name);

}  // namespace atelier::directory
