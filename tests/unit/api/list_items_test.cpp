// Lists show from kept bytes what GetInstance shows from the record.
#include "api/dsw/list_items.h"

#include <gtest/gtest.h>

#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;

directory::RowRef At(std::uint32_t slot) { return {.slot = slot, .load = 1}; }

ListItems::Item Bytes(std::size_t bytes = 100) {
  ListItems::Item item;
  item.bytes = std::string(bytes, 'x');
  return item;
}

TEST(ListItems, KnowOneVersionOfAnInstance) {
  ListItems items(1U << 20U);
  EXPECT_EQ(items.Find(At(1), 5), nullptr);
  items.Keep(At(1), 5, Bytes(7));
  ASSERT_NE(items.Find(At(1), 5), nullptr);
  EXPECT_EQ(items.Find(At(1), 5)->bytes.size(), 7U);
  EXPECT_EQ(items.Find(At(1), 6), nullptr) << "of another version";
  EXPECT_EQ(items.Find(At(0), 5), nullptr) << "of another instance";
  EXPECT_EQ(items.Find({.slot = 1, .load = 2}, 5), nullptr) << "of another load";
  items.Keep(At(1), 6, Bytes(8));
  ASSERT_NE(items.Find(At(1), 6), nullptr);
  EXPECT_EQ(items.Find(At(1), 6)->bytes.size(), 8U);
  EXPECT_EQ(items.Find(At(1), 5), nullptr);
  EXPECT_EQ(items.size(), 1U);
}

TEST(ListItems, AreForgottenWhenNamesChange) {
  ListItems items(1U << 20U);
  items.Refresh(3);
  items.Keep(At(1), 1, Bytes());
  items.Refresh(3);
  EXPECT_NE(items.Find(At(1), 1), nullptr);
  items.Refresh(4);
  EXPECT_EQ(items.Find(At(1), 1), nullptr);
  items.Keep(At(1), 1, Bytes());
  EXPECT_NE(items.Find(At(1), 1), nullptr);
}

TEST(ListItems, StayWithinTheirBudgetAndKeepWhatIsAskedFor) {
  constexpr std::size_t kBudget = 1U << 20U;
  constexpr std::size_t kBytes = 8000;
  ListItems items(kBudget);
  for (std::uint32_t n = 0; n < 2000; ++n) {
    items.Keep(At(n), 1, Bytes(kBytes));
    items.Refresh(0);
    ASSERT_LE(items.size() * kBytes, kBudget) << n;
    ASSERT_NE(items.Find(At(0), 1), nullptr) << n;
  }
  EXPECT_EQ(items.Find(At(1), 1), nullptr);
  EXPECT_NE(items.Find(At(1999), 1), nullptr);
}

TEST(ListItems, StayWithinTheirBudgetWhenAllAreAskedFor) {
  constexpr std::size_t kBudget = 1U << 20U;
  ListItems items(kBudget);
  for (std::uint32_t n = 0; n < 2000; ++n) {
    items.Keep(At(n), 1, Bytes(8000));
    for (std::uint32_t asked = 0; asked <= n; ++asked) items.Find(At(asked), 1);
    items.Refresh(0);
    ASSERT_LE(items.size() * 8000, kBudget) << n;
  }
}

TEST(ListItems, StayWhereTheyAreUntilTheNextAnswer) {
  ListItems items(1000);
  items.Keep(At(1), 1, Bytes(2000));
  const ListItems::Item* first = items.Find(At(1), 1);
  for (std::uint32_t n = 2; n < 100; ++n) items.Keep(At(n), 1, Bytes(2000));
  EXPECT_EQ(items.Find(At(1), 1), first);
  EXPECT_EQ(first->bytes.size(), 2000U);
}

/// Instances that differ in all that an answer shows.
model::Instance Odd(const ApiWorld& world, int n) {
  static const std::vector<std::string> kTexts = {
      "",      "plain", "twelve chars", "a \"quoted\" text\n", "训练 é", std::string(300, 'z'),
      "\x01\\"};
  const auto text = [&](int salt) {
    return kTexts.at(static_cast<std::size_t>((n * 7 + salt * 13) % 7));
  };
  model::Instance i = world.Sample("dsw-odd" + std::to_string(n));
  i.name = "odd_" + std::to_string(n);
  i.status = static_cast<model::InstanceStatus>(n % model::kInstanceStatusCount);
  if (i.status != model::InstanceStatus::Running) i.running_since.reset();
  i.accumulated_running_ms = std::int64_t{n} * 1000;
  i.reason_code = text(1);
  i.reason_message = text(2);
  i.driver = text(3);
  i.image_auth = text(4);
  i.workspace_source = text(5);
  i.priority = n % 9 + 1;
  for (int label = 0; label < n % 4; ++label) {
    i.labels.push_back({.key = "key" + std::to_string(label), .value = text(label)});
    i.environment.emplace("E" + text(label), text(label + 1));
  }
  if (n % 3 == 0) i.tags.push_back({.key = "tag", .value = text(6)});
  if (n % 5 == 0) {
    i.timer = {.due = world.clock.Wall() + std::chrono::hours(5),
               .created = world.clock.Wall(),
               .modified = world.clock.Wall()};
  }
  if (n % 7 == 0)
    i.culler = {.cpu_percent_threshold = 5, .gpu_percent_threshold = {}, .max_idle_minutes = 30};
  return i;
}

/// Every member that a list shares with GetInstance reads the same in both.
void ExpectListedAsGot(ApiWorld& world, std::size_t count) {
  const Reply list =
      world.Get(world.root, "/api/v2/instances", {{"PageSize", "100"}, {"ResourceId", "ALL"}});
  ASSERT_EQ(list.status, 200) << list.text;
  const json::array& items = list.body.at("Instances").as_array();
  ASSERT_EQ(items.size(), count);
  for (const json::value& value : items) {
    const json::object& item = value.as_object();
    const std::string id(item.at("InstanceId").as_string());
    const Reply got = world.Get(world.root, "/api/v2/instances/" + id);
    ASSERT_EQ(got.status, 200) << got.text;
    std::size_t shared = 0;
    for (const auto& member : item) {
      const json::value* same = got.body.if_contains(member.key());
      if (same == nullptr) continue;
      ++shared;
      EXPECT_EQ(member.value(), *same) << id << " " << member.key();
    }
    EXPECT_GE(shared, 40U) << id;
    EXPECT_EQ(item.contains("InstanceShutdownTimer"), got.body.contains("InstanceShutdownTimer"));
    EXPECT_EQ(item.contains("IdleInstanceCuller"), got.body.contains("IdleInstanceCuller"));
  }
}

TEST(ListInstances, ShowWhatGetInstanceShowsHoweverOftenAndWhateverChanges) {
  constexpr int kInstances = 60;
  ApiWorld world;
  for (int n = 0; n < kInstances; ++n) world.Put(Odd(world, n));
  for (int round = 0; round < 3; ++round) {
    ExpectListedAsGot(world, kInstances);
    world.clock.Advance(std::chrono::minutes(10));  // what is counted goes on
  }
  for (int n = 0; n < kInstances; n += 2) {
    model::Instance changed = Odd(world, n + 1);
    changed.id = model::InstanceId("dsw-odd" + std::to_string(n));
    changed.name = "changed_" + std::to_string(n);
    world.Put(changed);
  }
  ExpectListedAsGot(world, kInstances);
}

TEST(ListInstances, ShowTheNamesOfTodayAndTheHostOfTheRequest) {
  ApiWorld world;
  const auto alice = world.MakeUser("alice", "", {});
  model::Instance instance = world.Sample("dsw-1");
  instance.owner = alice.id;
  world.Put(instance);
  const auto first_item = [&](const test::Extra& extra) {
    const Reply reply = world.Call(world.root, "GET", "/api/v2/instances", extra);
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.body.at("Instances").as_array().at(0).as_object();
  };
  EXPECT_EQ(first_item({}).at("UserName"), "alice");
  const model::User* user = world.identities.FindUser(alice.id);
  ASSERT_NE(user, nullptr);
  model::User renamed = *user;
  renamed.display_name = "Alice of today";
  world.Write(store::Kind::kUser, "alice", ToJson(renamed));
  EXPECT_EQ(first_item({}).at("UserName"), "Alice of today");
  world.MakeRole("Runner", "");
  instance.owner = model::UserId("Runner:visit");
  world.Put(instance);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(first_item({}).at("UserName"), "Runner:visit");
  ApiWorld::Check(test::Run(world.io, world.identity.DeleteRole("Runner", world.actor)));
  EXPECT_EQ(first_item({}).at("UserName"), "") << "there is no such role any more";
  EXPECT_EQ(first_item({.host = "one.example"}).at("JupyterlabUrl"),
            "http://one.example/dsw-1/lab/");
  EXPECT_EQ(first_item({.host = "two.example:81"}).at("JupyterlabUrl"),
            "http://two.example:81/dsw-1/lab/");
}

}  // namespace
}  // namespace atelier::api
