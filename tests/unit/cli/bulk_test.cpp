// Changes of several at once: by name and by query.
#include <gtest/gtest.h>

#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

using BulkTest = CommandTest;

constexpr const char* kTwo = R"({"TotalCount":2,"Instances":[
    {"InstanceId":"dsw-1","InstanceName":"one","Status":"Running","UserName":"a,\"b\""},
    {"InstanceId":"dsw-2","InstanceName":"two","Status":"Stopped"}]})";

constexpr const char* kIris =
    R"({"TotalCount":1,"Services":[{"ServiceName":"iris","Region":"local","Status":"Running"}]})";

constexpr const char* kDry = R"({"DryRun":{"Revision":7,"TotalCount":3,"Counts":{"Running":2,
    "Stopped":1},"Shares":[
    {"Outcome":"Act","Reason":"","Message":"","Count":2,"Instances":[
        {"InstanceId":"dsw-1","InstanceName":"one"}]},
    {"Outcome":"Skip","Reason":"AlreadyThere","Message":"","Count":1,"Instances":[
        {"InstanceId":"dsw-2","InstanceName":"two"}]}]}})";

TEST_F(BulkTest, ADryRunOfInstancesIsTheServersAndChangesNothing) {
  api_.Script("CreateBulkJob", kDry);
  EXPECT_EQ(RunLine({"instance", "stop", "--query", "name~o", "--dry-run", "-o", "csv"}),
            Exit::kDone);
  EXPECT_EQ(out(), "WOULD,WHY,COUNT,INSTANCES\nAct,,2,\"one, ...\"\nSkip,AlreadyThere,1,two\n");
  EXPECT_EQ(err(), "Would stop 2 of 3 instances, skip 1, be refused 0.\n");
  EXPECT_EQ(Actions(), std::vector<std::string>{"CreateBulkJob"});
  EXPECT_EQ(*ParseJson(LastOf("CreateBulkJob").body),
            *ParseJson(R"({"Action":"Stop","DryRun":true,"Query":{"InstanceName":"o",
                "WorkspaceId":"ALL","ResourceId":"ALL"}})"));
}

TEST_F(BulkTest, AJobIsBegunForWhatTheDryRunShowedAndFollowed) {
  api_.Script("CreateBulkJob", kDry);
  api_.Script("CreateBulkJob", R"({"BulkJobId":"bulk-1"})");
  api_.Script("GetBulkJob",
              R"({"Status":"Running","TotalCount":3,"Done":1,"Skipped":0,"Failed":0})");
  api_.Script("GetBulkJob", R"({"Status":"Done","TotalCount":3,"Done":1,"Skipped":1,"Failed":1,
      "Failures":[{"Code":"C","Message":"Not now.","Count":1,"InstanceIds":["dsw-1"]}]})");
  EXPECT_EQ(RunLine({"instance", "delete", "--query", "name~o", "--yes"}), Exit::kRefused);
  EXPECT_EQ(out(), "bulk-1\n");
  EXPECT_EQ(err(),
            "Would delete 2 of 3 instances, skip 1, be refused 0.\n"
            "Running: 1 of 3 done, 0 skipped, 0 failed.\n"
            "Done: 1 of 3 done, 1 skipped, 1 failed.\n"
            "1 instance failed: Not now.\n"
            "atelier: 1 of 3 instances could not be deleted.\n");
  const json::object body = ParseJson(LastOf("CreateBulkJob").body)->as_object();
  EXPECT_EQ(body.at("Revision").as_int64(), 7);
  EXPECT_EQ(body.at("TotalCount").as_int64(), 3);
  EXPECT_FALSE(body.contains("DryRun"));
  EXPECT_EQ(body.at("ClientToken").as_string().size(), 32U);
}

TEST_F(BulkTest, TheCountIsAskedForWhereSomebodyAnswers) {
  std::istringstream wrong("3\n");
  env_.in = &wrong;
  api_.Script("CreateBulkJob", kDry);
  EXPECT_EQ(RunLine({"instance", "stop", "--query", "name~o"}), Exit::kRefused);
  EXPECT_NE(err().find("Type 2 to stop 2 instances:"), std::string::npos) << err();
  EXPECT_EQ(Actions(), std::vector<std::string>{"CreateBulkJob"}) << "the dry run alone";
  std::istringstream right("2\n");
  env_.in = &right;
  api_.Script("CreateBulkJob", R"({"BulkJobId":"bulk-1"})");
  EXPECT_EQ(RunLine({"instance", "stop", "--query", "name~o", "--no-wait"}), Exit::kDone);
}

TEST_F(BulkTest, ByQueryNeedsYesWhereNobodyAnswers) {
  for (const char* verb : {"start", "stop", "delete"}) {
    EXPECT_EQ(RunLine({"instance", verb, "--query", "name~o"}), Exit::kUsage);
    EXPECT_NE(err().find("--yes"), std::string::npos) << err();
  }
  EXPECT_EQ(RunLine({"instance", "stop", "--query", ""}), Exit::kUsage);
  EXPECT_EQ(RunLine({"instance", "stop"}), Exit::kUsage);
  EXPECT_EQ(RunLine({"instance", "stop", "dsw-1", "--query", "name~o"}), Exit::kUsage);
  EXPECT_TRUE(api_.asked().empty());
}

TEST_F(BulkTest, OneThatRefusesDoesNotKeepTheOthers) {
  api_.Script("StopInstance", R"({"Code":"Conflict","Message":"Not now.","RequestId":"R"})", 409);
  api_.Script("StopInstance", "{}");
  EXPECT_EQ(RunLine({"instance", "stop", "dsw-1", "dsw-2"}), Exit::kRefused);
  EXPECT_EQ(out(), "dsw-2\n");
  EXPECT_EQ(err(),
            "dsw-1: Conflict: Not now. (RequestId R)\n"
            "atelier: 1 of 2 instances could not be stopped.\n");
}

constexpr const char* kTwoServices = R"({"TotalCount":2,"Services":[
    {"ServiceName":"iris","Region":"local","Status":"Running","RunningInstance":1,
     "TotalInstance":1,"CurrentVersion":1},
    {"ServiceName":"rose","Region":"far","Status":"Stopped"}]})";

/// Every change of several instances: what is asked of each of the two that the query finds.
TEST_F(BulkTest, AnyChangeOfInstancesTakesAQuery) {
  struct Bulk {
    std::vector<std::string> words;
    std::vector<std::string> more;
    std::string asked;  // method, rest of the path, body
  };
  api_.set_standard("{}");
  api_.Script("ListInstances", kTwo);
  for (const Bulk& bulk : std::vector<Bulk>{
           {{"update"}, {"--spec", "s"}, R"(PUT  {"EcsSpec":"s"})"},
           {{"extend"}, {}, "POST /extend {}"},
           {{"timer", "set"}, {"--in", "1s"}, R"(POST /shutdowntimer {"RemainingTimeInMs":1000})"},
           {{"timer", "delete"}, {}, "DELETE /shutdowntimer "},
           {{"idle", "set"},
            {"--minutes", "5"},
            R"(POST /idleinstanceculler {"MaxIdleTimeInMinutes":5,"CpuPercentThreshold":10})"},
           {{"idle", "delete"}, {}, "DELETE /idleinstanceculler "},
           {{"label", "set"},
            {"a=b", "c=d"},
            R"(PUT /labels {"Labels":[{"Key":"a","Value":"b"},{"Key":"c","Value":"d"}]})"},
           {{"label", "remove"}, {"a", "c"}, "DELETE /labels?LabelKeys=a%2Cc "}}) {
    std::vector<std::string> line = {"instance"};
    line.insert(line.end(), bulk.words.begin(), bulk.words.end());
    line.insert(line.end(), {"--query", "name~o"});
    line.insert(line.end(), bulk.more.begin(), bulk.more.end());
    const std::size_t before = api_.asked().size();
    EXPECT_EQ(RunLine(line), Exit::kDone) << testing::PrintToString(line) << err();
    ASSERT_EQ(api_.asked().size(), before + 3) << testing::PrintToString(line);
    for (const std::size_t n : {1U, 2U}) {
      const Asked asked = api_.asked().at(before + n);
      const std::string path = "/" + std::string(asked.target.substr(asked.target.find("dsw-")));
      EXPECT_EQ(asked.method + " " + path.substr(6) + " " + asked.body, bulk.asked);
      EXPECT_EQ(path.substr(0, 6), "/dsw-" + std::to_string(n));
    }
    line.emplace_back("--dry-run");
    EXPECT_EQ(RunLine(line), Exit::kDone) << err();
    EXPECT_EQ(api_.asked().size(), before + 4) << "only the list";
    EXPECT_TRUE(err().ends_with(" 2 instances.\n")) << err();
  }
}

TEST_F(BulkTest, AnyChangeOfServicesTakesAQuery) {
  struct Bulk {
    std::vector<std::string> words;
    std::vector<std::string> more;
    std::string asked;
  };
  api_.set_standard("{}");
  api_.Script("ListServices", kTwoServices);
  for (const Bulk& bulk : std::vector<Bulk>{
           {{"restart"}, {}, "PUT /restart {}"},
           {{"update"}, {"--set", "metadata.cpu=2"}, R"(PUT  {"metadata":{"cpu":2}})"},
           {{"scale"}, {"3"}, R"(PUT /scale {"Instance":3})"},
           {{"lock"}, {"all"}, R"(PUT /lock {"Lock":"all"})"},
           {{"release"}, {"--weight", "5"}, R"(PUT /release {"Weight":5})"},
           {{"label", "set"}, {"a=b", "c=d"}, R"(PUT /label {"Labels":{"a":"b","c":"d"}})"},
           {{"label", "remove"}, {"a"}, "DELETE /label?Keys=a "},
           {{"autoscale", "delete"}, {}, "DELETE /autoscaler "},
           {{"cron", "delete"}, {}, "DELETE /cronscaler "},
           {{"delete"}, {"--yes"}, "DELETE  "}}) {
    std::vector<std::string> line = {"service"};
    line.insert(line.end(), bulk.words.begin(), bulk.words.end());
    line.insert(line.end(), {"--query", "label:a=b"});
    line.insert(line.end(), bulk.more.begin(), bulk.more.end());
    const std::size_t before = api_.asked().size();
    EXPECT_EQ(RunLine(line), Exit::kDone) << testing::PrintToString(line) << err();
    EXPECT_EQ(out(), "iris\nrose\n");
    ASSERT_EQ(api_.asked().size(), before + 3) << testing::PrintToString(line);
    const std::string iris = "/api/v2/services/local/iris";
    const std::string rose = "/api/v2/services/far/rose";
    const Asked first = api_.asked().at(before + 1);
    const Asked second = api_.asked().at(before + 2);
    EXPECT_EQ(first.method + " " + first.target.substr(iris.size()) + " " + first.body, bulk.asked);
    EXPECT_TRUE(first.target.starts_with(iris)) << first.target;
    EXPECT_EQ(second.method + " " + second.target.substr(rose.size()) + " " + second.body,
              bulk.asked);
    EXPECT_TRUE(second.target.starts_with(rose)) << second.target;
  }
  EXPECT_EQ(LastOf("ListServices").target,
            "/api/v2/services?Label=%7B%22a%22%3A%22b%22%7D&Sort=ServiceName&Order=asc&"
            "PageSize=1000");
}

TEST_F(BulkTest, ADryRunOfServicesShowsThemByQueryOrByName) {
  api_.Script("ListServices", kTwoServices);
  const std::string iris =
      "NAME  STATUS   READY  VERSION  REASON  UPDATED\niris  Running  1/1    1\n";
  EXPECT_EQ(RunLine({"service", "stop", "--query", "r", "--dry-run"}), Exit::kDone) << err();
  EXPECT_EQ(out(), iris) << "what is stopped already is left out";
  EXPECT_EQ(err(), "Would stop 1 service.\n");
  api_.Script("DescribeService", R"({"ServiceName":"iris","Status":"Running","RunningInstance":1,
      "TotalInstance":1,"CurrentVersion":1})");
  EXPECT_EQ(RunLine({"service", "stop", "iris", "--dry-run"}), Exit::kDone) << err();
  EXPECT_EQ(out(), iris);
  EXPECT_EQ(RunLine({"service", "delete", "iris", "iris", "--dry-run"}), Exit::kDone) << err();
  EXPECT_EQ(err(), "Would delete 2 services.\n");
  for (const Asked& asked : api_.asked()) EXPECT_EQ(asked.method, "GET");
}

TEST_F(BulkTest, RecommendersAreChangedByQuery) {
  api_.set_standard("{}");
  api_.Script("ListInstance", R"({"result":[{"instanceId":"airec-1","name":"shop"},
      {"instanceId":"airec-2","name":"shop2"}]})");
  EXPECT_EQ(RunLine({"recommender", "delete", "--query", "name~shop status:ready"}), Exit::kUsage);
  EXPECT_EQ(RunLine({"recommender", "delete", "--query", "name~shop status:ready", "--dry-run"}),
            Exit::kDone);
  EXPECT_EQ(err(), "Would delete 2 recommenders.\n");
  EXPECT_EQ(api_.asked().back().target, "/v2/openapi/instances?name=shop&status=Ready&size=50");
  EXPECT_EQ(RunLine({"recommender", "lock", "--query", "shop"}), Exit::kDone) << err();
  EXPECT_EQ(out(), "airec-1\nairec-2\n");
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/recommenders/airec-2/lock");
}

TEST_F(BulkTest, WordsAfterAQueryAreCheckedBeforeAnythingIsAsked) {
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"service", "scale", "--query", "x"},
           {"service", "scale", "--query", "x", "1001"},
           {"service", "scale", "iris"},
           {"service", "scale", "iris", "1001"},
           {"service", "lock", "--query", "x", "some"},
           {"service", "label", "set", "--query", "x"},
           {"service", "label", "set", "--query", "x", "iris", "a=b"},
           {"service", "stop"},
           {"service", "stop", "iris", "--query", "x"},
           {"service", "stop", "--query", ""},
           {"service", "stop", "--query", "gpu>0"},
           {"service", "delete", "--query", "x"},
           {"instance", "label", "set", "--query", "x"}}) {
    EXPECT_EQ(RunLine(line), Exit::kUsage) << testing::PrintToString(line);
    EXPECT_FALSE(err().empty());
  }
  EXPECT_TRUE(api_.asked().empty());
}

TEST_F(BulkTest, OneUnknownServiceKeepsTheOthersFromBeingChanged) {
  api_.Script("ListServices", kIris);
  EXPECT_EQ(RunLine({"service", "stop", "iris", "rose"}), Exit::kNotFound);
  EXPECT_EQ(Actions(), (std::vector<std::string>{"ListServices", "ListServices"}));
}

}  // namespace
}  // namespace atelier::cli
