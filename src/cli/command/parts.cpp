#include "cli/command/parts.h"

#include <fstream>

#include <fmt/format.h>

#include "identity/request_signer.h"

namespace atelier::cli {

namespace {

constexpr std::size_t kMaxFileBytes = 1U << 20U;

}  // namespace

Result<json::object> ParsePairs(const std::vector<std::string>& pairs, std::string_view option) {
  json::object object;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} must have the form NAME=VALUE.", option));
    }
    object[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return object;
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() || file.bad()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("The file {} cannot be read or is larger than 1 MiB.", path));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string PathOf(std::string_view collection, std::string_view id, std::string_view rest) {
  return fmt::format("{}/{}{}", collection, identity::EncodePathSegment(id), rest);
}

}  // namespace atelier::cli
