#pragma once
#include "cli/verb/verb.h"

namespace atelier::cli {

/// The answer as `verb.list` or `verb.record` shows it.
Table TableOf(const Verb& verb, const json::object& answer);

}  // namespace atelier::cli
