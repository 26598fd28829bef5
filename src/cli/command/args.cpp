#include "cli/command/args.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/client/text.h"
#include "identity/request_signer.h"

namespace atelier::cli {

namespace {

/// False: no '=' or an empty name.
bool AddPair(json::object& object, std::string_view pair) {
  const auto [name, value, found] = Cut(pair, '=');
  if (!found || name.empty()) return false;
  object[name] = value;
  return true;
}

}  // namespace

Result<json::object> ParsePairs(const std::vector<std::string>& pairs, std::string_view option) {
  json::object object;
  for (const std::string& pair : pairs) {
    if (!AddPair(object, pair)) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} must have the form NAME=VALUE.", option));
    }
  }
  return object;
}

json::array LabelList(const json::object& pairs) {
  json::array list;
  for (const auto& pair : pairs) list.push_back({{"Key", pair.key()}, {"Value", pair.value()}});
  return list;
}

Result<std::string> ReadFile(const std::string& path, std::size_t most_mib) {
  if (auto text = ReadWholeFile(path, most_mib << 20U)) return *std::move(text);
  return Error(Code::kInvalidArgument,
               fmt::format("The file {} cannot be read or is larger than {} MiB.", path, most_mib));
}

Result<std::string> ReadText(const std::string& path, std::size_t most_mib) {
  ATELIER_TRY(std::string text, ReadFile(path, most_mib));
  return PlainText(std::move(text), path);
}

Result<JsonFile> ReadJson(const std::string& path) {
  ATELIER_TRY(std::string text, ReadText(path));
  auto value = ParseJson(text);
  if (!value) {
    return Error(Code::kInvalidArgument, fmt::format("{}: {}", path, value.error().message()));
  }
  return JsonFile{.value = *std::move(value), .text = std::move(text)};
}

Result<json::object> ReadPairs(const std::string& path) {
  ATELIER_TRY(const std::string text, ReadText(path));
  json::object object;
  std::size_t number = 0;
  for (const std::string_view line : Lines(text)) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    if (!AddPair(object, line)) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{}, line {}: it must have the form NAME=VALUE.", path, number));
    }
  }
  return object;
}

std::string PathOf(std::string_view collection, std::string_view id, std::string_view rest) {
  return fmt::format("{}/{}{}", collection, PercentEncode(id), rest);
}

}  // namespace atelier::cli
