#pragma once
#include <string_view>

#include "api/operation.h"

namespace atelier::api {

/// What a request names by its signed bytes.
struct Asked {
  std::string_view action;   // RPC style only
  std::string_view version;  // empty: none is named
};

/// For a caller who has shown a key and asked for what this server does not have: which products
/// and versions it speaks. `plain`: what strangers are told. A version of none of ours is
/// InvalidVersion, never NotFound, which clients take for "deleted"; an operation that is called by
/// its path is told so.
Error NotServed(const Asked& asked, const Error& plain);

/// Of a row without a handler: the feature that is not there, and its name.
Error Refusal(const Operation& operation);

}  // namespace atelier::api
