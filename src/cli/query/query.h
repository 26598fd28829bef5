#pragma once
#include <string_view>

#include "base/result.h"
#include "cli/client/api_client.h"

namespace atelier::cli {

/// What people type to find instances, as parameters of ListInstances: docs/query.md.
///
///     status:Running,Stopped label:team=vision gpu>0 created>=2026-01-01 name~train
///
/// Conditions are separated by blanks and must all hold; a word without an operator is a part of
/// the name. InvalidArgument: it cannot be read; the message says at which character, counted from
/// 1, and what is allowed there.
Result<Query> CompileQuery(std::string_view text);

}  // namespace atelier::cli
