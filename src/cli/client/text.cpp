#include "cli/client/text.h"

#include <cstddef>

#include <fmt/format.h>

namespace atelier::cli {

Result<std::string> PlainText(std::string text, std::string_view name) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return Error(Code::kInvalidArgument,
                 fmt::format("The file {} is UTF-16; save it as UTF-8.", name));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[kept++] = text[i];
  }
  text.resize(kept);
  return text;
}

}  // namespace atelier::cli
