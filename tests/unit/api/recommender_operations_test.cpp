// AIRec over the wire: docs/contract/requests.md section 6, docs/contract/lifecycle.md section 12,
// docs/contract/errors.md sections 2 and 5.
#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using Query = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kInstances = "/v2/openapi/instances";
constexpr std::string_view kOperator = "/atelier/v1/recommenders/";
constexpr std::string_view kBody =
    R"({"type":"Standard","chargeType":"PREPAY","quota":{"userCount":1000000,"itemCount":2000000,)"
    R"("qps":20},"paymentInfo":{"duration":1,"pricingCycle":"Month","autoRenew":false})";

class AirecApi : public testing::Test {
 protected:
  Reply Call(std::string_view method, std::string_view path, std::string body = {},
             Query query = {}) {
    return As(world_.root, method, path, std::move(body), std::move(query));
  }
  Reply As(const identity::NewKey& key, std::string_view method, std::string_view path,
           std::string body = {}, Query query = {}) {
    test::Extra extra;
    extra.query = std::move(query);
    extra.body = std::move(body);
    extra.version = path.starts_with(kOperator) ? "" : "2020-11-26";
    return world_.Call(key, method, path, extra);
  }
  static std::string PathOf(const std::string& id, std::string_view rest = "") {
    return std::string(kInstances) + "/" + id + std::string(rest);
  }
  /// `more`: members after the usual ones, each with a comma before it.
  Reply Make(std::string_view more = "") {
    return Call("POST", kInstances, std::string(kBody) + std::string(more) + "}");
  }
  std::string Create(std::string_view more = "") {
    const Reply reply = Make(more);
    EXPECT_EQ(reply.status, 200) << reply.text;
    return std::string(reply.body.at("result").at("instanceId").get_string());
  }
  json::object Describe(const std::string& id) {
    const Reply reply = Call("GET", PathOf(id));
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.body.at("result").get_object();
  }
  void PushItem(const std::string& id) {
    const Reply pushed = Call("POST", PathOf(id, "/tables/item/actions/bulk"),
                              R"([{"cmd":"add","fields":{"item_id":"a","item_type":"item"}}])");
    EXPECT_EQ(pushed.status, 200) << pushed.text;
  }
  /// Names of what ListInstance answers, or its error.
  std::string Listed(Query query) {
    const Reply reply = Call("GET", kInstances, "", std::move(query));
    if (reply.status != 200) return std::to_string(reply.status) + " " + reply.code();
    std::string names;
    for (const auto& item : reply.body.at("result").get_array())
      names += (names.empty() ? "" : " ") + std::string(item.at("name").get_string());
    return names;
  }
  std::string UnixSeconds(std::chrono::seconds from_now) {
    const auto time = std::chrono::floor<std::chrono::seconds>(world_.clock.Wall()) + from_now;
    return std::to_string(time.time_since_epoch().count());
  }

  ApiWorld world_;
};

TEST_F(AirecApi, ANewInstanceIsInitializing) {
  const std::string id = Create(R"(,"name":"实例1")");
  EXPECT_TRUE(id.starts_with("airec-cn-"));
  const json::object found = Describe(id);
  const json::object expected{{"chargeType", "PREPAY"},
                              {"commodityCode", "airecpre"},
                              {"dataSetVersion", ""},
                              {"expiredTime", "2024-06-01T12:00:00.000Z"},
                              {"gmtCreate", "2024-05-01T12:00:00.000Z"},
                              {"gmtModified", "2024-05-01T12:00:00.000Z"},
                              {"industry", ""},
                              {"instanceId", id},
                              {"lockMode", "Unlock"},
                              {"name", "实例1"},
                              {"regionId", "local"},
                              {"scene", ""},
                              {"status", "Initializing"},
                              {"type", "Algorithm_configuration"}};
  EXPECT_EQ(found, expected) << json::serialize(found);
}

TEST_F(AirecApi, SuccessHasTheWordsThatEveryClientTakes) {
  const Reply reply = Call("GET", kInstances);
  EXPECT_EQ(reply.Text("code"), "200");
  EXPECT_EQ(reply.Text("message"), "successful");
  EXPECT_EQ(reply.Text("requestId"), reply.headers.Get("x-acs-request-id"));
  EXPECT_TRUE(reply.body.at("result").is_array());
  EXPECT_EQ(reply.body.size(), 4u);
}

TEST_F(AirecApi, ErrorsHaveBothLetterCases) {
  const Reply reply = Call("GET", kInstances, "", {{"size", "51"}});
  EXPECT_EQ(reply.status, 400);
  for (const char* name : {"code", "Code"}) EXPECT_EQ(reply.Text(name), "ValidationError");
  EXPECT_EQ(reply.Text("message"), reply.Text("Message"));
  EXPECT_EQ(reply.Text("requestId"), reply.Text("RequestId"));
  EXPECT_EQ(reply.body.size(), 6u);
  // The gateway's have HostId as well.
  identity::NewKey nobody;
  nobody.id = "nobody";
  nobody.secret = "x";
  const Reply unknown = As(nobody, "GET", kInstances);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.Text("code"), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(unknown.code(), "InvalidAccessKeyId.NotFound");
  EXPECT_TRUE(unknown.body.contains("HostId"));
  EXPECT_EQ(Call("GET", PathOf("airec-cn-none")).status, 404);
  EXPECT_EQ(Call("GET", PathOf("airec-cn-none")).code(), "InstanceNotExist");
}

TEST_F(AirecApi, ListIsNewestFirstInPages) {
  for (const char* name : {"one", "two", "three"}) {
    Create(std::string(R"(,"name":")") + name + "\"");
    world_.clock.Advance(Duration(1));
  }
  EXPECT_EQ(Listed({}), "three two one");
  EXPECT_EQ(Listed({{"size", "2"}}), "three two");
  EXPECT_EQ(Listed({{"size", "2"}, {"page", "2"}}), "one");
  EXPECT_EQ(Listed({{"size", "2"}, {"page", "3"}}), "");
  EXPECT_EQ(Listed({{"page", "2147483647"}}), "");
  for (const char* size : {"0", "51", "-1", "ten"})
    EXPECT_EQ(Listed({{"size", size}}), "400 ValidationError") << size;
  EXPECT_EQ(Listed({{"page", "0"}}), "400 ValidationError");
}

TEST_F(AirecApi, ListFiltersByNameIdAndStatus) {
  const std::string shop = Create(R"(,"name":"Shop-1")");
  world_.clock.Advance(Duration(1));
  Create(R"(,"name":"News-1","industry":"news")");
  EXPECT_EQ(Listed({{"name", "shop"}}), "Shop-1");
  EXPECT_EQ(Listed({{"name", "-1"}}), "News-1 Shop-1");
  EXPECT_EQ(Listed({{"name", ""}}), "News-1 Shop-1");
  EXPECT_EQ(Listed({{"instanceId", shop.substr(12)}}), "Shop-1");
  EXPECT_EQ(Listed({{"instanceId", "AIREC-CN"}}), "News-1 Shop-1");
  EXPECT_EQ(Listed({{"status", "Initializing"}}), "Shop-1");
  EXPECT_EQ(Listed({{"status", "Ready"}}), "News-1");
  EXPECT_EQ(Listed({{"status", "Running"}}), "");
  EXPECT_EQ(Listed({{"status", "Ready"}, {"name", "shop"}}), "");
  EXPECT_EQ(Listed({{"status", "ready"}}), "400 ValidationError");
  EXPECT_EQ(Listed({{"status", "Starting"}}), "400 ValidationError");
}

TEST_F(AirecApi, ListFindsWhatIsAboutToExpire) {
  using std::chrono::hours;
  Create(R"(,"name":"old")");
  world_.clock.Advance(hours(24 * 20));
  Create(R"(,"name":"young")");
  // "old" has 11 days left, "young" 31.
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(hours(24 * 10))}}), "");
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(hours(24 * 11))}}), "old");
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(hours(24 * 40))}}), "young old");
  EXPECT_EQ(Listed({{"expiredTime", "99999999999999999999999"}}), "young old");
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(-hours(1))}}), "");
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(hours(0))}}), "");
  for (const char* bad : {"soon", "-1", "1.5", "12a"})
    EXPECT_EQ(Listed({{"expiredTime", bad}}), "400 ValidationError") << bad;
  world_.clock.Advance(hours(24 * 12));
  EXPECT_EQ(Listed({{"expiredTime", UnixSeconds(hours(24 * 365))}}), "young");
  EXPECT_EQ(Listed({}), "young old");
}

TEST_F(AirecApi, AnExpiredInstanceIsLockedUntilItIsExtended) {
  const std::string id = Create(R"(,"industry":"item")");
  PushItem(id);
  world_.clock.Advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(Describe(id).at("lockMode"), "LockByExpiration");
  EXPECT_EQ(Describe(id).at("status"), "Ready");
  EXPECT_EQ(Call("POST", PathOf(id, "/actions/validate")).body.at("result"), false);
  const Reply extended = Call("POST", std::string(kOperator) + id + "/extend",
                              R"({"duration":2,"pricingCycle":"Month"})");
  ASSERT_EQ(extended.status, 200) << extended.text;
  // From now, as nothing was left: 2024-06-01T12:00 and two months.
  EXPECT_EQ(Describe(id).at("expiredTime"), "2024-08-01T12:00:00.000Z");
  EXPECT_EQ(Describe(id).at("lockMode"), "Unlock");
  EXPECT_EQ(Call("POST", PathOf(id, "/actions/validate")).body.at("result"), true);
}

TEST_F(AirecApi, ValidateTellsWhatAnImportNeeds) {
  const std::string id = Create();
  const auto valid = [&] {
    return Call("POST", PathOf(id, "/actions/validate")).body.at("result").as_bool();
  };
  EXPECT_FALSE(valid()) << "no industry";
  ASSERT_EQ(Call("PUT", PathOf(id), R"({"industry":"item"})").status, 200);
  EXPECT_FALSE(valid()) << "no item";
  EXPECT_EQ(Call("POST", PathOf(id, "/actions/import")).code(), "ValidationError");
  PushItem(id);
  EXPECT_TRUE(valid());
  ASSERT_EQ(Call("PUT", std::string(kOperator) + id + "/lock", R"({"locked":true})").status, 200);
  EXPECT_FALSE(valid()) << "locked";
}

TEST_F(AirecApi, AnOperatorLocksAndDeletes) {
  const std::string id = Create(R"(,"industry":"item")");
  const std::string path = std::string(kOperator) + id;
  EXPECT_EQ(Call("PUT", path + "/lock", R"({"locked":true})").status, 200);
  EXPECT_EQ(Describe(id).at("lockMode"), "ManualLock");
  EXPECT_EQ(Call("PUT", path + "/lock", R"({"locked":false})").status, 200);
  EXPECT_EQ(Describe(id).at("lockMode"), "Unlock");
  EXPECT_EQ(Call("DELETE", path).status, 200);
  EXPECT_EQ(Call("GET", PathOf(id)).status, 404);
  EXPECT_EQ(Call("DELETE", path).status, 404);
}

TEST_F(AirecApi, EveryIdentityMayListThemAndOnlyAnAdministratorDeletes) {
  const std::string id = Create();
  const auto ada = world_.MakeUser("ada", "");
  EXPECT_EQ(As(ada.key, "GET", kInstances).status, 200);
  EXPECT_EQ(As(ada.key, "GET", PathOf(id)).status, 200);
  const Reply refused = As(ada.key, "DELETE", std::string(kOperator) + id);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "NoPermission");
  world_.MakePolicy("no-airec", R"({"Effect":"Deny","Action":"airec:*","Resource":"*"})");
  world_.Attach("no-airec", "ada");
  const Reply denied = As(ada.key, "GET", kInstances);
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.Text("code"), "NoPermission");
  EXPECT_TRUE(denied.body.contains("AccessDeniedDetail"));
}

TEST_F(AirecApi, CreateNamesWhatIsWrong) {
  const auto code = [&](std::string body) { return Call("POST", kInstances, std::move(body)); };
  const std::string paid = R"("paymentInfo":{"duration":1,"pricingCycle":"Month"})";
  EXPECT_EQ(code("").code(), "ValidationError");
  EXPECT_EQ(code("{}").code(), "ValidationError");
  EXPECT_EQ(code("[]").code(), "ValidationError");
  EXPECT_EQ(code(R"({"type":"Other","chargeType":"PREPAY","quota":{},)" + paid + "}").code(),
            "ValidationError");
  EXPECT_EQ(code(R"({"type":"Standard","chargeType":"FREE","quota":{},)" + paid + "}").code(),
            "ChargeTypeError");
  EXPECT_EQ(code(R"({"type":"Standard","chargeType":"POSTPAY","quota":{},)" + paid + "}").code(),
            "InvalidPayMethod");
  EXPECT_EQ(code(R"({"type":"Standard","chargeType":"PREPAY","quota":{}})").code(),
            "EmptyPurchasesInfo");
  EXPECT_EQ(code(R"({"type":"Standard","chargeType":"PREPAY","quota":{},)"
                 R"("paymentInfo":{"duration":11,"pricingCycle":"Month"}})")
                .code(),
            "ValidationError");
  EXPECT_EQ(
      code(R"({"type":"Standard","chargeType":"PREPAY","quota":{"qps":9},)" + paid + "}").code(),
      "ValidationError");
  EXPECT_EQ(Make(R"(,"industry":"video")").code(), "NotExistIndustry");
  EXPECT_EQ(Make(R"(,"scene":"none")").code(), "CurrentIndustryNotSupportThisScene");
  EXPECT_EQ(Make(R"(,"name":"_x")").code(), "NameFormatError");
  EXPECT_EQ(Listed({}), "");
}

TEST_F(AirecApi, ModifyNamesAndConfigures) {
  const std::string id = Create(R"(,"name":"first")");
  world_.clock.Advance(std::chrono::seconds(5));
  const Reply named = Call("PUT", PathOf(id), R"({"name":"second","industry":"item"})");
  ASSERT_EQ(named.status, 200) << named.text;
  const json::object& result = named.body.at("result").get_object();
  EXPECT_EQ(result.at("name"), "second");
  EXPECT_EQ(result.at("industry"), "item");
  EXPECT_EQ(result.at("status"), "Ready");
  EXPECT_EQ(result.at("gmtModified"), "2024-05-01T12:00:05.000Z");
  EXPECT_EQ(result.at("gmtCreate"), "2024-05-01T12:00:00.000Z");
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"industry":"item","scene":"rr"})").status, 200);
  EXPECT_EQ(Describe(id).at("scene"), "rr");
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"industry":"news"})").code(), "CanNotModifyIndustry");
  EXPECT_EQ(Call("PUT", PathOf(id), "").code(), "UpdateInfoCanNotBeNull");
  EXPECT_EQ(Call("PUT", PathOf(id), "{}").code(), "UpdateInfoCanNotBeNull");
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"status":"Running"})").code(),
            "UpdateInfoContainIllegalProperties");
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"name":7})").code(), "ValidationError");
  EXPECT_EQ(Call("PUT", PathOf(id), R"({"name":"a b"})").code(), "NameFormatError");
  EXPECT_EQ(Describe(id).at("name"), "second");
}

TEST_F(AirecApi, WhatAsksForNothingIsAccepted) {
  const std::string id = Create(R"(,"name":"first","industry":"","scene":"")");
  EXPECT_EQ(Describe(id).at("industry"), "");
  EXPECT_EQ(
      Call("PUT", PathOf(id), R"({"name":"second","industry":"","status":"","tags":[]})").status,
      200);
  EXPECT_EQ(Describe(id).at("name"), "second");
  EXPECT_EQ(Call("POST", PathOf(id, "/actions/upgrade"),
                 R"({"quota":{"userCount":0,"userCountPerUnit":3000000,"itemCount":0,"qps":0}})")
                .status,
            200);
  EXPECT_EQ(Call("GET", PathOf(id, "/quota")).body.at("result").at("userCount"), 3'000'000);
}

TEST_F(AirecApi, QuotasGrowAndShrink) {
  const std::string id = Create();
  const auto quota = [&](std::string_view name) {
    return Call("GET", PathOf(id, "/quota")).body.at("result").at(name);
  };
  EXPECT_EQ(quota("userCount"), 1'000'000);
  EXPECT_EQ(quota("itemCount"), 2'000'000);
  EXPECT_EQ(quota("qps"), 20);
  EXPECT_EQ(quota("userCountUsed"), 0);
  const std::string up = PathOf(id, "/actions/upgrade");
  const std::string down = PathOf(id, "/actions/downgrade");
  const Reply upgraded = Call("POST", up, R"({"quota":{"userCountPerUnit":3000000}})");
  ASSERT_EQ(upgraded.status, 200) << upgraded.text;
  EXPECT_EQ(upgraded.body.at("result").at("instanceId"), json::value(id));
  EXPECT_EQ(quota("userCount"), 3'000'000);
  EXPECT_EQ(Call("POST", up, R"({"quota":{"userCount":2000000}})").code(), "ValidationError");
  EXPECT_EQ(Call("POST", up, R"({"quota":{"userCount":3000000}})").code(), "MustModifyQuota");
  EXPECT_EQ(Call("POST", up, R"({"quota":{}})").code(), "MustModifyQuota");
  EXPECT_EQ(Call("POST", up, R"({"quota":{"qps":501}})").code(), "ValidationError");
  EXPECT_EQ(Call("POST", up, "{}").code(), "ValidationError");
  EXPECT_EQ(Call("POST", down, R"({"quota":{"qps":21}})").code(), "ValidationError");
  EXPECT_EQ(Call("POST", down, R"({"quota":{"qps":10}})").status, 200);
  EXPECT_EQ(quota("qps"), 10);
}

TEST_F(AirecApi, WhatIsNotSupportedIsRefusedByName) {
  const std::string id = Create();
  const Reply reply = Call("GET", PathOf(id, "/scenes"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.code(), "ValidationError");
  EXPECT_EQ(reply.message(), "Scenes are not supported by this server yet.");
  EXPECT_EQ(Call("GET", "/v2/openapi/instances/%5BinstanceId%5D/offlineStorages").message(),
            "Data sources beside PushDocument are not supported by this server yet.");
  EXPECT_EQ(Call("GET", PathOf(id), "", {}).status, 200);
}

}  // namespace
}  // namespace atelier::api
