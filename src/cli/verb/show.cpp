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

std::vector<std::string> RowOf(const Verb& verb, const json::object& item) {
  std::vector<std::string> row;
  for (const Column& column : verb.columns) {
    std::string cell;
    std::string_view separator;
    for (const std::string_view member : Split(column.member, '/', Trailing::kDrop))
      cell.append(std::exchange(separator, "/")).append(Show(item, member));
    row.push_back(std::move(cell));
  }
  return row;
}

/// Items may come in lists of their own: the steps of sessions.
void AddRows(const Verb& verb, const json::value& items, Table& table) {
  const json::array* list = items.if_array();
  if (list == nullptr) return;
  for (const json::value& item : *list) {
    if (item.is_array())
      AddRows(verb, item, table);
    else
      table.rows.push_back(RowOf(verb, AsObject(item)));
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

Table TableOf(const Verb& verb, const json::object& answer) {
  Table table;
  if (!verb.list.empty()) {
    for (const Column& column : verb.columns) table.header.emplace_back(column.header);
    if (const json::value* items = Find(answer, verb.list)) AddRows(verb, *items, table);
    return table;
  }
  table.header = {"FIELD", "VALUE"};
  const json::value* record = verb.record == "." ? nullptr : Find(answer, verb.record);
  AddRecord(record != nullptr ? AsObject(*record) : answer, "", table);
  return table;
}

}  // namespace atelier::cli
