// What services run on, as EAS tells it (docs/contract/eas-next.md section 6), and the names that
// the region goes by.
#include <string>
#include <utility>
#include <vector>

#include "api/operation.h"
#include "unit/api/eas_support.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;

constexpr std::string_view kMachines = "/api/v2/public/instance_types";

// Clients index `GPU`, so that it is there for machines without one, too.
TEST_F(EasApi, MachineTypesAreThoseOfTheCatalogue) {
  const Reply reply = Call("GET", kMachines);
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_NE(reply.text.find(
                R"("InstanceMetas":[{"InstanceType":"ecs.c6.large","CPU":2,"Memory":4.0,"GPU":"",)"
                R"("GPUAmount":0,"GPUMemory":0.0,"IsAvailable":true,"StockStatus":"WithStock",)"
                R"("Vendor":"ECS"})"),
            std::string::npos)
      << reply.text;
  EXPECT_NE(reply.text.find(R"("InstanceType":"ecs.gn7i-c8g1.2xlarge","CPU":8,"Memory":30.0,)"
                            R"("GPU":"NVIDIA A10","GPUAmount":1,"GPUMemory":24.0,)"),
            std::string::npos)
      << reply.text;
  EXPECT_EQ(reply.body.at("InstanceMetas").get_array().size(), world_.catalogue.Specs.size());
  EXPECT_EQ(reply.body.at("Types").at(0), *ParseJson(R"({"CPU":2,"Memory":[4]})"));
}

TEST_F(EasApi, MachineTypesAreFiltered) {
  const auto count = [&](std::vector<std::pair<std::string, std::string>> query) {
    const Reply reply = Call("GET", kMachines, "", std::move(query));
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.body.at("InstanceMetas").get_array().size();
  };
  EXPECT_EQ(count({{"InstanceTypes", "ecs.c6.large,ecs.none"}}), 1u);
  EXPECT_EQ(count({{"ChargeType", "PostPaid"}, {"ResourceType", "Public"}}), 3u);
  EXPECT_EQ(count({{"ChargeType", "PrePaid"}}), 0u);
  EXPECT_EQ(count({{"ResourceType", "Dedicated"}}), 0u);
}

TEST_F(EasApi, TheRegionIsTheOnlyOne) {
  EXPECT_EQ(Call("GET", "/api/v2/regions").body.at("Regions"),
            *ParseJson(R"([{"RegionId":"local","RegionName":"local"}])"));
}

TEST_F(EasApi, TheGatewayIsThisServer) {
  const Reply listed = Call("GET", "/api/v2/gateways");
  ASSERT_EQ(listed.status, 200) << listed.text;
  EXPECT_EQ(listed.body.at("TotalCount"), 1);
  const json::object& only = listed.body.at("Gateways").at(0).get_object();
  EXPECT_EQ(only.at("GatewayId"), "gw-default");
  EXPECT_EQ(only.at("IsDefault"), true);
  EXPECT_EQ(only.at("Status"), "Running");
  EXPECT_EQ(only.at("InternetDomain"), "workshop.test:8080");
  EXPECT_EQ(Call("GET", "/api/v2/gateways", "", {{"GatewayId", "gw-1"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Call("GET", "/api/v2/gateways", "", {{"Status", "Creating"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Call("GET", "/api/v2/gateways/local/gw-default").Text("InternetStatus"), "Running");
  ExpectRefused(Call("GET", "/api/v2/gateways/local/gw-1"), 404, "InvalidGateway.NotFound");
  EXPECT_EQ(Call("DELETE", "/api/v2/gateways/local/gw-default").code(), "InvalidParameter");
}

// The documents have ServiceCount and ExtraData in other types in the list than alone.
TEST_F(EasApi, TheHostIsTheOnlyGroupOfMachines) {
  Create();
  const Reply listed = Call("GET", "/api/v2/resources");
  ASSERT_EQ(listed.status, 200) << listed.text;
  const json::object& only = listed.body.at("Resources").at(0).get_object();
  EXPECT_EQ(only.at("ResourceId"), "eas-r-host");
  EXPECT_EQ(only.at("ResourceType"), "SelfManaged");
  EXPECT_EQ(only.at("Status"), "ResourceReady");
  EXPECT_EQ(only.at("ServiceCount"), 1);
  EXPECT_EQ(only.at("ExtraData"), json::value(json::object()));
  EXPECT_EQ(
      Call("GET", "/api/v2/resources", "", {{"ResourceType", "Dedicated"}}).body.at("TotalCount"),
      0);
  const Reply alone = Call("GET", "/api/v2/resources/local/eas-r-host");
  EXPECT_EQ(alone.Text("ServiceCount"), "1");
  EXPECT_EQ(alone.Text("ExtraData"), "{}");
  EXPECT_EQ(alone.Text("OwnerUid"), world_.account.str());
  const Reply machines = Call("GET", "/api/v2/resources/local/eas-r-host/instances");
  EXPECT_EQ(machines.body.at("TotalCount"), 1);
  EXPECT_EQ(machines.body.at("Instances").at(0).at("Region"), "local");
  const Reply services = Call("GET", "/api/v2/resources/local/eas-r-host/services");
  EXPECT_EQ(services.body.at("Services").at(0).at("ServiceName"), "foo");
  for (const char* rest : {"", "/instances", "/services"}) {
    ExpectRefused(Call("GET", "/api/v2/resources/local/eas-r-1" + std::string(rest)), 404,
                  "InvalidResource.NotFound");
  }
  const auto total = [&](const char* id) {
    return Call("GET", kServices, "", {{"ResourceId", id}}).body.at("TotalCount");
  };
  EXPECT_EQ(total("eas-r-host"), 1);
  EXPECT_EQ(total("eas-r-1"), 0);
}

// RAM decides who sees the host; whose services run there is for the members of their workspaces.
TEST_F(EasApi, WhoSeesTheHostSeesNoServicesOfOthers) {
  Create();
  const auto eve = world_.MakeUser("eve", "AliyunPAIEASReadOnlyAccess");
  const Reply services = As(eve.key, "GET", "/api/v2/resources/local/eas-r-host/services");
  EXPECT_EQ(services.status, 200) << services.text;
  EXPECT_EQ(services.body.at("TotalCount"), 0);
  EXPECT_EQ(As(eve.key, "GET", "/api/v2/resources/local/eas-r-host").Text("ServiceCount"), "0");
  const auto nobody = world_.MakeUser("nobody", "");
  for (const char* path : {"/api/v2/resources", "/api/v2/resources/local/eas-r-host",
                           "/api/v2/resources/local/eas-r-host/instances",
                           "/api/v2/resources/local/eas-r-host/services", "/api/v2/gateways"}) {
    ExpectRefused(As(nobody.key, "GET", path), 403, "NoPermission");
  }
}

TEST_F(EasApi, ServicesHaveTheTypeThatClientsOfTheOlderSdkRead) {
  Create();
  EXPECT_EQ(Foo("GET").Text("ServiceType"), "Standard");
  EXPECT_EQ(Call("GET", kServices, "", {{"ServiceType", "Standard"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("GET", kServices, "", {{"ServiceType", "Async"}}).body.at("TotalCount"), 0);
}

// Java's clients warn of a whole number where they keep a floating one.
TEST_F(EasApi, AmountsHaveAPoint) {
  Create();
  Put(Replica("a"));
  const std::string text = Foo("GET", "/instances").text;
  EXPECT_NE(text.find(R"("CurrentAmount":0.0,"OriginalAmount":0.0)"), std::string::npos) << text;
}

TEST_F(EasApi, ADiagnosisIsEmptyForWhatIsWellAndSaysWhatIsWrongWithTheRest) {
  Create();
  SetStatus(model::ServiceStatus::Running);
  Put(Replica("a"));
  const Reply well = Foo("GET", "/diagnosis");
  EXPECT_EQ(well.status, 200) << well.text;
  EXPECT_EQ(well.body.at("DiagnosisList"), json::value(json::array()));
  EXPECT_EQ(Foo("GET", "/instances/foo-1-a/diagnosis").body.at("Diagnosis"),
            *ParseJson(R"({"Error":"","Causes":[],"Advices":[]})"));
  auto looping = Replica("b");
  looping.status = model::ReplicaStatus::Failed;
  looping.ready = false;
  looping.restarts = looping.failures = 3;
  looping.last = model::LastRun();
  looping.last->reason = "OOMKilled";
  looping.last->message = "The instance used more memory than its specification has.";
  Put(looping);
  const Reply ill = Foo("GET", "/diagnosis");
  ASSERT_EQ(ill.body.at("DiagnosisList").get_array().size(), 1u) << ill.text;
  const json::value& found = ill.body.at("DiagnosisList").at(0);
  EXPECT_EQ(found.at("Error"), "Instance foo-1-b does not stay up: it was started again 3 times.");
  EXPECT_EQ(found.at("Causes").at(0), "The instance used more memory than its specification has.");
  EXPECT_EQ(found, Foo("GET", "/instances/foo-1-b/diagnosis").body.at("Diagnosis"));
  ExpectRefused(Foo("GET", "/instances/foo-1-c/diagnosis"), 404, "InvalidInstance.NotFound");
}

/// Of every path with ClusterId that has a handler: "<status> <code> <message>".
std::string Told(ApiWorld& world, const Operation& row, std::string_view cluster,
                 std::string_view name) {
  std::string path(row.path);
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
    const std::size_t end = path.find('}', at);
    path.replace(at, end - at + 1, path.substr(at, end - at + 1) == "{ClusterId}" ? cluster : name);
  }
  test::Extra extra{.version = std::string(row.version)};
  if (row.method != "GET" && row.method != "DELETE") extra.body = "{}";
  for (const Param& param : row.params()) {
    if (param.required && !param.in_path) extra.query.emplace_back(param.name, "1");
  }
  const Reply reply = world.Call(world.root, row.method, path, extra);
  return std::to_string(reply.status) + " " + reply.code() + " " + reply.message();
}

TEST_F(EasApi, AnotherRegionIsAnsweredWithTheNameOfThisOneWhateverThereIs) {
  Create();
  int asked = 0;
  for (const Operation& row : Operations()) {
    if (row.path.find("{ClusterId}") == std::string_view::npos || row.handler == nullptr) continue;
    const std::string there = Told(world_, row, "cn-hangzhou", "foo");
    EXPECT_TRUE(there.starts_with("404 Invalid")) << row.name << ": " << there;
    EXPECT_NE(there.find("this server's region is local; use it as ClusterId."), std::string::npos)
        << row.name << ": " << there;
    std::string elsewhere = Told(world_, row, "cn-hangzhou", "nil");
    if (const std::size_t at = elsewhere.find("nil"); at != std::string::npos)
      elsewhere.replace(at, 3, "foo");
    EXPECT_EQ(there, elsewhere) << row.name;
    ++asked;
  }
  EXPECT_GE(asked, 38);
}

class Aliased : public EasApi {
 protected:
  Reply Ask(ApiWorld& world, const identity::NewKey& key, std::string_view path) {
    return world.Call(key, "GET", path, {.version = std::string(kVersion)});
  }
};

TEST_F(Aliased, TheRegionAnswersToTheNamesThatTheOperatorGaveIt) {
  ApiWorld world(Options{.region_aliases = {"cn-hangzhou", "cn-shanghai"}});
  ASSERT_EQ(world
                .Call(world.root, "POST", kServices,
                      {.body = std::string(kConfig), .version = std::string(kVersion)})
                .status,
            200);
  for (const char* name : {"local", "cn-hangzhou", "cn-shanghai"}) {
    const Reply reply = Ask(world, world.root, "/api/v2/services/" + std::string(name) + "/foo");
    EXPECT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.Text("Region"), "local");
  }
  EXPECT_EQ(Ask(world, world.root, "/api/v2/services/cn-beijing/foo").status, 404);
  EXPECT_EQ(Ask(world, world.root, "/api/v2/regions").body.at("Regions"),
            *ParseJson(R"([{"RegionId":"local","RegionName":"local"},
                           {"RegionId":"cn-hangzhou","RegionName":"local"},
                           {"RegionId":"cn-shanghai","RegionName":"local"}])"));
  ApiWorld any(Options{.region_aliases = {"*"}});
  EXPECT_NE(Ask(any, any.root, "/api/v2/services/cn-beijing/foo").message().find("Service foo"),
            std::string::npos);
}

// Promise 8: another name of the region is no way around a policy, which has one name for it.
TEST_F(Aliased, PoliciesKnowTheRegionByItsOwnNameWhateverThePathSays) {
  ApiWorld world(Options{.region_aliases = {"*"}});
  ASSERT_EQ(world
                .Call(world.root, "POST", kServices,
                      {.body = std::string(kConfig), .version = std::string(kVersion)})
                .status,
            200);
  const auto ada = world.MakeUser("ada", "AliyunPAIEASFullAccess",
                                  {{world.workspace, WorkspaceRole::WorkspaceAdmin}});
  world.MakePolicy("NotFoo", R"({"Effect":"Deny","Action":"eas:DescribeService",
                                 "Resource":"acs:eas:local:*:service/foo"})");
  world.Attach("NotFoo", "ada");
  for (const char* name : {"local", "cn-hangzhou"}) {
    const Reply reply = Ask(world, ada.key, "/api/v2/services/" + std::string(name) + "/foo");
    EXPECT_EQ(reply.status, 403) << reply.text;
    EXPECT_EQ(reply.code(), "NoPermission");
  }
}

}  // namespace
}  // namespace atelier::api
