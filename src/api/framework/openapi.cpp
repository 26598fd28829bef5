#include "api/framework/openapi.h"

#include <algorithm>
#include <map>
#include <vector>

#include "api/operation.h"
#include "base/codec.h"

namespace atelier::api {

namespace {

void AppendKey(std::string& out, bool& first, std::string_view key) {
  if (!first) out += ',';
  first = false;
  AppendJsonString(out, key);
  out += ':';
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

void AppendEnum(std::string& out, std::string_view values) {
  out += R"(,"enum":[)";
  bool first = true;
  while (!values.empty()) {
    const std::size_t comma = std::min(values.find(','), values.size());
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, values.substr(0, comma));
    values.remove_prefix(std::min(comma + 1, values.size()));
  }
  out += ']';
}

void AppendParamSchema(std::string& out, const Param& param) {
  const auto number = [&](std::string_view key, std::int64_t value) {
    out += key;
    codec::AppendNumber(out, value);
  };
  switch (param.type) {
    case Param::Type::kInteger:
      out += R"({"type":"integer","format":"int64")";
      if (param.min != INT64_MIN) number(R"(,"minimum":)", param.min);
      if (param.max != INT64_MAX) number(R"(,"maximum":)", param.max);
      if (param.standard) number(R"(,"default":)", *param.standard);
      break;
    case Param::Type::kBoolean:
      out += R"({"type":"boolean")";
      if (param.standard)
        out += *param.standard != 0 ? R"(,"default":true)" : R"(,"default":false)";
      break;
    case Param::Type::kEnum:
      out += R"({"type":"string")";
      AppendEnum(out, param.values);
      break;
    case Param::Type::kTime:
      out += R"({"type":"string","format":"date-time")";
      break;
    case Param::Type::kText:
      out += R"({"type":"string")";
      if (param.max != INT64_MAX) number(R"(,"maxLength":)", param.max);
      break;
    case Param::Type::kDecimal:
    case Param::Type::kEnumList:
    case Param::Type::kList:
    case Param::Type::kJson:
    case Param::Type::kJsonMap:
    case Param::Type::kJsonList:
      out += R"({"type":"string")";
      break;
  }
  out += '}';
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

void AppendParams(std::string& out, const Operation& operation) {
  out += "[";
  bool first_param = true;
  for (const Param& param : operation.params) {
    if (!first_param) out += ',';
    first_param = false;
    out += '{';
    bool first = true;
    AppendKey(out, first, "name");
    AppendJsonString(out, param.name);
    AppendKey(out, first, "in");
    out += param.in_path ? R"("path")" : R"("query")";
    AppendKey(out, first, "required");
    out += param.in_path || param.required ? "true" : "false";
    if (const std::string note = ParamNote(param); !note.empty()) {
      AppendKey(out, first, "description");
      AppendJsonString(out, note);
    }
    AppendKey(out, first, "schema");
    AppendParamSchema(out, param);
    out += '}';
  }
  out += ']';
}

void AppendContent(std::string& out, std::string_view schema) {
  out += R"("content":{"application/json":{"schema":)";
  out += schema;
  out += "}}";
}

std::string Description(const Operation& operation) {
  std::string text(operation.doc);
  if (operation.handler == nullptr) {
    if (!text.empty()) text += ' ';
    text += "Refused: " + std::string(operation.refusal) + " not supported by this server yet.";
  }
  return text;
}

void AppendOperation(std::string& out, const Operation& operation) {
  out += '{';
  bool first = true;
  AppendKey(out, first, "operationId");
  AppendJsonString(out, operation.name);
  AppendKey(out, first, "tags");
  out += '[';
  AppendJsonString(out, ProductName(operation.product));
  out += ']';
  if (const std::string text = Description(operation); !text.empty()) {
    AppendKey(out, first, "description");
    AppendJsonString(out, text);
  }
  AppendKey(out, first, "x-acs-version");
  AppendJsonString(out, operation.version);
  AppendKey(out, first, "x-atelier-supported");
  out += operation.handler != nullptr ? "true" : "false";
  AppendKey(out, first, "parameters");
  AppendParams(out, operation);
  if (operation.body != nullptr) {
    AppendKey(out, first, "requestBody");
    out += '{';
    AppendContent(out, operation.body());
    out += '}';
  }
  AppendKey(out, first, "responses");
  out += R"({"200":{"description":"Success",)";
  AppendContent(out, operation.answer == nullptr ? R"({"type":"object"})" : operation.answer());
  out += R"(},"default":{"description":"Error",)";
  AppendContent(out, R"({"type":"object","required":["RequestId","Code","Message"],"properties":)"
                     R"({"RequestId":{"type":"string"},"Code":{"type":"string"},)"
                     R"("Message":{"type":"string"}}})");
  out += "}}}";
}

/// Both ways to sign go into one header, which OpenAPI has no other word for.
constexpr std::string_view kSecurity =
    R"("components":{"securitySchemes":{"Signature":{"type":"apiKey","in":"header",)"
    R"("name":"Authorization","description":"ACS3-HMAC-SHA256, or acs <AccessKeyId>:<Signature> )"
    R"((ROA, HMAC-SHA1), over the request; the official SDKs write it."}}},)"
    R"("security":[{"Signature":[]}])";

}  // namespace

std::string OpenApiDocument() {
  std::map<std::string, std::vector<const Operation*>> paths;
  for (const Operation& operation : Operations()) {
    std::string path(operation.path);
    if (path == "/") path += "?Action=" + std::string(operation.name);
    // Products may share a path, which the version tells apart; OpenAPI has no word for that.
    if (std::ranges::find(paths[path], operation.method, &Operation::method) != paths[path].end())
      path += "#" + std::string(ProductName(operation.product));
    paths[path].push_back(&operation);
  }
  std::string out =
      R"({"openapi":"3.0.3","info":{"title":"Atelier","version":"2022-01-01"},"paths":{)";
  bool first_path = true;
  for (const auto& [path, operations] : paths) {
    AppendKey(out, first_path, path);
    out += '{';
    bool first = true;
    for (const Operation* operation : operations) {
      AppendKey(out, first, LowerCase(operation->method));
      AppendOperation(out, *operation);
    }
    out += '}';
  }
  out += "},";
  out += kSecurity;
  out += '}';
  return out;
}

}  // namespace atelier::api
