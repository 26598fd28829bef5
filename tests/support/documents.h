#pragma once
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "api/framework/openapi.h"
#include "base/codec.h"

/// The documents' lists of fields and parameters (tests/data/contract), and what /openapi.json says
/// of the operations that are built, in one notation: "A.B", "A[]", "A[].C", "{*}" for the keys of
/// a map.
namespace atelier::test {

using Paths = std::map<std::string, std::string>;  // path -> JSON type

inline json::value ContractData(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(std::string(ATELIER_TEST_DATA) + "/contract/" + name).rdbuf();
  return ParseJson(text.str()).value();
}

/// The operations of such a file, without the line that says where it is from.
inline json::object DocumentedOperations(const std::string& name) {
  json::object operations = ContractData(name).as_object();
  operations.erase("//");
  return operations;
}

inline Paths PathsOf(const json::value& listed) {
  Paths paths;
  for (const auto& [path, type] : listed.as_object()) paths[path] = std::string(type.as_string());
  return paths;
}

inline std::string TypeOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "integer";
    case json::kind::double_:
      return "number";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "array";
    case json::kind::object:
      return "object";
  }
  return "";
}

/// The paths of a JSON value.
inline void Walk(const json::value& value, const std::string& path, Paths& paths) {
  if (!path.empty()) paths[path] = TypeOf(value);
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      Walk(member, path.empty() ? std::string(key) : path + "." + std::string(key), paths);
  }
  if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) Walk(element, path + "[]", paths);
  }
}

/// The paths of a JSON schema.
inline void WalkSchema(const json::value& schema, const std::string& path, Paths& paths) {
  const json::object& object = schema.as_object();
  const json::value* type = object.if_contains("type");
  if (!path.empty()) paths[path] = type == nullptr ? "any" : std::string(type->as_string());
  if (const json::value* properties = object.if_contains("properties")) {
    for (const auto& [key, member] : properties->as_object())
      WalkSchema(member, path.empty() ? std::string(key) : path + "." + std::string(key), paths);
  }
  if (const json::value* items = object.if_contains("items"))
    WalkSchema(*items, path + "[]", paths);
  if (const json::value* values = object.if_contains("additionalProperties"))
    WalkSchema(*values, path + ".{*}", paths);
}

/// "integer" of the documents' "integer(int64)" or "boolean=false"; maps are objects.
inline std::string JsonTypeOf(std::string_view documented) {
  if (documented.starts_with("map")) return "object";
  return std::string(documented.substr(0, documented.find_first_of("(=")));
}

/// The type that the documents give `path`; "any" below a map of any value, and empty if they do
/// not know it.
inline std::string DocumentedType(const Paths& documented, const std::string& path) {
  if (const auto found = documented.find(path); found != documented.end())
    return JsonTypeOf(found->second);
  if (documented.contains(path + "[]")) return "array";
  for (const auto& [of, type] : documented) {
    if (!type.starts_with("map<") || !path.starts_with(of + ".")) continue;
    const std::string values = type.substr(type.find(',') + 1);
    return values.starts_with("string") ? "string" : "any";
  }
  return "";
}

/// One operation as /openapi.json has it.
struct DescribedOperation {
  std::string version;
  std::string method;  // "GET"
  std::string path;    // "/": told apart by its name
  std::map<std::string, json::object> params;
  json::value body;  // the schema; null: none
  json::value answer;
};

/// Those of a product ("EAS") that are built, by their names.
inline std::map<std::string, DescribedOperation> BuiltOperations(std::string_view product) {
  const auto schema_of = [](const json::value& holder) {
    return holder.at("content").at("application/json").at("schema");
  };
  std::map<std::string, DescribedOperation> built;
  const json::value document = ParseJson(api::OpenApiDocument()).value();
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, row] : methods.as_object()) {
      if (row.at("tags").at(0).as_string() != product) continue;
      if (!row.at("x-atelier-supported").as_bool()) continue;
      DescribedOperation& operation = built[std::string(row.at("operationId").as_string())];
      operation.version = row.at("x-acs-version").as_string();
      operation.method = method;
      for (char& c : operation.method) c = static_cast<char>(c - 'a' + 'A');
      operation.path = path.substr(0, path.find_first_of("?#"));
      for (const json::value& param : row.at("parameters").as_array())
        operation.params[std::string(param.at("name").as_string())] = param.as_object();
      if (const json::value* body = row.as_object().if_contains("requestBody"))
        operation.body = schema_of(*body);
      operation.answer = schema_of(row.at("responses").at("200"));
    }
  }
  return built;
}

}  // namespace atelier::test
