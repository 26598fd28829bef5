#include "control/dsw/instances.h"

#include <gtest/gtest.h>

#include "unit/control/world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Result<model::InstanceId> CreateWith(World& world, NewInstance request, ClientToken token) {
  return world.Do(
      world.instances.Create(std::move(request), std::move(token), world.By("CreateInstance")));
}

/// Keeps what `task` answers.
template <class T>
Task<void> Into(std::optional<T>& answer, Task<T> task) {
  answer = co_await std::move(task);
}

ClientToken Token(std::string text, std::string fingerprint = "aa") {
  return {.token = std::move(text),
          .caller = "acs:ram::1:user/test",
          .fingerprint = std::move(fingerprint)};
}

TEST(Instances, CreateWritesAllInOneTransaction) {
  World world;
  std::vector<store::Batch> batches;
  world.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    batches.push_back(batch);
    return std::nullopt;
  };
  const auto id = CreateWith(world, world.Wish("one"), Token("t1")).value();
  ASSERT_EQ(batches.size(), 1u);
  std::multiset<store::Kind> kinds;
  for (const auto& write : batches[0]) kinds.insert(write.kind);
  EXPECT_EQ(kinds, (std::multiset<store::Kind>{store::Kind::kInstance, store::Kind::kLifecycleStep,
                                               store::Kind::kEvent, store::Kind::kInstanceName,
                                               store::Kind::kClientToken, store::Kind::kAudit}));
  EXPECT_TRUE(id.str().starts_with("dsw-"));
  EXPECT_EQ(id.str().size(), 20u);
  const auto instance = world.Get(id);
  EXPECT_EQ(instance->status, Creating);
  EXPECT_EQ(instance->created, World::kStart);
  EXPECT_EQ(instance->modified, World::kStart);
  EXPECT_EQ(instance->capacity.milli_cpu, 2000);
  EXPECT_EQ(instance->capacity.memory_mib, 4096);
  EXPECT_EQ(instance->image_name, "lab:1");
  EXPECT_EQ(instance->image_url, "local/lab:1");
}

TEST(Instances, AnImageMayBeNamedByItsUrl) {
  World world;
  NewInstance request = world.Wish("one");
  request.image = "local/lab:2";
  const auto id = world.Do(world.instances.Create(request, std::nullopt, world.By("x"))).value();
  EXPECT_EQ(world.Get(id)->image_id, "image-two");
}

TEST(Instances, UnknownSpecAndImageAreNamed) {
  World world;
  NewInstance request = world.Wish("one");
  request.ecs_spec = "ecs.none";
  auto made = world.Do(world.instances.Create(request, std::nullopt, world.By("x")));
  EXPECT_EQ(made.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(made.error().message(), "EcsSpec ecs.none is not offered. ListEcsSpecs names what is.");
  request = world.Wish("one");
  request.image = "image-none";
  made = world.Do(world.instances.Create(request, std::nullopt, world.By("x")));
  EXPECT_EQ(made.error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(world.Records(store::Kind::kAudit).empty());
}

TEST(Instances, NamesAreUniqueInAWorkspaceAndCaseSensitive) {
  World world;
  world.Create("one");
  const auto again =
      world.Do(world.instances.Create(world.Wish("one"), std::nullopt, world.By("x")));
  EXPECT_EQ(again.error().code(), Code::kAlreadyExists);
  EXPECT_EQ(again.error().reason(), "DuplicateName");
  world.Create("One");
  NewInstance elsewhere = world.Wish("one");
  elsewhere.workspace = model::WorkspaceId("2");
  EXPECT_TRUE(world.Do(world.instances.Create(elsewhere, std::nullopt, world.By("x"))));
  EXPECT_EQ(world.directory.size(), 3u);
}

TEST(Instances, ANameIsFreeAgainAfterARenameAndADeletion) {
  World world;
  world.Serve();
  const auto one = world.Running("one");
  InstanceChange change;
  change.name = "two";
  ASSERT_TRUE(world.Do(world.instances.Update(one, change, world.By("x"))));
  const auto next = world.Create("one");
  change.name = "one";
  const auto taken = world.Do(world.instances.Update(one, change, world.By("x")));
  EXPECT_EQ(taken.error().reason(), "DuplicateName");
  EXPECT_EQ(world.Get(one)->name, "two");
  ASSERT_TRUE(world.Delete(next));
  ASSERT_TRUE(world.Gone(next));
  world.Create("one");
}

TEST(Instances, ARenameToTheSameNameIsNoConflict) {
  World world;
  world.Serve();
  const auto one = world.Running("one");
  InstanceChange change;
  change.name = "one";
  EXPECT_TRUE(world.Do(world.instances.Update(one, change, world.By("x"))));
}

TEST(Instances, OneTokenOneInstance) {
  World world;
  const auto first = CreateWith(world, world.Wish("one"), Token("t1")).value();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(CreateWith(world, world.Wish("one"), Token("t1")).value(), first);
  }
  EXPECT_EQ(world.directory.size(), 1u);
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), 1u);
}

TEST(Instances, ATokenWithAnotherRequestIsAConflict) {
  World world;
  const auto first = CreateWith(world, world.Wish("one"), Token("t1")).value();
  const auto other = CreateWith(world, world.Wish("two"), Token("t1", "bb"));
  EXPECT_EQ(other.error().code(), Code::kAborted);
  EXPECT_EQ(other.error().reason(), "ClientTokenConflict");
  EXPECT_EQ(world.directory.size(), 1u);
  EXPECT_EQ(CreateWith(world, world.Wish("one"), Token("t1")).value(), first);
}

TEST(Instances, TokensOfDifferentCallersDoNotMeet) {
  World world;
  CreateWith(world, world.Wish("one"), Token("t1")).value();
  ClientToken other = Token("t1", "bb");
  other.caller = "acs:ram::1:user/other";
  EXPECT_TRUE(CreateWith(world, world.Wish("two"), other));
}

TEST(Instances, ATokenIsForgottenAfterADay) {
  World world;
  const auto first = CreateWith(world, world.Wish("one"), Token("t1")).value();
  world.Pass(hours(24) - seconds(1));
  EXPECT_EQ(CreateWith(world, world.Wish("one"), Token("t1")).value(), first);
  world.Pass(seconds(1));
  const auto next = CreateWith(world, world.Wish("two"), Token("t1", "bb"));
  ASSERT_TRUE(next);
  EXPECT_NE(*next, first);
}

TEST(Instances, ExpiredTokensAreSwept) {
  World world;
  for (int i = 0; i < 20; ++i) {
    CreateWith(world, world.Wish("n" + std::to_string(i)), Token("t" + std::to_string(i))).value();
  }
  world.Pass(hours(25));
  CreateWith(world, world.Wish("last"), Token("last")).value();
  EXPECT_EQ(world.Records(store::Kind::kClientToken).size(), 1u);
}

TEST(Instances, SixtyFourIdenticalCreatesAtOnceMakeOne) {
  World world;
  std::vector<std::optional<Result<model::InstanceId>>> answers(64);
  for (auto& answer : answers) {
    Spawn(world.io.get_executor(), "create",
          Into(answer, world.instances.Create(world.Wish("one"), Token("t1"), world.By("x"))));
  }
  world.Poll();
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    ASSERT_TRUE(*answer) << answer->error().ToString();
    EXPECT_EQ(**answer, *answers[0].value());
  }
  EXPECT_EQ(world.directory.size(), 1u);
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), 1u);
}

/// Labels put by 64 requests at once, each with the key `key_of` its number.
std::vector<std::optional<Status>> PutSixtyFourLabels(
    World& world, const model::InstanceId& id,
    const std::function<std::string(std::size_t)>& key_of) {
  std::vector<std::optional<Status>> answers(64);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Spawn(world.io.get_executor(), "label",
          Into(answers[i], world.instances.PutLabels(id, {{key_of(i), "v"}}, world.By("x"))));
  }
  world.Poll();
  return answers;
}

TEST(Instances, SixtyFourChangesAtOnceAllHappen) {
  World world;
  const auto id = world.Create("one");
  const auto answers =
      PutSixtyFourLabels(world, id, [](std::size_t i) { return "k" + std::to_string(i % 16); });
  for (const auto& answer : answers) ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(world.Get(id)->labels.size(), 16u);
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), 65u);
}

TEST(Instances, TheLimitOfLabelsHoldsAgainstRequestsAtOnce) {
  World world;
  const auto id = world.Create("one");
  const auto answers =
      PutSixtyFourLabels(world, id, [](std::size_t i) { return "k" + std::to_string(i); });
  int refused = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    if (*answer) continue;
    ++refused;
    EXPECT_EQ(answer->error().message(),
              "Labels would exceed the limit of 20 labels of an instance.");
  }
  EXPECT_EQ(refused, 44);
  EXPECT_EQ(world.Get(id)->labels.size(), 20u);
}

TEST(Instances, TheLimitOfInstancesHolds) {
  World world;
  Instances few(world.store, world.directory, world.catalogue, world.clock, *world.random,
                {.max_instances = 2, .max_events = 50});
  for (const char* name : {"a", "b"}) {
    ASSERT_TRUE(world.Do(few.Create(world.Wish(name), std::nullopt, world.By("x"))));
  }
  const auto third = world.Do(few.Create(world.Wish("c"), std::nullopt, world.By("x")));
  EXPECT_EQ(third.error().code(), Code::kResourceExhausted);
}

TEST(Instances, WhatIsNotThereIsUnknown) {
  World world;
  const model::InstanceId id("dsw-none");
  for (const Status& status :
       {world.Start(id), world.Stop(id), world.Delete(id),
        world.Do(world.instances.Update(id, {}, world.By("x"))),
        world.Do(world.instances.PutLabels(id, {}, world.By("x"))),
        world.Do(world.instances.StopAll({id}, "why", world.By("x"))),
        world.Do(world.instances.DeleteAll({id}, world.By("x"))),
        world.Do(world.instances.PutTimer(id, World::kStart + hours(1), world.By("x")))}) {
    EXPECT_EQ(status.error().code(), Code::kNotFound);
    EXPECT_EQ(status.error().reason(), "UnknownInstance");
  }
  EXPECT_EQ(world.Do(world.instances.Lifecycle(id)).error().reason(), "UnknownInstance");
  EXPECT_EQ(world.Do(world.instances.Events(id, {}, {})).error().reason(), "UnknownInstance");
}

TEST(Instances, ARepeatOfWhatIsReachedIsTheWrongState) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  EXPECT_EQ(world.Start(id).error().reason(), "WrongState");
  ASSERT_TRUE(world.Stop(id));
  EXPECT_EQ(world.Stop(id).error().reason(), "WrongState");
  ASSERT_TRUE(world.Reaches(id, Stopped));
  const Status again = world.Stop(id);
  EXPECT_EQ(again.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(again.error().reason(), "WrongState");
  ASSERT_TRUE(world.Delete(id));
  EXPECT_EQ(world.Delete(id).error().reason(), "WrongState");
  EXPECT_EQ(world.Start(id).error().reason(), "WrongState");
  EXPECT_EQ(world.Do(world.instances.PutLabels(id, {}, world.By("x"))).error().reason(),
            "WrongState");
}

TEST(Instances, ARefusalChangesNothing) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  const auto before = world.Get(id);
  const auto audit = world.Records(store::Kind::kAudit).size();
  InstanceChange change;
  change.name = "other";
  change.ecs_spec = "ecs.none";
  EXPECT_FALSE(world.Do(world.instances.Update(id, change, world.By("x"))));
  EXPECT_FALSE(world.Start(id));
  EXPECT_EQ(world.Get(id), before);
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), audit);
}

TEST(Instances, TheSameEcsSpecIsRefused) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  InstanceChange change;
  change.ecs_spec = "ecs.small";
  const Status refused = world.Do(world.instances.Update(id, change, world.By("x")));
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(refused.error().message(), "EcsSpec is already ecs.small.");
}

TEST(Instances, OnlyWhatIsSetChanges) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  world.Pass(minutes(1));
  InstanceChange change;
  change.priority = 7;
  change.accessibility = model::Accessibility::PUBLIC;
  change.image = "image-lab";  // as it is: no restart
  change.environment = world.Get(id)->environment;
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("x"))));
  const auto after = world.Get(id);
  EXPECT_EQ(after->status, Running);
  EXPECT_EQ(after->priority, 7);
  EXPECT_EQ(after->accessibility, model::Accessibility::PUBLIC);
  EXPECT_EQ(after->name, "one");
  EXPECT_EQ(after->modified, world.clock.Wall());
}

TEST(Instances, AnUpdateThatChangesNothingMovesNothing) {
  World world;
  world.Serve();
  const auto id = world.Running("one");
  const auto events = world.Records(store::Kind::kEvent).size();
  const WallTime modified = world.Get(id)->modified;
  world.Pass(minutes(1));
  InstanceChange same;
  same.name = "one";
  same.priority = 1;
  ASSERT_TRUE(world.Do(world.instances.Update(id, same, world.By("UpdateInstance"))));
  EXPECT_EQ(world.Records(store::Kind::kEvent).size(), events);
  EXPECT_EQ(world.Get(id)->modified, modified);

  ASSERT_TRUE(world.Stop(id));
  ASSERT_TRUE(world.Reaches(id, Stopped));
  ASSERT_TRUE(world.Do(world.instances.Update(id, {}, world.By("UpdateInstance"))));
  EXPECT_EQ(world.StatusOf(id), Stopped);
  InstanceChange start;
  start.start_afterwards = true;
  ASSERT_TRUE(world.Do(world.instances.Update(id, start, world.By("UpdateInstance"))));
  EXPECT_TRUE(world.Reaches(id, Running));
}

TEST(Instances, AStartScriptHasAnIdWhileThereIsOne) {
  World world;
  world.Serve();
  NewInstance request = world.Wish("one");
  request.on_start = "true";
  const auto id = world.Do(world.instances.Create(request, std::nullopt, world.By("x"))).value();
  EXPECT_EQ(world.Get(id)->user_command_id.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_FALSE(world.Get(id)->user_command_id.empty());
  ASSERT_TRUE(world.Reaches(id, Running));
  InstanceChange change;
  change.on_start = std::optional<std::string>();
  ASSERT_TRUE(world.Do(world.instances.Update(id, change, world.By("x"))));
  EXPECT_EQ(world.StatusOf(id), Updating);
  EXPECT_FALSE(world.Get(id)->on_start);
  EXPECT_EQ(world.Get(id)->user_command_id, "");
}

TEST(Instances, LabelsAreAddedOverwrittenAndRemovedByKey) {
  World world;
  NewInstance request = world.Wish("one");
  request.labels = {{"a", "1"}, {"b", "2"}};
  const auto id = world.Do(world.instances.Create(request, std::nullopt, world.By("x"))).value();
  ASSERT_TRUE(world.Do(
      world.instances.PutLabels(id, {{"b", "3"}, {"c", "4"}}, world.By("UpdateInstanceLabels"))));
  EXPECT_EQ(world.Get(id)->labels, (std::vector<model::Label>{{"a", "1"}, {"b", "3"}, {"c", "4"}}));
  ASSERT_TRUE(world.Do(
      world.instances.DeleteLabels(id, {"a", "unknown"}, world.By("DeleteInstanceLabels"))));
  EXPECT_EQ(world.Get(id)->labels, (std::vector<model::Label>{{"b", "3"}, {"c", "4"}}));
}

TEST(Instances, StopAllIsAllOrNothing) {
  World world;
  world.Serve();
  const auto one = world.Running("one");
  const auto two = world.Running("two");
  ASSERT_TRUE(world.Stop(two));
  ASSERT_TRUE(world.Reaches(two, Stopped));
  const Status refused =
      world.Do(world.instances.StopAll({one, two}, "batch", world.By("StopInstances")));
  EXPECT_EQ(refused.error().reason(), "WrongState");
  EXPECT_EQ(world.StatusOf(one), Running);
  ASSERT_TRUE(world.Start(two));
  ASSERT_TRUE(world.Reaches(two, Running));
  const auto audit = world.Records(store::Kind::kAudit).size();
  ASSERT_TRUE(
      world.Do(world.instances.StopAll({one, two, one}, "batch", world.By("StopInstances"))));
  EXPECT_EQ(world.Records(store::Kind::kAudit).size(), audit + 2);  // one line an instance
  ASSERT_TRUE(world.Reaches(one, Stopped));
  ASSERT_TRUE(world.Reaches(two, Stopped));
  ASSERT_TRUE(world.Do(world.instances.DeleteAll({one, two}, world.By("DeleteInstances"))));
  EXPECT_TRUE(world.Gone(one));
  EXPECT_TRUE(world.Gone(two));
}

TEST(Instances, ABatchIsNeverHalfDone) {
  World world;
  world.Serve();
  const auto one = world.Running("one");
  const auto two = world.Running("two");
  const auto writes = [&](const model::InstanceId& id, const store::Batch& batch) {
    return std::ranges::any_of(batch, [&](const store::Write& write) {
      return write.kind == store::Kind::kInstance && write.key == id.str();
    });
  };
  const auto refuse_last = [&](const store::Batch& batch) -> std::optional<Error> {
    if (!writes(std::max(one, two), batch)) return std::nullopt;
    return Error(Code::kUnavailable, "The store cannot write now.");
  };
  world.store.fault = refuse_last;
  EXPECT_FALSE(world.Do(world.instances.StopAll({one, two}, "batch", world.By("StopInstances"))));
  EXPECT_FALSE(world.Do(world.instances.DeleteAll({one, two}, world.By("DeleteInstances"))));
  world.store.fault = nullptr;
  EXPECT_EQ(world.StatusOf(one), Running);
  EXPECT_EQ(world.StatusOf(two), Running);
  // A lost race is tried again, as a whole.
  int rounds = 0;
  world.store.fault = [&](const store::Batch& batch) -> std::optional<Error> {
    if (!writes(one, batch) || !writes(two, batch) || ++rounds > 1) return std::nullopt;
    return Error(Code::kAborted, "race");
  };
  EXPECT_TRUE(world.Do(world.instances.StopAll({one, two}, "batch", world.By("StopInstances"))));
  EXPECT_GE(rounds, 2);
  world.store.fault = nullptr;
  ASSERT_TRUE(world.Reaches(one, Stopped));
  ASSERT_TRUE(world.Reaches(two, Stopped));
}

TEST(Instances, TimersAndRulesAreChecked) {
  World world;
  const auto id = world.Create("one");
  const auto timer = [&](WallTime due) {
    return world.Do(world.instances.PutTimer(id, due, world.By("x")));
  };
  EXPECT_EQ(timer(World::kStart).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(timer(World::kStart - hours(1)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(world.Do(world.instances.DeleteTimer(id, world.By("x"))).error().reason(),
            "UnknownTimer");
  const auto culler = [&](model::IdleCuller rule) {
    return world.Do(world.instances.CreateCuller(id, rule, world.By("x")));
  };
  const auto rule = [](int cpu, std::optional<int> gpu, int idle) {
    return model::IdleCuller{
        .cpu_percent_threshold = cpu, .gpu_percent_threshold = gpu, .max_idle_minutes = idle};
  };
  EXPECT_EQ(culler(rule(0, {}, 10)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(culler(rule(101, {}, 10)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(culler(rule(10, 10, 10)).error().code(), Code::kInvalidArgument);  // no GPU
  EXPECT_EQ(culler(rule(10, {}, 0)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(world.Do(world.instances.DeleteCuller(id, world.By("x"))).error().reason(),
            "UnknownCuller");
  EXPECT_TRUE(culler(rule(10, {}, 10)));
  const Status second = culler(rule(10, {}, 10));
  EXPECT_EQ(second.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(second.error().reason(), "CullerExists");
  EXPECT_TRUE(world.Do(world.instances.DeleteCuller(id, world.By("x"))));
  EXPECT_TRUE(culler(rule(10, {}, 10)));
}

TEST(Instances, EventsAreBoundedInNumberAndByTime) {
  World world;
  const auto id = world.Create("one");
  for (int i = 0; i < 80; ++i) {
    world.Pass(seconds(1));
    ASSERT_TRUE(
        world.Do(world.instances.PutTimer(id, world.clock.Wall() + hours(1), world.By("x"))));
  }
  const auto all = world.Do(world.instances.Events(id, {}, {})).value();
  ASSERT_EQ(all.size(), 50u);  // World's max_events
  EXPECT_EQ(all.back().number, 81);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &model::Event::number));
  const WallTime from = World::kStart + seconds(70);
  const auto some = world.Do(world.instances.Events(id, from, from + seconds(4))).value();
  ASSERT_EQ(some.size(), 5u);  // both ends inclusive
  EXPECT_EQ(some.front().time, from);
}

TEST(Instances, AStoreThatRefusesIsPassedOn) {
  World world;
  world.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kResourceExhausted, "disk full", "DiskFull");
  };
  const auto made =
      world.Do(world.instances.Create(world.Wish("one"), std::nullopt, world.By("x")));
  EXPECT_EQ(made.error().reason(), "DiskFull");
}

TEST(Instances, RacesThatNeverEndAreGivenUp) {
  World world;
  const auto id = world.Create("one");
  world.store.fault = [](const store::Batch&) -> std::optional<Error> {
    return Error(Code::kAborted, "race");
  };
  EXPECT_EQ(world.Stop(id).error().code(), Code::kFailedPrecondition);  // Creating: no stop
  EXPECT_EQ(world.Delete(id).error().code(), Code::kUnavailable);
  EXPECT_EQ(world.Do(world.instances.Create(world.Wish("two"), std::nullopt, world.By("x")))
                .error()
                .code(),
            Code::kUnavailable);
}

Task<void> SetTimer(World& world, model::InstanceId id, WallTime due, int& done) {
  const Status written = co_await world.instances.PutTimer(id, due, world.By("x"));
  if (written) ++done;
}

TEST(Instances, ManyWritersOfOneInstanceAllGetThrough) {
  World world;
  const auto id = world.Create("one");
  constexpr int kWriters = 500;  // twice as many requests as one key may have under way
  int done = 0;
  for (int i = 1; i <= kWriters; ++i)
    Spawn(world.io.get_executor(), "writer", SetTimer(world, id, World::kStart + hours(i), done));
  world.Poll();
  EXPECT_EQ(done, kWriters);
  EXPECT_EQ(world.Get(id)->timer->due, World::kStart + hours(kWriters)) << "in order of arrival";
}

TEST(Instances, TheModifiedTimeNeverGoesBack) {
  World world;
  const auto id = world.Create("one");
  world.clock.StepWall(-hours(1));
  ASSERT_TRUE(world.Delete(id));
  EXPECT_EQ(world.Get(id)->modified, World::kStart);
}

}  // namespace
}  // namespace atelier::control
