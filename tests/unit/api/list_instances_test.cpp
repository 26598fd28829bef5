// ListInstances: parameters and resolutions of docs/contract/requests.md section 3. What each
// filter matches is the directory's matter and tested there; here is what a request turns into.
#include <array>

#include <gtest/gtest.h>

#include "api/dsw/list_query.h"
#include "api/framework/params.h"
#include "base/encoding.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

constexpr std::string_view kPath = "/api/v2/instances";
using Query = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> Ids(const Reply& reply) {
  std::vector<std::string> ids;
  if (reply.status != 200) return {reply.text};
  for (const json::value& item : reply.body.at("Instances").as_array())
    ids.emplace_back(item.at("InstanceId").as_string());
  return ids;
}

using IdList = std::vector<std::string>;

// Refusals

struct BadCase {
  Query query;
  std::string named;  // in the message
};

class ListInstancesRefuses : public testing::TestWithParam<BadCase> {};

TEST_P(ListInstancesRefuses, WithTheParameterNamed) {
  ApiWorld world;
  const Reply reply = world.Get(world.root, kPath, GetParam().query);
  EXPECT_EQ(reply.status, 400) << reply.text;
  EXPECT_EQ(reply.code(), "ValidationError");
  EXPECT_EQ(reply.body.at("Success"), json::value(false));
  EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(400));
  EXPECT_NE(reply.message().find(GetParam().named), std::string::npos) << reply.message();
}

INSTANTIATE_TEST_SUITE_P(
    All, ListInstancesRefuses,
    testing::Values(
        BadCase{{{"Status", "running"}}, "Status"},           // wrong case
        BadCase{{{"Status", "Running,Arrearge"}}, "Status"},  // one bad member
        BadCase{{{"PaymentType", "payasyougo"}}, "PaymentType"},
        BadCase{{{"Accessibility", "private"}}, "Accessibility"},
        BadCase{{{"AcceleratorType", "TPU"}}, "AcceleratorType"},
        BadCase{{{"SortBy", "Name"}}, "SortBy"}, BadCase{{{"Order", "desc"}}, "Order"},
        BadCase{{{"OversoldInfo", "AcceptQuotaOverSold"}}, "OversoldInfo"},  // of the other set
        BadCase{{{"OversoldType", "PendingQuotaOverSold"}}, "OversoldType"},
        BadCase{{{"PageNumber", "0"}}, "PageNumber"}, BadCase{{{"PageNumber", "-1"}}, "PageNumber"},
        BadCase{{{"PageNumber", "1.5"}}, "PageNumber"},
        BadCase{{{"PageNumber", "9223372036854775808"}}, "PageNumber"},
        BadCase{{{"PageSize", "0"}}, "PageSize"}, BadCase{{{"PageSize", "1001"}}, "PageSize"},
        BadCase{{{"PageSize", "ten"}}, "PageSize"}, BadCase{{{"MinCpu", "-1"}}, "MinCpu"},
        BadCase{{{"MaxCpu", "2 cores"}}, "MaxCpu"}, BadCase{{{"MinGpu", "1e3"}}, "MinGpu"},
        BadCase{{{"MaxGpu", "x"}}, "MaxGpu"}, BadCase{{{"MinMemory", "8Gi"}}, "MinMemory"},
        BadCase{{{"MaxMemory", "Infinity"}}, "MaxMemory"},
        BadCase{{{"MinGpuMemory", "0x10"}}, "MinGpuMemory"},
        BadCase{{{"MaxGpuMemory", "--"}}, "MaxGpuMemory"},
        BadCase{{{"CreateTimeAfter", "2024-01-12"}}, "CreateTimeAfter"},
        BadCase{{{"CreateTimeBefore", "yesterday"}}, "CreateTimeBefore"},
        BadCase{{{"Labels", "{"}}, "Labels"}, BadCase{{{"Labels", R"(["a"])"}}, "Labels"},
        BadCase{{{"Labels", R"({"a":{"b":"c"}})"}}, "Labels.a"},
        BadCase{{{"Labels", R"({"a":null})"}}, "Labels.a"},
        BadCase{{{"Labels", R"({"a":"1","b":"2","c":"3","d":"4","e":"5"})"}}, "4"},
        BadCase{{{"Tag", "x"}}, "Tag"}, BadCase{{{"Tag", R"([1])"}}, "Tag[0]"},
        BadCase{{{"Tag", R"([{"Value":"v"}])"}}, "Tag[0].Key"},
        BadCase{{{"Tag", R"([{"Key":"k","Value":[]}])"}}, "Tag[0].Value"},
        BadCase{{{"Tag", R"([{"Key":"1"},{"Key":"2"},{"Key":"3"},{"Key":"4"},{"Key":"5"}])"}}, "4"},
        BadCase{{{"Tag.0.Key", "k"}}, "Tag.0.Key"},
        BadCase{{{"InstanceName", "\xff"}}, "InstanceName"},
        BadCase{{{"InstanceName", std::string(1025, 'a')}}, "InstanceName"}));

TEST(ListInstances, TellsAllViolationsAtOnce) {
  ApiWorld world;
  const std::string message =
      world.Get(world.root, kPath, {{"PageSize", "0"}, {"Order", "x"}}).message();
  EXPECT_NE(message.find("PageSize"), std::string::npos);
  EXPECT_NE(message.find("Order"), std::string::npos);
}

// What a request turns into

directory::InstanceQuery QueryOf(const Query& query) {
  const auto args = DecodeArgs(kListInstancesParams, {}, ParseQuery(EncodeQuery(query)));
  if (!args) throw std::runtime_error(args.error().message());
  return ApiWorld::Value(BuildListQuery(Args<kListInstancesParams>(args->all())));
}

TEST(ListQuery, DefaultsAreTheDocumentedOnes) {
  const directory::InstanceQuery query = QueryOf({});
  EXPECT_EQ(query.page_number, 1U);
  EXPECT_EQ(query.page_size, 10U);
  EXPECT_EQ(query.sort_by, directory::SortBy::kGmtModifiedTime);
  EXPECT_EQ(query.order, directory::Order::kDescending);
  EXPECT_EQ(query.resource_id, "");  // pay-as-you-go only
  EXPECT_FALSE(query.accessibility);
  EXPECT_FALSE(query.status);
  EXPECT_TRUE(query.labels.empty());
}

TEST(ListQuery, ResourceIdAllLiftsTheFilterInUpperCaseOnly) {
  EXPECT_EQ(QueryOf({{"ResourceId", "ALL"}}).resource_id, std::nullopt);
  EXPECT_EQ(QueryOf({{"ResourceId", "all"}}).resource_id, "all");
  EXPECT_EQ(QueryOf({{"ResourceId", "quota-1"}}).resource_id, "quota-1");
}

TEST(ListQuery, SortByAndOrderComeAlone) {
  EXPECT_EQ(QueryOf({{"SortBy", "Priority"}}).order, directory::Order::kDescending);
  EXPECT_EQ(QueryOf({{"SortBy", "gmtCreate"}}).sort_by, directory::SortBy::kGmtCreateTime);
  EXPECT_EQ(QueryOf({{"SortBy", "gmtModified"}}).sort_by, directory::SortBy::kGmtModifiedTime);
  EXPECT_EQ(QueryOf({{"Order", "ASC"}}).order, directory::Order::kAscending);
  EXPECT_EQ(QueryOf({{"Order", "ASC"}}).sort_by, directory::SortBy::kGmtModifiedTime);
}

TEST(ListQuery, EveryExactFilterIsPassedOn) {
  const directory::InstanceQuery query = QueryOf({{"InstanceName", "Train"},
                                                  {"Status", "Running, Stopped,"},
                                                  {"PaymentType", "Subscription"},
                                                  {"Accessibility", "PUBLIC"},
                                                  {"AcceleratorType", "GPU"},
                                                  {"InstanceId", "dsw-1, dsw-2"},
                                                  {"CreateUserId", "42"},
                                                  {"GpuType", "NVIDIA A10"},
                                                  {"ImageName", "lab:4"},
                                                  {"OversoldInfo", "PendingQuotaOverSold"},
                                                  {"OversoldType", "AcceptQuotaOverSold"}});
  EXPECT_EQ(query.name_contains, "Train");
  EXPECT_EQ(query.status,
            (std::set{model::InstanceStatus::Running, model::InstanceStatus::Stopped}));
  EXPECT_EQ(query.payment, model::PaymentType::Subscription);
  EXPECT_EQ(query.accessibility, model::Accessibility::PUBLIC);
  EXPECT_EQ(query.accelerator, model::AcceleratorType::GPU);
  EXPECT_EQ(query.ids, (std::set{model::InstanceId("dsw-1"), model::InstanceId("dsw-2")}));
  EXPECT_EQ(query.owner, model::UserId("42"));
  EXPECT_EQ(query.gpu_type, "NVIDIA A10");
  EXPECT_EQ(query.image_name, "lab:4");
  EXPECT_EQ(query.oversold_info, model::OversoldInfo::PendingQuotaOverSold);
  EXPECT_EQ(query.oversold_type, model::OversoldType::AcceptQuotaOverSold);
}

TEST(ListQuery, EveryBoundIsPassedOn) {
  const directory::InstanceQuery query =
      QueryOf({{"MinCpu", "2000"},
               {"MaxCpu", "30000"},
               {"MinGpu", "100"},
               {"MaxGpu", "8000"},
               {"MinMemory", "0.5"},
               {"MaxMemory", "48"},
               {"MinGpuMemory", "8"},
               {"MaxGpuMemory", "16"},
               {"CreateTimeAfter", "2024-01-12T14:36:01Z"},
               {"CreateTimeBefore", "2024-01-12T16:36:01.5+01:00"}});
  EXPECT_EQ(query.min_milli_cpu, 2000);
  EXPECT_EQ(query.max_milli_cpu, 30'000);
  EXPECT_EQ(query.min_milli_gpu, 100);
  EXPECT_EQ(query.max_milli_gpu, 8000);
  EXPECT_EQ(query.min_memory_gb, 0.5);
  EXPECT_EQ(query.max_memory_gb, 48);
  EXPECT_EQ(query.min_gpu_memory_gb, 8);
  EXPECT_EQ(query.max_gpu_memory_gb, 16);
  EXPECT_EQ(query.created_after, ParseIso8601("2024-01-12T14:36:01Z"));
  EXPECT_EQ(query.created_before, ParseIso8601("2024-01-12T15:36:01.5Z"));
}

TEST(ListQuery, LabelsTakeTextNumbersAndBooleans) {
  const auto labels = QueryOf({{"Labels", R"({"a":"x y","b":7,"c":true,"d":1.5})"}}).labels;
  const std::vector<model::Label> expected = {
      {"a", "x y"}, {"b", "7"}, {"c", "true"}, {"d", "1.5"}};
  EXPECT_EQ(labels, expected);
}

TEST(ListQuery, TagTakesItsThreeForms) {
  const auto array = QueryOf({{"Tag", R"([{"Key":"a","Value":"1"},{"Key":"b"}])"}}).tags;
  ASSERT_EQ(array.size(), 2U);
  EXPECT_EQ(array[0].key, "a");
  EXPECT_EQ(array[0].value, "1");
  EXPECT_EQ(array[1].value, std::nullopt);  // the key alone
  const auto one = QueryOf({{"Tag", R"({"Key":"a","Value":""})"}}).tags;
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].value, "");
  const auto flat = QueryOf({{"Tag.1.Key", "a"}, {"Tag.1.Value", "1"}, {"Tag.2.Key", "b"}}).tags;
  ASSERT_EQ(flat.size(), 2U);
  EXPECT_EQ(flat[0].value, "1");
  EXPECT_EQ(flat[1].key, "b");
}

TEST(ListQuery, EmptyValuesFilterNothing) {
  const directory::InstanceQuery query = QueryOf(
      {{"Status", ""}, {"InstanceId", ""}, {"Labels", "{}"}, {"Tag", "[]"}, {"MinCpu", ""}});
  EXPECT_FALSE(query.status);
  EXPECT_FALSE(query.ids);
  EXPECT_TRUE(query.labels.empty());
  EXPECT_TRUE(query.tags.empty());
  EXPECT_FALSE(query.min_milli_cpu);
}

// Over the wire

TEST(ListInstances, EmptyWorkshopAnswersAnEmptyPage) {
  ApiWorld world;
  const Reply reply = world.Get(world.root, kPath);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("TotalCount"), json::value(0));
  EXPECT_EQ(reply.body.at("Instances"), json::array());
  EXPECT_EQ(reply.body.at("MigrationOptions"), json::object());
  EXPECT_EQ(reply.body.at("Success"), json::value(true));
  EXPECT_EQ(reply.body.at("HttpStatusCode"), json::value(200));
  EXPECT_TRUE(reply.body.at("Code").is_null());
  EXPECT_TRUE(reply.body.at("Message").is_null());
}

TEST(ListInstances, OmittedWorkspaceIsTheDefaultOneAndAllIsAll) {
  ApiWorld world;
  const model::WorkspaceId other = world.MakeWorkspace("other_place");
  world.Put(world.Sample("dsw-here"));
  model::Instance elsewhere = world.Sample("dsw-there");
  elsewhere.workspace = other;
  world.Put(elsewhere);
  EXPECT_EQ(Ids(world.Get(world.root, kPath)), IdList{"dsw-here"});
  EXPECT_EQ(Ids(world.Get(world.root, kPath, {{"WorkspaceId", other.str()}})), IdList{"dsw-there"});
  EXPECT_EQ(Ids(world.Get(world.root, kPath, {{"WorkspaceId", "ALL"}})).size(), 2U);
  EXPECT_EQ(Ids(world.Get(world.root, kPath, {{"WorkspaceId", "all"}})), IdList{});
}

TEST(ListInstances, WithoutADefaultWorkspaceThePageIsEmpty) {
  ApiWorld world;
  const auto user = world.MakeUser("alice", "AliyunPAIFullAccess");
  world.Put(world.Sample("dsw-1"));
  const Reply reply = world.Get(user.key, kPath);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("TotalCount"), json::value(0));
}

TEST(ListInstances, UnknownIdsMatchNothingAndAreNoError) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  for (const char* name : {"WorkspaceId", "ResourceId", "InstanceId", "CreateUserId"}) {
    const Reply reply = world.Get(world.root, kPath, {{name, "nothing"}});
    EXPECT_EQ(reply.status, 200) << name;
    EXPECT_EQ(reply.body.at("TotalCount"), json::value(0)) << name;
  }
}

TEST(ListInstances, NamedWorkspaceWithoutARoleIsRefused) {
  ApiWorld world;
  const model::WorkspaceId other = world.MakeWorkspace("other_place");
  const auto user = world.MakeUser("alice", "AliyunPAIFullAccess",
                                   {{world.workspace, model::WorkspaceRole::WorkspaceGuest}});
  const Reply reply = world.Get(user.key, kPath, {{"WorkspaceId", other.str()}});
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.code(), "NoPermissionError");
  EXPECT_EQ(reply.message(), "No permission ListInstances for resource: acs:paidsw:local:" +
                                 world.account.str() + ":workspace/" + other.str());
}

TEST(ListInstances, PagesTogetherAreTheListAndCountIsOfAllPages) {
  ApiWorld world;
  for (int i = 0; i < 7; ++i) {
    model::Instance instance = world.Sample("dsw-" + std::to_string(i));
    instance.created += std::chrono::seconds(i);
    world.Put(instance);
  }
  IdList all;
  for (int page = 1; page <= 4; ++page) {
    const Reply reply = world.Get(world.root, kPath,
                                  {{"SortBy", "GmtCreateTime"},
                                   {"Order", "ASC"},
                                   {"PageSize", "2"},
                                   {"PageNumber", std::to_string(page)}});
    EXPECT_EQ(reply.body.at("TotalCount"), json::value(7));
    const IdList ids = Ids(reply);
    all.insert(all.end(), ids.begin(), ids.end());
  }
  const IdList expected = {"dsw-0", "dsw-1", "dsw-2", "dsw-3", "dsw-4", "dsw-5", "dsw-6"};
  EXPECT_EQ(all, expected);
}

TEST(ListInstances, PagePastTheEndIsEmptyHoweverFar) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  for (const char* page : {"2", "9223372036854775807"}) {
    const Reply reply = world.Get(world.root, kPath, {{"PageNumber", page}, {"PageSize", "1000"}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body.at("Instances"), json::array());
    EXPECT_EQ(reply.body.at("TotalCount"), json::value(1));
  }
}

TEST(ListInstances, UnknownParametersAreIgnoredAndTheFirstOfDuplicatesWins) {
  ApiWorld world;
  world.Put(world.Sample("dsw-1"));
  EXPECT_EQ(Ids(world.Get(world.root, kPath, {{"status", "x"}, {"Action", "Other"}})),
            IdList{"dsw-1"});
  EXPECT_EQ(Ids(world.Get(world.root, kPath, {{"Status", "Running"}, {"Status", "Stopped"}})),
            IdList{"dsw-1"});
}

TEST(ListInstances, BlanksInJsonArriveAsPlusSigns) {
  ApiWorld world;
  model::Instance instance = world.Sample("dsw-1");
  instance.labels = {{"team", "big vision"}};
  world.Put(instance);
  const auto args =
      DecodeArgs(kListInstancesParams, {}, ParseQuery("Labels=%7B%22team%22:+%22big+vision%22%7D"));
  ASSERT_TRUE(args);
  const auto query = BuildListQuery(Args<kListInstancesParams>(args->all()));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->labels, instance.labels);
}

}  // namespace
}  // namespace atelier::api
