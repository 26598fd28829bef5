// rooms: api
//
// Names and types on the wire against the documents. tests/data/contract holds, taken from them
// once: the field paths of the three documents' example answers, those of the newest SDK
// (dsw_answers.json), the query parameters of every operation (dsw_requests.json) and the fields of
// every request body (dsw_bodies.json).
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "support/api_world.h"
#include "support/documents.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Paths;
using test::PathsOf;
using test::Reply;
using test::Walk;
using test::WalkSchema;

const Operation& RowOf(std::string_view name) {
  const auto rows = Operations();
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Operation& candidate) { return candidate.name == name; });
  if (row == rows.end()) throw std::runtime_error("no operation " + std::string(name));
  return *row;
}

Paths AnswerPaths(std::string_view operation) {
  Paths paths;
  WalkSchema(RowOf(operation).handler.answer(RowOf(operation).form), "", paths);
  return paths;
}

/// An instance with everything this server knows of, under the keys of the documents' samples.
model::Instance FullInstance(const ApiWorld& world) {
  model::Instance instance = world.Sample("dsw-730x");
  instance.environment = {{"key", "app: MAAS"}};
  instance.labels = {{"stsTokenOwner", "123"}};
  instance.tags = {{"tag1", "value1"}};
  instance.access_restriction_rules = {{"key", ""}};
  instance.migration_options = {{"test", "test"}, {"test2", 1}};
  instance.timer = model::ShutdownTimer{.due = world.clock.Wall() + std::chrono::hours(1),
                                        .created = world.clock.Wall(),
                                        .modified = world.clock.Wall()};
  instance.culler = model::IdleCuller{
      .cpu_percent_threshold = 20, .gpu_percent_threshold = 10, .max_idle_minutes = 60};
  instance.on_start = "true";
  instance.user_command_id = "1900";
  return instance;
}

/// What no instance of this server has, so that only the type can be looked at: the features that
/// the operation table refuses by name.
bool OfAMissingFeature(std::string path) {
  if (path.starts_with("Instances[].")) path = path.substr(12);
  for (const char* prefix :
       {"Datasets[]", "CloudDisks[]", "LatestSnapshot", "InstanceSnapshotList[]", "PodIps[]",
        "UserVpc.ForwardInfos[]", "UserVpc.ExtendedCIDRs[]",
        "UserVpc.BandwidthLimit.EgressWhitelists[]", "UserVpc.BandwidthLimit.IngressWhitelists[]",
        "CredentialConfig.Configs[]", "DynamicMount.MountPoints[]"}) {
    if (path.starts_with(prefix)) return true;
  }
  return false;
}

void ExpectAnswerHas(const Reply& reply, const Paths& documented,
                     const std::set<std::string>& also_missing = {}) {
  ASSERT_EQ(reply.status, 200) << reply.text;
  Paths actual;
  Walk(reply.body, "", actual);
  int seen = 0;
  for (const auto& [path, type] : documented) {
    if (OfAMissingFeature(path) || also_missing.contains(path)) continue;
    ASSERT_TRUE(actual.contains(path)) << path;
    if (path == "Code" || path == "Message") {
      EXPECT_EQ(actual.at(path), "null");  // on success; the samples' "null" is filler
    } else {
      EXPECT_EQ(actual.at(path), type) << path;
    }
    ++seen;
  }
  EXPECT_GT(seen, 60);
}

TEST(DswContract, GetInstanceAnswersEveryFieldOfItsExample) {
  ApiWorld world;
  world.Put(FullInstance(world));
  ExpectAnswerHas(world.Get(world.root, "/api/v2/instances/dsw-730x"),
                  PathsOf(test::ContractData("get_instance.json")));
}

TEST(DswContract, ListInstancesAnswersEveryFieldOfBothRevisions) {
  ApiWorld world;
  world.Put(FullInstance(world));
  const Reply reply = world.Get(world.root, "/api/v2/instances");
  ExpectAnswerHas(reply, PathsOf(test::ContractData("list_instances_2026_03.json")));
  // No list has migration options of its own; the map is there, empty.
  ExpectAnswerHas(reply, PathsOf(test::ContractData("list_instances.json")),
                  {"MigrationOptions.test", "MigrationOptions.test2"});
}

/// Map keys of the samples are filler.
std::string WithoutFillerKeys(const std::string& path) {
  for (const char* map : {"EnvironmentVariables", "AccessRestrictionRules"}) {
    const std::string filler = std::string(map) + ".key";
    if (path.ends_with(filler)) return path.substr(0, path.size() - 3) + "{*}";
  }
  return path.starts_with("MigrationOptions.") ? "MigrationOptions" : path;
}

TEST(DswContract, EveryFieldOfTheExamplesIsDescribedWithItsType) {
  const std::map<std::string, std::string> operations = {
      {"get_instance.json", "GetInstance"},
      {"list_instances.json", "ListInstances"},
      {"list_instances_2026_03.json", "ListInstances"}};
  for (const auto& [file, operation] : operations) {
    const Paths described = AnswerPaths(operation);
    for (const auto& [example_path, type] : PathsOf(test::ContractData(file))) {
      const std::string path = WithoutFillerKeys(example_path);
      ASSERT_TRUE(described.contains(path)) << operation << " " << path;
      if (path == example_path) EXPECT_EQ(described.at(path), type) << operation << " " << path;
    }
  }
}

/// The SDK's notation: "A[]:object", "map<string,string>", "integer(int64)".
void ExpectDescribedAsInTheSdk(const std::string& operation, const std::string& path,
                               const std::string& sdk_type, const Paths& described) {
  ASSERT_TRUE(described.contains(path)) << operation << " " << path;
  const std::string type =
      sdk_type.starts_with("map") ? "object" : sdk_type.substr(0, sdk_type.find('('));
  EXPECT_EQ(described.at(path), type) << operation << " " << path;
}

TEST(DswContract, AnswersAreDescribedAsInTheNewestSdk) {
  const json::value data = test::ContractData("dsw_answers.json");
  for (const auto& [operation, fields] : data.as_object()) {
    const Paths described = AnswerPaths(operation);
    for (const auto& [path, type] : PathsOf(fields)) {
      if (path == "accessDeniedDetail") continue;  // of refusals only
      ExpectDescribedAsInTheSdk(operation, path, type, described);
    }
  }
}

TEST(DswContract, NoAnswerHasAFieldThatTheDocumentsDoNotKnow) {
  const json::value data = test::ContractData("dsw_answers.json");
  for (const auto& [operation, fields] : data.as_object()) {
    const Paths known = PathsOf(fields);
    for (const auto& [path, type] : AnswerPaths(operation)) {
      const bool container = path.ends_with("[]") || path.find("{*}") != std::string::npos;
      const bool known_array = known.contains(path + "[]") || known.contains(path + "[][]");
      EXPECT_TRUE(known.contains(path) || known_array || container) << operation << " " << path;
    }
  }
}

// Requests

TEST(DswContract, EveryOperationHasItsMethodAndPath) {
  const json::value data = test::ContractData("dsw_requests.json");
  EXPECT_EQ(data.as_object().size(), 46U);
  for (const auto& [name, request] : data.as_object()) {
    const Operation& row = RowOf(name);
    EXPECT_EQ(row.version, "2022-01-01") << name;
    EXPECT_EQ(row.method, std::string_view(request.at("method").as_string())) << name;
    EXPECT_EQ(row.path, std::string_view(request.at("path").as_string())) << name;
  }
}

/// Parameters that a document leaves optional in its table and asks for in its text.
const std::set<std::string> kRequiredHere = {"GetMetrics.MetricName", "GetMetrics.Namespace",
                                             "GetMetrics.Dimensions"};

TEST(DswContract, EveryOperationTakesTheDocumentedParametersAndNoOthers) {
  const json::value data = test::ContractData("dsw_requests.json");
  for (const auto& [name, request] : data.as_object()) {
    const Operation& row = RowOf(name);
    std::map<std::string_view, const Param*> ours;
    for (const Param& param : row.params()) {
      if (!param.in_path) ours[param.name] = &param;
    }
    for (const json::value& documented : request.at("query").as_array()) {
      const std::string parameter(documented.at("name").as_string());
      SCOPED_TRACE(std::string(name) + "." + parameter);
      const auto found = ours.find(parameter);
      ASSERT_NE(found, ours.end());
      const Param& param = *found->second;
      const bool required = documented.at("required").as_bool() ||
                            kRequiredHere.contains(std::string(name) + "." + parameter);
      EXPECT_EQ(param.required, required);
      const json::value* standard = documented.as_object().if_contains("default");
      const std::string_view type = documented.at("type").as_string();
      if (type.starts_with("integer")) {
        EXPECT_EQ(param.type, Param::Type::kInteger);
        if (standard != nullptr && row.handler != nullptr) {
          EXPECT_EQ(std::to_string(param.standard.value()),
                    std::string_view(standard->as_string()));
        }
      }
      if (type == "boolean") EXPECT_EQ(param.type, Param::Type::kBoolean);
      ours.erase(found);
    }
    ours.erase("ClientToken");  // ours, for idempotency (promise 7)
    for (const auto& [extra, param] : ours) ADD_FAILURE() << name << " takes " << extra;
  }
}

/// What a body takes beyond the documents: the client token, and in an update the parts that only
/// creation has, so that they are refused with a reason rather than ignored.
const std::set<std::string> kExtraInBodies = {
    "CreateInstance.ClientToken", "UpdateInstance.ResourceId", "UpdateInstance.DockerConfig",
    "UpdateInstance.AccessRestrictionRules"};

/// True for what is below a part that is kept as it comes, to be refused with a reason if it is not
/// empty.
bool BelowAPartKeptWhole(const std::string& path, const Paths& described) {
  const std::size_t end = std::min(path.find('.'), path.find("[]"));
  const auto part = described.find(path.substr(0, end));
  return part != described.end() && part->second == "any";
}

void ExpectTakesTheDocumentedBody(const std::string& operation, const json::object& fields) {
  Paths described;
  WalkSchema(RowOf(operation).body(), "", described);
  std::set<std::string> documented;
  for (const auto& [key, field] : fields) {
    const std::string path(key);
    SCOPED_TRACE(testing::Message() << operation << "." << path);
    documented.insert(path.substr(0, std::min(path.find('.'), path.find("[]"))));
    if (BelowAPartKeptWhole(path, described)) continue;
    ASSERT_TRUE(described.contains(path));
    const std::string type(field.at("type").as_string());
    // "map<string,any>", "integer(int64)", "boolean=false".
    EXPECT_EQ(described.at(path),
              type.starts_with("map") ? "object" : type.substr(0, type.find_first_of("(=")));
  }
  const std::string of_operation = operation + ".";
  for (const auto& [path, type] : described) {
    const std::string top = path.substr(0, std::min(path.find('.'), path.find("[]")));
    EXPECT_TRUE(documented.contains(top) || kExtraInBodies.contains(of_operation + top))
        << operation << " takes " << path;
  }
}

TEST(DswContract, EveryBodyTakesTheDocumentedFieldsAndNoOthers) {
  const json::value data = test::ContractData("dsw_bodies.json");
  int checked = 0;
  for (const auto& [name, fields] : data.as_object()) {
    const std::string operation(name);
    if (RowOf(operation).handler == nullptr) continue;  // refused with a reason, whatever it holds
    ASSERT_NE(RowOf(operation).body, nullptr) << operation;
    ExpectTakesTheDocumentedBody(operation, fields.as_object());
    ++checked;
  }
  EXPECT_EQ(checked, 8);
}

TEST(DswContract, OnlyDocumentedOperationsHaveABody) {
  const json::value data = test::ContractData("dsw_bodies.json");
  for (const Operation& row : Operations()) {
    if (row.product != Product::kDsw || row.body == nullptr) continue;
    EXPECT_TRUE(data.as_object().contains(row.name)) << row.name;
  }
}

}  // namespace
}  // namespace atelier::api
