#include "identity/workspace_gate.h"

#include <array>

#include <gtest/gtest.h>

#include "unit/identity/world.h"

namespace atelier::identity {
namespace {

using model::WorkspaceRole;

model::WorkspaceId TheWorkspace() { return model::WorkspaceId("1001"); }
constexpr const char* kMe = "200000000000000001";
constexpr const char* kOther = "200000000000000002";

model::Instance Instance(const char* owner, model::Accessibility accessibility) {
  model::Instance instance;
  instance.workspace = TheWorkspace();
  instance.owner = model::UserId(owner);
  instance.accessibility = accessibility;
  return instance;
}

/// One role: what it may do. Three letters are: own PRIVATE, other's PRIVATE, other's PUBLIC.
struct Row {
  WorkspaceRole role;
  bool list, create, manage;
  const char* read;
  const char* write;
  const char* open;
};

// docs/contract/lifecycle.md section 9, and its roles of section 13 that have no tick: they look,
// and no more.
constexpr std::array<Row, 7> kTable = {{
    {WorkspaceRole::WorkspaceOwner, true, true, true, "yyy", "yyy", "yyy"},
    {WorkspaceRole::WorkspaceAdmin, true, true, true, "yyy", "yyy", "yyy"},
    {WorkspaceRole::AlgoDeveloper, true, true, false, "yny", "ynn", "ynn"},
    {WorkspaceRole::AlgoOperator, true, true, false, "yny", "ynn", "ynn"},
    {WorkspaceRole::LabelManager, true, false, false, "yny", "nnn", "nnn"},
    {WorkspaceRole::MaxComputeDeveloper, true, false, false, "yny", "nnn", "nnn"},
    {WorkspaceRole::WorkspaceGuest, true, false, false, "yny", "nnn", "nnn"},
}};

class WorkspaceGate : public ::testing::Test {
 protected:
  bool Allows(const Caller& caller, Access access, const model::Instance* instance = nullptr) {
    return instance == nullptr
               ? WorkspaceAllows(world_.directory, caller, access, TheWorkspace())
               : WorkspaceAllows(world_.directory, caller, access, AccessOf(*instance));
  }
  std::string Answers(const Caller& caller, Access access) {
    std::string out;
    for (const model::Instance& instance : instances_) {
      out += Allows(caller, access, &instance) ? 'y' : 'n';
    }
    return out;
  }

  const std::array<model::Instance, 3> instances_ = {
      Instance(kMe, model::Accessibility::PRIVATE), Instance(kOther, model::Accessibility::PRIVATE),
      Instance(kOther, model::Accessibility::PUBLIC)};
  test::World world_;
  const Caller me_ = test::World::User(kMe, "me");
};

TEST_F(WorkspaceGate, EveryRoleMayWhatTheTableTicks) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(EnumName(row.role));
    world_.PutMember("1001", kMe, {row.role});
    EXPECT_EQ(Allows(me_, Access::kList), row.list);
    EXPECT_EQ(Allows(me_, Access::kCreate), row.create);
    EXPECT_EQ(Allows(me_, Access::kManage), row.manage);
    EXPECT_EQ(Answers(me_, Access::kRead), row.read);
    EXPECT_EQ(Answers(me_, Access::kWrite), row.write);
    EXPECT_EQ(Answers(me_, Access::kOpen), row.open);
    EXPECT_EQ(IsWorkspaceAdmin(world_.directory, me_, TheWorkspace()), row.manage);
    EXPECT_TRUE(IsMember(world_.directory, me_, TheWorkspace()));
  }
}

TEST_F(WorkspaceGate, AStrangerMayNothingNotEvenWithHisOwnInstance) {
  for (const Access access : {Access::kList, Access::kCreate, Access::kManage}) {
    EXPECT_FALSE(Allows(me_, access));
  }
  for (const Access access : {Access::kRead, Access::kWrite, Access::kOpen}) {
    EXPECT_EQ(Answers(me_, access), "nnn");
  }
  world_.PutMember("2002", kMe, {WorkspaceRole::WorkspaceOwner});
  EXPECT_EQ(Answers(me_, Access::kRead), "nnn") << "owner of another workspace";
  EXPECT_FALSE(IsMember(world_.directory, me_, TheWorkspace()));
}

TEST_F(WorkspaceGate, TheMainAccountMayEverythingEverywhere) {
  const Caller root = test::World::Root();
  for (const Access access : {Access::kList, Access::kCreate, Access::kManage}) {
    EXPECT_TRUE(Allows(root, access));
  }
  for (const Access access : {Access::kRead, Access::kWrite, Access::kOpen}) {
    EXPECT_EQ(Answers(root, access), "yyy");
  }
}

TEST_F(WorkspaceGate, OperatorsWritePublicInstancesOfAQuotaOnly) {
  world_.PutMember("1001", kMe, {WorkspaceRole::AlgoOperator});
  model::Instance instance = Instance(kOther, model::Accessibility::PUBLIC);
  EXPECT_FALSE(Allows(me_, Access::kWrite, &instance));
  instance.resource_id = "quota-1";
  EXPECT_TRUE(Allows(me_, Access::kWrite, &instance));
  instance.accessibility = model::Accessibility::PRIVATE;
  EXPECT_FALSE(Allows(me_, Access::kWrite, &instance));
  world_.PutMember("1001", kMe, {WorkspaceRole::AlgoDeveloper});
  instance.accessibility = model::Accessibility::PUBLIC;
  EXPECT_FALSE(Allows(me_, Access::kWrite, &instance));
}

TEST_F(WorkspaceGate, AsksWhateverItIsForItsWorkspaceOwnerSharingAndQuotaAlone) {
  const ResourceAccess shared{
      .workspace = TheWorkspace(), .owner = model::UserId(kOther), .shared = true};
  EXPECT_FALSE(WorkspaceAllows(world_.directory, me_, Access::kRead, shared)) << "a stranger";
  world_.PutMember("1001", kMe, {WorkspaceRole::AlgoOperator});
  EXPECT_TRUE(WorkspaceAllows(world_.directory, me_, Access::kRead, shared));
  EXPECT_FALSE(WorkspaceAllows(world_.directory, me_, Access::kWrite, shared));
  ResourceAccess on_quota = shared;
  on_quota.of_quota = true;
  EXPECT_TRUE(WorkspaceAllows(world_.directory, me_, Access::kWrite, on_quota));
}

TEST_F(WorkspaceGate, SeveralRolesAddUp) {
  world_.PutMember("1001", kMe, {WorkspaceRole::WorkspaceGuest, WorkspaceRole::AlgoDeveloper});
  EXPECT_EQ(Answers(me_, Access::kWrite), "ynn");
}

TEST_F(WorkspaceGate, RemovalTakesEffectAtOnce) {
  world_.PutMember("1001", kMe, {WorkspaceRole::WorkspaceOwner});
  EXPECT_TRUE(Allows(me_, Access::kManage));
  world_.Delete(store::Kind::kMember, std::string("1001-") + kMe);
  EXPECT_FALSE(Allows(me_, Access::kManage));
}

TEST_F(WorkspaceGate, TheSessionsOfARoleShareItsMembership) {
  const Caller session = test::World::Session("trainer");
  EXPECT_FALSE(Allows(session, Access::kCreate));
  world_.PutMember("1001", "trainer", {WorkspaceRole::AlgoDeveloper});
  EXPECT_TRUE(Allows(session, Access::kCreate));
  const model::Instance own = Instance("trainer:session", model::Accessibility::PRIVATE);
  const model::Instance of_another = Instance("trainer:other", model::Accessibility::PRIVATE);
  EXPECT_TRUE(Allows(session, Access::kWrite, &own));
  EXPECT_FALSE(Allows(session, Access::kRead, &of_another));
}

}  // namespace
}  // namespace atelier::identity
