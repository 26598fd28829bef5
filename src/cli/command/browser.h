#pragma once
#include <string>

#include "base/result.h"

namespace atelier::cli {

/// Hands `link` to the desktop's browser (xdg-open). Unavailable: there is none.
Status OpenInBrowser(const std::string& link);

}  // namespace atelier::cli
