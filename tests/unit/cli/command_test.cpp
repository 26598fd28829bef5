#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "base/version.h"
#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

constexpr const char* kTwoInstances =
    R"({"RequestId":"R","TotalCount":2,"Instances":[
    {"InstanceId":"dsw-1","InstanceName":"one","Status":"Running","EcsSpec":"ecs.c6.large","UserName":"ada","UserId":"7","GmtCreateTime":"2026-01-01T00:00:00Z"},
    {"InstanceId":"dsw-2","InstanceName":"two","Status":"Stopped","EcsSpec":"ecs.g6.large","UserName":"","UserId":"8","GmtCreateTime":"2026-01-02T00:00:00Z"}]})";

std::string InstanceIn(const std::string& status, const std::string& more = "") {
  return R"({"InstanceId":"dsw-1","Status":")" + status + "\"" + more + "}";
}

// Lists and formats
// -----------------------------------------------------------------------------------

TEST_F(CommandTest, ListShowsATable) {
  api_.Script("ListInstances", kTwoInstances);
  EXPECT_EQ(RunLine({"instance", "list"}), Exit::kDone);
  EXPECT_EQ(out(),
            "ID     NAME  STATUS   SPEC          OWNER  CREATED\n"
            "dsw-1  one   Running  ecs.c6.large  ada    2026-01-01T00:00:00Z\n"
            "dsw-2  two   Stopped  ecs.g6.large  8      2026-01-02T00:00:00Z\n");
  EXPECT_EQ(err(), "");
}

TEST_F(CommandTest, TheOutputOptionStandsBeforeOrAfterTheCommand) {
  api_.Script("ListInstances", R"({"TotalCount":0,"Instances":[]})");
  EXPECT_EQ(RunLine({"instance", "list", "--output", "json"}), Exit::kDone);
  EXPECT_EQ(out(), "{\n  \"TotalCount\": 0,\n  \"Instances\": []\n}\n");
  EXPECT_EQ(RunLine({"-o", "yaml", "instance", "list"}), Exit::kDone);
  EXPECT_EQ(out(), "TotalCount: 0\nInstances: []\n");
}

TEST_F(CommandTest, ListAsksForEveryWorkspaceAndQuotaAndPassesFiltersOn) {
  api_.Script("ListInstances", kTwoInstances);
  EXPECT_EQ(
      RunLine({"instance", "list", "--status", "Running,Stopped", "--label", "team=vision lab"}),
      Exit::kDone);
  EXPECT_EQ(api_.asked().at(0).target,
            "/api/v2/instances?Status=Running%2CStopped&"
            "Labels=%7B%22team%22%3A%22vision%20lab%22%7D&WorkspaceId=ALL&ResourceId=ALL&"
            "SortBy=GmtCreateTime&Order=DESC&PageNumber=1&PageSize=50");
}

TEST_F(CommandTest, ListTakesAQueryBesideOtherOptions) {
  api_.Script("ListInstances", kTwoInstances);
  EXPECT_EQ(RunLine({"instance", "list", "--owner", "7", "--query", "status:running gpu>0"}),
            Exit::kDone);
  EXPECT_EQ(api_.asked().at(0).target,
            "/api/v2/instances?CreateUserId=7&Status=Running&MinGpu=1&WorkspaceId=ALL&"
            "ResourceId=ALL&SortBy=GmtCreateTime&Order=DESC&PageNumber=1&PageSize=50");
  EXPECT_EQ(RunLine({"instance", "list", "--owner", "7", "--query", "owner:8"}), Exit::kUsage);
  EXPECT_EQ(err(), "atelier: --query and another option both set CreateUserId.\n");
  EXPECT_EQ(RunLine({"instance", "list", "--query", "gpu>many"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier: Query, character 5: 'many' must be a number from 0 to a billion with at "
            "most six decimals.\n");
}

TEST_F(CommandTest, ListSaysThatThereAreMore) {
  api_.Script("ListInstances", R"({"TotalCount":120,"Instances":[{"InstanceId":"dsw-1"}]})");
  EXPECT_EQ(RunLine({"instance", "list"}), Exit::kDone);
  EXPECT_EQ(err(), "1 of 120 instances; see all with --all, others with --page.\n");
}

TEST_F(CommandTest, ListAllReadsEveryPage) {
  api_.Script("ListInstances",
              R"({"TotalCount":3,"Instances":[{"InstanceId":"dsw-1"},{"InstanceId":"dsw-2"}]})");
  api_.Script("ListInstances", R"({"TotalCount":3,"Instances":[{"InstanceId":"dsw-3"}]})");
  EXPECT_EQ(RunLine({"instance", "list", "--all", "-o", "json"}), Exit::kDone);
  const json::value answer = *ParseJson(out());
  EXPECT_EQ(answer.as_object().at("Instances").as_array().size(), 3U);
  EXPECT_EQ(api_.asked().size(), 2U);
}

TEST_F(CommandTest, ListAllPrintsRowsAsPagesArrive) {
  api_.Script("ListInstances",
              R"({"TotalCount":2,"Instances":[{"InstanceId":"dsw-1","InstanceName":"one"}]})");
  api_.Script("ListInstances",
              R"({"TotalCount":2,"Instances":[{"InstanceId":"dsw-22","InstanceName":"two"}]})");
  EXPECT_EQ(RunLine({"instance", "list", "--all"}), Exit::kDone);
  EXPECT_EQ(out(),
            "ID     NAME  STATUS  SPEC  OWNER  CREATED\n"
            "dsw-1  one\n"
            "dsw-22  two\n");
  EXPECT_NE(api_.asked().at(1).target.find("Order=ASC&PageNumber=2&PageSize=1000"),
            std::string::npos);
}

TEST_F(CommandTest, RequestsAreSignedAndTheSecretIsNotSent) {
  api_.Script("ListInstances", kTwoInstances);
  EXPECT_EQ(RunLine({"instance", "list"}), Exit::kDone);
  EXPECT_TRUE(
      api_.asked().at(0).authorization.starts_with("ACS3-HMAC-SHA256 Credential=LTAItest,"));
  EXPECT_EQ(api_.asked().at(0).authorization.find("secret"), std::string::npos);
}

// Create and wait
// -------------------------------------------------------------------------------------

TEST_F(CommandTest, CreateSendsTheWishWithAClientTokenAndPrintsTheId) {
  api_.Script("CreateInstance", R"({"InstanceId":"dsw-1"})");
  EXPECT_EQ(RunLine({"instance", "create", "--name", "demo", "--spec", "ecs.c6.large", "--image",
                     "image-lab", "--public", "--env", "A=1=2", "--label", "team=x"}),
            Exit::kDone);
  EXPECT_EQ(out(), "dsw-1\n");
  const Asked asked = api_.asked().at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_TRUE(asked.target.starts_with("/api/v2/instances?ClientToken="));
  EXPECT_EQ(
      *ParseJson(asked.body),
      *ParseJson(
          R"({"InstanceName":"demo","EcsSpec":"ecs.c6.large","ImageId":"image-lab","Accessibility":"PUBLIC",
                           "EnvironmentVariables":{"A":"1=2"},"Labels":[{"Key":"team","Value":"x"}]})"));
}

TEST_F(CommandTest, CreateTakesTheFirstSpecAndImageWhenNoneIsNamed) {
  api_.Script("ListEcsSpecs",
              R"({"EcsSpecs":[{"InstanceType":"ecs.c6.large"},{"InstanceType":"ecs.g6.large"}]})");
  api_.Script("ListImages", R"({"Images":[{"ImageId":"image-lab"}]})");
  api_.Script("CreateInstance", R"({"InstanceId":"dsw-1"})");
  EXPECT_EQ(RunLine({"instance", "create", "demo"}), Exit::kDone);
  const json::value body = *ParseJson(api_.asked().back().body);
  EXPECT_EQ(body.as_object().at("EcsSpec"), "ecs.c6.large");
  EXPECT_EQ(body.as_object().at("ImageId"), "image-lab");
}

TEST_F(CommandTest, WaitShowsEachStateOnceAndEndsWhenItRuns) {
  api_.Script("StartInstance", R"({"InstanceId":"dsw-1"})");
  for (const char* status : {"Starting", "Starting", "EnvPreparing", "Running"}) {
    api_.Script("GetInstance", InstanceIn(status));
  }
  EXPECT_EQ(RunLine({"instance", "start", "dsw-1", "--wait"}), Exit::kDone);
  EXPECT_EQ(out(), "dsw-1\n");
  EXPECT_EQ(states(), "dsw-1: Starting\ndsw-1: EnvPreparing\ndsw-1: Running\n");
}

TEST_F(CommandTest, AWaitThatEndsInAnotherStateSaysWhyAndExitsWith4) {
  api_.Script("StartInstance", R"({"InstanceId":"dsw-1"})");
  api_.Script(
      "GetInstance",
      InstanceIn("Failed", R"(,"ReasonCode":"StartFailed","ReasonMessage":"no such file")"));
  EXPECT_EQ(RunLine({"instance", "start", "dsw-1", "--wait"}), Exit::kNotReached);
  EXPECT_NE(err().find("atelier: Instance dsw-1 is Failed. StartFailed: no such file\n"),
            std::string::npos);
}

TEST_F(CommandTest, AReasonOfSeveralLinesIsPrintedAsSuch) {
  api_.Script("StartInstance", R"({"InstanceId":"dsw-1"})");
  api_.Script("GetInstance",
              InstanceIn("Failed",
                         R"(,"ReasonCode":"StartFailed","ReasonMessage":"exit 1\nbad\u001bend")"));
  EXPECT_EQ(RunLine({"instance", "start", "dsw-1", "--wait"}), Exit::kNotReached);
  EXPECT_NE(err().find("atelier: Instance dsw-1 is Failed. StartFailed: exit 1\nbad?end\n"),
            std::string::npos)
      << err();
}

TEST_F(CommandTest, AWaitForDeletionEndsWhenTheInstanceIsNotFound) {
  api_.Script("DeleteInstance", R"({"InstanceId":"dsw-1"})");
  api_.Script("GetInstance", InstanceIn("Deleting"));
  api_.Script("GetInstance", R"({"Code":"InternalError","Message":"gone","RequestId":"R"})", 404);
  EXPECT_EQ(RunLine({"instance", "delete", "dsw-1", "--wait"}), Exit::kDone);
  EXPECT_EQ(states(), "dsw-1: Deleting\ndsw-1: gone\n");
}

TEST_F(CommandTest, WithoutATerminalNothingIsWaitedFor) {
  api_.Script("StopInstance", R"({"InstanceId":"dsw-1"})");
  EXPECT_EQ(RunLine({"instance", "stop", "dsw-1"}), Exit::kDone);
  EXPECT_EQ(api_.asked().size(), 1U);
}

TEST_F(CommandTest, OnATerminalWaitingIsTheDefault) {
  env_.out_is_terminal = true;
  api_.Script("StopInstance", R"({"InstanceId":"dsw-1"})");
  api_.Script("GetInstance", InstanceIn("Stopped"));
  EXPECT_EQ(RunLine({"instance", "stop", "dsw-1"}), Exit::kDone);
  EXPECT_EQ(api_.asked().size(), 2U);
  EXPECT_EQ(RunLine({"instance", "stop", "dsw-1", "--no-wait"}), Exit::kDone);
  EXPECT_EQ(api_.asked().size(), 3U);
}

TEST_F(CommandTest, OpenPrintsALinkWithAToken) {
  api_.Script("GetInstance", InstanceIn("Running", R"(,"JupyterlabUrl":"http://h:1/dsw-1/lab/")"));
  api_.Script("GetToken", R"({"Token":"abc.def"})");
  EXPECT_EQ(RunLine({"instance", "open", "dsw-1"}), Exit::kDone);
  EXPECT_EQ(out(), "http://h:1/dsw-1/lab/?Token=abc.def\n");
  EXPECT_EQ(api_.asked().at(1).target,
            "/api/v2/tokens?InstanceId=dsw-1&ExpireTime=28800&Type=Access");
}

TEST_F(CommandTest, OpenOfAnInstanceThatDoesNotRunSaysHowToStartIt) {
  api_.Script("GetInstance", InstanceIn("Stopped"));
  EXPECT_EQ(RunLine({"instance", "open", "dsw-1"}), Exit::kNotReached);
  EXPECT_NE(err().find("atelier instance start dsw-1"), std::string::npos);
}

TEST_F(CommandTest, AnIdIsOnePieceOfThePathWhateverItHolds) {
  api_.Script("GetInstance", InstanceIn("Running"));
  EXPECT_EQ(RunLine({"instance", "get", "../users?x"}), Exit::kDone);
  EXPECT_EQ(api_.asked().at(0).target, "/api/v2/instances/..%2Fusers%3Fx");
}

// Errors and exit codes
// -------------------------------------------------------------------------------

TEST_F(CommandTest, ARefusalPrintsCodeMessageAndRequestIdWithAHintAndExitsWith1) {
  api_.Script("GetInstance",
              R"({"Code":"NoPermission","Message":"You may not.","RequestId":"REQ-1"})", 403);
  EXPECT_EQ(RunLine({"instance", "get", "dsw-9"}), Exit::kRefused);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(),
            "atelier: NoPermission: You may not. (RequestId REQ-1)\n"
            "Ask an administrator to attach a policy: atelier policy attach NAME --user YOU\n");
}

/// The API's code for it, InternalError, reads like a fault of the server.
TEST_F(CommandTest, WhatIsNotThereIsSaidToBeSoAndExitsWith5) {
  api_.Script(
      "GetInstance",
      R"({"Code":"InternalError","Message":"Instance dsw-9 does not exist.","RequestId":"REQ-1"})",
      404);
  EXPECT_EQ(RunLine({"instance", "get", "dsw-9"}), Exit::kNotFound);
  EXPECT_EQ(err(),
            "atelier: Instance dsw-9 does not exist. (RequestId REQ-1)\n"
            "See which instances there are: atelier instance list\n");
}

TEST_F(CommandTest, AnUnknownKeyOrOperationIsNotAThingThatIsNotThere) {
  api_.Script("DeleteInstance", "{}");
  api_.Script("GetInstance",
              R"({"Code":"InvalidAccessKeyId.NotFound","Message":"M","RequestId":"R"})", 404);
  EXPECT_EQ(RunLine({"instance", "delete", "dsw-9", "--wait"}), Exit::kRefused)
      << "not taken for gone";
  EXPECT_EQ(RunLine({"clock", "show"}), Exit::kRefused) << "a server without the operation";
}

TEST_F(CommandTest, AFaultOfTheServerIsNotTakenForNotFound) {
  api_.Script("GetInstance", R"({"Code":"InternalError","Message":"fault","RequestId":"R"})", 500);
  EXPECT_EQ(RunLine({"instance", "get", "dsw-9"}), Exit::kRefused);
  EXPECT_EQ(err(), "atelier: InternalError: fault (RequestId R)\n");
}

TEST_F(CommandTest, AServerThatIsNotThereExitsWith3) {
  io_.stop();
  thread_.join();
  server_.reset();
  EXPECT_EQ(RunLine({"instance", "list"}), Exit::kUnreachable);
  EXPECT_NE(err().find("atelier serve"), std::string::npos);
  thread_ = std::thread([] {});
}

TEST_F(CommandTest, AnAnswerThatIsNoJsonObjectExitsWith3) {
  api_.Script("GetInstance", "<html>proxy</html>", 502);
  EXPECT_EQ(RunLine({"instance", "get", "dsw-1"}), Exit::kUnreachable);
}

TEST_F(CommandTest, WrongCommandLinesExitWith2AndAskNothing) {
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {},
           {"nothing"},
           {"instance"},
           {"instance", "get"},
           {"instance", "list", "--nothing"},
           {"instance", "list", "--page-size", "1001"},
           {"instance", "list", "-o", "xml"},
           {"instance", "list", "--label", "no_value"},
           {"instance", "create", "--name", "x", "--spec", "s", "--image", "i", "--env-file",
            "/nowhere"},
           {"policy", "attach", "P"},
           {"policy", "attach", "P", "--user", "u", "--role", "r"},
           {"completion", "tcsh"},
       }) {
    EXPECT_EQ(RunLine(line), Exit::kUsage) << testing::PrintToString(line);
    EXPECT_FALSE(err().empty());
  }
  EXPECT_TRUE(api_.asked().empty());
}

TEST_F(CommandTest, WithoutAKeyTheCommandSaysWhereToPutOne) {
  environment_.clear();
  environment_["HOME"] = folder_.path();
  EXPECT_EQ(RunLine({"instance", "list"}), Exit::kUsage);
  EXPECT_NE(err().find("ATELIER_CREDENTIALS"), std::string::npos);
}

TEST_F(CommandTest, TellsItsVersion) {
  EXPECT_EQ(RunLine({"--version"}), Exit::kDone);
  EXPECT_EQ(out(), "atelier " + std::string(kVersion) + "\n");
}

TEST_F(CommandTest, HelpListsTheServerTooAndExitsWith0) {
  EXPECT_EQ(RunLine({"--help"}), Exit::kDone);
  for (const char* word :
       {"serve", "instance", "workspace", "user", "key", "policy", "completion"}) {
    EXPECT_NE(out().find(word), std::string::npos) << word;
  }
}

// Workspaces, users, keys, policies
// -------------------------------------------------------------------

TEST_F(CommandTest, AddMemberResolvesALoginNameAndPrefixesRoles) {
  api_.Script("GetUser", R"({"User":{"UserId":"207"}})");
  api_.Script("CreateMember", R"({"Members":[]})");
  EXPECT_EQ(RunLine({"workspace", "add-member", "1", "ada", "--role", "AlgoOperator", "--role",
                     "PAI.LabelManager"}),
            Exit::kDone);
  EXPECT_EQ(out(), "1-207\n");
  EXPECT_EQ(api_.asked().at(1).target, "/api/v1/workspaces/1/members");
  EXPECT_EQ(
      *ParseJson(api_.asked().at(1).body),
      *ParseJson(
          R"({"Members":[{"UserId":"207","Roles":["PAI.AlgoOperator","PAI.LabelManager"]}]})"));
}

TEST_F(CommandTest, AMemberIsADeveloperUnlessSaidOtherwise) {
  api_.Script("CreateMember", R"({"Members":[]})");
  EXPECT_EQ(RunLine({"workspace", "add-member", "1", "207"}), Exit::kDone);
  EXPECT_EQ(*ParseJson(api_.asked().at(0).body),
            *ParseJson(R"({"Members":[{"UserId":"207","Roles":["PAI.AlgoDeveloper"]}]})"));
}

TEST_F(CommandTest, ANewKeyIsSavedForItsOwnerAloneAndItsSecretNotPrinted) {
  api_.Script("CreateAccessKey",
              R"({"AccessKey":{"AccessKeyId":"LTAInew","AccessKeySecret":"topsecret"}})");
  const std::string path = folder_.path() + "/ada.json";
  EXPECT_EQ(RunLine({"key", "create", "--user", "ada", "--save", path}), Exit::kDone);
  EXPECT_EQ((out() + err()).find("topsecret"), std::string::npos);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CommandTest, AKeyThatCannotBeSavedIsTakenBack) {
  api_.Script("CreateAccessKey",
              R"({"AccessKey":{"AccessKeyId":"LTAInew","AccessKeySecret":"topsecret"}})");
  api_.Script("DeleteAccessKey", R"({"RequestId":"R"})");
  EXPECT_EQ(RunLine({"key", "create", "--save", folder_.path() + "/no/folder.json"}), Exit::kUsage);
  EXPECT_EQ(api_.asked().back().target, "/?UserAccessKeyId=LTAInew");
}

TEST_F(CommandTest, UsersAreListedPageByPage) {
  api_.Script(
      "ListUsers",
      R"({"Users":{"User":[{"UserId":"1","UserName":"ada"}]},"IsTruncated":true,"Marker":"ada"})");
  api_.Script("ListUsers",
              R"({"Users":{"User":[{"UserId":"2","UserName":"bob"}]},"IsTruncated":false})");
  EXPECT_EQ(RunLine({"user", "list"}), Exit::kDone);
  EXPECT_EQ(out(), "ID  NAME  DISPLAY NAME  CREATED\n1   ada\n2   bob\n");
  EXPECT_EQ(api_.asked().at(1).target, "/?Marker=ada&MaxItems=1000");
}

TEST_F(CommandTest, AttachFindsOutWhetherThePolicyIsTheSystems) {
  api_.Script("GetPolicy", R"({"Code":"EntityNotExist.Policy","Message":"","RequestId":"R"})", 404);
  api_.Script("AttachPolicyToUser", R"({"RequestId":"R"})");
  EXPECT_EQ(RunLine({"policy", "attach", "AdministratorAccess", "--user", "ada"}), Exit::kDone);
  EXPECT_EQ(api_.asked().at(1).target,
            "/?PolicyName=AdministratorAccess&PolicyType=System&UserName=ada");
}

// Completion
// ------------------------------------------------------------------------------------------

TEST_F(CommandTest, CompletionNeedsNoServerAndNoKey) {
  environment_.clear();
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(RunLine({"completion", shell}), Exit::kDone);
    EXPECT_NE(out().find("add-member"), std::string::npos) << shell;
    EXPECT_NE(out().find("limit"), std::string::npos) << shell;
  }
}

/// The words that bash offers for the last of `words`.
std::string Offered(const std::string& script, const std::string& words, int count) {
  const std::string program = script + "\nCOMP_WORDS=(" + words +
                              "); COMP_CWORD=" + std::to_string(count - 1) +
                              "; _atelier; echo \"${COMPREPLY[*]}\"";
  test::TempDir folder;
  const std::string path = folder.path() + "/try.sh";
  std::ofstream(path) << program;
  FILE* pipe = ::popen(("bash " + path).c_str(), "r");
  std::string out(4096, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), pipe));
  ::pclose(pipe);
  return out;
}

TEST_F(CommandTest, BashOffersWhatMayFollow) {
  ASSERT_EQ(RunLine({"completion", "bash"}), Exit::kDone);
  EXPECT_EQ(Offered(out(), "atelier inst", 2), "instance\n");
  EXPECT_EQ(Offered(out(), "atelier instance sto", 3), "stop\n");
  EXPECT_EQ(Offered(out(), "atelier instance list --al", 4), "--all\n");
  EXPECT_EQ(Offered(out(), "atelier instance get dsw-1 --out", 5), "--output\n");
  EXPECT_EQ(Offered(out(), "atelier service autoscale s", 4), "set show\n");
  EXPECT_EQ(Offered(out(), "atelier service autoscale set iris --thr", 6), "--threshold\n");
}

TEST_F(CommandTest, BashOffersTheServersOptionsToTheServerAlone) {
  ASSERT_EQ(RunLine({"completion", "bash"}), Exit::kDone);
  EXPECT_EQ(Offered(out(), "atelier serve --list", 3), "--listen\n");
  EXPECT_EQ(Offered(out(), "atelier serve --data /srv/atelier --tls", 5),
            "--tls-certificate --tls-key\n");
  EXPECT_EQ(Offered(out(), "atelier serve --endp", 3), "\n") << "an option of the client";
  EXPECT_EQ(Offered(out(), "atelier instance --list", 3), "\n") << "an option of the server";
}

TEST_F(CommandTest, ACommandThatIsMissingOrUnknownIsNamedWithThoseThatThereAre) {
  EXPECT_EQ(RunLine({"completion"}), Exit::kUsage);
  EXPECT_NE(err().find("shell is required"), std::string::npos) << err();
  EXPECT_EQ(RunLine({"user"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier user needs a command. There are: list, create, delete, password, get, "
            "policies.\n"
            "Run with --help for more information.\n");
  EXPECT_EQ(RunLine({"user", "lst", "--output", "json"}), Exit::kUsage);
  EXPECT_EQ(err(),
            "atelier user has no command lst. Did you mean list? There are: list, create, delete, "
            "password, get, policies.\n"
            "Run with --help for more information.\n");
  EXPECT_EQ(RunLine({"usr"}), Exit::kUsage);
  EXPECT_TRUE(err().starts_with(
      "atelier has no command usr. Did you mean user? There are: serve, instance, "))
      << err();
}

TEST_F(CommandTest, StatusShowsWhatAnOperatorShouldKnow) {
  api_.Script("",
              R"({"Status":"ready","Reason":"","Warnings":["network: It is shared.","cpu: No."]})");
  EXPECT_EQ(RunLine({"status"}), Exit::kDone);
  EXPECT_EQ(out(),
            "STATUS  REASON\n"
            "ready\n"
            "warning: network: It is shared.\n"
            "warning: cpu: No.\n");
  EXPECT_EQ(api_.asked().at(0).target, "/readyz");
  EXPECT_EQ(api_.asked().at(0).authorization, "");
  EXPECT_EQ(RunLine({"status", "-o", "json"}), Exit::kDone);
  EXPECT_EQ(ParseJson(out())->at("Warnings").as_array().size(), 2U);
}

TEST_F(CommandTest, StatusOfAServerThatIsNotReadyExitsWith1) {
  api_.Script("", R"({"Status":"not ready","Reason":"loading","Warnings":[]})", 503);
  EXPECT_EQ(RunLine({"status"}), Exit::kRefused);
  EXPECT_TRUE(err().starts_with("atelier: The server is not ready: loading\n")) << err();
}

TEST_F(CommandTest, OptionsBeforeServeAreRefused) {
  EXPECT_EQ(RunLine({"--output", "json", "serve"}), Exit::kUsage);
  EXPECT_NE(err().find("The options of serve stand behind it"), std::string::npos) << err();
}

// service
// ---------------------------------------------------------------------------------------------

constexpr const char* kService =
    R"({"RequestId":"R","TotalCount":1,"Services":[{"ServiceName":"iris","Region":"local",
    "Status":"Running","RunningInstance":1,"TotalInstance":2,"CurrentVersion":3,"Reason":"",
    "UpdateTime":"2026-01-01T00:00:00Z"}]})";

TEST_F(CommandTest, ServicesAreListedAndTheirInstancesToo) {
  api_.Script("ListServices", kService);
  EXPECT_EQ(RunLine({"service", "list"}), Exit::kDone);
  EXPECT_EQ(out(),
            "NAME  STATUS   READY  VERSION  REASON  UPDATED\n"
            "iris  Running  1/2    3                2026-01-01T00:00:00Z\n");
  api_.Script("ListServiceInstances", R"({"Instances":[{"InstanceName":"iris-1-a",
      "Status":"Running","ReadyProcesses":1,"TotalProcesses":1,"RestartCount":4,
      "Reason":"RUNNING","StartTime":"2026-01-01T00:00:00Z"}]})");
  EXPECT_EQ(RunLine({"service", "instances", "iris"}), Exit::kDone);
  EXPECT_EQ(out(),
            "NAME      STATUS   READY  RESTARTS  REASON   STARTED\n"
            "iris-1-a  Running  1/1    4         RUNNING  2026-01-01T00:00:00Z\n");
  EXPECT_EQ(api_.asked().back().target, "/api/v2/services/local/iris/instances?PageSize=1000");
}

TEST_F(CommandTest, CreateServiceSendsTheFileAsItIsAndWaits) {
  const std::string file = folder_.path() + "/service.json";
  std::ofstream(file) << R"({"name":"iris"})";
  api_.Script("CreateService", R"({"ServiceName":"iris","Region":"local","Status":"Creating"})");
  api_.Script("DescribeService", R"({"Status":"Deploying"})");
  api_.Script("DescribeService", R"({"Status":"Failed","Reason":"NotReady","Message":"Why."})");
  EXPECT_EQ(RunLine({"service", "create", "-f", file, "--wait"}), Exit::kNotReached);
  EXPECT_EQ(out(), "iris\n");
  EXPECT_EQ(api_.asked().at(0).body, R"({"name":"iris"})");
  EXPECT_EQ(states(),
            "iris: Deploying\niris: Failed\natelier: Service iris is Failed. NotReady: Why.\n");
}

TEST_F(CommandTest, ScaleAndDeleteNameTheRegionOfTheService) {
  api_.Script("ListServices", kService);
  api_.Script("ScaleService", R"({"Message":"M"})");
  EXPECT_EQ(RunLine({"service", "scale", "iris", "3"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().target, "/api/v2/services/local/iris/scale");
  EXPECT_EQ(api_.asked().back().body, R"({"Instance":3})");
  api_.Script("DeleteService", R"({"Message":"M"})");
  EXPECT_EQ(RunLine({"service", "delete", "iris"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().method, "DELETE");
  EXPECT_EQ(RunLine({"service", "scale", "iris", "many"}), Exit::kUsage);
}

TEST_F(CommandTest, AnUnknownServiceIsSaidToBeSo) {
  api_.Script("ListServices", R"({"Services":[],"TotalCount":0})");
  EXPECT_EQ(RunLine({"service", "get", "rose"}), Exit::kNotFound);
  EXPECT_EQ(err(),
            "atelier: There is no service named rose.\n"
            "See which services there are: atelier service list\n");
}

TEST_F(CommandTest, CallUsesTheTokenOfTheServiceAndNoSignature) {
  api_.Script("ListServices", kService);
  api_.Script("DescribeService", R"({"AccessToken":"t0k3n"})");
  api_.Script("", R"({"y":6})");
  EXPECT_EQ(RunLine({"service", "call", "iris", "--path", "v1", "--data", R"({"x":[1]})"}),
            Exit::kDone);
  EXPECT_EQ(out(), "{\"y\":6}\n");
  EXPECT_EQ(api_.asked().back().target, "/api/predict/iris/v1");
  EXPECT_EQ(api_.asked().back().authorization, "t0k3n");
  EXPECT_EQ(api_.asked().back().method, "POST");
}

// recommender
// -----------------------------------------------------------------------------------------

TEST_F(CommandTest, RecommendersAreMadeListedAndExtended) {
  api_.Script("CreateInstance", R"({"result":{"instanceId":"airec-cn-1"},"code":"200"})");
  EXPECT_EQ(RunLine({"recommender", "create", "--industry", "item", "--name", "shop"}),
            Exit::kDone);
  EXPECT_EQ(out(), "airec-cn-1\n");
  EXPECT_EQ(api_.asked().back().target, "/v2/openapi/instances");
  EXPECT_EQ(ParseJson(api_.asked().back().body)->at("industry"), "item");
  api_.Script("ListInstance", R"({"result":[{"instanceId":"airec-cn-1","name":"shop",
      "status":"Running","lockMode":"Unlock","industry":"item","dataSetVersion":"20260101000000",
      "expiredTime":"2026-02-01T00:00:00.000Z"}]})");
  EXPECT_EQ(RunLine({"recommender", "list", "--status", "Running"}), Exit::kDone);
  EXPECT_EQ(out(),
            "ID          NAME  STATUS   LOCK    INDUSTRY  VERSION         EXPIRES\n"
            "airec-cn-1  shop  Running  Unlock  item      20260101000000  "
            "2026-02-01T00:00:00.000Z\n");
  EXPECT_EQ(api_.asked().back().target, "/v2/openapi/instances?status=Running&size=50");
  api_.Script("ExtendRecommender", R"({"result":{"expiredTime":"2026-03-01T00:00:00.000Z"}})");
  EXPECT_EQ(RunLine({"recommender", "extend", "airec-cn-1"}), Exit::kDone);
  EXPECT_EQ(out(), "2026-03-01T00:00:00.000Z\n");
  EXPECT_EQ(api_.asked().back().body, R"({"duration":1,"pricingCycle":"Month"})");
  api_.Script("DeleteRecommender", "{}");
  EXPECT_EQ(RunLine({"recommender", "delete", "airec-cn-1"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/recommenders/airec-cn-1");
  EXPECT_EQ(RunLine({"recommender", "create", "--industry", "video"}), Exit::kUsage);
}

TEST_F(CommandTest, OrphansAreListedAdoptedAndStopped) {
  api_.Script("ListOrphans", R"({"Orphans":[{"Id":"dsw-1","Kind":"Instance","Generation":3,
      "State":"Running","Reason":"NoRecord","EcsSpec":"ecs.small","ImageId":"image-lab"}],
      "TotalCount":1,"StoreWentBack":"The store went back from revision 7 to 5."})");
  EXPECT_EQ(RunLine({"orphan", "list"}), Exit::kDone);
  EXPECT_EQ(out(),
            "ID     KIND      GENERATION  STATE    REASON    SPEC       IMAGE\n"
            "dsw-1  Instance  3           Running  NoRecord  ecs.small  image-lab\n");
  EXPECT_NE(err().find("from revision 7 to 5"), std::string::npos);
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/orphans");

  api_.Script("AdoptOrphan", R"({"Id":"dsw-1"})");
  EXPECT_EQ(RunLine({"orphan", "adopt", "dsw-1", "--owner", "1234567890123456", "--name", "back"}),
            Exit::kDone);
  EXPECT_EQ(out(), "dsw-1\n");
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/orphans/dsw-1/adopt");
  EXPECT_EQ(api_.asked().back().body, R"({"UserId":"1234567890123456","InstanceName":"back"})");

  api_.Script("StopOrphan", R"({"Id":"dsw-1"})");
  EXPECT_EQ(RunLine({"orphan", "stop", "dsw-1", "--delete-files"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/orphans/dsw-1/stop");
  EXPECT_EQ(api_.asked().back().body, R"({"DeleteFiles":true})");

  api_.Script("DismissStoreReport", "{}");
  EXPECT_EQ(RunLine({"orphan", "dismiss"}), Exit::kDone);
  EXPECT_EQ(api_.asked().back().method, "DELETE");
  EXPECT_EQ(api_.asked().back().target, "/atelier/v1/store/report");
}

TEST_F(CommandTest, PushSplitsAFileAtTheLimitOfDocuments) {
  const std::string file = folder_.path() + "/items.jsonl";
  {
    std::ofstream lines(file);
    for (int i = 0; i < 801; ++i) lines << R"({"item_id":")" << i << "\"}\n\n";
    lines << R"({"cmd":"delete","fields":{"item_id":"0"}})";
  }
  api_.Script("PushDocument", R"({"result":true})");
  EXPECT_EQ(RunLine({"recommender", "push", "airec-cn-1", "item", "-f", file}), Exit::kDone);
  EXPECT_EQ(out(), "802 documents\n");
  EXPECT_EQ(api_.asked().back().target,
            "/v2/openapi/instances/airec-cn-1/tables/item/actions/bulk");
  EXPECT_EQ(api_.asked().back().body, R"([{"cmd":"add","fields":{"item_id":"800"}},)"
                                      R"({"cmd":"delete","fields":{"item_id":"0"}}])");
  std::ofstream(file) << "{}\nnot json\n";
  EXPECT_EQ(RunLine({"recommender", "push", "airec-cn-1", "item", "-f", file}), Exit::kUsage);
}

TEST_F(CommandTest, ImportWaitsForTheVersion) {
  api_.Script("RunInstance", R"({"result":true})");
  api_.Script("ListDataSet", R"({"result":[{"versionId":"2","state":"Importing"}]})");
  api_.Script("ListDataSet", R"({"result":[{"versionId":"2","state":"Failed"}]})");
  EXPECT_EQ(RunLine({"recommender", "import", "airec-cn-1", "--wait"}), Exit::kNotReached);
  EXPECT_EQ(out(), "airec-cn-1\n");
}

TEST_F(CommandTest, RecommendShowsWhatAndWhy) {
  api_.Script("Recommend", R"({"result":[{"position":0,"itemId":"7","itemType":"item",
      "matchInfo":"history"}]})");
  EXPECT_EQ(RunLine({"recommender", "recommend", "airec-cn-1", "u", "--count", "1"}), Exit::kDone);
  EXPECT_EQ(out(),
            "POSITION  ITEM  TYPE  BECAUSE\n"
            "0         7     item  history\n");
  EXPECT_EQ(api_.asked().back().target,
            "/v2/openapi/instances/airec-cn-1/actions/recommend?userId=u&returnCount=1");
}

}  // namespace
}  // namespace atelier::cli
