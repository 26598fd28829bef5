#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace atelier::cli {

enum class Format : std::uint8_t { table, json, yaml };
BOOST_DESCRIBE_ENUM(Format, table, json, yaml)

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Columns aligned by characters, two blanks apart, each line ended. Control characters show as
/// '?': names come from other people and must not steer the terminal.
std::string RenderTable(const Table& table);
/// `text` with control characters, but for the tab, shown as '?'.
std::string Printable(std::string_view text);

/// Indented by two blanks.
std::string RenderJson(const json::value& value);
/// Block style YAML 1.2; strings are quoted unless they are plain words.
std::string RenderYaml(const json::value& value);

}  // namespace atelier::cli
