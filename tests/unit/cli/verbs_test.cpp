// Files, lists, logs and waits of the commands.
#include <gtest/gtest.h>

#include "base/codec.h"
#include "cli/command/logs.h"
#include "cli/verb/verb.h"
#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

using VerbsTest = CommandTest;

constexpr const char* kIris =
    R"({"TotalCount":1,"Services":[{"ServiceName":"iris","Region":"local","Status":"Running"}]})";

// Files
// ---------------------------------------------------------------------------------------------

TEST_F(VerbsTest, TextFilesMayComeFromWindows) {
  api_.Script("CreateInstance", R"({"InstanceId":"dsw-1"})");
  const std::string env = FileWith("env",
                                   "\xEF\xBB\xBF"
                                   "A=1\r\nB=two words\r\n\r\n# no\r\n");
  const std::string script = FileWith("start.sh", "#!/bin/sh\r\necho one\r\n");
  EXPECT_EQ(RunLine({"instance", "create", "demo", "--spec", "s", "--image", "image-1",
                     "--env-file", env, "--start-script", script}),
            Exit::kDone)
      << err();
  const json::value body = *ParseJson(api_.asked().back().body);
  EXPECT_EQ(body.at("EnvironmentVariables"), *ParseJson(R"({"A":"1","B":"two words"})"));
  EXPECT_EQ(body.at("UserCommand").at("OnStart").at("Content"), "#!/bin/sh\necho one\n");

  api_.Script("CreateService", R"({"ServiceName":"iris"})");
  const std::string service = FileWith("service.json", "\xEF\xBB\xBF{\"name\":\r\n\"iris\"}\r\n");
  EXPECT_EQ(RunLine({"service", "create", "-f", service}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("CreateService").body, "{\"name\":\n\"iris\"}\n");

  api_.Script("PushDocument", R"({"result":true})");
  const std::string items =
      FileWith("items", "\xEF\xBB\xBF{\"item_id\":\"1\"}\r\n{\"item_id\":\"2\"}\r\n");
  EXPECT_EQ(RunLine({"recommender", "push", "airec-1", "items", "-f", items}), Exit::kDone)
      << err();
  EXPECT_EQ(out(), "2 documents\n");
}

TEST_F(VerbsTest, ErrorsOfFilesNameTheFileAndTheLine) {
  const std::string env = FileWith("env", "A=1\r\nB\r\n");
  EXPECT_EQ(RunLine({"instance", "create", "demo", "--env-file", env}), Exit::kUsage);
  EXPECT_EQ(err(), "atelier: " + env + ", line 2: it must have the form NAME=VALUE.\n");
  const std::string service = FileWith("service.json", "{\"name\":\n \"iris\" \"x\"}");
  for (const char* verb : {"create", "apply"}) {
    EXPECT_EQ(RunLine({"service", verb, "-f", service}), Exit::kUsage);
    EXPECT_TRUE(err().starts_with("atelier: " + service + ": ")) << err();
  }
  const std::string items = FileWith("items", "{}\n{]\n");
  EXPECT_EQ(RunLine({"recommender", "push", "airec-1", "item", "-f", items}), Exit::kUsage);
  EXPECT_TRUE(err().starts_with("atelier: " + items + ", line 2: ")) << err();
  const std::string wide = FileWith("wide", std::string("\xFF\xFE{\0}\0", 6));
  EXPECT_EQ(RunLine({"service", "create", "-f", wide}), Exit::kUsage);
  EXPECT_EQ(err(), "atelier: The file " + wide + " is UTF-16; save it as UTF-8.\n");
  EXPECT_TRUE(api_.asked().empty());
}

TEST_F(VerbsTest, AFileHasAtMostAMebibyte) {
  api_.Script("CreateService", R"({"ServiceName":"iris"})");
  std::string text = R"({"name":"iris"})";
  text.resize(1U << 20U, ' ');
  EXPECT_EQ(RunLine({"service", "create", "-f", FileWith("fits", text)}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("CreateService").body.size(), 1U << 20U);
  text += ' ';
  EXPECT_EQ(RunLine({"service", "create", "-f", FileWith("large", text)}), Exit::kUsage);
  EXPECT_EQ(RunLine({"service", "create", "-f", folder_.path() + "/none"}), Exit::kUsage);
  EXPECT_EQ(RunLine({"service", "create", "-f", folder_.path()}), Exit::kUsage) << "a folder";
}

TEST_F(VerbsTest, WhatIsSentToAModelStaysAsItIs) {
  api_.Script("ListServices", kIris);
  api_.Script("DescribeService", R"({"AccessToken":"t"})");
  api_.Script("", "ok");
  const std::string bytes(
      "\xEF\xBB\xBF"
      "a\r\nb");
  EXPECT_EQ(RunLine({"service", "call", "iris", "--data", "@" + FileWith("bytes", bytes)}),
            Exit::kDone);
  EXPECT_EQ(api_.asked().back().body, bytes);
}

TEST_F(VerbsTest, TheRefusalOfAModelIsShownAsItIs) {
  api_.Script("ListServices", kIris);
  api_.Script("DescribeService", R"({"AccessToken":"t"})");
  for (const int status : {404, 422}) api_.Script("", "x must be a number", status);
  for (const int status : {404, 422}) {
    EXPECT_EQ(RunLine({"service", "call", "iris"}), Exit::kRefused);
    EXPECT_EQ(err(), "atelier: It answered with status " + std::to_string(status) +
                         ": x must be a number\n");
  }
}

// Lists
// ---------------------------------------------------------------------------------------------

constexpr const char* kTwo = R"({"TotalCount":2,"Instances":[
    {"InstanceId":"dsw-1","InstanceName":"one","Status":"Running","UserName":"a,\"b\""},
    {"InstanceId":"dsw-2","InstanceName":"two","Status":"Stopped"}]})";

TEST_F(VerbsTest, ListsPrintIdsAloneOrCsv) {
  api_.Script("ListInstances", kTwo);
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"-q"}, {"--all", "--quiet"}, {"-q", "-o", "json"}}) {
    std::vector<std::string> line = {"instance", "ls"};
    line.insert(line.end(), more.begin(), more.end());
    EXPECT_EQ(RunLine(line), Exit::kDone);
    EXPECT_EQ(out(), "dsw-1\ndsw-2\n");
  }
  for (const bool all : {false, true}) {
    std::vector<std::string> line = {"instance", "list", "-o", "csv"};
    if (all) line.emplace_back("--all");
    EXPECT_EQ(RunLine(line), Exit::kDone);
    EXPECT_EQ(out(),
              "ID,NAME,STATUS,SPEC,OWNER,CREATED\n"
              "dsw-1,one,Running,,\"a,\"\"b\"\"\",\n"
              "dsw-2,two,Stopped,,,\n");
  }
  api_.Script("ListRoles",
              R"({"Roles":{"Role":[{"RoleName":"auditor","MaxSessionDuration":3600}]}})");
  EXPECT_EQ(RunLine({"role", "list", "-o", "csv"}), Exit::kDone);
  EXPECT_EQ(out(), "NAME,LONGEST SESSION,CREATED\nauditor,3600,\n");
  EXPECT_EQ(RunLine({"role", "list", "-q"}), Exit::kDone);
  EXPECT_EQ(out(), "auditor\n");
}

TEST_F(VerbsTest, ARecordShowsWhatIsThereByName) {
  api_.Script("GetCallerIdentity", R"({"RequestId":"R","UserId":"7","Arn":"acs:ram::7:root"})");
  EXPECT_EQ(RunLine({"whoami"}), Exit::kDone);
  EXPECT_EQ(out(), "FIELD   VALUE\nUserId  7\nArn     acs:ram::7:root\n");
  api_.Script("ListServices", kIris);
  api_.Script("DescribeServiceAutoScaler",
              R"({"Behavior":{"onZero":{"x":600}},"MinReplica":0,"Empty":"","Names":["a","b"]})");
  EXPECT_EQ(RunLine({"service", "autoscale", "show", "iris"}), Exit::kDone);
  EXPECT_EQ(out(),
            "FIELD              VALUE\nBehavior.onZero.x  600\nMinReplica         0\nNames "
            "             a,b\n");
}

// Services
// ---------------------------------------------------------------------------------------------

TEST_F(VerbsTest, ApplyCreatesAServiceOrReplacesItsConfiguration) {
  const std::string file = FileWith("service.json", R"({"name":"iris","metadata":{"cpu":1}})");
  api_.Script("ListServices", R"({"Services":[]})");
  api_.Script("ListServices", kIris);
  api_.Script("CreateService", R"({"ServiceName":"iris","Region":"local"})");
  api_.Script("UpdateService", "{}");
  EXPECT_EQ(RunLine({"service", "apply", "-f", file}), Exit::kDone) << err();
  EXPECT_EQ(LastOf("CreateService").body, R"({"name":"iris","metadata":{"cpu":1}})");
  EXPECT_EQ(LastOf("UpdateService").body, "");
  EXPECT_EQ(RunLine({"service", "apply", "-f", file}), Exit::kDone) << err();
  EXPECT_EQ(api_.asked().back().target, "/api/v2/services/local/iris?UpdateType=replace");
  EXPECT_EQ(api_.asked().back().body, R"({"name":"iris","metadata":{"cpu":1}})");
}

TEST_F(VerbsTest, ServicesAreFoundByWhatTheyAreOf) {
  api_.Script("ListServices", kIris);
  api_.Script("GetUser", R"({"User":{"UserId":"207"}})");
  EXPECT_EQ(
      RunLine({"service", "list", "--owner", "ada", "--workspace", "7", "--label", "a=b", "-q"}),
      Exit::kDone);
  EXPECT_EQ(out(), "iris\n");
  EXPECT_EQ(api_.asked().back().target,
            "/api/v2/services?WorkspaceId=7&CallerUid=207&Label=%7B%22a%22%3A%22b%22%7D&"
            "PageSize=1000");
}

TEST_F(VerbsTest, UpdateMergesAFileAndSingleMembers) {
  const std::string file = FileWith("change.json", R"({"metadata":{"cpu":1}})");
  api_.Script("ListServices", kIris);
  api_.Script("UpdateService", "{}");
  EXPECT_EQ(RunLine({"service", "update", "iris", "-f", file, "--set", "metadata.memory=512",
                     "--set", "metadata.group=trees"}),
            Exit::kDone)
      << err();
  EXPECT_EQ(api_.asked().back().target, "/api/v2/services/local/iris");
  EXPECT_EQ(*ParseJson(api_.asked().back().body),
            *ParseJson(R"({"metadata":{"cpu":1,"memory":512,"group":"trees"}})"));
  EXPECT_EQ(RunLine({"service", "update", "iris"}), Exit::kUsage);
}

TEST_F(VerbsTest, WhatTheServerWarnsOfReachesPeople) {
  const std::string file = FileWith("service.json", R"({"name":"iris","metadata":{"cpuu":2}})");
  const std::string warning = "Warning: Unknown keys have no effect: metadata.cpuu.\n";
  api_.Script("ListServices", R"({"Services":[]})");
  api_.Script("ListServices", kIris);
  api_.Script("CreateService", R"({"ServiceName":"iris","Region":"local"})");
  api_.Script("CloneService", R"({"ServiceName":"rose"})");
  api_.Script("DescribeServiceEvent", R"({"Events":[
      {"Reason":"NoRoom","Message":"Its instances wait."},
      {"Reason":"UnknownKeys","Message":"Unknown keys have no effect: metadata.cpuu."}]})");
  api_.Script("UpdateService",
              R"({"Message":"Service iris is being updated. Unknown keys have no effect: )"
              R"(metadata.cpuu."})");
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"service", "apply", "-f", file},
           {"service", "create", "-f", file},
           {"service", "apply", "-f", file},
           {"service", "update", "iris", "--set", "metadata.cpuu=2"},
           {"service", "clone", "iris", "rose", "-f", file}}) {
    EXPECT_EQ(RunLine(line), Exit::kDone) << err();
    EXPECT_EQ(err(), warning) << testing::PrintToString(line);
    EXPECT_EQ(out(), line[1] == "clone" ? "rose\n" : "iris\n");
  }
  EXPECT_EQ(LastOf("DescribeServiceEvent").target,
            "/api/v2/services/local/rose/events?EventType=Warning");
}

TEST_F(VerbsTest, AChangeWithoutAWarningIsSilent) {
  api_.Script("ListServices", kIris);
  api_.Script("UpdateService", R"({"Message":"Service iris is being updated."})");
  api_.Script("StopService", R"({"Message":"StopService of iris was accepted."})");
  EXPECT_EQ(RunLine({"service", "update", "iris", "--set", "metadata.cpu=2"}), Exit::kDone);
  EXPECT_EQ(err(), "");
  EXPECT_EQ(RunLine({"service", "stop", "iris"}), Exit::kDone);
  EXPECT_EQ(err(), "");
}

TEST_F(VerbsTest, WhatSetCannotNameIsRefused) {
  EXPECT_EQ(RunLine({"service", "update", "iris", "--set", "containers[0].image=x"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier: --set containers[0].image: a list is set as a whole, as in --set "
            "'containers=[{\"image\": \"x\"}]', or with --file.\n");
  for (const char* wrong : {"metadata..cpu=1", ".cpu=1", "metadata.=1"}) {
    EXPECT_EQ(RunLine({"service", "update", "iris", "--set", wrong}), Exit::kUsage) << wrong;
  }
  EXPECT_TRUE(api_.asked().empty());
}

TEST_F(VerbsTest, RollbackGoesToTheVersionBeforeUnlessOneIsNamed) {
  api_.Script("ListServices", kIris);
  api_.Script("DescribeService", R"({"Region":"local","CurrentVersion":3})");
  api_.Script("UpdateServiceVersion", "{}");
  EXPECT_EQ(RunLine({"service", "rollback", "iris"}), Exit::kDone) << err();
  EXPECT_EQ(api_.asked().back().body, R"({"Version":2})");
  EXPECT_EQ(RunLine({"service", "rollback", "iris", "5"}), Exit::kDone) << err();
  EXPECT_EQ(api_.asked().back().body, R"({"Version":5})");
}

TEST_F(VerbsTest, AWaitForAServiceThatCrashesTellsRestartsExitCodeAndLastLines) {
  api_.Script("ListServices", kIris);
  api_.Script("StartService", "{}");
  for (int look = 0; look < 20; ++look) api_.Script("DescribeService", R"({"Status":"Waiting"})");
  api_.Script("DescribeService", R"({"Status":"Failed","Reason":"BackOff","Message":"Why."})");
  api_.Script("ListServiceInstances", R"({"Instances":[
      {"InstanceName":"iris-a","RestartCount":0},
      {"InstanceName":"iris-b","RestartCount":4,"LastState":[
          {"ExitCode":3,"Log":"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nImportError: no module\n"}]}]})");
  EXPECT_EQ(RunLine({"service", "start", "iris", "--wait"}), Exit::kNotReached);
  EXPECT_EQ(states(),
            "iris: Waiting\n"
            "iris: Its instance iris-b has restarted 4 times, the last time with exit code 3.\n"
            "iris: Failed\n"
            "atelier: Service iris is Failed. BackOff: Why. Its instance iris-b has restarted 4 "
            "times, the last time with exit code 3. Its last lines:\n"
            "2\n3\n4\n5\n6\n7\n8\n9\n10\nImportError: no module\n");
}

TEST_F(VerbsTest, AWaitThatRunsOutOfTimeTellsTheSame) {
  api_.Script("ListServices", kIris);
  api_.Script("StartService", "{}");
  api_.Script("DescribeService", R"({"Status":"Waiting","Reason":"","Message":""})");
  api_.Script("ListServiceInstances", R"({"Instances":[
      {"InstanceName":"iris-b","RestartCount":1,"LastState":[{"Signal":9,"Log":""}]}]})");
  EXPECT_EQ(RunLine({"service", "start", "iris", "--wait", "--timeout", "1"}), Exit::kNotReached);
  EXPECT_TRUE(states().ends_with(
      "atelier: Service iris is still Waiting after 1 s. Its instance iris-b has restarted 1 time, "
      "the last time with signal 9.\n"))
      << states();
}

TEST_F(VerbsTest, AnInstanceThatStartsIsNotToBeStarted) {
  api_.Script("GetInstance", R"({"Status":"Starting"})");
  EXPECT_EQ(RunLine({"instance", "open", "dsw-1"}), Exit::kNotReached);
  EXPECT_EQ(err().find("Start it"), std::string::npos) << err();
  EXPECT_NE(err().find("Try again in a moment"), std::string::npos) << err();
}

// Logs
// ---------------------------------------------------------------------------------------------

using Lines = std::vector<std::string>;

TEST(FreshLines, AreThoseAfterTheLongestEndThatBothShare) {
  EXPECT_EQ(FreshLines({}, {"a"}), Lines{"a"});
  EXPECT_EQ(FreshLines({"a", "b"}, {"a", "b"}), Lines{});
  EXPECT_EQ(FreshLines({"a", "b"}, {"a", "b", "c"}), Lines{"c"});
  EXPECT_EQ(FreshLines({"a", "b", "b"}, {"b", "b", "c"}), Lines{"c"}) << "the oldest line is gone";
  EXPECT_EQ(FreshLines({"a", "b"}, {"x", "y"}), (Lines{"x", "y"})) << "a new run";
}

TEST_F(VerbsTest, LogsTakeTheLastLinesAndFollowUntilTheServiceIsGone) {
  api_.Script("ListServices", kIris);
  api_.Script("DescribeServiceLog", R"({"Logs":["a","b","c"],"TotalPageNum":1})");
  EXPECT_EQ(RunLine({"service", "logs", "iris", "--tail", "2", "--since", "2026-01-01T00:00:00Z"}),
            Exit::kDone);
  EXPECT_EQ(out(), "b\nc\n");
  EXPECT_EQ(api_.asked().back().target,
            "/api/v2/services/local/iris/logs?StartTime=2026-01-01T00%3A00%3A00Z&PageNum=1&"
            "PageSize=1000");
  api_.Script("ListServiceInstances", R"({"Instances":[{"InstanceName":"iris-a"}]})");
  api_.Script("ListServiceInstances", R"({"Instances":[{"InstanceName":"iris-a"}]})");
  api_.Script("ListServiceInstances",
              R"({"Code":"InvalidService.NotFound","Message":"gone","RequestId":"R"})", 404);
  api_.Script("DescribeServiceLog", R"({"Logs":["b","c","d"],"TotalPageNum":1})");
  EXPECT_EQ(RunLine({"service", "logs", "iris", "-f", "--tail", "1"}), Exit::kNotFound);
  EXPECT_EQ(out(), "c\nd\n");
}

// The command line
// ---------------------------------------------------------------------------------------------

TEST(ParseDuration, TakesANumberAndAUnit) {
  EXPECT_EQ(*ParseDuration("90s"), 90'000);
  EXPECT_EQ(*ParseDuration("30m"), 1'800'000);
  EXPECT_EQ(*ParseDuration("2h"), 7'200'000);
  EXPECT_EQ(*ParseDuration("1d"), 86'400'000);
  EXPECT_EQ(*ParseDuration("5ms"), 5);
  for (const char* wrong : {"", "5", "h", "-1h", "1.5h", "2 h", "2w", "99999999999999999999s"})
    EXPECT_FALSE(ParseDuration(wrong)) << wrong;
}

TEST_F(VerbsTest, HelpIsAWordAsWell) {
  EXPECT_EQ(RunLine({"help", "service", "update"}), Exit::kDone);
  EXPECT_NE(out().find("--replace"), std::string::npos);
  EXPECT_EQ(RunLine({"help"}), Exit::kDone);
  EXPECT_NE(out().find("5 not found"), std::string::npos) << "the exit codes";
  EXPECT_EQ(RunLine({"-v"}), Exit::kDone);
}

TEST_F(VerbsTest, CompletionOffersVerbsOfThreeWordsAndNoOldSpellings) {
  ASSERT_EQ(RunLine({"completion", "bash"}), Exit::kDone);
  EXPECT_NE(out().find("\" service autoscale set\" | \" service autoscale set \"*)"),
            std::string::npos);
  EXPECT_NE(out().find("--dry-run"), std::string::npos);
  EXPECT_EQ(out().find("--most"), std::string::npos);
  ASSERT_EQ(RunLine({"completion", "fish"}), Exit::kDone);
  EXPECT_NE(out().find("__fish_seen_subcommand_from service; and __fish_seen_subcommand_from "
                       "autoscale; and __fish_seen_subcommand_from set' -l threshold"),
            std::string::npos);
}

TEST_F(VerbsTest, AMistypedCommandIsAnsweredWithTheOneMeant) {
  EXPECT_EQ(RunLine({"service", "autoscale", "sett"}), Exit::kUsage);
  EXPECT_TRUE(
      err().starts_with("atelier service autoscale has no command sett. Did you mean set? "))
      << err();
  EXPECT_EQ(RunLine({"instance", "xyzzy"}), Exit::kUsage);
  EXPECT_EQ(err().find("Did you mean"), std::string::npos) << err();
}

TEST_F(VerbsTest, OldSpellingsOfLimitsStillWork) {
  api_.Script("GetInstanceEvents", R"({"Events":[]})");
  for (const char* option : {"--limit", "--most"}) {
    EXPECT_EQ(RunLine({"instance", "events", "dsw-1", option, "5"}), Exit::kDone);
    EXPECT_EQ(api_.asked().back().target, "/api/v2/instances/dsw-1/events?MaxEventsNum=5");
  }
}

TEST_F(VerbsTest, MetricsHaveUnits) {
  api_.Script("GetInstanceMetrics", R"({"PodMetrics":[{"Metrics":[{"Time":0,"Value":2097152}]}]})");
  EXPECT_EQ(RunLine({"instance", "metrics", "dsw-1", "--type", "DiskReadRate"}), Exit::kDone);
  EXPECT_NE(out().find("2.0 MiB/s\n"), std::string::npos) << out();
  api_.Script("GetInstanceMetrics", "{}");
  EXPECT_EQ(RunLine({"instance", "metrics", "dsw-1", "--type", "Speed"}), Exit::kUsage);
  EXPECT_NE(err().find("There are: CpuCoreUsage, "), std::string::npos) << err();
}

TEST_F(VerbsTest, TheCourseOfAMetricIsReadToItsEnd) {
  api_.Script("GetMetrics", R"({"NextToken":"1","Datapoints":
      "[{\"timestamp\":1767225600000,\"Average\":1.5,\"Minimum\":1.0,\"Maximum\":2.0}]"})");
  api_.Script("GetMetrics", R"({"NextToken":"","Datapoints":
      "[{\"timestamp\":1767225900000,\"Average\":3.0,\"Minimum\":3.0,\"Maximum\":3.0}]"})");
  EXPECT_EQ(RunLine({"instance", "metrics", "dsw-1", "--type", "CpuCoreUsage", "--since",
                     "2026-01-01T00:00:00Z", "--period", "300"}),
            Exit::kDone)
      << err();
  EXPECT_EQ(out(),
            "TIME                  AVERAGE  LEAST  MOST\n"
            "2026-01-01T00:00:00Z  1.5 %    1.0 %  2.0 %\n"
            "2026-01-01T00:05:00Z  3.0 %    3.0 %  3.0 %\n");
  EXPECT_EQ(api_.asked().back().target,
            "/api/v2/instance/dsw-1/cms/metrics?MetricName=CpuCoreUsage&Namespace=acs_pai_dsw&"
            "Dimensions=%5B%7B%22instanceId%22%3A%22dsw-1%22%7D%5D&"
            "StartTime=2026-01-01T00%3A00%3A00Z&Period=300&NextToken=1&Length=1440");
  EXPECT_EQ(RunLine({"instance", "metrics", "dsw-1", "--since", "1h"}), Exit::kUsage);
}

TEST_F(VerbsTest, LabelsOfServicesAreListedByTheirNames) {
  api_.Script("ListServices", R"({"Services":[{"ServiceName":"iris","ServiceId":"eas-m-1"}]})");
  api_.Script("ListTagResources", R"({"TagResources":{"TagResource":[
      {"ResourceId":"eas-m-1","TagKey":"team","TagValue":"vision"}]},"NextToken":""})");
  EXPECT_EQ(RunLine({"service", "label", "list", "iris"}), Exit::kDone) << err();
  EXPECT_EQ(out(), "SERVICE  KEY   VALUE\neas-m-1  team  vision\n");
  EXPECT_EQ(api_.asked().back().target, "/?ResourceType=service&ResourceId=eas-m-1&MaxResult=1000");
}

}  // namespace
}  // namespace atelier::cli
