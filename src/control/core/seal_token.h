#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace atelier::control {

/// Makes of a token and its context (model::TokenContext) what may stand in the store. Control can
/// seal tokens and open none: the key is not its business.
using SealToken = std::function<std::string(std::string_view token, std::string_view context)>;

}  // namespace atelier::control
