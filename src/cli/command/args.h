#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/result.h"

namespace atelier::cli {

/// {"NAME=VALUE", ...} as an object. InvalidArgument names `option`: no '=' or an empty name.
Result<json::object> ParsePairs(const std::vector<std::string>& pairs, std::string_view option);

/// [{"Key": ..., "Value": ...}, ...], as labels of instances are written.
json::array LabelList(const json::object& pairs);

/// A whole file, byte for byte. InvalidArgument: it cannot be read, or is larger than `most_mib`
/// (at least 1).
Result<std::string> ReadFile(const std::string& path, std::size_t most_mib = 1);
/// The same of a text, from whatever system (text.h).
Result<std::string> ReadText(const std::string& path, std::size_t most_mib = 1);

struct JsonFile {
  json::value value;
  std::string text;
};
/// InvalidArgument: the file, and where in it the fault is.
Result<JsonFile> ReadJson(const std::string& path);
/// Lines NAME=VALUE; empty ones and those that begin with '#' are skipped. InvalidArgument: the
/// file and the line.
Result<json::object> ReadPairs(const std::string& path);

/// "/api/v2/instances/dsw-1/start": `id` as one encoded piece.
std::string PathOf(std::string_view collection, std::string_view id, std::string_view rest = {});

}  // namespace atelier::cli
