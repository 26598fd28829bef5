#include "api/framework/openapi.h"

#include <algorithm>
#include <map>
#include <vector>

#include "api/framework/params.h"
#include "api/operation.h"
#include "base/codec.h"
#include "base/text.h"

namespace atelier::api {

namespace {

void AppendKey(std::string& out, bool& first, std::string_view key) {
  if (!first) out += ',';
  first = false;
  AppendJsonString(out, key);
  out += ':';
}

void AppendEnum(std::string& out, std::string_view values) {
  out += R"(,"enum":[)";
  bool first = true;
  for (const std::string_view value : Split(values, ',', Trailing::kDrop)) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, value);
  }
  out += ']';
}

/// A pattern of names apart from each other by commas, with blanks around them, none of them
/// necessarily there: how DecodeArgs reads lists.
std::string ListPattern(const std::string& member) {
  return "^[ \\t]*(" + member + ")?[ \\t]*(,[ \\t]*(" + member + ")?[ \\t]*)*$";
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
std::string EnumValues(const Param& param) {
  std::string all(param.values);
  for (const std::string& pair : SplitList(param.aliases))
    all += "," + pair.substr(0, pair.find('='));
  return all;
}

/// What ParseIso8601 takes, beside the lengths of months.
constexpr std::string_view kTimePattern =
    "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):"
    "[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$";

class ParamSchema {
 public:
  explicit ParamSchema(const Param& param) : param_(param) {}

  std::string Text() {
    using Type = Param::Type;
    switch (param_.type) {
      case Type::kInteger:
        Begin("integer", "int64");
        Number("minimum", param_.min);
        Number("maximum", param_.max);
        if (param_.standard) Number("default", *param_.standard);
        break;
      case Type::kBoolean:
        Begin("boolean");
        if (param_.standard)
          out_ += *param_.standard != 0 ? R"(,"default":true)" : R"(,"default":false)";
        break;
      case Type::kEnum:
        Begin("string");
        AppendEnum(out_, EnumValues(param_));
        break;
      case Type::kTime:
        Begin("string", "date-time");
        Pattern(kTimePattern);
        break;
      case Type::kText:
        Begin("string");
        if (param_.required || param_.in_path) Number("minLength", 1);
        Number("maxLength", static_cast<std::int64_t>(MostCharacters(param_)));
        if (!param_.pattern.empty()) Pattern(param_.pattern);
        break;
      case Type::kDecimal:
        Begin("string");
        Pattern("^([0-9]+[.]?[0-9]*|[.][0-9]+)$");
        Number("maxLength", kMaxDecimalCharacters);
        break;
      case Type::kEnumList:
        Begin("string");
        Pattern(ListPattern(Alternatives(param_.values)));
        break;
      case Type::kList:
        Begin("string");
        if (param_.required) Number("minLength", 1);
        Pattern(ListPattern("[^,]{1," + std::to_string(MostCharacters(param_)) + "}"));
        break;
      case Type::kJson:
        return Json("{}");
      case Type::kJsonMap:
        return Json(R"({"type":"object"})");
      case Type::kJsonList:
        return Json(R"({"oneOf":[{"type":"array","items":{"type":"object"}},{"type":"object"}]})");
    }
    return R"("schema":)" + out_ + '}';
  }

 private:
  void Begin(std::string_view type, std::string_view format = {}) {
    out_ = R"({"type":")" + std::string(type) + '"';
    if (!format.empty()) out_ += R"(,"format":")" + std::string(format) + '"';
  }
  void Number(std::string_view key, std::int64_t value) {
    out_ += ",\"" + std::string(key) + "\":";
    codec::AppendNumber(out_, value);
  }
  void Pattern(std::string_view pattern) {
    out_ += R"(,"pattern":)";
    AppendJsonString(out_, pattern);
  }
  /// JSON as the text of the parameter.
  std::string Json(std::string_view otherwise) const {
    return R"("content":{"application/json":{"schema":)" +
           std::string(param_.pattern.empty() ? otherwise : param_.pattern) + "}}";
  }

  const Param& param_;
  std::string out_;
};

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
  for (const Param& param : operation.params()) {
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
    // An empty value counts as absent (DecodeArgs).
    if (!param.in_path && !param.required) {
      AppendKey(out, first, "allowEmptyValue");
      out += "true";
    }
    out += ',' + ParamSchema(param).Text() + '}';
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
  out += operation.handler == nullptr ? "false" : "true";
  AppendKey(out, first, "parameters");
  AppendParams(out, operation);
  if (operation.body != nullptr) {
    AppendKey(out, first, "requestBody");
    out += operation.body_optional ? R"({"required":false,)" : R"({"required":true,)";
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
      AppendKey(out, first, ToLower(operation->method));
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
