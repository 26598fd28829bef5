#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "base/encoding.h"

namespace atelier::api {

/// Of a text, or of a member of a list, whose row sets no maximum.
inline constexpr std::size_t kMaxCharacters = 1024;
/// Of a decimal: far from overflowing a double.
inline constexpr std::size_t kMaxDecimalCharacters = 32;

/// The most characters of a text parameter, or of a member of a list.
std::size_t MostCharacters(const Param& param);

/// Decoded names and values as they came, in order.
using RawParams = std::vector<NameValue>;

/// Values of one name become one, joined with commas, where its first was.
void JoinRepeated(RawParams& params);

/// The first non-empty value of `name`; empty when absent.
std::string_view FirstValue(const RawParams& raw, std::string_view name);

/// Checks every row of `params` against what came. Unknown parameters are ignored, an empty value
/// counts as absent, of duplicates the first wins. InvalidArgument names all violations at once.
Result<ArgValues> DecodeArgs(std::span<const Param> params, const RawParams& path,
                             const RawParams& query);

}  // namespace atelier::api
