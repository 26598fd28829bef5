// What changes the number of instances by itself, over the wire (docs/contract/lifecycle.md section
// 10).
#include <gtest/gtest.h>

#include "unit/api/eas_support.h"

namespace atelier::api {
namespace {

TEST_F(EasApi, AnAutoscalerIsMadeShownChangedAndDeleted) {
  Create();
  const std::string rule = R"({"min":0,"max":4,"scaleStrategies":[)"
                           R"({"metricName":"qps","threshold":10},)"
                           R"({"metricName":"CPU","threshold":50,"service":"foo"}],)"
                           R"("behavior":{"scaleDown":{"stabilizationWindowSeconds":60}}})";
  EXPECT_EQ(Foo("GET", "/autoscaler").code(), "InvalidAutoScaler.NotFound");
  EXPECT_EQ(Foo("PUT", "/autoscaler", rule).code(), "InvalidAutoScaler.NotFound");
  EXPECT_EQ(Foo("GET").body.at("AutoscalerEnabled"), false);
  ASSERT_EQ(Foo("POST", "/autoscaler", rule).status, 200);
  EXPECT_EQ(Foo("POST", "/autoscaler", rule).code(), "InvalidAutoScaler.AlreadyExists");
  Reply shown = Foo("GET", "/autoscaler");
  shown.body.erase("RequestId");
  EXPECT_EQ(json::value(shown.body), *ParseJson(R"({"Behavior":{
      "onZero":{"scaleDownGracePeriodSeconds":600,"scaleUpActivationReplicas":1},
      "scaleDown":{"stabilizationWindowSeconds":60},"scaleUp":{"stabilizationWindowSeconds":0}},
    "CurrentMetrics":[],"MaxReplica":4,"MinReplica":0,"ScaleStrategies":[
      {"metricName":"qps","service":"foo","threshold":10.0},
      {"metricName":"cpu","service":"foo","threshold":50.0}],"ServiceName":"foo"})"))
      << shown.text;
  EXPECT_EQ(Foo("GET").body.at("AutoscalerEnabled"), true);
  EXPECT_EQ(Call("GET", kServices, "", {{"AutoscalerEnabled", "true"}}).body.at("TotalCount"), 1);
  EXPECT_EQ(Call("GET", kServices, "", {{"AutoscalerEnabled", "false"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Foo("DELETE", "/autoscaler").status, 200);
  EXPECT_EQ(Foo("DELETE", "/autoscaler").code(), "InvalidAutoScaler.NotFound");
}

TEST_F(EasApi, AServiceJsonMayBringItsAutoscaler) {
  const auto with = [](const std::string& rule) {
    return std::string(kConfig.substr(0, kConfig.size() - 1)) + R"(,"autoscaler":)" + rule + "}";
  };
  const std::string rule =
      R"({"min":1,"max":3,"scaleStrategies":[{"metricName":"qps","threshold":10}]})";
  const Reply bad = Call("POST", kServices, with(R"({"min":1,"scaleStrategies":[]})"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.text.find("autoscaler.max"), std::string::npos) << bad.text;
  EXPECT_EQ(Call("POST", kServices, with(R"({"min":3,"max":1,"scaleStrategies":[]})")).status, 400);
  ASSERT_EQ(Call("POST", kServices, with(rule)).status, 200);
  EXPECT_EQ(Foo("GET", "/autoscaler").body.at("MaxReplica"), 3);
  EXPECT_EQ(Foo("GET").text.find("scaleStrategies"), std::string::npos)
      << "it is a rule of its own";

  SetStatus(model::ServiceStatus::Running);
  const std::string other =
      R"({"autoscaler":{"min":0,"max":5,"scaleStrategies":[{"metricName":"cpu","threshold":50}]}})";
  ASSERT_EQ(Foo("PUT", "", other).status, 200);
  EXPECT_EQ(Foo("GET", "/autoscaler").body.at("MaxReplica"), 5);
  EXPECT_EQ(Foo("GET").body.at("CurrentVersion"), 1) << "no new version for a rule";
  ASSERT_EQ(Foo("PUT", "", R"({"metadata":{"memory":1024}})").status, 200);
  EXPECT_EQ(Foo("GET", "/autoscaler").body.at("MaxReplica"), 5) << "left as it is";
}

TEST_F(EasApi, BadAutoscalersAreRefused) {
  Create();
  for (const char* bad :
       {"[]", "{}", R"({"min":1,"max":1,"scaleStrategies":[{"metricName":"qps","threshold":1}]})",
        R"({"min":1,"max":2,"scaleStrategies":[]})",
        R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"gpu","threshold":1}]})",
        R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":0}]})",
        R"({"min":1,"max":1001,"scaleStrategies":[{"metricName":"qps","threshold":1}]})",
        R"({"min":1,"max":2,
            "scaleStrategies":[{"metricName":"qps","threshold":1,"service":"bar"}]})"}) {
    const Reply reply = Foo("POST", "/autoscaler", bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.code(), "InvalidParameter") << bad;
  }
  ASSERT_EQ(Foo("PUT", "/lock", R"({"Lock":"all"})").status, 200);
  EXPECT_EQ(Foo("POST", "/autoscaler",
                R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":1}]})")
                .code(),
            "InvalidService.StatusConflict");
}

TEST_F(EasApi, ACronScalerIsMadeShownChangedAndDeleted) {
  Create();
  const std::string jobs = R"({"ExcludeDates":["* * * * * SAT,SUN"],"ScaleJobs":[)"
                           R"({"Name":"up","Schedule":"0 0 8 * * *","TargetSize":5,)"
                           R"("TimeZone":"Asia/Shanghai"},)"
                           R"({"Schedule":"0 0 20 * * *","TargetSize":1}]})";
  EXPECT_EQ(Foo("GET", "/cronscaler").code(), "InvalidCronScaler.NotFound");
  EXPECT_EQ(Foo("PUT", "/cronscaler", jobs).code(), "InvalidCronScaler.NotFound");
  ASSERT_EQ(Foo("POST", "/cronscaler", jobs).status, 200);
  EXPECT_EQ(Foo("POST", "/cronscaler", jobs).code(), "InvalidCronScaler.AlreadyExists");
  Reply shown = Foo("GET", "/cronscaler");
  shown.body.erase("RequestId");
  EXPECT_EQ(json::value(shown.body), *ParseJson(R"({"ExcludeDates":["* * * * * SAT,SUN"],
    "ScaleJobs":[{"CreateTime":"2024-05-01T12:00:00Z","Message":"","Name":"up",
      "Schedule":"0 0 8 * * *","State":"Submitted","TargetSize":5,"TimeZone":"Asia/Shanghai"},
     {"CreateTime":"2024-05-01T12:00:00Z","Message":"","Name":"scale-job-2",
      "Schedule":"0 0 20 * * *","State":"Submitted","TargetSize":1}],"ServiceName":"foo"})"))
      << shown.text;
  EXPECT_EQ(Foo("GET").body.at("CronscalerEnabled"), true);
  EXPECT_EQ(Call("GET", kServices, "", {{"CronscalerEnabled", "false"}}).body.at("TotalCount"), 0);
  EXPECT_EQ(Foo("DELETE", "/cronscaler").status, 200);
  EXPECT_EQ(Foo("DELETE", "/cronscaler").code(), "InvalidCronScaler.NotFound");
}

TEST_F(EasApi, BadCronScalersAreRefused) {
  Create();
  for (const char* bad :
       {"{}", R"({"ScaleJobs":[]})", R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *"}]})",
        R"({"ScaleJobs":[{"Schedule":"0 8 * * *","TargetSize":1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 0 30 2 *","TargetSize":1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":-1}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":1,"TimeZone":"Mars"}]})",
        R"({"ScaleJobs":[{"Schedule":"0 0 8 * * *","TargetSize":1}],"ExcludeDates":["x"]})",
        R"({"ScaleJobs":[{"Name":"a","Schedule":"0 0 8 * * *","TargetSize":1},
                         {"Name":"a","Schedule":"0 0 9 * * *","TargetSize":1}]})"}) {
    const Reply reply = Foo("POST", "/cronscaler", bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.code(), "InvalidParameter") << bad;
  }
}

TEST_F(EasApi, RamIsAskedAboutTheServiceThatIsScaled) {
  Create();
  ASSERT_TRUE(test::Run(world_.io,
                        world_.identity.CreatePolicy("ScaleFoo", "", R"({"Version":"1","Statement":[
      {"Effect":"Allow","Action":["eas:*ServiceAutoScaler","eas:DescribeServiceCronScaler"],
       "Resource":"acs:eas:local:*:service/foo"}]})",
                                                     world_.actor)));
  const auto person = world_.MakeUser("ada", "ScaleFoo",
                                      {{world_.workspace, model::WorkspaceRole::WorkspaceAdmin}});
  const std::string rule =
      R"({"min":1,"max":2,"scaleStrategies":[{"metricName":"qps","threshold":1}]})";
  EXPECT_EQ(As(person.key, "POST", std::string(kFoo) + "/autoscaler", rule).status, 200);
  EXPECT_EQ(As(person.key, "DELETE", std::string(kFoo) + "/autoscaler").status, 200);
  EXPECT_EQ(As(person.key, "POST", "/api/v2/services/local/bar/autoscaler", rule).code(),
            "NoPermission");
  EXPECT_EQ(As(person.key, "GET", std::string(kFoo) + "/cronscaler").code(),
            "InvalidCronScaler.NotFound");
  EXPECT_EQ(As(person.key, "DELETE", std::string(kFoo) + "/cronscaler").code(), "NoPermission");
}

}  // namespace
}  // namespace atelier::api
