#include "identity/signing/canonical.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace atelier::identity {

std::string ReencodePath(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  bool first = true;
  for (const std::string_view piece : Split(path, '/')) {
    if (!first) out += '/';
    first = false;
    AppendPercentEncoded(out, FormDecode(piece));
  }
  return out;
}

std::string ReplaceLikeClients(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += "%20";
    } else if (text[i] == '*') {
      out += "%2A";
    } else if (text.substr(i, 3) == "%7E") {
      out += '~';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void SortByName(std::vector<NameValue>& pairs) {
  if (std::ranges::is_sorted(pairs, {}, &NameValue::first)) return;
  // Not std::stable_sort: libstdc++ 12's uses a function that C++17 deprecated, an error here.
  std::vector<std::size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const int names = pairs[a].first.compare(pairs[b].first);
    return names != 0 ? names < 0 : a < b;
  });
  std::vector<NameValue> sorted;
  sorted.reserve(pairs.size());
  for (const std::size_t at : order) sorted.push_back(std::move(pairs[at]));
  pairs = std::move(sorted);
}

}  // namespace atelier::identity
