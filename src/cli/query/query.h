#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "cli/client/api_client.h"

namespace atelier::cli {

/// What is looked for.
enum class Finds : std::uint8_t { kInstances, kServices, kRecommenders };

/// What people type to find things, as parameters of the operation that lists them: docs/query.md.
///
///     status:Running,Stopped label:team=vision gpu>0 created>=2026-01-01 name~train
///
/// Conditions are separated by blanks and must all hold; a word without an operator is a part of
/// the name. InvalidArgument: it cannot be read; the message says at which character, counted from
/// 1, and what is allowed there.
Result<Query> CompileQuery(std::string_view text, Finds what = Finds::kInstances);

/// The parameters of `options` that have a value, then those of a query. InvalidArgument: both set
/// one.
Result<Query> JoinQueries(Query options, Query compiled);

}  // namespace atelier::cli
