#pragma once
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace atelier {

/// A string that is an identity of one kind, so that a user id is never passed for an instance id.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  explicit Id(std::string_view value) : value_(value) {}
  explicit Id(const char* value) : value_(value) {}

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  // NOLINTNEXTLINE(google-explicit-constructor): reads as text everywhere
  operator std::string_view() const { return value_; }

  friend bool operator==(const Id& a, const Id& b) { return a.value_ == b.value_; }
  friend std::strong_ordering operator<=>(const Id& a, const Id& b) {
    const int order = a.value_.compare(b.value_);
    return order <=> 0;
  }

 private:
  std::string value_;
};

template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;

}  // namespace atelier

template <class Tag>
struct std::hash<atelier::Id<Tag>> {
  std::size_t operator()(const atelier::Id<Tag>& id) const {
    return std::hash<std::string>{}(id.str());
  }
};
