#include "directory/index/text.h"

#include <algorithm>

namespace atelier::directory {

namespace {
char FoldChar(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

std::string Fold(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), FoldChar);
  return folded;
}

bool ContainsFolded(std::string_view name, std::string_view folded_part) {
  if (folded_part.empty()) return true;
  const char first = folded_part.front();
  const std::string_view rest = folded_part.substr(1);
  for (; name.size() >= folded_part.size(); name.remove_prefix(1)) {
    if (FoldChar(name.front()) != first) continue;
    if (std::ranges::equal(name.substr(1, rest.size()), rest, {}, FoldChar)) return true;
  }
  return false;
}

std::string_view LastPathPart(std::string_view image_url) {
  return image_url.substr(image_url.rfind('/') + 1);  // npos + 1 is 0: all of it
}

}  // namespace atelier::directory
