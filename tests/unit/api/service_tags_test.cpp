// Tags of services: the calls of Terraform's provider, RPC style, of version 2021-07-02. They are
// the labels that DescribeService shows.
#include <string>
#include <utility>
#include <vector>

#include "unit/api/eas_support.h"
#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using Fields = std::vector<std::pair<std::string, std::string>>;

class Tags : public EasApi {
 protected:
  Tags() { Create(); }
  std::string Uid() { return world_.services.Find("foo")->id.str(); }
  /// With ResourceType and, unless `id` is empty, ResourceId.1.
  Reply Tag(const std::string& action, const std::string& id, Fields fields) {
    return TagAs(world_.root, action, id, std::move(fields));
  }
  Reply TagAs(const identity::NewKey& key, const std::string& action, const std::string& id,
              Fields fields) {
    fields.emplace_back("ResourceType", "service");
    fields.emplace_back("RegionId", "cn-hangzhou");
    if (!id.empty()) fields.emplace_back("ResourceId.1", id);
    return world_.Call(key, "POST", "/",
                       {.query = std::move(fields), .version = "2021-07-02", .action = action});
  }
  std::string Labels() { return json::serialize(Foo("GET").body.at("Labels")); }
};

TEST_F(Tags, AreTheLabelsOfTheService) {
  const Reply set = Tag("TagResources", Uid(),
                        {{"Tag.1.Key", "Created"}, {"Tag.1.Value", "TF"}, {"Tag.2.Key", "For"}});
  EXPECT_EQ(set.status, 200) << set.text;
  EXPECT_EQ(Labels(), R"([{"LabelKey":"Created","LabelValue":"TF"},)"
                      R"({"LabelKey":"For","LabelValue":""}])");
  EXPECT_EQ(Tag("TagResources", Uid(), {{"Tag.1.Key", "For"}, {"Tag.1.Value", "a, b"}}).status,
            200);
  EXPECT_EQ(Tag("UntagResources", Uid(), {{"TagKey.1", "Created"}}).status, 200);
  EXPECT_EQ(Labels(), R"([{"LabelKey":"For","LabelValue":"a, b"}])");
  EXPECT_EQ(Tag("UntagResources", Uid(), {{"All", "true"}}).status, 200);
  EXPECT_EQ(Labels(), "[]");
}

TEST_F(Tags, AKeyWithACommaIsOneKey) {
  ASSERT_EQ(Tag("TagResources", Uid(), {{"Tag.1.Key", "a,b"}, {"Tag.1.Value", "1"}}).status, 200);
  ASSERT_EQ(Tag("TagResources", Uid(), {{"Tag.1.Key", "a"}, {"Tag.1.Value", "2"}}).status, 200);
  EXPECT_EQ(Tag("UntagResources", Uid(), {{"TagKey.1", "a,b"}}).status, 200);
  EXPECT_EQ(Labels(), R"([{"LabelKey":"a","LabelValue":"2"}])");
}

TEST_F(Tags, AreListedByServiceAndByTag) {
  ASSERT_EQ(Tag("TagResources", Uid(), {{"Tag.1.Key", "a"}, {"Tag.1.Value", "1"}}).status, 200);
  const std::string shown =
      R"([{"ResourceId":")" + Uid() + R"(","ResourceType":"service","TagKey":"a","TagValue":"1"}])";
  const auto list = [&](const std::string& id, Fields fields) {
    const Reply reply = Tag("ListTagResources", id, std::move(fields));
    EXPECT_EQ(reply.status, 200) << reply.text;
    return json::serialize(reply.body.at("TagResources").at("TagResource"));
  };
  EXPECT_EQ(list(Uid(), {}), shown);
  EXPECT_EQ(list("", {}), shown);
  EXPECT_EQ(list("", {{"Tag.1.Key", "a"}}), shown);
  EXPECT_EQ(list("", {{"Tag.1.Key", "a"}, {"Tag.1.Value", "2"}}), "[]");
  EXPECT_EQ(list("", {{"NextToken", "foo"}}), "[]") << "after it";
}

TEST_F(Tags, OfNamedServicesHavePagesToo) {
  const std::string bar = R"({"name":"bar","containers":[{"script":"serve"}]})";
  ASSERT_EQ(Call("POST", kServices, bar).status, 200);
  Fields both = {{"ResourceId.2", world_.services.Find("bar")->id.str()}, {"MaxResult", "1"}};
  Fields tag = both;
  tag.emplace_back("Tag.1.Key", "a");
  ASSERT_EQ(Tag("TagResources", Uid(), tag).status, 200);
  const auto page = [&](const std::string& after) {
    Fields fields = both;
    fields.emplace_back("NextToken", after);
    const Reply reply = Tag("ListTagResources", Uid(), fields);
    std::string shown;
    for (const json::value& one : reply.body.at("TagResources").at("TagResource").get_array())
      shown += world_.services.FindById(model::ServiceId(one.at("ResourceId").as_string()))->name;
    return shown + "|" + std::string(reply.body.at("NextToken").as_string());
  };
  EXPECT_EQ(page(""), "bar|bar");
  EXPECT_EQ(page("bar"), "foo|") << "it ends";
}

TEST_F(Tags, WhatIsWrongIsSaidAndChangesNothing) {
  const auto before = Dump(world_);
  ExpectRefused(Tag("TagResources", "eas-m-none", {{"Tag.1.Key", "a"}}), 404,
                "InvalidService.NotFound");
  ExpectRefused(Tag("TagResources", Uid(), {}), 400, "InvalidParameter");
  ExpectRefused(Tag("TagResources", "", {{"Tag.1.Key", "a"}}), 400, "InvalidParameter");
  ExpectRefused(Tag("TagResources", Uid(), {{"Tag.1.Value", "a"}}), 400, "InvalidParameter");
  ExpectRefused(Tag("TagResources", Uid(), {{"Tag.1.Key", std::string(129, 'k')}}), 400,
                "InvalidParameter");
  ExpectRefused(Tag("TagResources", Uid(), {{"ResourceId.x", "a"}, {"Tag.1.Key", "a"}}), 400,
                "InvalidParameter");
  ExpectRefused(Tag("UntagResources", Uid(), {}), 400, "InvalidParameter");
  // One that is not there beside one that is: neither is changed.
  ExpectRefused(Tag("TagResources", Uid(), {{"ResourceId.2", "eas-m-none"}, {"Tag.1.Key", "a"}}),
                404, "InvalidService.NotFound");
  EXPECT_EQ(Dump(world_), before);
}

// Promise 8. The id is in the form, so that no path tells the gates what is asked for.
TEST_F(Tags, RamIsAskedAboutTheVeryService) {
  const auto ada = world_.MakeUser("ada", "", {{world_.workspace, WorkspaceRole::WorkspaceAdmin}});
  const auto tag = [&] {
    return TagAs(ada.key, "TagResources", Uid(), {{"Tag.1.Key", "a"}}).status;
  };
  EXPECT_EQ(tag(), 403) << "no policy allows it";
  world_.MakePolicy("OnlyBar", R"({"Effect":"Allow","Action":"eas:*",
                                   "Resource":"acs:eas:local:*:service/bar"})");
  world_.Attach("OnlyBar", "ada");
  EXPECT_EQ(tag(), 403) << "of another service";
  world_.MakePolicy("OnlyFoo", R"({"Effect":"Allow","Action":"eas:TagResources",
                                   "Resource":"acs:eas:local:*:service/foo"})");
  world_.Attach("OnlyFoo", "ada");
  EXPECT_EQ(tag(), 200);
  world_.Attach("AliyunPAIEASFullAccess", "ada");
  world_.MakePolicy("NotFoo", R"({"Effect":"Deny","Action":"eas:*",
                                  "Resource":"acs:eas:local:*:service/foo"})");
  world_.Attach("NotFoo", "ada");
  EXPECT_EQ(tag(), 403) << "a Deny binds";
  EXPECT_EQ(TagAs(ada.key, "ListTagResources", Uid(), {}).status, 403);
}

TEST_F(Tags, TheWorkspaceIsTheSecondGateAndTellsStrangersNothing) {
  const auto bob = world_.MakeUser("bob", "AliyunPAIEASFullAccess",
                                   {{world_.workspace, WorkspaceRole::AlgoDeveloper}});
  ExpectRefused(TagAs(bob.key, "TagResources", Uid(), {{"Tag.1.Key", "a"}}), 403,
                "Forbidden.PrivilegeCheckFailed");
  EXPECT_EQ(TagAs(bob.key, "ListTagResources", Uid(), {}).status, 200);
  for (const char* policy : {"AliyunPAIEASFullAccess", ""}) {
    const auto eve = world_.MakeUser("eve" + std::string(policy).substr(0, 8), policy);
    for (const char* action : {"TagResources", "UntagResources", "ListTagResources"}) {
      const Fields fields = {{"Tag.1.Key", "a"}, {"TagKey.1", "a"}};
      const Reply there = TagAs(eve.key, action, Uid(), fields);
      const Reply none = TagAs(eve.key, action, "eas-m-none", fields);
      EXPECT_EQ(there.status, 404) << there.text;
      EXPECT_EQ(there.code(), none.code());
      EXPECT_EQ(there.status, none.status);
    }
  }
}

TEST_F(Tags, TheSafetyLockHolds) {
  ASSERT_EQ(Foo("PUT", "/lock", R"({"Lock":"all"})").status, 200);
  ExpectRefused(Tag("TagResources", Uid(), {{"Tag.1.Key", "a"}}), 409,
                "InvalidService.StatusConflict");
}

}  // namespace
}  // namespace atelier::api
