#pragma once
#include <source_location>
#include <string>

#include "base/codec.h"
#include "base/result.h"

namespace atelier::api {

/// The error of a parameter or body that breaks a rule.
Error Invalid(std::string message, std::source_location where = std::source_location::current());
Error Invalid(const Problems& problems,
              std::source_location where = std::source_location::current());

}  // namespace atelier::api
