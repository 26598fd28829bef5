#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace atelier::cli {

/// The text of a file as programs on every system write it: without a byte order mark and without
/// the CR before an LF. InvalidArgument, with `name` in it: it is UTF-16.
Result<std::string> PlainText(std::string text, std::string_view name);

}  // namespace atelier::cli
