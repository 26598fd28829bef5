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
  return !std::ranges::search(name, folded_part, {}, FoldChar).empty() || folded_part.empty();
}

std::string_view LastPathPart(std::string_view image_url) {
  return image_url.substr(image_url.rfind('/') + 1);  // npos + 1 is 0: all of it
}

}  // namespace atelier::directory
