// Groups of services, and the tokens of both, over the wire.
#include <gtest/gtest.h>

#include "unit/api/eas_support.h"

namespace atelier::api {
namespace {

TEST_F(EasApi, AGroupIsMadeListedChangedAndDeleted) {
  EXPECT_EQ(Call("GET", "/api/v2/groups/local/duo").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"No"})").code(), "InvalidParameter");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo","Network":{"VpcId":"v"}})").status,
            400);
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo","Labels":{"a":"b"}})").status, 200);
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").code(),
            "InvalidGroup.AlreadyExists");
  const Reply shown = Call("GET", "/api/v2/groups/local/duo");
  EXPECT_EQ(shown.Text("InternetEndpoint"), "http://workshop.test:8080/api/predict/duo");
  EXPECT_EQ(shown.Text("AccessToken").size(), 40u);
  EXPECT_EQ(shown.Text("TrafficMode"), "auto");
  EXPECT_EQ(shown.Text("CreateTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(json::serialize(shown.body.at("Labels")), R"([{"LabelKey":"a","LabelValue":"b"}])");
  const std::string duo = "/api/v2/groups/local/duo";
  EXPECT_EQ(Call("PUT", duo, R"({"TrafficMode":"loud"})").code(), "InvalidParameter");
  EXPECT_EQ(Call("PUT", duo, R"({"TrafficMode":"customized"})").status, 200);
  for (const std::string_view nothing : {R"("")", "{}", "[]", "0", R"({"VpcId":""})"}) {
    EXPECT_EQ(
        Call("PUT", duo, R"({"TrafficMode":"","Network":)" + std::string(nothing) + "}").status,
        200)
        << nothing;
  }
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"trio"})").status, 200);
  const auto count = [&](std::vector<std::pair<std::string, std::string>> query) {
    return Call("GET", "/api/v2/groups", "", std::move(query)).body.at("TotalCount").as_int64();
  };
  EXPECT_EQ(count({}), 2);
  EXPECT_EQ(count({{"Filter", "ri"}}), 1);
  EXPECT_EQ(count({{"TrafficMode", "customized"}}), 1);
  EXPECT_EQ(count({{"Labels", R"({"a":"b"})"}}), 1);
  EXPECT_EQ(count({{"WorkspaceId", "none"}}), 0);
  const Reply page =
      Call("GET", "/api/v2/groups", "",
           {{"Sort", "Name"}, {"Order", "asc"}, {"PageSize", "1"}, {"PageNumber", "2"}});
  EXPECT_EQ(page.body.at("Groups").at(0).at("Name"), "trio");
  const Reply endpoints = Call("GET", duo + "/endpoints");
  EXPECT_EQ(endpoints.Text("AccessToken"), shown.Text("AccessToken"));
  EXPECT_EQ(endpoints.body.at("Endpoints").at(0).at("PathType"), "Group");
  EXPECT_EQ(Call("DELETE", duo).status, 200);
  EXPECT_EQ(Call("DELETE", duo).code(), "InvalidGroup.NotFound");
}

TEST_F(EasApi, AServiceInAGroupHasItsPart) {
  const auto member = [](const std::string& name, const std::string& group) {
    return R"({"name":")" + name + R"(","metadata":{"group":")" + group +
           R"("},"containers":[{"script":"serve"}]})";
  };
  EXPECT_EQ(Call("POST", kServices, member("foo", "foo")).code(), "InvalidParameter");
  EXPECT_EQ(Call("POST", kServices, member("foo", "No")).code(), "InvalidParameter");
  ASSERT_EQ(Call("POST", kServices, member("foo", "duo")).status, 200);
  ASSERT_EQ(Call("POST", kServices, member("bar", "duo")).status, 200);
  EXPECT_EQ(Call("POST", kServices, member("duo", "")).code(), "InvalidService.AlreadyExists");
  EXPECT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"foo"})").code(),
            "InvalidGroup.AlreadyExists");
  EXPECT_EQ(Foo("GET").Text("ServiceGroup"), "duo");
  EXPECT_EQ(Foo("GET").Text("TrafficState"), "grouping");
  EXPECT_EQ(Foo("GET").body.at("Weight"), -1);
  EXPECT_EQ(Foo("PUT", "/release", "{}").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"Weight":1001})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"TrafficState":"half"})").code(), "InvalidParameter");
  EXPECT_EQ(Foo("PUT", "/release", R"({"Weight":20})").status, 200);
  EXPECT_EQ(Foo("GET").body.at("Weight"), 20);
  EXPECT_EQ(Call("GET", "/api/v2/groups/local/duo").Text("TrafficMode"), "customized");
  EXPECT_EQ(Foo("PUT", "/release", R"({"TrafficState":"standalone"})").status, 200);
  EXPECT_EQ(Call("GET", kServices, "", {{"GroupName", "duo"}}).body.at("TotalCount"), 2);
  EXPECT_EQ(Call("GET", kServices, "", {{"TrafficState", "grouping"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("DELETE", "/api/v2/groups/local/duo").code(), "InvalidGroup.StatusConflict");
  ASSERT_EQ(Call("POST", kServices, member("lone", "")).status, 200);
  EXPECT_EQ(Call("PUT", "/api/v2/services/local/lone/release", R"({"Weight":1})").code(),
            "InvalidService.StatusConflict");
  SetStatus(model::ServiceStatus::Running);
  EXPECT_EQ(Foo("PUT", "", R"({"metadata":{"group":"trio"}})").code(), "InvalidParameter");
}

TEST_F(EasApi, AGroupOfAnotherWorkspaceIsNotForStrangers) {
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").status, 200);
  const auto stranger = world_.MakeUser("eve", "AliyunPAIEASFullAccess");
  EXPECT_EQ(As(stranger.key, "GET", "/api/v2/groups/local/duo").code(), "InvalidGroup.NotFound");
  EXPECT_EQ(As(stranger.key, "GET", "/api/v2/groups").body.at("TotalCount"), 0);
  const auto nobody = world_.MakeUser("ned", "AliyunPAIDSWFullAccess");
  EXPECT_EQ(As(nobody.key, "GET", "/api/v2/groups").code(), "NoPermission");
}

TEST_F(EasApi, TokensAreSealedInTheStoreAndNowhereElse) {
  const std::string given = "a token that somebody made";
  ASSERT_EQ(Call("POST", kServices,
                 R"({"name":"foo","token":")" + given + R"(","containers":[{"script":"serve"}]})")
                .status,
            200);
  EXPECT_EQ(Foo("GET").Text("AccessToken"), given);
  EXPECT_EQ(Foo("GET", "/endpoints").Text("AccessToken"), given);
  ASSERT_EQ(Call("POST", "/api/v2/groups", R"({"Name":"duo"})").status, 200);
  const std::string shared(Call("GET", "/api/v2/groups/local/duo").Text("AccessToken"));
  SetStatus(model::ServiceStatus::Running);
  const std::string next = "the one after it";
  ASSERT_EQ(Foo("PUT", "", R"({"token":")" + next + R"("})").status, 200);
  EXPECT_EQ(Foo("GET").Text("AccessToken"), next);
  EXPECT_EQ(Foo("GET").body.at("LatestVersion"), 1) << "a token is no new version";
  for (const auto kind : {store::Kind::kService, store::Kind::kServiceGroup,
                          store::Kind::kServiceVersion, store::Kind::kServiceEvent}) {
    ASSERT_TRUE(world_.store->LoadBlocking(kind, [&](const store::Record& record) {
      for (const std::string& secret : {given, next, shared})
        EXPECT_EQ(record.body.find(secret), std::string::npos) << record.key;
    }));
  }
}

TEST_F(EasApi, ATokenThatAnEarlierServerWroteStillCounts) {
  Create();
  model::Service service = *world_.services.Find("foo");
  service.sealed_token.clear();
  service.token = "in the clear";
  world_.Write(store::Kind::kService, "foo", ToJson(service));
  EXPECT_EQ(Foo("GET").Text("AccessToken"), "in the clear");
  service.sealed_token = "bm90IG91cnM=";  // sealed with another key: nobody's
  world_.Write(store::Kind::kService, "foo", ToJson(service));
  EXPECT_EQ(Foo("GET").Text("AccessToken"), "");
}

}  // namespace
}  // namespace atelier::api
