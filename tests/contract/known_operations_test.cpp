// rooms: api
// Every operation of the official clients of AIWorkSpace and PaiStudio, of the clients within
// alipai (0.4.13) too, is known: it works, or is refused with 400 by its name. Clients take any 404
// for "it is gone".
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "support/api_world.h"
#include "support/contract.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

struct Documented {
  std::string name;
  std::string method;
  std::string path;
  std::string version;
};
BOOST_DESCRIBE_STRUCT(Documented, (), (name, method, path, version))

std::vector<Documented> Read(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(std::string(ATELIER_TEST_DATA) + "/contract/" + file).rdbuf();
  return FromJson<std::vector<Documented>>(text.str()).value();
}

/// With an id for each {Name}.
std::string Filled(std::string path) {
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
    path.replace(at, path.find('}') - at + 1, "some-1");
  return path;
}

struct Client {
  const char* file;
  Product product;
  std::size_t count;
};

class KnownOperations : public testing::TestWithParam<Client> {};

TEST_P(KnownOperations, AreThoseOfTheOfficialClient) {
  const std::vector<Documented> documented = Read(GetParam().file);
  EXPECT_EQ(documented.size(), GetParam().count);
  test::Names names;
  for (const Documented& operation : documented) {
    names.insert(operation.name);
    const Operation& row = test::RowOf(GetParam().product, operation.name);
    EXPECT_EQ(row.method, operation.method) << operation.name;
    EXPECT_EQ(row.path, operation.path) << operation.name;
    EXPECT_EQ(row.version, operation.version) << operation.name;
  }
  EXPECT_EQ(test::OperationsOf(GetParam().product), names);
}

TEST_P(KnownOperations, ThatAreNotBuiltAnswer400ByName) {
  ApiWorld world;
  for (const Documented& operation : Read(GetParam().file)) {
    if (test::RowOf(GetParam().product, operation.name).handler != nullptr) continue;
    const bool body = operation.method == "POST" || operation.method == "PUT";
    for (const char* end : {"", "/"}) {
      std::string path = Filled(operation.path);
      if (path.ends_with('/')) path.pop_back();  // such a path is known without its slash as well
      if (*end != 0 && !operation.path.ends_with('/')) continue;
      const Reply reply = world.Call(world.root, operation.method, path + end,
                                     {.body = body ? "{}" : "", .version = operation.version});
      EXPECT_EQ(reply.status, 400) << operation.name << " " << reply.text;
      EXPECT_NE(reply.message().find(" (" + operation.name + ") "), std::string::npos);
      EXPECT_TRUE(reply.message().ends_with(" not supported by this server yet."))
          << operation.name << " " << reply.text;
    }
  }
}

TEST_P(KnownOperations, AreNamedAlsoWhenCalledLikeAnRpc) {
  ApiWorld world;
  for (const Documented& operation : Read(GetParam().file)) {
    const Reply reply = world.Call(world.root, "POST", "/",
                                   {.version = operation.version, .action = operation.name});
    EXPECT_EQ(reply.status, 400) << operation.name << " " << reply.text;
    EXPECT_NE(reply.message().find(operation.name), std::string::npos) << reply.text;
  }
}

TEST_P(KnownOperations, TellStrangersNothing) {
  ApiWorld world;
  for (const Documented& operation : Read(GetParam().file)) {
    http::RequestHead head = ApiWorld::Head(operation.method, Filled(operation.path));
    head.headers.Add("x-acs-version", operation.version);
    const Reply reply = world.Send(head);
    EXPECT_EQ(reply.code(), "MissingAccessKeyId") << operation.name << " " << reply.text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, KnownOperations,
    testing::Values(Client{"aiworkspace-operations.json", Product::kWorkspace, 172},
                    Client{"paistudio-operations.json", Product::kStudio, 112}),
    [](const auto& info) {
      return std::string(info.param.product == Product::kStudio ? "PaiStudio" : "AIWorkSpace");
    });

// Both have GET /api/v1/resources.
TEST(KnownOperation, OfTwoProductsWithOnePathIsChosenByItsVersion) {
  ApiWorld world;
  const auto message = [&](std::string version) {
    return world.Call(world.root, "GET", "/api/v1/resources", {.version = std::move(version)})
        .message();
  };
  EXPECT_NE(message("2021-02-04").find("(ListResources)"), std::string::npos);
  EXPECT_NE(message("2022-01-12").find("(ListResourceGroups)"), std::string::npos);
}

TEST(KnownOperation, OfRamAndStsIsRefusedByName) {
  ApiWorld world;
  const auto expect = [&](const std::string& action, const std::string& version) {
    const Reply reply = world.Call(world.root, "POST", "/", {.version = version, .action = action});
    EXPECT_EQ(reply.status, 400) << reply.text;
    EXPECT_NE(reply.message().find("(" + action + ")"), std::string::npos) << reply.text;
  };
  expect("CreateGroup", "2015-05-01");
  expect("CreateLoginProfile", "2015-05-01");
  expect("TagResources", "2015-05-01");
  expect("AssumeRoleWithSAML", "2015-04-01");
}

struct Foreign {
  const char* method;
  const char* path;
  const char* version;
  const char* action;
  const char* named;
};

// What the same tools call: a 404 of theirs would read as "it is gone".
TEST(ForeignProduct, IsToldWhatThisServerSpeaksAndNeverThatSomethingIsGone) {
  ApiWorld world;
  constexpr auto kCalls = std::to_array<Foreign>({
      {"POST", "/api/v1/jobs", "2020-12-03", "CreateJob", "DLC 2020-12-03"},
      {"DELETE", "/api/v1/jobs/dlc-1", "2020-12-03", "DeleteJob", "DLC 2020-12-03"},
      {"GET", "/api/v1/workspaces", "2020-12-03", "ListWorkspaces", "DLC 2020-12-03"},
      {"DELETE", "/api/v1/pipelines/p-1", "2021-02-02", "DeletePipeline", "PAIFlow 2021-02-02"},
      {"GET", "/api/v1/images", "2021-02-26", "ListImages", "DSW 2021-02-26"},
      {"POST", "/", "2014-05-26", "DescribeInstances", "Version 2014-05-26"},
      {"GET", "/anything", "2019-01-01", "Anything", "Version 2019-01-01"},
  });
  for (const Foreign& call : kCalls) {
    const bool body = std::string_view(call.method) == "POST";
    const Reply reply =
        world.Call(world.root, call.method, call.path,
                   {.body = body ? "{}" : "", .version = call.version, .action = call.action});
    EXPECT_EQ(reply.status, 400) << reply.text;
    EXPECT_EQ(reply.code(), "InvalidVersion");
    for (const char* part :
         {call.named, "AIRec 2020-11-26", "AIWorkSpace 2021-02-04", "DSW 2022-01-01",
          "EAS 2021-07-01", "RAM 2015-05-01", "STS 2015-04-01"}) {
      EXPECT_NE(reply.message().find(part), std::string::npos) << part << ": " << reply.message();
    }
  }
}

TEST(ForeignProduct, OfStrangersIsAnsweredAsWhatIsNotThere) {
  ApiWorld world;
  for (const char* method : {"GET", "POST"}) {
    http::RequestHead head = ApiWorld::Head(method, "/api/v1/jobs");
    head.headers.Add("x-acs-version", "2020-12-03");
    const Reply plain = world.Send(head);
    EXPECT_EQ(plain.code(), "InvalidAction.NotFound");
    EXPECT_EQ(plain.message(), "Specified api is not found, please check your url and method.");
    identity::NewKey wrong = world.root;
    wrong.secret += "x";
    const Reply forged = world.Call(wrong, method, "/api/v1/jobs", {.version = "2020-12-03"});
    EXPECT_EQ(forged.message(), plain.message());
  }
}

TEST(UnknownOperation, OfAServedVersionSaysWhatIsSpoken) {
  ApiWorld world;
  const Reply path = world.Call(world.root, "GET", "/api/v1/nothing", {.version = "2021-02-04"});
  EXPECT_EQ(path.status, 404);
  EXPECT_EQ(path.code(), "InvalidAction.NotFound");
  EXPECT_NE(path.message().find("AIWorkSpace 2021-02-04"), std::string::npos);
  const Reply action =
      world.Call(world.root, "POST", "/", {.version = "2015-05-01", .action = "Nothing"});
  EXPECT_EQ(action.code(), "InvalidAction.NotFound");
  EXPECT_NE(action.message().find("RAM 2015-05-01"), std::string::npos);
}

TEST(KnownOperation, ThatWorksIsSentToItsPathWhenCalledLikeAnRpc) {
  ApiWorld world;
  const Reply reply =
      world.Call(world.root, "POST", "/", {.version = "2021-02-04", .action = "GetWorkspace"});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.message(),
            "GetWorkspace is called by its path: GET /api/v1/workspaces/{WorkspaceId}.");
}

}  // namespace
}  // namespace atelier::api
