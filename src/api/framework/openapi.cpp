#include "api/framework/openapi.h"

#include <map>
#include <string>

#include <fmt/format.h>

#include "api/framework/params.h"
#include "api/operation.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/text.h"

namespace atelier::api {

namespace {

/// A schema that is written out here, or in a row.
json::object Parsed(std::string_view text) { return ParseJson(text).value().as_object(); }

/// A pattern of names apart from each other by commas, with blanks around them, none of them
/// necessarily there: how DecodeArgs reads lists.
std::string ListPattern(const std::string& member) {
  return "^[ \\t]*(" + member + ")?[ \\t]*(,[ \\t]*(" + member + ")?[ \\t]*)*$";
}
/// The same of any names, at least one of them there, each of at most `most` characters.
std::string FullListPattern(std::size_t most) {
  return fmt::format(R"(^[ \t,]*[^, \t][^,]{{0,{}}}[ \t]*(,[ \t]*([^,]{{1,{}}})?[ \t]*)*$)",
                     most - 1, most);
}

std::string Alternatives(std::string_view values) {
  std::string all;
  for (const char c : values) {
    if (c == ',') {
      all += '|';
    } else if (c == '.') {
      all += "[.]";
    } else {
      all += c;
    }
  }
  return all;
}

/// The values of an enum, and the aliases that stand for some.
json::array EnumValues(const Param& param) {
  json::array all;
  for (const std::string_view value : Split(param.values, ',', Trailing::kDrop))
    all.emplace_back(value);
  for (const std::string& pair : SplitList(param.aliases))
    all.emplace_back(pair.substr(0, pair.find('=')));
  return all;
}

/// What ParseIso8601 takes, beside the lengths of months.
constexpr std::string_view kTimePattern =
    "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):"
    "[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$";

/// Of a parameter that is no JSON.
json::object SchemaOf(const Param& param) {
  using Type = Param::Type;
  json::object out{{"type", "string"}};
  switch (param.type) {
    case Type::kInteger:
      out = {
          {"type", "integer"}, {"format", "int64"}, {"minimum", param.min}, {"maximum", param.max}};
      if (param.standard) out["default"] = *param.standard;
      break;
    case Type::kBoolean:
      out["type"] = "boolean";
      if (param.standard) out["default"] = *param.standard != 0;
      break;
    case Type::kEnum:
      out["enum"] = EnumValues(param);
      break;
    case Type::kTime:
      out["format"] = "date-time";
      out["pattern"] = kTimePattern;
      break;
    case Type::kDecimal:
      out["pattern"] = "^([0-9]+[.]?[0-9]*|[.][0-9]+)$";
      out["maxLength"] = kMaxDecimalCharacters;
      break;
    case Type::kEnumList:
      out["pattern"] = ListPattern(Alternatives(param.values));
      break;
    case Type::kList:
      out["pattern"] = param.required
                           ? FullListPattern(MostCharacters(param))
                           : ListPattern("[^,]{1," + std::to_string(MostCharacters(param)) + "}");
      break;
    default:
      if (param.required || param.in_path) out["minLength"] = 1;
      out["maxLength"] = MostCharacters(param);
      if (!param.pattern.empty()) out["pattern"] = param.pattern;
  }
  return out;
}

json::object Content(json::object schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

/// The schema of JSON as the text of a parameter, unless its row has one; empty: it is no JSON.
std::string_view JsonSchema(Param::Type type) {
  switch (type) {
    case Param::Type::kJson:
      return "{}";
    case Param::Type::kJsonMap:
      return R"({"type":"object"})";
    case Param::Type::kJsonList:
      return R"({"oneOf":[{"type":"array","items":{"type":"object"}},{"type":"object"}]})";
    default:
      return "";
  }
}

std::string ParamNote(const Param& param) {
  std::string note(param.doc);
  const auto add = [&](std::string_view text) {
    if (!note.empty()) note += ' ';
    note += text;
  };
  if (param.type == Param::Type::kDecimal) add("Decimal text, not negative.");
  if (param.type == Param::Type::kList) add("Comma list.");
  if (param.type == Param::Type::kEnumList) add("Comma list of " + std::string(param.values) + ".");
  if (param.type == Param::Type::kJson) add("JSON text.");
  if (param.type == Param::Type::kJsonMap) add("JSON object as text.");
  if (param.type == Param::Type::kJsonList) add("JSON array of objects as text.");
  return note;
}

json::array ParamsOf(const Operation& operation) {
  json::array all;
  for (const Param& param : operation.params()) {
    json::object one{{"name", param.name},
                     {"in", param.in_path ? "path" : "query"},
                     {"required", param.in_path || param.required}};
    if (const std::string note = ParamNote(param); !note.empty()) one["description"] = note;
    // An empty value counts as absent (DecodeArgs).
    if (!param.in_path && !param.required) one["allowEmptyValue"] = true;
    if (const std::string_view usual = JsonSchema(param.type); !usual.empty())
      one["content"] = Content(Parsed(param.pattern.empty() ? usual : param.pattern));
    else
      one["schema"] = SchemaOf(param);
    all.push_back(std::move(one));
  }
  return all;
}

std::string Description(const Operation& operation) {
  std::string text(operation.doc);
  if (operation.handler == nullptr) {
    if (!text.empty()) text += ' ';
    text += "Refused: " + std::string(operation.refusal) + " not supported by this server yet.";
  }
  return text;
}

constexpr std::string_view kError =
    R"({"type":"object","required":["RequestId","Code","Message"],"properties":)"
    R"({"RequestId":{"type":"string"},"Code":{"type":"string"},"Message":{"type":"string"}}})";

json::object Encode(const Operation& operation) {
  json::object out{{"operationId", operation.name},
                   {"tags", json::array{ProductName(operation.product)}}};
  if (const std::string text = Description(operation); !text.empty()) out["description"] = text;
  out["x-acs-version"] = operation.version;
  out["x-atelier-supported"] = !(operation.handler == nullptr);
  out["parameters"] = ParamsOf(operation);
  if (operation.body != nullptr) {
    out["requestBody"] = json::object{{"required", !operation.body_optional},
                                      {"content", Content(operation.body())}};
  }
  const auto answer = operation.handler.answer;
  json::object success =
      answer == nullptr ? json::object{{"type", "object"}} : answer(operation.form);
  out["responses"] =
      json::object{{"200", {{"description", "Success"}, {"content", Content(std::move(success))}}},
                   {"default", {{"description", "Error"}, {"content", Content(Parsed(kError))}}}};
  return out;
}

/// Both ways to sign go into one header, which OpenAPI has no other word for.
constexpr std::string_view kSchemes =
    R"({"securitySchemes":{"Signature":{"type":"apiKey","in":"header",)"
    R"("name":"Authorization","description":"ACS3-HMAC-SHA256, or acs <AccessKeyId>:<Signature> )"
    R"((ROA, HMAC-SHA1), over the request; the official SDKs write it."}}})";

}  // namespace

std::string OpenApiDocument() {
  std::map<std::string, json::object> paths;
  for (const Operation& operation : Operations()) {
    std::string path(operation.path);
    if (path == "/") path += "?Action=" + std::string(operation.name);
    const std::string method = ToLower(operation.method);
    // Products may share a path, which the version tells apart; OpenAPI has no word for that.
    if (paths[path].contains(method)) path += "#" + std::string(ProductName(operation.product));
    paths[path][method] = Encode(operation);
  }
  json::object by_path;
  for (auto& [path, operations] : paths) by_path[path] = std::move(operations);
  return json::serialize(
      json::object{{"openapi", "3.0.3"},
                   {"info", {{"title", "Atelier"}, {"version", "2022-01-01"}}},
                   {"paths", std::move(by_path)},
                   {"components", Parsed(kSchemes)},
                   {"security", json::array{json::object{{"Signature", json::array{}}}}}});
}

}  // namespace atelier::api
