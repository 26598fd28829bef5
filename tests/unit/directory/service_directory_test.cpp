// Groups and tokens in the read model of services.
#include "directory/service_directory.h"

#include <gtest/gtest.h>

#include "base/codec.h"

namespace atelier::directory {
namespace {

class ServiceView : public ::testing::Test {
 protected:
  void Put(const std::string& name, const std::string& group,
           const std::function<void(model::Service&)>& change = {}) {
    model::Service service;
    service.id = model::ServiceId("eas-m-" + name);
    service.name = name;
    service.group = group;
    service.config = R"({"name":")" + name + R"(","containers":[{"script":"x"}]})";
    if (change) change(service);
    Apply(store::Write::Op::kPut, store::Kind::kService, name, ToJson(service));
  }
  void Apply(store::Write::Op op, store::Kind kind, const std::string& key, std::string body = {}) {
    const store::Change change{
        .op = op,
        .record = {.kind = kind, .key = key, .revision = ++revision_, .body = std::move(body)}};
    directory_.Apply({&change, 1});
  }
  std::string In(const std::string& group) const {
    std::string names;
    for (const auto& service : directory_.ServicesIn(group)) names += service->name + " ";
    return names;
  }

  int opened_ = 0;
  ServiceDirectory directory_{[this](std::string_view sealed, std::string_view context) {
    ++opened_;
    return sealed.starts_with("box:") ? std::string(sealed.substr(4)) + "@" + std::string(context)
                                      : std::string();
  }};
  model::Revision revision_ = 0;
};

TEST_F(ServiceView, KnowsWhoIsInAGroupThroughEveryChange) {
  Put("foo", "duo");
  Put("bar", "duo");
  Put("lone", "");
  EXPECT_EQ(In("duo"), "bar foo ");
  EXPECT_EQ(In(""), "");
  Put("foo", "duo", [](model::Service& service) { service.weight = 7; });
  EXPECT_EQ(In("duo"), "bar foo ");
  EXPECT_EQ(directory_.ServicesIn("duo")[1]->weight, 7) << "as it is now";
  Apply(store::Write::Op::kDelete, store::Kind::kService, "bar");
  EXPECT_EQ(In("duo"), "foo ");
  Apply(store::Write::Op::kPut, store::Kind::kService, "foo", "not JSON");
  EXPECT_EQ(In("duo"), "");
  EXPECT_EQ(directory_.quarantined(), 1u);
}

TEST_F(ServiceView, GroupsAreFoundByName) {
  model::ServiceGroup group;
  group.name = "duo";
  group.sealed_token = "box:shared";
  Apply(store::Write::Op::kPut, store::Kind::kServiceGroup, "duo", ToJson(group));
  ASSERT_NE(directory_.FindGroup("duo"), nullptr);
  EXPECT_EQ(directory_.TokenOfGroup("duo"), "shared@group/duo");
  EXPECT_EQ(directory_.RevisionOfGroup("duo"), 1u);
  EXPECT_EQ(directory_.AllGroups().size(), 1u);
  Apply(store::Write::Op::kDelete, store::Kind::kServiceGroup, "duo");
  EXPECT_EQ(directory_.FindGroup("duo"), nullptr);
  EXPECT_EQ(directory_.TokenOfGroup("duo"), "");
}

TEST_F(ServiceView, ATokenIsOpenedOnceAndOnlyWhenItIsSealed) {
  const auto sealed = [](model::Service& service) { service.sealed_token = "box:secret"; };
  Put("foo", "", sealed);
  EXPECT_EQ(directory_.TokenOf("foo"), "secret@service/eas-m-foo");
  for (int i = 0; i < 3; ++i) Put("foo", "", sealed);
  EXPECT_EQ(opened_, 1) << "a service changes often, its token does not";
  Put("old", "", [](model::Service& service) { service.token = "in the clear"; });
  EXPECT_EQ(directory_.TokenOf("old"), "in the clear");
  Put("foo", "", [](model::Service& service) { service.sealed_token = "altered"; });
  EXPECT_EQ(directory_.TokenOf("foo"), "");
  EXPECT_EQ(directory_.TokenOf("nobody"), "");
}

}  // namespace
}  // namespace atelier::directory
