#include "cli/query/query.h"

#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace atelier::cli {
namespace {

/// "A=x&B=y", or the message of the refusal.
std::string Compiled(std::string_view text, Finds what = Finds::kInstances) {
  const auto query = CompileQuery(text, what);
  if (!query) return query.error().message();
  std::string out;
  for (const auto& [name, value] : *query)
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

struct Case {
  const char* text;
  const char* want;
};

// The console reads queries too, in a language of its own: one file holds both to docs/query.md.
TEST(Query, BecomesWhatTheFileOfCasesSays) {
  std::ifstream file(ATELIER_TEST_DATA "/query_cases.tsv");
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const Halves halves = Cut(line, '\t');
    ASSERT_TRUE(halves.found) << line;
    EXPECT_EQ(Compiled(halves.before), halves.after) << halves.before;
    ++cases;
  }
  EXPECT_GT(cases, 60);
}

TEST(Query, TabsAndNewLinesAreBlanks) {
  EXPECT_EQ(Compiled("  \t\n "), "");
  EXPECT_EQ(Compiled("gpu>0\n\ttrain\r\n"), "MinGpu=1&InstanceName=train");
}

TEST(Query, BecomesParametersOfListServices) {
  for (const Case& c : {
           Case{"iris", "Filter=iris"},
           {"name~iris status:running", "Filter=iris&ServiceStatus=Running"},
           {"workspace:7 owner:8 group:duo", "WorkspaceId=7&CallerUid=8&GroupName=duo"},
           {"label:a=1 label:b=1 label:c=1 label:d=1 label:e=1",
            R"(Label={"a":"1","b":"1","c":"1","d":"1","e":"1"})"},
           {"status:Saved",
            "Query, character 8: 'Saved' must be one of Creating, Deploying, Pending, Waiting, "
            "Running, Updating, HotUpdate, Scaling, Starting, Stopping, Stopped, Deleting, "
            "DeleteFailed, Failed."},
           {"gpu>0",
            "Query, character 1: 'gpu' is no key; the keys are group, label, name, owner, status, "
            "workspace."},
       }) {
    EXPECT_EQ(Compiled(c.text, Finds::kServices), c.want) << c.text;
  }
}

TEST(Query, BecomesParametersOfListInstanceOfRecommenders) {
  for (const Case& c : {
           Case{"shop status:ready", "name=shop&status=Ready"},
           {"name:shop", "Query, character 5: name goes with ~ only."},
           {"owner:8", "Query, character 1: 'owner' is no key; the keys are name, status."},
       }) {
    EXPECT_EQ(Compiled(c.text, Finds::kRecommenders), c.want) << c.text;
  }
}

}  // namespace
}  // namespace atelier::cli
