#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

const json::value* Find(const json::object& object, std::string_view path) {
  const auto [name, inner, found] = Cut(path, '.');
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !found) return value;
  return Find(AsObject(*value), inner);
}

std::string ShowValue(const json::value& value) {
  if (value.is_null()) return "";
  if (const json::string* text = value.if_string()) return {text->data(), text->size()};
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_double()) return fmt::format("{}", value.get_double());
  const json::array* items = value.if_array();
  const bool plain = items != nullptr && std::ranges::none_of(*items, [](const json::value& item) {
                       return item.is_object() || item.is_array();
                     });
  if (!plain) return json::serialize(value);
  std::string out;
  for (const json::value& item : *items) out += (out.empty() ? "" : ",") + ShowValue(item);
  return out;
}

std::vector<std::string> RowOf(std::span<const Column> columns, const json::object& item) {
  std::vector<std::string> row;
  for (const Column& column : columns) {
    std::string cell;
    std::string_view separator;
    for (const std::string_view member : Split(column.member, '/', Trailing::kDrop))
      cell.append(std::exchange(separator, "/")).append(Show(item, member));
    row.push_back(std::move(cell));
  }
  return row;
}

/// Items may come in lists of their own: the steps of sessions.
void AddRows(std::span<const Column> columns, const json::array& items, Table& table) {
  for (const json::value& item : items) {
    if (const json::array* inner = item.if_array())
      AddRows(columns, *inner, table);
    else
      table.rows.push_back(RowOf(columns, AsObject(item)));
  }
}

void AddRecord(const json::object& record, const std::string& prefix, Table& table) {
  for (const auto& member : record) {
    const std::string name = prefix + std::string(member.key());
    if (name == "RequestId") continue;  // of the answer, not of what it shows
    if (const json::object* inner = member.value().if_object()) {
      AddRecord(*inner, name + ".", table);
    } else if (std::string text = ShowValue(member.value()); !text.empty() && text != "[]") {
      table.rows.push_back({name, std::move(text)});
    }
  }
}

}  // namespace

std::string Show(const json::object& object, std::string_view path) {
  const json::value* value = Find(object, path);
  return value != nullptr ? ShowValue(*value) : std::string();
}

Table ListTable(std::span<const Column> columns, const json::array& items) {
  Table table;
  for (const Column& column : columns) table.header.emplace_back(column.header);
  AddRows(columns, items, table);
  return table;
}

Table RecordTable(std::initializer_list<std::string_view> members, const json::object& record) {
  Table table{.header = {"FIELD", "VALUE"}, .rows = {}};
  for (const std::string_view member : members) {
    if (std::string text = Show(record, member); !text.empty())
      table.rows.push_back({std::string(member), std::move(text)});
  }
  return table;
}

Table TableOf(const Verb& verb, const json::object& answer) {
  if (!verb.list.empty()) {
    const json::value* items = Find(answer, verb.list);
    const json::array* list = items == nullptr ? nullptr : items->if_array();
    return ListTable(verb.columns, list == nullptr ? json::array() : *list);
  }
  Table table;
  table.header = {"FIELD", "VALUE"};
  const json::value* record = verb.record == "." ? nullptr : Find(answer, verb.record);
  AddRecord(record != nullptr ? AsObject(*record) : answer, "", table);
  return table;
}

}  // namespace atelier::cli
