// rooms: base
// Arbitrary bytes into a struct with every kind of member. What decodes must encode to JSON that
// decodes to the same again.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/check.h"
#include "base/codec.h"

namespace atelier {
namespace {

enum class Color : std::uint8_t { Red, Green };
BOOST_DESCRIBE_ENUM(Color, Red, Green)

struct Base {
  std::string Text;
};
BOOST_DESCRIBE_STRUCT(Base, (), (Text))

struct Inner {
  std::int32_t Small{};
  std::optional<Color> Shade;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (Small, Shade))

struct Everything : Base {
  bool Flag{};
  std::uint8_t Byte{};
  std::int64_t Long{};
  std::uint64_t Unsigned{};
  double Ratio{};
  WallTime When{};
  Id<struct SomeTag> Name;
  Color Shade{};
  Nullable<std::string> Maybe;
  std::optional<Inner> One;
  std::vector<Inner> Many;
  std::map<std::string, std::vector<std::string>> Labels;
  json::value Anything;
  json::object Object;
};
BOOST_DESCRIBE_STRUCT(Everything, (Base),
                      (Flag, Byte, Long, Unsigned, Ratio, When, Name, Shade, Maybe, One, Many,
                       Labels, Anything, Object))

/// Equal, doubles up to what Boost.JSON 1.81 loses when it reads one.
bool Same(const json::value& a, const json::value& b) {
  if (a.is_double() && b.is_double()) {
    constexpr double kLoss = 1e-12;
    const double x = a.get_double();
    const double y = b.get_double();
    return x == y || std::abs(x - y) <= kLoss * std::max(std::abs(x), std::abs(y)) ||
           std::fpclassify(x) == FP_SUBNORMAL;
  }
  if (a.is_array() && b.is_array()) return std::ranges::equal(a.get_array(), b.get_array(), Same);
  if (a.is_object() && b.is_object()) {
    return std::ranges::equal(a.get_object(), b.get_object(), [](const auto& x, const auto& y) {
      return x.key() == y.key() && Same(x.value(), y.value());
    });
  }
  return a == b;
}

template <class Decode>
void RoundTrip(std::string_view input, Decode decode) {
  const auto first = decode(input);
  if (!first) return;
  const std::string text = ToJson(*first);
  const auto second = decode(text);
  ATELIER_CHECK(second.has_value(), "what we wrote, we can read");
  ATELIER_CHECK(Same(*ParseJson(text), *ParseJson(ToJson(*second))), "reading changes nothing");
}

}  // namespace
}  // namespace atelier

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace atelier;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  RoundTrip(input, FromJson<Everything>);
  RoundTrip(input, [](std::string_view text) { return FromRecord<Everything>(text); });
  std::string quoted;
  AppendJsonString(quoted, input);
  ATELIER_CHECK(ParseJson(quoted).has_value(), "every answer is valid JSON, whatever the bytes");
  return 0;
}
