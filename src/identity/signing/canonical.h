#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace atelier::identity {

/// Each `/`-separated piece decoded, `+` as a blank, and encoded again.
std::string ReencodePath(std::string_view path);

/// `+` to `%20`, `*` to `%2A`, `%7E` to `~`: what several clients do to a text after encoding it.
std::string ReplaceLikeClients(std::string_view text);

/// Sorted by the bytes of the name; equals stay in wire order.
void SortByName(std::vector<NameValue>& pairs);

}  // namespace atelier::identity
