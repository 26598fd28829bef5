#include "cli/output/list_printer.h"

namespace atelier::cli {

void ListPrinter::Add(const json::object& answer, const Table& rows) {
  const bool first = !std::exchange(begun_, true);
  if (ids_only_) {
    out_ << RenderIds(rows) << std::flush;
    return;
  }
  if (first) Begin(answer, rows);
  if (format_ == Format::csv) {
    for (const auto& row : rows.rows) out_ << RenderCsvRow(row);
  } else if (format_ == Format::table) {
    for (const auto& row : rows.rows) out_ << RenderRow(row, widths_);
  } else if (const json::value* list = answer.if_contains(list_); list != nullptr) {
    if (const json::array* items = list->if_array()) {
      for (const json::value& item : *items) AddItem(item);
    }
  }
  out_.flush();
}

void ListPrinter::Begin(const json::object& answer, const Table& rows) {
  if (format_ == Format::table) {
    widths_ = WidthsOf(rows);
    out_ << RenderRow(rows.header, widths_);
    return;
  }
  if (format_ == Format::csv) {
    out_ << RenderCsvRow(rows.header);
    return;
  }
  json::object others;
  for (const auto& member : answer) {
    if (member.key() != list_) others[member.key()] = member.value();
  }
  if (format_ == Format::yaml) {
    if (!others.empty()) out_ << RenderYaml(others);
    out_ << list_ << ':';
    return;
  }
  out_ << "{\n";
  for (const auto& member : others) {
    std::string line = "  ";
    AppendJsonString(line, member.key());
    line += ": ";
    AppendPrettyJson(line, member.value(), 2);
    out_ << line << ",\n";
  }
  out_ << "  \"" << list_ << "\": [";
}

void ListPrinter::AddItem(const json::value& item) {
  std::string text;
  if (format_ == Format::yaml) {
    text = items_ == 0 ? "\n  - " : "  - ";
    AppendYaml(text, item, 4, true);
  } else {
    text = items_ == 0 ? "\n    " : ",\n    ";
    AppendPrettyJson(text, item, 4);
  }
  ++items_;
  out_ << text;
}

void ListPrinter::End() {
  if (ids_only_) return;
  if (format_ == Format::json) out_ << (items_ == 0 ? "]\n}\n" : "\n  ]\n}\n");
  if (format_ == Format::yaml && items_ == 0) out_ << " []\n";
  out_.flush();
}

}  // namespace atelier::cli
