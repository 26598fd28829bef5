#include "cli/output/render.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace atelier::cli {

namespace {

constexpr std::size_t kGap = 2;

/// A text that YAML cannot take for anything but a string.
bool IsPlainWord(std::string_view text) {
  static constexpr auto kReserved =
      std::to_array<std::string_view>({"true", "false", "null", "yes", "no", "on", "off", "y", "n",
                                       "True", "False", "Null", "Yes", "No", "On", "Off", "Y", "N",
                                       "TRUE", "FALSE", "NULL", "YES", "NO", "ON", "OFF"});
  const auto allowed = [](char c) { return IsAlnum(c) || c == '_' || c == '-' || c == '.'; };
  return !text.empty() && IsLetter(text.front()) && std::ranges::all_of(text, allowed) &&
         std::ranges::find(kReserved, text) == kReserved.end();
}

void AppendYamlString(std::string& out, std::string_view text) {
  if (IsPlainWord(text))
    out += text;
  else
    AppendJsonString(out, text);  // every JSON string is a YAML double-quoted one
}

bool IsBlock(const json::value& value) {
  return (value.is_object() && !value.get_object().empty()) ||
         (value.is_array() && !value.get_array().empty());
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F.
    const bool is_c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) ++i;
    out += is_c1 || (byte < 0x20 && byte != '\t') || byte == 0x7F ? '?' : text[i];
  }
  return out;
}

std::vector<std::size_t> WidthsOf(const Table& table) {
  std::vector<std::size_t> widths(table.header.size());
  const auto widen = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], CountCharacters(Printable(row[i])));
  };
  widen(table.header);
  for (const auto& row : table.rows) widen(row);
  return widths;
}

std::string RenderRow(const std::vector<std::string>& row, const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string cell = Printable(row[i]);
    out += cell;
    // Nothing stands right of the last cell, so it needs no filling.
    if (i + 1 < row.size())
      out.append(std::max(widths[i], CountCharacters(cell)) - CountCharacters(cell) + kGap, ' ');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out + '\n';
}

std::string RenderTable(const Table& table) {
  const std::vector<std::size_t> widths = WidthsOf(table);
  std::string out = RenderRow(table.header, widths);
  for (const auto& one : table.rows) out += RenderRow(one, widths);
  return out;
}

std::string RenderCsvRow(const std::vector<std::string>& row) {
  std::string out;
  for (const std::string& text : row) {
    const std::string cell = Printable(text);
    if (&text != &row.front()) out += ',';
    if (cell.find_first_of(",\"") == std::string::npos) {
      out += cell;
      continue;
    }
    out += '"';
    for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  return out + '\n';
}

std::string RenderCsv(const Table& table) {
  std::string out = RenderCsvRow(table.header);
  for (const auto& row : table.rows) out += RenderCsvRow(row);
  return out;
}

std::string RenderIds(const Table& table) {
  std::string out;
  for (const auto& row : table.rows) {
    if (!row.empty()) out += Printable(row.front()) + '\n';
  }
  return out;
}

void AppendPrettyJson(std::string& out, const json::value& value, std::size_t indent) {
  const std::string inner(indent + 2, ' ');
  const std::string outer(indent, ' ');
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& member : *object) {
      out += first ? inner : ",\n" + inner;
      first = false;
      AppendJsonString(out, member.key());
      out += ": ";
      AppendPrettyJson(out, member.value(), indent + 2);
    }
    out += "\n" + outer + "}";
  } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
    out += "[\n";
    bool first = true;
    for (const json::value& item : *array) {
      out += first ? inner : ",\n" + inner;
      first = false;
      AppendPrettyJson(out, item, indent + 2);
    }
    out += "\n" + outer + "]";
  } else {
    out += json::serialize(value);
  }
}

std::string RenderJson(const json::value& value) {
  std::string out;
  AppendPrettyJson(out, value, 0);
  return out + "\n";
}

void AppendYaml(std::string& out, const json::value& value, std::size_t indent, bool inline_first) {
  const std::string pad(indent, ' ');
  if (!IsBlock(value)) {
    if (const json::string* text = value.if_string())
      AppendYamlString(out, {text->data(), text->size()});
    else
      out += json::serialize(value);
    out += '\n';
    return;
  }
  bool first = inline_first;
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      if (!std::exchange(first, false)) out += pad;
      AppendYamlString(out, member.key());
      out += IsBlock(member.value()) ? ":\n" : ": ";
      AppendYaml(out, member.value(), indent + 2, false);
    }
    return;
  }
  for (const json::value& item : value.get_array()) {
    if (!std::exchange(first, false)) out += pad;
    out += "- ";
    AppendYaml(out, item, indent + 2, true);
  }
}

std::string RenderYaml(const json::value& value) {
  std::string out;
  AppendYaml(out, value, 0, false);
  return out;
}

}  // namespace atelier::cli
