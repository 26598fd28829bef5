#include "base/shell_text.h"

namespace atelier {

std::string ShellText(std::string_view script) {
  std::string text;
  text.reserve(script.size());
  for (std::size_t i = 0; i < script.size(); ++i) {
    const bool ends = script[i] == '\r' && (i + 1 == script.size() || script[i + 1] == '\n');
    if (!ends) text += script[i];
  }
  return text;
}

}  // namespace atelier
