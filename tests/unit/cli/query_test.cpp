#include "cli/query/query.h"

#include <gtest/gtest.h>

namespace atelier::cli {
namespace {

/// "A=x&B=y", or the message of the refusal.
std::string Compiled(std::string_view text, Finds what = Finds::kInstances) {
  const auto query = CompileQuery(text, what);
  if (!query) return query.error().message();
  std::string out;
  for (const auto& [name, value] : *query) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

struct Case {
  const char* text;
  const char* want;
};

TEST(Query, BecomesParametersOfListInstances) {
  for (const Case& c : {
           Case{"", ""},
           {"  \t\n ", ""},
           {"train", "InstanceName=train"},
           {"name~train", "InstanceName=train"},
           {"\"two words\"", "InstanceName=two words"},
           {"status:Running", "Status=Running"},
           {"status:running,FAILED", "Status=Running,Failed"},
           {"id:dsw-1,dsw-2", "InstanceId=dsw-1,dsw-2"},
           {"workspace:7 owner:8 quota:q image:torch:2.1 gpu-type:\"NVIDIA A10\"",
            "WorkspaceId=7&CreateUserId=8&ResourceId=q&ImageName=torch:2.1&GpuType=NVIDIA A10"},
           {"accelerator:gpu access:public payment:payasyougo",
            "AcceleratorType=GPU&Accessibility=PUBLIC&PaymentType=PayAsYouGo"},
           {"oversold:forcequotaoversold oversold-type:acceptquotaoversold",
            "OversoldInfo=ForceQuotaOverSold&OversoldType=AcceptQuotaOverSold"},
           {"label:team=vision label:stage=a=b", R"(Labels={"team":"vision","stage":"a=b"})"},
           {"label:team=\"vision lab\"", R"(Labels={"team":"vision lab"})"},
           {R"(label:q="say \"hi\" \\")", R"(Labels={"q":"say \"hi\" \\"})"},
           {"label:empty=", R"(Labels={"empty":""})"},
           {"tag:cost tag:env=prod", R"(Tag=[{"Key":"cost"},{"Key":"env","Value":"prod"}])"},
           {"created>=2026-01-31 created<=2026-02-01",
            "CreateTimeAfter=2026-01-31T00:00:00Z&CreateTimeBefore=2026-02-01T23:59:59Z"},
           {"created>=2026-01-31T12:00:00Z", "CreateTimeAfter=2026-01-31T12:00:00Z"},
           {"sort:created", "SortBy=GmtCreateTime&Order=ASC"},
           {"sort:-priority", "SortBy=Priority&Order=DESC"},
           {"sort:-modified", "SortBy=GmtModifiedTime&Order=DESC"},
           {"status:Running label:team=vision gpu>0 name~train",
            R"(Status=Running&MinGpu=1&InstanceName=train&Labels={"team":"vision"})"},
       }) {
    EXPECT_EQ(Compiled(c.text), c.want) << c.text;
  }
}

TEST(Query, BoundsOfCapacitiesAreThoseOfWholeUnits) {
  // A thousandth of a CPU or GPU; a mebibyte, of which 1024 make a GB.
  for (const Case& c : {
           Case{"cpu>2", "MinCpu=2001"},
           {"cpu>=2", "MinCpu=2000"},
           {"cpu<2", "MaxCpu=1999"},
           {"cpu<=2", "MaxCpu=2000"},
           {"cpu=0.5", "MinCpu=500&MaxCpu=500"},
           {"cpu>1.001", "MinCpu=1002"},
           {"cpu>1.0005", "MinCpu=1001"},
           {"cpu>=1.0005", "MinCpu=1001"},
           {"cpu<1.0005", "MaxCpu=1000"},
           {"cpu<=1.0005", "MaxCpu=1000"},
           {"gpu>0 gpu<=8", "MinGpu=1&MaxGpu=8000"},
           {"memory>=16", "MinMemory=16"},
           {"memory<0.5", "MaxMemory=0.4990234375"},  // 511 MiB
           {"gpu-memory>24", "MinGpuMemory=24.0009765625"},
           {"memory<=1000000000", "MaxMemory=1000000000"},
       }) {
    EXPECT_EQ(Compiled(c.text), c.want) << c.text;
  }
}

TEST(Query, ARefusalSaysWhereAndWhatIsAllowed) {
  for (const Case& c : {
           Case{"train statu:Running",
                "Query, character 7: 'statu' is no key; the keys are accelerator, access, cpu, "
                "created, gpu, gpu-memory, gpu-type, id, image, label, memory, name, oversold, "
                "oversold-type, owner, payment, quota, sort, status, tag, workspace."},
           {"access:private,public",
            "Query, character 8: 'private,public' must be one of PRIVATE, PUBLIC."},
           {"status>Running", "Query, character 7: status goes with : only."},
           {"name:train", "Query, character 5: name goes with ~ only."},
           {"created>2026-01-01", "Query, character 8: created goes with >= <= only."},
           {"created>=yesterday",
            "Query, character 10: 'yesterday' must be a day or a time: 2026-01-31 or "
            "2026-01-31T12:00:00Z."},
           {"status:", "Query, character 8: a value is missing."},
           {":Running", "Query, character 1: a key must stand before the operator."},
           {"name~\"a b", "Query, character 6: this quote is not closed."},
           {"cpu<0", "Query, character 5: nothing is below 0."},
           {"cpu>1e3",
            "Query, character 5: '1e3' must be a number from 0 to a billion with at most six "
            "decimals."},
           {"cpu>2 cpu>=4",
            "Query, character 7: this is asked for already; a query may say it once."},
           {"train eval",
            "Query, character 7: this is asked for already; a query may say it once."},
           {"label:team", "Query, character 7: a label is written KEY=VALUE."},
           {"label:a=1 label:a=2", "Query, character 17: this label stands there twice."},
           {"label:a=1 label:b=1 label:c=1 label:d=1 label:e=1",
            "Query, character 41: at most four labels can be asked for."},
           {"tag:=x", "Query, character 5: a tag is written KEY or KEY=VALUE."},
           {"sort:name",
            "Query, character 6: 'name' must be one of created, modified, priority; a '-' before "
            "it turns the order env."},
       }) {
    EXPECT_EQ(Compiled(c.text), c.want) << c.text;
  }
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
