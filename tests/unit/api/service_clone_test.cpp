// CloneService: a service of another name of the same configuration (docs/contract/eas-next.md
// section 6).
#include <string>

#include "unit/api/eas_support.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;

class Clone : public EasApi {
 protected:
  Clone() {
    EXPECT_EQ(Call("POST", kServices,
                   R"({"name":"foo","token":"hunter2","labels":{"team":"x"},
                       "metadata":{"instance":2,"memory":512,"group":"duo"},"extra":{"x":1},
                       "containers":[{"script":"serve","env":[{"name":"KEY","value":"secret"}]}]})")
                  .status,
              200);
  }
  Reply CloneAs(const identity::NewKey& key, std::string body) {
    return As(key, "POST", std::string(kFoo) + "/clone", std::move(body));
  }
  Reply Bar() { return Call("GET", "/api/v2/services/local/bar"); }
};

TEST_F(Clone, HasTheConfigurationWithTheBodyMergedIntoIt) {
  const Reply made = Foo("POST", "/clone", R"({"name":"bar","metadata":{"memory":1024}})",
                         {{"Labels", R"({"a":"b"})"}});
  ASSERT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(made.Text("ServiceName"), "bar");
  EXPECT_EQ(made.Text("Status"), "Creating");
  EXPECT_FALSE(made.body.contains("Region"));
  const Reply bar = Bar();
  EXPECT_EQ(bar.Text("ServiceId"), made.Text("ServiceId"));
  EXPECT_EQ(*ParseJson(bar.Text("ServiceConfig")),
            *ParseJson(R"({"name":"bar","labels":{"team":"x"},
                           "metadata":{"instance":2,"memory":1024},"extra":{"x":1},
                           "containers":[{"script":"serve",
                                          "env":[{"name":"KEY","value":"secret"}]}]})"));
  EXPECT_EQ(json::serialize(bar.body.at("Labels")),
            R"([{"LabelKey":"team","LabelValue":"x"},{"LabelKey":"a","LabelValue":"b"}])");
  EXPECT_EQ(bar.Text("WorkspaceId"), Foo("GET").Text("WorkspaceId"));
}

// What is of one service alone is not copied.
TEST_F(Clone, HasItsOwnTokenAndNeitherLockScalersNorTraffic) {
  ASSERT_EQ(Foo("PUT", "/release", R"({"Weight":7})").status, 200);
  ASSERT_EQ(Foo("POST", "/autoscaler",
                R"({"min":1,"max":3,"scaleStrategies":[{"metricName":"qps","threshold":5}]})")
                .status,
            200);
  ASSERT_EQ(Foo("PUT", "/lock", R"({"Lock":"all"})").status, 200);
  ASSERT_EQ(Foo("POST", "/clone", R"({"name":"bar"})").status, 200);
  EXPECT_EQ(Foo("GET").Text("AccessToken"), "hunter2");
  EXPECT_EQ(Bar().text.find("hunter2"), std::string::npos);
  EXPECT_FALSE(Bar().Text("AccessToken").empty());
  EXPECT_EQ(Bar().Text("SafetyLock"), "none");
  EXPECT_EQ(Bar().Text("ServiceGroup"), "");
  EXPECT_EQ(Bar().body.at("AutoscalerEnabled"), false);
  EXPECT_EQ(Foo("POST", "/clone", R"({"name":"baz","metadata":{"group":"duo"}})").status, 200)
      << "asked for";
  EXPECT_EQ(Call("GET", "/api/v2/services/local/baz").Text("ServiceGroup"), "duo");
}

TEST_F(Clone, NeedsANameThatIsFree) {
  const Reply nameless = Foo("POST", "/clone", "{}");
  ExpectRefused(nameless, 400, "InvalidParameter");
  EXPECT_NE(nameless.message().find("name"), std::string::npos) << nameless.message();
  ExpectRefused(Foo("POST", "/clone", R"({"name":"foo"})"), 409, "InvalidService.AlreadyExists");
  ExpectRefused(Foo("POST", "/clone", R"({"name":"duo"})"), 409, "InvalidService.AlreadyExists");
  ExpectRefused(Foo("POST", "/clone", R"({"metadata":{"name":"no"}})"), 400, "InvalidParameter");
  ExpectRefused(Foo("POST", "/clone", R"(["bar"])"), 400, "InvalidParameter");
}

// Promise 8: a clone is its maker's, who sees all of it. So they must see all of the source.
TEST_F(Clone, IsForWhoMayReadTheWholeConfigurationAndMakeServices) {
  const auto bob = world_.MakeUser("bob", "AliyunPAIEASFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  ExpectRefused(CloneAs(bob.key, R"({"name":"bar"})"), 403, "Forbidden.PrivilegeCheckFailed");
  world_.MakePolicy("NoMaking", R"({"Effect":"Allow","Action":["eas:CloneService",
      "eas:UpdateService","eas:DescribeService"],"Resource":"*"})");
  const auto ada =
      world_.MakeUser("ada", "NoMaking", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const Reply refused = CloneAs(ada.key, R"({"name":"bar"})");
  ExpectRefused(refused, 403, "NoPermission");
  EXPECT_EQ(refused.body.at("AccessDeniedDetail").at("AuthAction"), "eas:CreateService");
  EXPECT_EQ(Bar().status, 404);
  world_.Attach("AliyunPAIEASFullAccess", "ada");
  EXPECT_EQ(CloneAs(ada.key, R"({"name":"bar"})").status, 200);
  EXPECT_EQ(Bar().Text("CallerUid"), ada.id.str());
}

}  // namespace
}  // namespace atelier::api
