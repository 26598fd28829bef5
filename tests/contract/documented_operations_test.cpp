// rooms: api
//
// EAS and AIRec as /openapi.json describes them against the documents: every operation that is
// built has its method, path, parameters, body and answer in tests/data/contract
// (<product>_requests.json, <product>_answers.json), whose first lines name their sources, and has
// nothing beyond them but what is listed here. documented_parameters_test.cpp holds what the
// operations do to the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/documents.h"

namespace atelier::api {
namespace {

using test::DescribedOperation;
using test::Paths;
using Names = std::set<std::string>;

struct Documents {
  const char* product;  // of /openapi.json
  const char* prefix;   // of the files
  std::size_t operations;
  Names own_fields;          // of answers: ours
  Names missing_fields;      // of answers: what there is none of here
  Names own_parameters;      // "Operation.Parameter": ours
  Names required_elsewhere;  // required by the documents; the handler says so, by another code
  Names optional_elsewhere;  // optional in the documents' tables, and required by their text
};

const Documents& Eas() {
  static const Documents kEas{
      .product = "EAS",
      .prefix = "eas",
      .operations = 50,
      .own_fields =
          {
              "DescribeGroup RequestId",      // as every answer has it
              "DescribeService ServiceType",  // of older models, and of clients that read it
              "DescribeServiceCronScaler ScaleJobs[].TimeZone",  // as it was asked for
              "ListResourceServices Services[].ServiceType",
              "ListServices Services[].ServiceType",
          },
      .missing_fields =
          {
              // Nothing is sold by bidding.
              "DescribeMachineSpec InstanceMetas[].NonProtectSpotDiscount",
              "DescribeMachineSpec InstanceMetas[].SpotDiscount",
              // The models have one struct for a service in a list and alone.
              "ListResourceServices Services[].RequestId",
              "ListServices Services[].RequestId",
          },
      .own_parameters = {},
      // They have a code of their own: MissingInstanceList, MissingKeys; LabelKeys will do for
      // Keys.
      .required_elsewhere = {"DeleteServiceInstances.InstanceList", "DeleteServiceLabel.Keys"},
      .optional_elsewhere = {"CreateGroup.Name"},  // a group is found by nothing else
  };
  return kEas;
}

const Documents& Airec() {
  static const Documents kAirec{
      .product = "AIRec",
      .prefix = "airec",
      .operations = 16,
      .own_fields = {},
      .missing_fields = {},
      // The API has no other place to choose them.
      .own_parameters = {"CreateInstance.industry", "CreateInstance.scene",
                         "ModifyInstance.industry", "ModifyInstance.scene"},
      .required_elsewhere = {},
      // The help: a term is a number of months or years.
      .optional_elsewhere = {"CreateInstance.paymentInfo.duration",
                             "CreateInstance.paymentInfo.pricingCycle"},
  };
  return kAirec;
}

class DocumentedOperations : public testing::TestWithParam<const Documents*> {
 protected:
  const Documents& documents() const { return *GetParam(); }
  json::object Listed(const std::string& what) const {
    return test::DocumentedOperations(std::string(documents().prefix) + "_" + what + ".json");
  }
  std::map<std::string, DescribedOperation> built_ = test::BuiltOperations(GetParam()->product);
};

template <class Map>
Names KeysOf(const Map& map) {
  Names names;
  for (const auto& [name, value] : map) names.insert(std::string(name));
  return names;
}

TEST_P(DocumentedOperations, AreThoseThatAreBuilt) {
  EXPECT_EQ(KeysOf(built_), KeysOf(Listed("requests")));
  EXPECT_EQ(KeysOf(built_), KeysOf(Listed("answers")));
  EXPECT_EQ(built_.size(), documents().operations);
}

TEST_P(DocumentedOperations, HaveTheirMethodPathAndVersion) {
  for (const auto& [name, request] : Listed("requests")) {
    const DescribedOperation& operation = built_.at(std::string(name));
    EXPECT_EQ(operation.version, request.at("version").as_string()) << name;
    EXPECT_EQ(operation.method, request.at("method").as_string()) << name;
    EXPECT_EQ(operation.path, request.at("path").as_string()) << name;
    for (const json::value& param : request.at("path_params").as_array()) {
      const json::object& ours = operation.params.at(std::string(param.as_string()));
      EXPECT_EQ(ours.at("in"), "path") << name << "." << param;
    }
  }
}

TEST_P(DocumentedOperations, AnswerWithNothingThatTheDocumentsDoNotKnow) {
  for (const auto& [name, fields] : Listed("answers")) {
    const Paths documented = test::PathsOf(fields);
    Paths described;
    test::WalkSchema(built_.at(std::string(name)).answer, "", described);
    for (const auto& [path, type] : described) {
      const std::string field = std::string(name) + " " + path;
      if (documents().own_fields.contains(field)) continue;
      const std::string expected = test::DocumentedType(documented, path);
      if (expected != "any") EXPECT_EQ(type, expected) << field;
    }
  }
}

TEST_P(DocumentedOperations, AnswerWithEveryFieldOfTheDocuments) {
  Names missing;
  for (const auto& [name, fields] : Listed("answers")) {
    Paths described;
    test::WalkSchema(built_.at(std::string(name)).answer, "", described);
    for (const auto& [path, type] : test::PathsOf(fields)) {
      if (!described.contains(path)) missing.insert(std::string(name) + " " + path);
    }
  }
  EXPECT_EQ(missing, documents().missing_fields);
}

/// What a parameter of the documents' type may be described as.
void ExpectOfType(const json::object& ours, const json::object& documented) {
  const std::string_view type = documented.at("type").as_string();
  const json::value* schema = ours.if_contains("schema");
  if (type.starts_with("map")) {
    ASSERT_EQ(schema, nullptr) << "JSON as text";
    EXPECT_EQ(ours.at("content").at("application/json").at("schema").at("type"), "object");
    return;
  }
  if (type == "array") return;  // a comma list, or JSON as text
  ASSERT_NE(schema, nullptr);
  const std::string_view our_type = schema->at("type").as_string();
  const bool number_as_text =
      type == "string" && our_type == "integer" && ours.at("name").as_string().starts_with("Page");
  const bool truth_as_text = type == "string" && our_type == "boolean";
  if (!number_as_text && !truth_as_text) EXPECT_EQ(our_type, test::JsonTypeOf(type));
  if (const json::value* standard = documented.if_contains("default")) {
    if (our_type == "integer") {
      EXPECT_EQ(json::serialize(schema->at("default")), std::string_view(standard->as_string()));
    }
  }
}

TEST_P(DocumentedOperations, TakeTheDocumentedParametersAndNoOthers) {
  for (const auto& [name, request] : Listed("requests")) {
    const std::string operation(name);
    Names ours = KeysOf(built_.at(operation).params);
    for (const json::value& param : request.at("path_params").as_array())
      ours.erase(std::string(param.as_string()));
    for (const json::value& documented : request.at("query").as_array()) {
      const std::string parameter(documented.at("name").as_string());
      SCOPED_TRACE(testing::Message() << operation << "." << parameter);
      ASSERT_EQ(ours.erase(parameter), 1u);
      const json::object& described = built_.at(operation).params.at(parameter);
      EXPECT_EQ(described.at("in"), "query");
      const std::string full = fmt::format("{}.{}", operation, parameter);
      if (!documents().required_elsewhere.contains(full) &&
          !documents().optional_elsewhere.contains(full))
        EXPECT_EQ(described.at("required"), documented.at("required"));
      ExpectOfType(described, documented.as_object());
    }
    for (const std::string& extra : ours) {
      if (!documents().own_parameters.contains(fmt::format("{}.{}", operation, extra)))
        ADD_FAILURE() << operation << " takes " << extra;
    }
  }
}

/// The names of what must be there, of a schema's own members.
Names RequiredOf(const json::value& schema, const std::string& path) {
  Names required;
  const json::object& object = schema.as_object();
  const std::string prefix = path.empty() ? path : path + ".";
  if (const json::value* names = object.if_contains("required")) {
    for (const json::value& name : names->as_array())
      required.insert(prefix + std::string(name.as_string()));
  }
  if (const json::value* properties = object.if_contains("properties")) {
    for (const auto& [key, member] : properties->as_object())
      required.merge(RequiredOf(member, prefix + std::string(key)));
  }
  if (const json::value* items = object.if_contains("items"))
    required.merge(RequiredOf(*items, path + "[]"));
  return required;
}

TEST_P(DocumentedOperations, TakeTheDocumentedBodyAndNothingElse) {
  for (const auto& [name, request] : Listed("requests")) {
    const std::string operation(name);
    SCOPED_TRACE(operation);
    const json::value& schema = built_.at(operation).body;
    const json::value* body = request.as_object().if_contains("body");
    ASSERT_EQ(schema.is_null(), body == nullptr);
    if (body == nullptr || body->as_object().contains("(whole)")) continue;
    Paths ours;
    test::WalkSchema(schema, "", ours);
    const Names required = RequiredOf(schema, "");
    for (const auto& [key, field] : body->as_object()) {
      const std::string path(key);
      SCOPED_TRACE(path);
      // A part that is kept as it comes, to be refused with a reason if it is not empty.
      const auto part = ours.find(path.substr(0, path.find_first_of(".[")));
      if (part != ours.end() && part->second == "any") continue;
      ASSERT_TRUE(ours.contains(path));
      EXPECT_EQ(ours.at(path), test::JsonTypeOf(field.at("type").as_string()));
      const std::string full = fmt::format("{}.{}", operation, path);
      if (!documents().required_elsewhere.contains(full) &&
          !documents().optional_elsewhere.contains(full) && !path.ends_with("[]"))
        EXPECT_EQ(required.contains(path), field.at("required").as_bool());
    }
    for (const auto& [path, type] : ours) {
      const bool known = body->as_object().contains(path) ||
                         body->as_object().contains(path + "[]") ||
                         path.find("{*}") != std::string::npos;
      if (!known && !documents().own_parameters.contains(fmt::format("{}.{}", operation, path)))
        ADD_FAILURE() << operation << " takes " << path;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, DocumentedOperations, testing::Values(&Eas(), &Airec()),
                         [](const auto& info) { return std::string(info.param->product); });

}  // namespace
}  // namespace atelier::api
