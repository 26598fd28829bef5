#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace atelier::cli {

enum class Format : std::uint8_t { table, json, yaml, csv };
BOOST_DESCRIBE_ENUM(Format, table, json, yaml, csv)

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Columns aligned by characters, two blanks apart, each line ended. Control characters show as
/// '?': names come from other people and must not steer the terminal.
std::string RenderTable(const Table& table);
/// Its parts, for a table that is not there as a whole: what its columns need, and one line.
std::vector<std::size_t> WidthsOf(const Table& table);
/// A cell wider than its column pushes the rest of its line.
std::string RenderRow(const std::vector<std::string>& row, const std::vector<std::size_t>& widths);
/// RFC 4180 but for the ends of lines, which are LF; control characters as in a table.
std::string RenderCsv(const Table& table);
std::string RenderCsvRow(const std::vector<std::string>& row);
/// The first cell of each row, which is what other commands take: one a line.
std::string RenderIds(const Table& table);
/// `text` with control characters, but for the tab, shown as '?'.
std::string Printable(std::string_view text);

/// Indented by two blanks.
std::string RenderJson(const json::value& value);
/// Block style YAML 1.2; strings are quoted unless they are plain words.
std::string RenderYaml(const json::value& value);

/// As RenderJson writes it at `indent`, without the last line's end.
void AppendPrettyJson(std::string& out, const json::value& value, std::size_t indent);
/// As RenderYaml writes it at `indent`. The first line continues the present one when
/// `inline_first` is set (an item after its dash).
void AppendYaml(std::string& out, const json::value& value, std::size_t indent, bool inline_first);

}  // namespace atelier::cli
