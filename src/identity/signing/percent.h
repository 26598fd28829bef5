#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::identity {

using NameValue = std::pair<std::string, std::string>;

/// `%XX` as bytes; a `%` that no two hex digits follow stays. `plus_is_blank` for queries and
/// forms.
std::string PercentDecode(std::string_view text, bool plus_is_blank);

/// Appends every byte but `A-Z a-z 0-9 - _ . ~` as upper-case `%XX` (docs/contract/signing.md
/// section 2.2).
void AppendEncoded(std::string& out, std::string_view text);
std::string PercentEncode(std::string_view text);

/// A query or form, decoded, in wire order (docs/contract/signing.md section 2.2).
std::vector<NameValue> ParseQuery(std::string_view raw);

/// Each `/`-separated piece decoded and encoded again.
std::string ReencodePath(std::string_view path);

/// `+` to `%20`, `*` to `%2A`, `%7E` to `~`: what several clients do to a text after encoding it.
std::string ReplaceLikeClients(std::string_view text);

/// Sorted by the bytes of the name; equals stay in wire order.
void SortByName(std::vector<NameValue>& pairs);

}  // namespace atelier::identity
