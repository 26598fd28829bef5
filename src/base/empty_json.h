#pragma once
#include "base/codec.h"

namespace atelier {

/// Whether `value` asks for nothing: null, "", false, 0, and an array or object of nothing else.
/// Clients and exports write every key that they know; such a one is neither a demand nor a fault,
/// whatever type the key has.
bool IsEmptyJson(const json::value& value);

}  // namespace atelier
