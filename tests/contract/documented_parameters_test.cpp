// rooms: api
//
// What the operations of EAS and AIRec do against the documents, over the wire: every answer has
// the documents' fields and types, and every documented parameter has an effect or is refused by
// its name. tests/data/contract/<product>_probes.json has, for each operation, the request that is
// varied (`base_query`, `base_body`, `path`), and for each parameter a value that must change what
// comes of it (`changes`), one that must be refused (`refused`), values that must change nothing
// because they ask for what is there (`same`), and why there is none of them (`nothing`).
// documented_operations_test.cpp holds the descriptions to the same documents.
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/api_world.h"
#include "support/documented_world.h"
#include "support/documents.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Paths;
using test::Reply;
using test::Words;
using World = test::DocumentedWorld;

struct Documents {
  const char* product;
  const char* prefix;
  void (*fill)(World&);
  std::set<std::string> unique_reads;  // GET, and yet the next answer is another one
};

const Documents kEas{.product = "EAS", .prefix = "eas", .fill = &test::FillEas, .unique_reads = {}};
const Documents kAirec{.product = "AIRec",
                       .prefix = "airec",
                       .fill = &test::FillAirec,
                       // What was recommended to a user moves back.
                       .unique_reads = {"Recommend"}};

/// A request, as texts.
struct Request {
  std::string method;
  std::string path;
  std::string version;
  std::string action;
  std::vector<std::pair<std::string, std::string>> query;
  json::value body;  // null: none
};

std::string Filled(std::string text, const Words& words) {
  for (const auto& [word, value] : words) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word))
      text.replace(at, word.size(), value);
  }
  return text;
}

/// `path` of the notation, in `body`: of the first element of arrays, which is made if need be.
void SetAt(json::value& body, std::string_view path, const json::value& value) {
  if (path.empty()) {
    body = value;
    return;
  }
  if (path.starts_with("[]")) {
    if (!body.is_array()) body = json::array();
    if (body.as_array().empty()) body.as_array().emplace_back(nullptr);
    path.remove_prefix(2);
    if (path.starts_with('.')) path.remove_prefix(1);
    SetAt(body.as_array().front(), path, value);
    return;
  }
  if (!body.is_object()) body = json::object();
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  json::value& member = body.as_object()[path.substr(0, end)];
  path.remove_prefix(end);
  if (path.starts_with('.')) path.remove_prefix(1);
  SetAt(member, path, value);
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

class DocumentedParameters : public testing::TestWithParam<const Documents*> {
 protected:
  DocumentedParameters() {
    const std::string prefix = GetParam()->prefix;
    requests_ = test::DocumentedOperations(prefix + "_requests.json");
    answers_ = test::DocumentedOperations(prefix + "_answers.json");
    probes_ = test::DocumentedOperations(prefix + "_probes.json");
  }

  static const json::object& Part(const json::value& of, std::string_view name) {
    static const json::object kNone;
    const json::value* part = of.as_object().if_contains(name);
    return part == nullptr ? kNone : part->as_object();
  }
  const json::value& Probes(std::string_view operation) const {
    static const json::value kNone = json::object();
    const json::value* found = probes_.if_contains(operation);
    return found == nullptr ? kNone : *found;
  }

  /// The request that `operation` is asked with, before anything of it is varied.
  Request Base(std::string_view operation, const Words& words,
               const json::object& more_places = {}) const {
    const json::value& documented = requests_.at(operation);
    const json::value& probes = Probes(operation);
    Request request;
    request.method = documented.at("method").as_string();
    request.path = documented.at("path").as_string();
    request.version = documented.at("version").as_string();
    request.action = operation;
    json::object places = Part(probes_.at("(all)"), "path");
    for (const auto& [name, value] : Part(probes, "path")) places[name] = value;
    for (const auto& [name, value] : more_places) places[name] = value;
    for (const auto& [name, value] : places) {
      const std::string place = "{" + std::string(name) + "}";
      const std::size_t at = request.path.find(place);
      if (at != std::string::npos)
        request.path.replace(at, place.size(), std::string_view(value.as_string()));
    }
    request.path = Filled(request.path, words);
    SetQuery(request, Part(probes, "base_query"), words);
    if (const json::value* body = probes.as_object().if_contains("base_body"))
      request.body = ParseJson(Filled(json::serialize(*body), words)).value();
    return request;
  }
  static void SetQuery(Request& request, const json::object& query, const Words& words) {
    for (const auto& [name, value] : query) {
      std::erase_if(request.query, [&](const auto& pair) { return pair.first == name; });
      if (!value.is_null())
        request.query.emplace_back(name, Filled(std::string(value.as_string()), words));
    }
  }
  bool InQuery(std::string_view operation, std::string_view parameter) const {
    for (const json::value& param : requests_.at(operation).at("query").as_array()) {
      if (param.at("name").as_string() == parameter) return true;
    }
    return false;
  }
  /// With `value` for a parameter: text, or several query parameters, or members of the body.
  Request With(std::string_view operation, std::string_view parameter, const json::value& value,
               const Words& words) const {
    Request request = Base(operation, words);
    if (InQuery(operation, parameter)) {
      json::object query;
      if (value.is_object()) {
        query = value.as_object();
      } else {
        query[parameter] = value;
      }
      SetQuery(request, query, words);
      return request;
    }
    const json::value filled = ParseJson(Filled(json::serialize(value), words)).value();
    if (!filled.is_object()) {
      request.body = filled;
      return request;
    }
    for (const auto& [path, member] : filled.as_object()) SetAt(request.body, path, member);
    return request;
  }
  static Reply Send(ApiWorld& world, const Request& request) {
    return world.Call(world.root, request.method, request.path,
                      {.query = request.query,
                       .body = request.body.is_null() ? "" : json::serialize(request.body),
                       .version = request.version,
                       .action = request.action});
  }

  bool Reads(std::string_view operation) const {
    return requests_.at(operation).at("method").as_string() == "GET" ||
           operation.starts_with("List");
  }
  /// Whether the next answer may be another one.
  bool Changes(std::string_view operation) const {
    return !Reads(operation) || GetParam()->unique_reads.contains(std::string(operation));
  }
  World& Server() {
    if (server_ == nullptr) {
      server_ = std::make_unique<World>();
      GetParam()->fill(*server_);
    }
    return *server_;
  }

  struct Outcome {
    Reply reply;
    std::string effect;  // what it read, or what is stored after it
  };
  /// Of a server that nothing has changed before.
  Outcome Try(std::string_view operation, const std::function<Request(const Words&)>& request) {
    if (Changes(operation)) server_.reset();
    World& server = Server();
    Outcome outcome{.reply = Send(server.world, request(server.words)), .effect = {}};
    outcome.effect = Reads(operation) ? Read(outcome.reply)
                                      : std::to_string(outcome.reply.status) + Stored(server.world);
    if (Changes(operation)) server_.reset();
    return outcome;
  }
  /// The answer alone, where it is to be an error: after one, the next has the same server.
  Reply TryToFail(std::string_view operation, const std::function<Request(const Words&)>& request) {
    World& server = Server();
    Reply reply = Send(server.world, request(server.words));
    if (reply.status == 200 && Changes(operation)) server_.reset();
    return reply;
  }
  Reply TryToFail(const std::string& operation, std::string_view parameter,
                  const json::value& value) {
    return TryToFail(operation,
                     [&](const Words& words) { return With(operation, parameter, value, words); });
  }
  Outcome TryBase(const std::string& operation) {
    return Try(operation, [&](const Words& words) { return Base(operation, words); });
  }
  Outcome TryWith(const std::string& operation, std::string_view parameter,
                  const json::value& value) {
    return Try(operation,
               [&](const Words& words) { return With(operation, parameter, value, words); });
  }

  /// What an answer tells, beside what it repeats of the request.
  static std::string Read(const Reply& reply) {
    json::object body = reply.body;
    for (const char* name :
         {"RequestId", "requestId", "PageNumber", "PageSize", "PageNum", "TotalPageNum"})
      body.erase(name);
    if (json::value* found = body.if_contains("result"); found != nullptr && found->is_array()) {
      for (json::value& item : found->as_array()) {
        if (item.is_object()) item.as_object().erase("traceInfo");  // has the request's id
      }
    }
    return std::to_string(reply.status) + json::serialize(body);
  }
  static std::string Stored(ApiWorld& world) {
    using store::Kind;
    std::string all;
    for (const Kind kind :
         {Kind::kService, Kind::kServiceVersion, Kind::kServiceReplica, Kind::kServiceGroup,
          Kind::kRecommender, Kind::kRecommenderDocument, Kind::kRecommenderDataSet}) {
      std::map<std::string, std::string> records;
      ApiWorld::Check(world.store->LoadBlocking(
          kind, [&](const store::Record& record) { records[record.key] = record.body; }));
      for (const auto& [key, body] : records) all.append(key).append(" ").append(body).append("\n");
    }
    return all;
  }

  std::vector<std::string> Operations() const {
    std::vector<std::string> names;
    for (const auto& [name, request] : requests_) names.emplace_back(name);
    return names;
  }
  /// Of the query, and the leaves of the body; what is (whole) is the service's own JSON.
  std::vector<std::pair<std::string, json::object>> Parameters(std::string_view operation) const {
    std::vector<std::pair<std::string, json::object>> all;
    for (const json::value& param : requests_.at(operation).at("query").as_array())
      all.emplace_back(param.at("name").as_string(), param.as_object());
    const json::object& body = Part(requests_.at(operation), "body");
    for (const auto& [path, field] : body) {
      const std::string below = fmt::format("{}.", std::string_view(path));
      const bool inner = std::ranges::any_of(
          body, [&](const auto& other) { return other.key().starts_with(below); });
      if (!inner && path != "(whole)") all.emplace_back(path, field.as_object());
    }
    return all;
  }
  /// Whether an error tells which parameter it is about.
  static bool Names(const Reply& reply, std::string_view parameter) {
    const std::string told = Lower(reply.message() + " " + reply.code());
    const auto mentions = [&](std::string_view name) {
      return told.find(Lower(std::string(name))) != std::string::npos;
    };
    const std::string_view top = parameter.substr(0, parameter.find_first_of(".["));
    std::string_view last = parameter.substr(parameter.rfind('.') + 1);
    last = last.substr(0, last.find('['));
    if (parameter.starts_with("[]")) return mentions("[0]") || mentions(last);
    return (!top.empty() && mentions(top)) || (!last.empty() && mentions(last));
  }

  json::object requests_;
  json::object answers_;
  json::object probes_;
  std::unique_ptr<World> server_;
};

/// Whether a schema has `path`, or a map, or an object of any members, above it.
bool Describes(const Paths& described, const std::string& path) {
  if (described.contains(path)) return true;
  for (std::size_t end = path.rfind('.'); end != std::string::npos && end > 0;
       end = path.rfind('.', end - 1)) {
    const std::string above = path.substr(0, end);
    const auto below = described.lower_bound(above + ".");
    const bool of_any = below == described.end() || !below->first.starts_with(above + ".");
    if (described.contains(above + ".{*}") || (described.contains(above) && of_any)) return true;
  }
  return false;
}

TEST_P(DocumentedParameters, AreAskedForInRequestsThatWork) {
  const auto built = test::BuiltOperations(GetParam()->product);
  for (const std::string& operation : Operations()) {
    Paths described;
    test::WalkSchema(built.at(operation).answer, "", described);
    const Reply reply = TryBase(operation).reply;
    EXPECT_EQ(reply.status, 200) << operation << " " << reply.text;
    const Paths documented = test::PathsOf(answers_.at(operation));
    Paths answered;
    test::Walk(reply.body, "", answered);
    for (const auto& [path, type] : answered) {
      // What is described beyond the documents is for documented_operations_test.cpp to judge.
      EXPECT_TRUE(Describes(described, path)) << operation << " " << path;
      const std::string expected = test::DocumentedType(documented, path);
      if (!expected.empty() && expected != "any")
        EXPECT_EQ(type, expected) << operation << " " << path;
    }
  }
}

TEST_P(DocumentedParameters, HaveAnEffectOrAreRefusedByName) {
  for (const std::string& operation : Operations()) {
    const json::value& probes = Probes(operation);
    const Outcome base = TryBase(operation);
    for (const auto& [parameter, field] : Parameters(operation)) {
      SCOPED_TRACE(testing::Message() << operation << "." << parameter);
      const json::value* changes = Part(probes, "changes").if_contains(parameter);
      const json::value* refused = Part(probes, "refused").if_contains(parameter);
      if (changes != nullptr) {
        const Outcome outcome = TryWith(operation, parameter, *changes);
        EXPECT_EQ(outcome.reply.status, 200) << outcome.reply.text;
        EXPECT_NE(outcome.effect, base.effect) << "ignored";
      }
      if (refused != nullptr) {
        const Outcome outcome = TryWith(operation, parameter, *refused);
        EXPECT_EQ(outcome.reply.status, 400) << outcome.reply.text;
        EXPECT_TRUE(Names(outcome.reply, parameter)) << outcome.reply.text;
      }
      if (changes == nullptr && refused == nullptr) {
        EXPECT_TRUE(Part(probes, "nothing").contains(parameter)) << "no probe";
      }
    }
  }
}

TEST_P(DocumentedParameters, ThatAskForWhatIsThereChangeNothing) {
  for (const std::string& operation : Operations()) {
    for (const auto& [parameter, values] : Part(Probes(operation), "same")) {
      for (const json::value& value : values.as_array()) {
        const Outcome outcome = TryWith(operation, parameter, value);
        EXPECT_EQ(outcome.effect, TryBase(operation).effect)
            << operation << "." << parameter << "=" << value;
      }
    }
  }
}

TEST_P(DocumentedParameters, TakeTheDocumentedValues) {
  for (const std::string& operation : Operations()) {
    for (const auto& [parameter, field] : Parameters(operation)) {
      const json::value* values = field.if_contains("values");
      if (values == nullptr) continue;
      const bool not_here = Part(Probes(operation), "not_here").contains(parameter);
      for (const json::value& value : values->as_array()) {
        json::value sent = value;
        if (!InQuery(operation, parameter)) {
          sent = json::object();
          sent.as_object()[parameter] = value;
        }
        const Reply reply = TryWith(operation, parameter, sent).reply;
        if (reply.status == 200) continue;
        EXPECT_TRUE(not_here && Names(reply, parameter))
            << operation << "." << parameter << "=" << value << " " << reply.text;
      }
    }
  }
}

/// A value that is not of a parameter's type; nothing if every text is.
std::optional<json::value> Wrong(const json::object& field, bool in_query) {
  const std::string_view type = field.at("type").as_string();
  if (in_query) {
    if (type == "string" || type == "array") return std::nullopt;
    return json::value(type.starts_with("map") ? "[1" : "x");
  }
  if (type == "string") return json::value(7);
  if (type == "any") return std::nullopt;
  return json::value("x");
}

TEST_P(DocumentedParameters, OfAnotherTypeAreRefusedByName) {
  for (const std::string& operation : Operations()) {
    const json::object& body = Part(requests_.at(operation), "body");
    std::vector<std::pair<std::string, json::object>> all = Parameters(operation);
    for (const auto& [path, field] : body) {
      if (path != "(whole)") all.emplace_back(path, field.as_object());
    }
    for (const auto& [parameter, field] : all) {
      const bool in_query = InQuery(operation, parameter);
      const auto wrong = Wrong(field, in_query);
      if (!wrong) continue;
      json::value sent = *wrong;
      if (!in_query) {
        sent = json::object();
        sent.as_object()[parameter] = *wrong;
      }
      const Reply reply = TryToFail(operation, parameter, sent);
      EXPECT_EQ(reply.status, 400) << operation << "." << parameter << " " << reply.text;
      EXPECT_TRUE(Names(reply, parameter)) << operation << "." << parameter << " " << reply.text;
    }
  }
}

TEST_P(DocumentedParameters, ThatAreRequiredAreAskedForByName) {
  for (const std::string& operation : Operations()) {
    for (const auto& [parameter, field] : Parameters(operation)) {
      if (!field.at("required").as_bool()) continue;
      SCOPED_TRACE(testing::Message() << operation << "." << parameter);
      json::value absent = json::object();
      absent.as_object()[parameter] = nullptr;
      // An array of the RPC style is spelt out: ResourceId.1, Tag.1.Key.
      const std::string elements = fmt::format("{}.", parameter);
      for (const auto& [name, value] : Part(Probes(operation), "base_query")) {
        if (name.starts_with(elements)) absent.as_object()[name] = nullptr;
      }
      const Reply reply = TryToFail(operation, parameter, absent);
      EXPECT_EQ(reply.status, 400) << reply.text;
      EXPECT_TRUE(Names(reply, parameter)) << reply.text;
    }
  }
}

/// The same letters in the other case are another name.
std::string OtherCase(std::string name) {
  char& c = name.front();
  c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : static_cast<char>(c - 'A' + 'a');
  return name;
}

TEST_P(DocumentedParameters, OfNoDocumentAreNotLookedAt) {
  for (const std::string& operation : Operations()) {
    const Outcome base = TryBase(operation);
    const Outcome queried = Try(operation, [&](const Words& words) {
      Request request = Base(operation, words);
      request.query.emplace_back("NoSuchParameter", "x");
      for (const auto& [parameter, field] : Parameters(operation)) {
        if (InQuery(operation, parameter)) request.query.emplace_back(OtherCase(parameter), "x");
      }
      return request;
    });
    EXPECT_EQ(queried.effect, base.effect) << operation << " " << queried.reply.text;
    const json::object& body = Part(requests_.at(operation), "body");
    if (body.empty() || body.contains("(whole)") || body.contains("[]")) continue;
    const Outcome more = Try(operation, [&](const Words& words) {
      Request request = Base(operation, words);
      request.body.as_object()["NoSuchMember"] = "x";
      return request;
    });
    // "UpdateInfoContainIllegalProperties" is of the documents.
    if (operation == "ModifyInstance") {
      EXPECT_EQ(more.reply.code(), "UpdateInfoContainIllegalProperties");
    } else {
      EXPECT_EQ(more.effect, base.effect) << operation << " " << more.reply.text;
    }
  }
}

TEST_P(DocumentedParameters, OfThePathNameWhatMustBeThere) {
  for (const std::string& operation : Operations()) {
    for (const json::value& param : requests_.at(operation).at("path_params").as_array()) {
      const Reply reply = TryToFail(operation, [&](const Words& words) {
        return Base(operation, words, {{param.as_string(), "nowhere"}});
      });
      EXPECT_TRUE(reply.status == 404 || reply.status == 400)
          << operation << "." << param << " " << reply.text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, DocumentedParameters, testing::Values(&kEas, &kAirec),
                         [](const auto& info) { return std::string(info.param->product); });

}  // namespace
}  // namespace atelier::api
