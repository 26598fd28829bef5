#include "cli/command/parts.h"

#include <fstream>

#include <fmt/format.h>

#include "identity/request_signer.h"

namespace atelier::cli {

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

Result<std::string> ReadFile(const std::string& path, std::size_t most_mib) {
  std::ifstream file(path, std::ios::binary);
  std::string text((most_mib << 20U) + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() || file.bad()) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("The file {} cannot be read or is larger than {} MiB.", path, most_mib));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string PathOf(std::string_view collection, std::string_view id, std::string_view rest) {
  return fmt::format("{}/{}{}", collection, identity::EncodePathSegment(id), rest);
}

}  // namespace atelier::cli
