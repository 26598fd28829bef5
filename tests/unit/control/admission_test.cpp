// What may start is bounded by what the host, the user and the workspace have room for. The machine
// types are those of world.h: ecs.small has 2 vCPU and 4 GB, ecs.large 8 vCPU and 32 GB.
#include "control/core/admission.h"

#include <gtest/gtest.h>

#include "unit/control/service_world.h"

namespace atelier::control {
namespace {

using enum model::InstanceStatus;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kGib = 1024;  // in MiB

/// Given out once, as it is: the sums are those of the host.
AdmissionOptions Once(std::int64_t cpus, std::int64_t gib) {
  return {.host = {.milli_cpu = cpus * 1000,
                   .memory_mib = gib * kGib,
                   .milli_gpu = 0,
                   .processes = model::kPlenty},
          .cpu_percent = 100,
          .memory_percent = 100,
          .per_user = {},
          .per_workspace = {}};
}

/// Notebooks are served, or services.
class Hall : public ServiceWorld {
 public:
  explicit Hall(const AdmissionOptions& room) : ServiceWorld({}, room) {
    KillServices();
    Serve();
  }
  void ServeServicesInstead() {
    Kill();
    ServeServices();
  }

  Result<model::InstanceId> Try(std::string name, std::string spec = "ecs.small") {
    NewInstance request = Wish(std::move(name));
    request.ecs_spec = std::move(spec);
    return Do(instances.Create(std::move(request), std::nullopt, By("CreateInstance")));
  }
  Result<model::InstanceId> TryAs(const std::string& user, const std::string& workspace,
                                  std::string name) {
    NewInstance request = Wish(std::move(name));
    request.owner = model::UserId(user);
    request.workspace = model::WorkspaceId(workspace);
    return Do(instances.Create(std::move(request), std::nullopt, By("CreateInstance")));
  }
  Status Change(const model::InstanceId& id, InstanceChange change) {
    return Do(instances.Update(id, std::move(change), By("UpdateInstance")));
  }
  /// What a server that started now would count, and what it would let start.
  std::unique_ptr<Admission> Anew(const AdmissionOptions& room) const {
    auto anew = std::make_unique<Admission>(directory, service_directory, catalogue, room);
    anew->Load();
    return anew;
  }
  std::int64_t Waiting(std::string_view service) const {
    std::int64_t waiting = 0;
    for (const auto& replica : Replicas(service))
      waiting += replica->reason == "InsufficientResource" ? 1 : 0;
    return waiting;
  }
};

void ExpectNoRoom(const Result<model::InstanceId>& made) {
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(made.error().reason(), "InsufficientResource");
}

bool Says(const Error& error, std::string_view part) {
  return error.message().find(part) != std::string::npos;
}

TEST(Admission, WhatFitsExactlyStartsAndNotOneMore) {
  Hall hall(Once(4, 8));
  const auto one = hall.Try("one");
  ASSERT_TRUE(one);
  ASSERT_TRUE(hall.Try("two"));
  const auto three = hall.Try("three");
  ExpectNoRoom(three);
  EXPECT_EQ(
      three.error().message(),
      "There is no room on this server now: it needs 2 vCPU and 4 GB of memory; 4 vCPU of 4 "
      "vCPU are taken by 2 instances (of this user: 2 instances). Stop what is not needed, or "
      "choose a smaller EcsSpec, and try again.");
  // It changed nothing: neither a record nor the name is left.
  EXPECT_EQ(hall.directory.size(), 2U);
  EXPECT_EQ(hall.Records(store::Kind::kInstanceName).size(), 2U);
  EXPECT_EQ(hall.admission.held(),
            (model::Resources{
                .milli_cpu = 4000, .memory_mib = 8 * kGib, .milli_gpu = 0, .processes = 4096}));
}

TEST(Admission, MemoryBoundsAsWellAsCpu) {
  Hall hall(Once(100, 10));
  ASSERT_TRUE(hall.Try("one"));
  ASSERT_TRUE(hall.Try("two"));
  const auto three = hall.Try("three");
  ExpectNoRoom(three);
  EXPECT_TRUE(Says(three.error(), "8 GB of memory of 10 GB of memory are taken"));
}

TEST(Admission, ProcessesAreNeverGivenOutTwice) {
  AdmissionOptions room = Once(2, 100);
  room.cpu_percent = 1600;
  room.host.processes = 6000;  // 2048 each
  Hall hall(room);
  ASSERT_TRUE(hall.Try("one"));
  ASSERT_TRUE(hall.Try("two"));
  const auto three = hall.Try("three");
  ExpectNoRoom(three);
  EXPECT_TRUE(Says(three.error(), "4096 of 6000 processes are taken"));
}

TEST(Admission, TheHostIsGivenOutAsOftenAsTheOptionsSay) {
  AdmissionOptions room = Once(2, 4);
  room.cpu_percent = 200;
  room.memory_percent = 300;
  Hall hall(room);
  ASSERT_TRUE(hall.Try("one"));
  ASSERT_TRUE(hall.Try("two"));
  ExpectNoRoom(hall.Try("three"));
}

TEST(Admission, WhatTheHostCanNeverGiveIsRefusedWithWhatItHas) {
  AdmissionOptions room = Once(4, 64);
  room.cpu_percent = 1600;  // four vCPUs given out sixteen times are still four for one
  Hall hall(room);
  const auto large = hall.Try("large", "ecs.large");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(Says(large.error(),
                   "It needs 8 vCPU and 32 GB of memory, and this server's host has 4 vCPU and 64 "
                   "GB of memory for one."));
  const auto gpu = hall.Try("gpu", "ecs.gpu");
  ASSERT_FALSE(gpu);
  EXPECT_EQ(gpu.error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(hall.directory.All().empty());
}

TEST(Admission, AGpuIsGivenOutOnce) {
  AdmissionOptions room = Once(100, 1000);
  room.host.milli_gpu = 1000;
  Hall hall(room);
  ASSERT_TRUE(hall.Try("one", "ecs.gpu"));
  const auto two = hall.Try("two", "ecs.gpu");
  ExpectNoRoom(two);
  EXPECT_TRUE(Says(two.error(), "1 of 1 GPU are taken"));
  EXPECT_TRUE(hall.Try("three"));
}

TEST(Admission, OfTwoStartsForTheLastRoomOneHappens) {
  Hall hall(Once(2, 4));
  const auto one = hall.Running("one");
  ASSERT_TRUE(hall.Stop(one));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  const auto two = hall.Running("two");
  ASSERT_TRUE(hall.Stop(two));
  ASSERT_TRUE(hall.Reaches(two, Stopped));
  // Each asks while the commit of the other is under way.
  std::vector<Status> answers;
  const auto start = [](Hall& world, model::InstanceId id, std::vector<Status>& to) -> Task<void> {
    to.push_back(co_await world.instances.Start(id, world.By("StartInstance")));
  };
  Spawn(hall.io.get_executor(), "test", start(hall, one, answers));
  Spawn(hall.io.get_executor(), "test", start(hall, two, answers));
  hall.Poll();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(std::ranges::count_if(answers, [](const Status& s) { return s.has_value(); }), 1);
  hall.Pass(minutes(1));
  EXPECT_EQ(hall.Alive().size(), 1U);
}

TEST(Admission, OfTwoCreationsForTheLastRoomOneHappens) {
  Hall hall(Once(2, 4));
  int made = 0;
  const auto create = [](Hall& world, std::string name, int& count) -> Task<void> {
    const auto id =
        co_await world.instances.Create(world.Wish(name), std::nullopt, world.By("CreateInstance"));
    count += id ? 1 : 0;
  };
  for (const char* name : {"a", "b", "c", "d"})
    Spawn(hall.io.get_executor(), "test", create(hall, name, made));
  hall.Poll();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(hall.directory.size(), 1U);
}

TEST(Admission, AStopGivesTheRoomBackOnceItHasEnded) {
  Hall hall(Once(2, 4));
  const auto one = hall.Running("one", {.stop_ms = 5'000});
  ASSERT_TRUE(hall.Stop(one));
  hall.Pass(seconds(1));
  EXPECT_EQ(hall.StatusOf(one), Stopping);
  ExpectNoRoom(hall.Try("two"));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  EXPECT_TRUE(hall.Try("two"));
  EXPECT_FALSE(hall.Start(one));
}

TEST(Admission, ADeletionGivesTheRoomBackOnceItIsGone) {
  Hall hall(Once(2, 4));
  const auto one = hall.Running("one", {.stop_ms = 5'000});
  ASSERT_TRUE(hall.Delete(one));
  ExpectNoRoom(hall.Try("two"));
  ASSERT_TRUE(hall.Gone(one));
  EXPECT_TRUE(hall.Try("two"));
}

TEST(Admission, DeletingOneThatRestsTakesNoRoom) {
  Hall hall(Once(2, 4));
  const auto one = hall.Running("one");
  ASSERT_TRUE(hall.Stop(one));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  ASSERT_TRUE(hall.Delete(one));
  EXPECT_EQ(hall.admission.held(), model::Resources());
}

TEST(Admission, AFailureGivesTheRoomBack) {
  Hall hall(Once(2, 4));
  const auto one = hall.Create("one", {.fail_at = "start"});
  ASSERT_TRUE(hall.Reaches(one, Failed));
  EXPECT_EQ(hall.admission.held(), model::Resources());
  EXPECT_TRUE(hall.Try("two"));
}

TEST(Admission, AWishThatIsNotWrittenDownKeepsNoRoom) {
  Hall hall(Once(2, 4));
  hall.store.fault = [](const store::Batch&) {
    return Error(Code::kResourceExhausted, "The disk is full.");
  };
  EXPECT_FALSE(hall.Try("one"));
  hall.store.fault = {};
  EXPECT_EQ(hall.admission.held(), model::Resources());
  EXPECT_TRUE(hall.Try("two"));
}

/// "HostFull: <what Create says>", or "" where nothing is in the way.
std::string Obstacle(const Hall& hall, const std::string& spec, const std::string& user = "100",
                     const std::string& workspace = "1") {
  const auto obstacle = hall.instances.WhyNot(model::WorkspaceId(workspace), model::UserId(user),
                                              *hall.catalogue.FindSpec(spec));
  return obstacle ? std::string(obstacle->reason) + ": " + obstacle->error.message() : "";
}

TEST(AdmissionFit, SaysWhatCreateSaysAndKeepsNoRoom) {
  Hall hall(Once(4, 64));
  EXPECT_EQ(Obstacle(hall, "ecs.small"), "");
  EXPECT_EQ(Obstacle(hall, "ecs.small"), "") << "asking twice takes nothing";
  EXPECT_EQ(hall.admission.held(), model::Resources());
  const auto never = hall.Try("large", "ecs.large");
  ASSERT_FALSE(never);
  EXPECT_EQ(Obstacle(hall, "ecs.large"), "HostTooSmall: " + never.error().message());
  ASSERT_TRUE(hall.Try("one"));
  EXPECT_EQ(Obstacle(hall, "ecs.small"), "");
  ASSERT_TRUE(hall.Try("two"));
  const auto full = hall.Try("three");
  ExpectNoRoom(full);
  EXPECT_EQ(Obstacle(hall, "ecs.small"), "HostFull: " + full.error().message());
}

TEST(AdmissionFit, NamesTheLimitThatIsInTheWay) {
  AdmissionOptions room = Once(100, 1000);
  room.per_user = {.workloads = 1, .milli_cpu = 0, .memory_mib = 0};
  room.per_workspace = {.workloads = 0, .milli_cpu = 3'000, .memory_mib = 0};
  Hall hall(room);
  ASSERT_TRUE(hall.TryAs("100", "1", "one"));
  const auto of_user = hall.TryAs("100", "2", "two");
  ExpectNoRoom(of_user);
  EXPECT_EQ(Obstacle(hall, "ecs.small", "100", "2"), "UserLimit: " + of_user.error().message());
  const auto of_workspace = hall.TryAs("200", "1", "two");
  ExpectNoRoom(of_workspace);
  EXPECT_EQ(Obstacle(hall, "ecs.small", "200", "1"),
            "WorkspaceLimit: " + of_workspace.error().message());
  EXPECT_EQ(Obstacle(hall, "ecs.small", "200", "2"), "");
}

TEST(AdmissionFit, NamesTheLimitOfTheServer) {
  Hall hall(Once(100, 1000));
  Instances few(hall.store, hall.directory, hall.catalogue, hall.clock, *hall.random,
                {.max_instances = 1});
  const auto obstacle = [&] {
    return few.WhyNot(model::WorkspaceId("1"), model::UserId("100"),
                      *hall.catalogue.FindSpec("ecs.small"));
  };
  EXPECT_FALSE(obstacle());
  ASSERT_TRUE(hall.Try("one"));
  ASSERT_TRUE(obstacle());
  EXPECT_EQ(obstacle()->reason, "InstanceLimit");
  EXPECT_EQ(obstacle()->error.message(), "The limit of 1 instances is reached.");
}

TEST(AdmissionFit, TheRoomIsWhatHostAndLimitsLeave) {
  AdmissionOptions room = Once(8, 20);
  room.host.processes = 10'000;
  room.per_user = {.workloads = 3, .milli_cpu = 5'000, .memory_mib = 0};
  room.per_workspace = {.workloads = 0, .milli_cpu = 0, .memory_mib = 12 * kGib};
  Hall hall(room);
  ASSERT_TRUE(hall.TryAs("100", "1", "one"));  // 2 vCPU, 4 GB, 2048 processes
  EXPECT_EQ(hall.admission.left(),
            (model::Resources{
                .milli_cpu = 6'000, .memory_mib = 16 * kGib, .milli_gpu = 0, .processes = 7'952}));
  const auto of = [&](const char* user, const char* workspace) {
    return hall.admission.RoomFor(model::UserId(user), model::WorkspaceId(workspace));
  };
  const Room mine = of("100", "1");
  EXPECT_EQ(mine.most, (model::Resources{.milli_cpu = 3'000,      // of the 5 of the user
                                         .memory_mib = 8 * kGib,  // of the 12 of the workspace
                                         .milli_gpu = 0,
                                         .processes = 7'952}));
  EXPECT_EQ(mine.workloads, 2);
  EXPECT_EQ(mine.Lacking({.milli_cpu = 4'000, .memory_mib = kGib, .milli_gpu = 1'000}),
            (model::Resources{.milli_cpu = 1'000, .milli_gpu = 1'000}));
  const Room theirs = of("200", "2");
  EXPECT_EQ(theirs.most.milli_cpu, 5'000);
  EXPECT_EQ(theirs.most.memory_mib, 12 * kGib);
  EXPECT_EQ(theirs.workloads, 3);
}

TEST(AdmissionFit, OneHasAtMostWhatTheHostHas) {
  AdmissionOptions room = Once(4, 8);
  room.cpu_percent = 1600;
  room.memory_percent = 300;
  Hall hall(room);
  const Room most = hall.admission.RoomFor(model::UserId("100"), model::WorkspaceId("1"));
  EXPECT_EQ(most.most.milli_cpu, 4'000);
  EXPECT_EQ(most.most.memory_mib, 8 * kGib);
  EXPECT_EQ(most.most.processes, model::kPlenty);
  EXPECT_EQ(most.workloads, model::kPlenty);
  EXPECT_EQ(hall.admission.left().milli_cpu, 64'000);
}

TEST(AdmissionFit, AHostThatHasBecomeSmallerThanWhatRunsHasNothingLeft) {
  Hall hall(Once(8, 32));
  ASSERT_TRUE(hall.Try("one"));
  ASSERT_TRUE(hall.Try("two"));
  EXPECT_EQ(hall.Anew(Once(3, 16))->left().milli_cpu, 0);
}

TEST(Admission, AnUpdateIsAskedForTheDifferenceOnly) {
  Hall hall(Once(10, 40));
  const auto one = hall.Running("one");
  const auto two = hall.Running("two");
  InstanceChange larger;
  larger.ecs_spec = "ecs.large";
  ASSERT_TRUE(hall.Change(one, larger));  // 8 + 2 vCPU
  ASSERT_TRUE(hall.Reaches(one, Running));
  EXPECT_EQ(hall.admission.held().milli_cpu, 10'000);
  const Status refused = hall.Change(two, larger);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "InsufficientResource");
  EXPECT_EQ(hall.StatusOf(two), Running);
  EXPECT_EQ(hall.Get(two)->ecs_spec, "ecs.small");
  InstanceChange smaller;
  smaller.ecs_spec = "ecs.small";
  ASSERT_TRUE(hall.Change(one, smaller));
  // Until the larger life has ended, its room is not another's.
  EXPECT_EQ(hall.admission.held().milli_cpu, 10'000);
  ASSERT_TRUE(hall.Reaches(one, Running));
  EXPECT_EQ(hall.admission.held().milli_cpu, 4'000);
}

TEST(Admission, AnInstanceAtRestMayBeAnythingUntilItIsStarted) {
  Hall hall(Once(8, 32));
  const auto one = hall.Running("one");
  ASSERT_TRUE(hall.Stop(one));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  hall.Running("two");
  InstanceChange larger;
  larger.ecs_spec = "ecs.large";
  ASSERT_TRUE(hall.Change(one, larger));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  EXPECT_EQ(hall.admission.held().milli_cpu, 2'000);
  EXPECT_FALSE(hall.Start(one));
  InstanceChange renamed;
  renamed.name = "uno";
  renamed.start_afterwards = true;
  EXPECT_FALSE(hall.Change(one, renamed));
  EXPECT_EQ(hall.StatusOf(one), Stopped);
  EXPECT_EQ(hall.Get(one)->name, "one");
}

TEST(Admission, ANewServerCountsTheSame) {
  const AdmissionOptions room = Once(9, 100);
  Hall hall(room);
  hall.Running("running");
  const auto stopped = hall.Running("stopped");
  ASSERT_TRUE(hall.Stop(stopped));
  ASSERT_TRUE(hall.Reaches(stopped, Stopped));
  const auto failed = hall.Create("failed", {.fail_at = "start"});
  ASSERT_TRUE(hall.Reaches(failed, Failed));
  const auto stopping = hall.Running("stopping", {.hang_stop = true});
  ASSERT_TRUE(hall.Stop(stopping));
  hall.ServeServicesInstead();
  ASSERT_TRUE(hall.Make(ServiceWorld::Config("served", 6)));
  hall.Pass(seconds(5));
  ASSERT_EQ(hall.Waiting("served"), 1);  // 2 + 2 + 5 of 9 vCPU
  const auto anew = hall.Anew(room);
  EXPECT_EQ(anew->held(), hall.admission.held());
  EXPECT_EQ(anew->held().milli_cpu, 9'000);
  EXPECT_FALSE(anew->Admit(*hall.Get(stopped)));
}

TEST(Admission, WhatRunsIsLeftAloneHoweverSmallTheHostHasBecome) {
  Hall hall(Once(8, 32));
  const auto one = hall.Running("one");
  const auto two = hall.Running("two");
  // The data folder has moved to a host with one vCPU less than runs.
  const auto small = hall.Anew(Once(3, 16));
  hall.Pass(minutes(5));
  EXPECT_EQ(hall.StatusOf(one), Running);
  EXPECT_EQ(hall.StatusOf(two), Running);
  EXPECT_EQ(small->held().milli_cpu, 4'000);
  EXPECT_TRUE(small->Admit(*hall.Get(one)));  // takes no more than it has
  model::Instance fresh = *hall.Get(one);
  fresh.id = model::InstanceId("dsw-fresh");
  EXPECT_FALSE(small->Admit(fresh));
  // Nor is one that this host could never give refused a change that takes no more.
  EXPECT_TRUE(hall.Anew(Once(1, 2))->Admit(*hall.Get(one)));
}

TEST(Admission, RoomOfAReservationComesBackOnceAndOnlyFromTheLatest) {
  Hall hall(Once(2, 4));
  const auto one = hall.Running("one");
  ASSERT_TRUE(hall.Stop(one));
  ASSERT_TRUE(hall.Reaches(one, Stopped));
  auto first = hall.admission.Admit(*hall.Get(one));
  ASSERT_TRUE(first);
  auto second = hall.admission.Admit(*hall.Get(one));  // of the same instance: the same room
  ASSERT_TRUE(second);
  first->reset();
  EXPECT_EQ(hall.admission.held().milli_cpu, 2'000);
  second->reset();
  EXPECT_EQ(hall.admission.held().milli_cpu, 0);
}

TEST(Admission, AUserHasNoMoreThanTheCap) {
  AdmissionOptions room = Once(100, 1000);
  room.per_user = {.workloads = 2, .milli_cpu = 0, .memory_mib = 0};
  Hall hall(room);
  ASSERT_TRUE(hall.TryAs("100", "1", "one"));
  const auto two = hall.TryAs("100", "2", "two");
  ASSERT_TRUE(two);
  const auto three = hall.TryAs("100", "1", "three");
  ExpectNoRoom(three);
  EXPECT_TRUE(Says(three.error(), "The limit of this user is 2 running at once"));
  EXPECT_TRUE(hall.TryAs("200", "1", "three"));
  ASSERT_TRUE(hall.Reaches(*two, Running));
  ASSERT_TRUE(hall.Stop(*two));
  ASSERT_TRUE(hall.Reaches(*two, Stopped));
  EXPECT_TRUE(hall.TryAs("100", "1", "four"));
}

TEST(Admission, AWorkspaceHasNoMoreThanTheCap) {
  AdmissionOptions room = Once(100, 1000);
  room.per_workspace = {.workloads = 0, .milli_cpu = 4'000, .memory_mib = 0};
  Hall hall(room);
  ASSERT_TRUE(hall.TryAs("100", "1", "one"));
  ASSERT_TRUE(hall.TryAs("200", "1", "two"));
  const auto three = hall.TryAs("300", "1", "three");
  ExpectNoRoom(three);
  EXPECT_TRUE(Says(three.error(), "The limit of this workspace is 4 vCPU"));
  EXPECT_TRUE(hall.TryAs("300", "2", "three"));
}

TEST(Admission, NobodyIsGivenARunningInstanceThatTheirCapHasNoRoomFor) {
  AdmissionOptions room = Once(100, 1000);
  room.per_user = {.workloads = 0, .milli_cpu = 0, .memory_mib = 4 * kGib};
  Hall hall(room);
  const auto mine = hall.TryAs("100", "1", "mine");
  const auto theirs = hall.TryAs("200", "1", "theirs");
  ASSERT_TRUE(mine && theirs);
  ASSERT_TRUE(hall.Reaches(*mine, Running));
  InstanceChange give;
  give.owner = model::UserId("200");
  const Status given = hall.Change(*mine, give);
  ASSERT_FALSE(given);
  EXPECT_TRUE(Says(given.error(), "The limit of this user is 4 GB of memory"));
  ASSERT_TRUE(hall.Reaches(*theirs, Running));
  ASSERT_TRUE(hall.Delete(*theirs));
  ASSERT_TRUE(hall.Gone(*theirs));
  EXPECT_TRUE(hall.Change(*mine, give));
  EXPECT_TRUE(hall.TryAs("100", "1", "another"));
  ExpectNoRoom(hall.TryAs("200", "1", "one_more"));
}

// Services

class Stage : public Hall {
 public:
  explicit Stage(const AdmissionOptions& room) : Hall(room) { ServeServicesInstead(); }
};

/// Of 2 vCPU and 4 GB.
void StartByHand(Hall& hall, std::string_view id, model::Generation generation) {
  runtime::Workload workload;
  workload.id = model::InstanceId(id);
  workload.generation = generation;
  workload.capacity = model::CapacityOf(*hall.catalogue.FindSpec("ecs.small"));
  ASSERT_TRUE(hall.Do(hall.simulated->Ensure(workload, hall.clock.In(seconds(1)))));
}

TEST(Admission, WhatRunsWithoutARecordHoldsRoomUntilItHasEnded) {
  for (const char* id : {"dsw-unknown", "easr-unknown"}) {
    Hall hall(Once(4, 8));
    StartByHand(hall, id, 1);
    hall.Serve();  // it is there before the server is
    ASSERT_TRUE(hall.Try("one"));
    ExpectNoRoom(hall.Try("two"));
    ASSERT_TRUE(hall.PassUntil([&] { return hall.workloads->orphans() == 1; }, minutes(1)));
    ASSERT_TRUE(hall.Do(EndOrphan(hall.store, hall.clock, hall.workloads->ListOrphans().front(),
                                  false, hall.By("StopOrphan"))));
    ASSERT_TRUE(hall.PassUntil([&] { return hall.Alive().size() == 1; }, minutes(1)));
    hall.Pass(seconds(3));
    EXPECT_TRUE(hall.Try("two"));
    ExpectNoRoom(hall.Try("three"));
  }
}

TEST(Admission, ALifeThatIsNewerThanItsRecordHoldsRoom) {
  Hall hall(Once(4, 8));
  const auto id = hall.Running("one");
  ASSERT_TRUE(hall.Stop(id));
  ASSERT_TRUE(hall.Reaches(id, Stopped));
  hall.Pass(seconds(3));
  StartByHand(hall, id.str(), 7);
  hall.Serve();
  EXPECT_EQ(hall.admission.held().milli_cpu, 2000);
  ASSERT_TRUE(hall.Start(id));  // what it holds is its own
  ASSERT_TRUE(hall.Reaches(id, Running, minutes(1)));
  EXPECT_EQ(hall.admission.held().milli_cpu, 2000);
  ASSERT_TRUE(hall.Stop(id));
  ASSERT_TRUE(hall.Reaches(id, Stopped));
  hall.Pass(seconds(3));
  EXPECT_EQ(hall.admission.held().milli_cpu, 0);
}

TEST(Admission, WhatFailedToEndHoldsItsRoomUntilItHas) {
  for (const bool restarted : {false, true}) {
    Hall hall(Once(2, 8));
    const auto id = hall.Running("one", {.hang_stop = true, .hang_kill = true});
    ASSERT_TRUE(hall.Stop(id));
    ASSERT_TRUE(hall.Reaches(id, Failed, minutes(5)));
    ExpectNoRoom(hall.Try("two"));
    hall.Pass(minutes(1));
    if (restarted) hall.Serve();
    ExpectNoRoom(hall.Try("two"));
    ASSERT_TRUE(hall.simulated->SetScript(id, {}));
    ASSERT_TRUE(hall.PassUntil([&] { return hall.Alive().empty(); }, minutes(2)));
    hall.Pass(seconds(3));
    EXPECT_EQ(hall.admission.held().milli_cpu, 0);
    EXPECT_TRUE(hall.Try("two"));
  }
}

TEST(ServiceAdmission, ReplicasWithoutRoomWaitAndStartWhenSomeIsGivenBack) {
  Stage stage(Once(4, 100));
  stage.Up("first", 3);
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("second", 3)));  // 1 vCPU each
  stage.Pass(seconds(30));
  EXPECT_EQ(stage.ReadyOf("second"), 1);
  EXPECT_EQ(stage.Waiting("second"), 2);
  EXPECT_TRUE(stage.ServiceHasEvent("second", "InsufficientResource"));
  for (const auto& replica : stage.Replicas("second")) {
    if (replica->reason != "InsufficientResource") continue;
    EXPECT_EQ(replica->status, model::ReplicaStatus::Pending);
    EXPECT_EQ(replica->message.find("There is no room on this server now: it needs 1 vCPU and 1 GB "
                                    "of memory; 4 vCPU of 4 vCPU are taken by 4 service instances"),
              0U)
        << replica->message;
  }
  EXPECT_EQ(stage.Alive().size(), 4U);
  ASSERT_TRUE(stage.Do(stage.services.Scale("first", 1, {}, stage.By("ScaleService"))));
  ASSERT_TRUE(stage.PassUntil([&] { return stage.ReadyOf("second") == 3; }, minutes(2)));
  EXPECT_EQ(stage.Waiting("second"), 0);
  EXPECT_TRUE(stage.ServiceHasEvent("second", "Admitted"));
  EXPECT_TRUE(stage.ServiceReaches("second", model::ServiceStatus::Running, minutes(1)));
  EXPECT_EQ(stage.admission.held().milli_cpu, 4'000);
}

TEST(ServiceAdmission, AWaitIsNoFailureOfTheReplica) {
  Stage stage(Once(2, 100));
  stage.Up("first", 2);
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("second", 1)));
  // Far past the time that a replica may take to run.
  stage.Pass(minutes(9));
  ASSERT_EQ(stage.Waiting("second"), 1);
  EXPECT_EQ(stage.Replicas("second").front()->generation, 1);
  ASSERT_TRUE(stage.Do(stage.services.Stop("first", stage.By("StopService"))));
  ASSERT_TRUE(stage.ServiceReaches("second", model::ServiceStatus::Running, minutes(2)));
  EXPECT_EQ(stage.Replicas("second").front()->restarts, 0);
}

TEST(ServiceAdmission, AServiceThatWaitsTooLongSaysWhy) {
  Stage stage(Once(2, 100));
  stage.Up("first", 2);
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("second", 1)));
  ASSERT_TRUE(stage.ServiceReaches("second", model::ServiceStatus::Failed));
  EXPECT_NE(stage.Service("second")->message.find("There is no room on this server now"),
            std::string::npos);
}

TEST(ServiceAdmission, ThoseThatWaitWaitOnWithTheNextServer) {
  Stage stage(Once(2, 100));
  stage.Up("first", 1);
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("second", 2)));
  stage.Pass(seconds(10));
  ASSERT_EQ(stage.Waiting("second"), 1);
  // It counts what the records say, those that crash and start again included.
  stage.ServeServices();
  stage.Pass(seconds(30));
  EXPECT_EQ(stage.Waiting("second"), 1);
  EXPECT_EQ(stage.Alive().size(), 2U);
}

TEST(ServiceAdmission, AReplicaKeepsItsPlaceWhileItStartsAgain) {
  Stage stage(Once(1, 100));
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("crashes", 1, {.exit_after_ms = 1'000})));
  ASSERT_TRUE(stage.PassUntil([&] {
    const auto replicas = stage.Replicas("crashes");
    return !replicas.empty() && replicas.front()->restarts > 1;
  }));
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("second", 1)));
  stage.Pass(minutes(1));
  EXPECT_EQ(stage.Waiting("second"), 1);
}

TEST(ServiceAdmission, WhatCanNeverFitIsRefused) {
  Stage stage(Once(4, 8));
  const Status large =
      stage.Make(ServiceWorld::Config("large", 1, {}, R"({"metadata":{"cpu":8,"memory":1024}})"));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(Says(large.error(),
                   "It needs 8 vCPU and 1 GB of memory, and this server's host has "
                   "4 vCPU and 8 GB of memory for one."));
  const Status roomy = stage.Make(
      ServiceWorld::Config("roomy", 1, {}, R"({"metadata":{"cpu":1,"memory":16777216}})"));
  ASSERT_FALSE(roomy);
  EXPECT_EQ(roomy.error().code(), Code::kInvalidArgument);
  const Status many = stage.Make(ServiceWorld::Config("many", 1000));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(Says(many.error(), "This server has room for 4 of 1 vCPU and 1 GB of memory each"));
  EXPECT_EQ(stage.service_directory.size(), 0U);
}

TEST(ServiceAdmission, ScalingToWhatCanNeverFitIsRefused) {
  Stage stage(Once(4, 100));
  stage.Up("served", 1);
  EXPECT_TRUE(stage.Do(stage.services.Scale("served", 4, {}, stage.By("ScaleService"))));
  ASSERT_TRUE(stage.ServiceReaches("served", model::ServiceStatus::Running));
  const Status five = stage.Do(stage.services.Scale("served", 5, {}, stage.By("ScaleService")));
  ASSERT_FALSE(five);
  EXPECT_EQ(five.error().code(), Code::kInvalidArgument);
  const json::object change{{"metadata", json::object{{"instance", 5}}}};
  EXPECT_FALSE(stage.Do(
      stage.services.Update("served", change, false, std::nullopt, stage.By("UpdateService"))));
  EXPECT_EQ(stage.Service("served")->replicas, 4);
}

TEST(ServiceAdmission, ServicesAndInstancesShareTheRoom) {
  Hall hall(Once(4, 100));
  hall.Running("notebook");
  hall.ServeServicesInstead();
  ASSERT_TRUE(hall.Make(ServiceWorld::Config("served", 3)));
  hall.Pass(seconds(10));
  EXPECT_EQ(hall.Waiting("served"), 1);
  const auto more = hall.Try("more");
  ExpectNoRoom(more);
  EXPECT_TRUE(Says(more.error(),
                   "4 vCPU of 4 vCPU are taken by 1 instance and 2 service instances "
                   "(of this user: 1 instance and 2 service instances)"));
}

TEST(ServiceAdmission, AReplicaOfAnEarlierServerCountsAsItsServiceIs) {
  const AdmissionOptions room = Once(8, 100);
  Stage stage(room);
  stage.Up("served", 1, {}, R"({"metadata":{"cpu":3,"memory":2048}})");
  model::Replica earlier = *stage.Replicas("served").front();
  earlier.capacity = {};
  ASSERT_TRUE(stage.Do(stage.store.Commit(
      {store::Write::Put(store::Kind::kServiceReplica, earlier.id.str(), ToJson(earlier))})));
  EXPECT_EQ(stage.admission.held().milli_cpu, 3'000);
  EXPECT_EQ(stage.Anew(room)->held().memory_mib, 2 * kGib);
}

TEST(ServiceAdmission, TheCapOfAUserHoldsForReplicas) {
  AdmissionOptions room = Once(100, 1000);
  room.per_user = {.workloads = 2, .milli_cpu = 0, .memory_mib = 0};
  Stage stage(room);
  ASSERT_TRUE(stage.Make(ServiceWorld::Config("served", 3)));
  stage.Pass(seconds(30));
  EXPECT_EQ(stage.ReadyOf("served"), 2);
  EXPECT_EQ(stage.Waiting("served"), 1);
  EXPECT_EQ(stage.Alive().size(), 2U);
}

}  // namespace
}  // namespace atelier::control
