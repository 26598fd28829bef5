// What `atelier up` and `atelier down` decide: which signals are one request, and what is to be
// done about the notebooks. The processes are in tests/e2e/test_up.py.
#include <csignal>
#include <functional>

#include <boost/asio/io_context.hpp>

#include "cli/client/api_client.h"
#include "cli/client/credentials.h"
#include "cli/up/my_notebook.h"
#include "cli/up/server_process.h"
#include "cli/up/stop_requests.h"
#include "unit/cli/fake_api.h"

namespace atelier::cli {
namespace {

using Meaning = StopRequests::Meaning;

constexpr MonoTime kStart{std::chrono::hours(1)};

TEST(StopRequests, TheFirstAsks) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    EXPECT_EQ(StopRequests().Add(signal, kStart), Meaning::kStop);
}

TEST(StopRequests, WhatComesWithinASecondIsTheSameRequest) {
  StopRequests requests;
  requests.Add(SIGTERM, kStart);
  EXPECT_EQ(requests.Add(SIGTERM, kStart), Meaning::kSame);
  EXPECT_EQ(requests.Add(SIGINT, kStart + Duration(1)), Meaning::kSame);
  EXPECT_EQ(requests.Add(SIGTERM, kStart + Duration(999)), Meaning::kSame);
}

TEST(StopRequests, ALaterOneForcesAndIsARequestOfItsOwn) {
  StopRequests requests;
  requests.Add(SIGINT, kStart);
  EXPECT_EQ(requests.Add(SIGINT, kStart + Duration(1'000)), Meaning::kForce);
  EXPECT_EQ(requests.Add(SIGINT, kStart + Duration(1'500)), Meaning::kSame);
  EXPECT_EQ(requests.Add(SIGTERM, kStart + Duration(2'000)), Meaning::kForce);
}

TEST(StopRequests, TheTerminalThatClosesNeverForces) {
  StopRequests requests;
  requests.Add(SIGINT, kStart);
  EXPECT_EQ(requests.Add(SIGHUP, kStart + Duration(60'000)), Meaning::kSame);
}

TEST(ServerProcess, FindsNothingWhereNoServerIs) {
  asio::io_context io;
  const test::TempDir folder;
  EXPECT_FALSE(ServerProcess::Find(folder.path(), io.get_executor()));
}

class NotebookTest : public CommandTest {
 protected:
  /// Runs `work` as a command does.
  template <class T>
  T With(const std::function<Task<T>(CommandContext&)>& work) {
    out_.str("");
    err_.str("");
    asio::io_context io{1};
    const auto client = http::MakeClient({}, io.get_executor(), env_.clock);
    const auto connection =
        FindConnection({.endpoint = endpoint_, .credentials = {}, .ca_file = {}}, env_);
    ApiClient api(*client, *connection, env_);
    CommandContext context{.env = env_, .api = api};
    std::optional<T> result;
    Spawn(io.get_executor(), "work", Keep(work, context, result, io));
    io.run();
    return *std::move(result);
  }
  Result<std::string> RunIt() { return With<Result<std::string>>(&RunMyNotebook); }
  Status StopAll() { return With<Status>(&StopAllInstances); }

  void ScriptList(const std::string& instances) {
    api_.Script("ListInstances", R"({"TotalCount":2,"Instances":[)" + instances + "]}");
  }
  static std::string Instance(const std::string& id, const std::string& name,
                              const std::string& status) {
    return R"({"InstanceId":")" + id + R"(","InstanceName":")" + name + R"(","Status":")" + status +
           "\"}";
  }
  std::vector<std::string> Actions() {
    std::vector<std::string> actions;
    for (const Asked& asked : api_.asked()) {
      if (asked.action != "ListInstances") actions.push_back(asked.action);
    }
    return actions;
  }

 private:
  template <class T>
  static Task<void> Keep(const std::function<Task<T>(CommandContext&)>& work,
                         CommandContext& context, std::optional<T>& result, asio::io_context& io) {
    result = co_await work(context);
    io.stop();
  }
};

using Words = std::vector<std::string>;

TEST_F(NotebookTest, OneThatRunsIsTaken) {
  ScriptList(Instance("dsw-2", "my_notebook", "Running") + "," +
             Instance("dsw-1", "my_notebook_2", "Running"));
  EXPECT_EQ(RunIt(), "dsw-2");
  EXPECT_EQ(Actions(), Words{});
}

TEST_F(NotebookTest, OfSeveralTheOldestIsTaken) {
  ScriptList(Instance("dsw-1", "my_notebook", "Running") + "," +
             Instance("dsw-2", "my_notebook", "Failed"));
  EXPECT_EQ(RunIt(), "dsw-1");
  EXPECT_NE(api_.asked().front().target.find("SortBy=GmtCreateTime&Order=ASC"), std::string::npos);
}

TEST_F(NotebookTest, NoneIsMade) {
  ScriptList("");
  ScriptList(Instance("dsw-1", "my_notebook", "Running"));
  api_.Script("ListEcsSpecs", R"({"EcsSpecs":[{"InstanceType":"ecs.c6.large"}]})");
  api_.Script("CreateInstance", R"({"InstanceId":"dsw-1"})");
  api_.Script("GetInstance", R"({"InstanceId":"dsw-1","Status":"Running"})");
  EXPECT_EQ(RunIt(), "dsw-1");
  EXPECT_NE(err().find("==> creating the first notebook\n"), std::string::npos);
}

class RestingNotebook : public NotebookTest, public testing::WithParamInterface<const char*> {};

TEST_P(RestingNotebook, IsStarted) {
  ScriptList(Instance("dsw-1", "my_notebook", GetParam()));
  ScriptList(Instance("dsw-1", "my_notebook", "Running"));
  api_.Script("StartInstance", "{}");
  api_.Script("GetInstance", R"({"InstanceId":"dsw-1","Status":"Running"})");
  EXPECT_EQ(RunIt(), "dsw-1");
  EXPECT_NE(err().find("==> starting dsw-1\n"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Up, RestingNotebook,
                         testing::Values("Stopped", "Failed", "Saved", "SaveFailed"));

TEST_F(NotebookTest, OneOnItsWayIsWaitedFor) {
  ScriptList(Instance("dsw-1", "my_notebook", "Starting"));
  ScriptList(Instance("dsw-1", "my_notebook", "Starting"));
  ScriptList(Instance("dsw-1", "my_notebook", "Running"));
  EXPECT_EQ(RunIt(), "dsw-1");
  EXPECT_EQ(Actions(), Words{});
  EXPECT_EQ(err(), "==> dsw-1 is Starting\n");
}

TEST_F(NotebookTest, OneThatFailsAgainIsGivenUpWithItsReason) {
  ScriptList(Instance("dsw-1", "my_notebook", "Failed"));
  api_.Script("StartInstance", "{}");
  api_.Script(
      "GetInstance",
      R"({"InstanceId":"dsw-1","Status":"Failed","ReasonCode":"Ended","ReasonMessage":"out of order"})");
  const auto id = RunIt();
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code(), Code::kAborted);
  EXPECT_NE(id.error().message().find("my_notebook does not run: "), std::string::npos);
  EXPECT_NE(id.error().message().find("out of order"), std::string::npos);
  EXPECT_NE(id.error().message().find("atelier instance events dsw-1"), std::string::npos);
}

TEST_F(NotebookTest, AllThatRunAreStopped) {
  ScriptList(Instance("dsw-1", "a", "Running") + "," + Instance("dsw-2", "b", "Stopped"));
  ScriptList(Instance("dsw-1", "a", "Stopping") + "," + Instance("dsw-2", "b", "Stopped"));
  ScriptList(Instance("dsw-1", "a", "Stopped") + "," + Instance("dsw-2", "b", "Failed"));
  api_.Script("StopInstance", "{}");
  EXPECT_TRUE(StopAll());
  EXPECT_EQ(Actions(), Words{"StopInstance"});
  EXPECT_EQ(err(), "==> stopping dsw-1\n");
}

class BusyNotebook : public NotebookTest, public testing::WithParamInterface<const char*> {};

TEST_P(BusyNotebook, IsWaitedForUntilItCanBeStopped) {
  ScriptList(Instance("dsw-1", "a", GetParam()));
  ScriptList(Instance("dsw-1", "a", GetParam()));
  ScriptList("");
  EXPECT_TRUE(StopAll());
  EXPECT_EQ(Actions(), Words{});
  EXPECT_EQ(err(),
            std::string("==> dsw-1 is ") + GetParam() + ": waiting until it can be stopped\n");
}

INSTANTIATE_TEST_SUITE_P(Down, BusyNotebook, testing::Values("Creating", "Updating", "Saving"));

TEST_F(NotebookTest, AStopThatIsRefusedIsTriedAgain) {
  ScriptList(Instance("dsw-1", "a", "Running"));
  ScriptList(Instance("dsw-1", "a", "Running"));
  ScriptList(Instance("dsw-1", "a", "Stopped"));
  api_.Script("StopInstance", R"({"Code":"Conflict","Message":"not now"})", 400);
  api_.Script("StopInstance", "{}");
  EXPECT_TRUE(StopAll());
  EXPECT_EQ(Actions(), (Words{"StopInstance", "StopInstance"}));
}

}  // namespace
}  // namespace atelier::cli
