#include <string>
#include <string_view>

#include "store/store.h"

namespace atelier::store {

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;  // empty, which is "no upper bound", when nothing sorts after the prefix's keys
}

}  // namespace atelier::store
