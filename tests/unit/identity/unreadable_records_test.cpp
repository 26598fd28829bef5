// Records that this server cannot read, because a newer version wrote them or they are damaged: the
// rest is served, and nobody may more than before (promise 8).
#include <array>
#include <ostream>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "identity/authenticator.h"
#include "identity/identity_service.h"
#include "identity/policy.h"
#include "identity/workspace_gate.h"
#include "support/run.h"
#include "unit/identity/sign_in.h"

namespace atelier::identity {
namespace {

using model::WorkspaceRole;
using store::Kind;

constexpr WallTime kStart{std::chrono::seconds(1795307504)};
constexpr const char* kReads =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"paidsw:Get*","Resource":"*"}]})";
constexpr const char* kDeniesDeletes =
    R"({"Version":"1","Statement":[{"Effect":"Deny","Action":"paidsw:Delete*","Resource":"*"}]})";
constexpr const char* kAnyUserMayAssume =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::*:root"]}}]})";

class UnreadableTest : public ::testing::Test {
 protected:
  UnreadableTest() {
    store_->AddListener(directory_);
    root_ = *Do(service_.Bootstrap("main"));
    account_ = model::UserId(directory_.account()->id.str());
    workspace_ = directory_.Workspaces().front().id;
  }

  template <class T>
  T Do(Task<T> task) {
    return test::Run(io_, std::move(task));
  }
  static model::Actor By() {
    return {.principal = "root", .request_id = "R", .source_ip = "", .operation = "Test"};
  }
  model::User MakeUser(const std::string& name, const std::vector<std::string>& policies = {}) {
    const model::User user = *Do(service_.CreateUser(name, "", By()));
    for (const std::string& policy : policies)
      EXPECT_TRUE(Do(service_.AttachPolicyToUser(policy, name, By())));
    return user;
  }
  /// As a newer version, or a disk, would.
  void Overwrite(Kind kind, const std::string& key, const std::string& body) {
    ASSERT_TRUE(Do(store_->Commit({store::Write::Put(kind, key, body)})));
  }
  std::string SignIn(const NewKey& key) {
    const auto caller =
        identity::SignIn(authenticator_, key, clock_.Wall(), "n" + std::to_string(++nonces_));
    return caller ? "" : caller.error().reason();
  }
  Verdict Ask(const model::UserId& user, const std::string& action) const {
    const auto caller = CallerOf(directory_, user);
    if (!caller) return Verdict::kImplicitDeny;
    return Evaluate(directory_, *caller, {action}, "*", {}, clock_.Wall()).verdict;
  }
  template <class T>
  static std::string ReasonOf(const Result<T>& result) {
    return result ? "none" : result.error().reason();
  }

  asio::io_context io_;
  ManualClock clock_{kStart};
  std::unique_ptr<Random> random_ = MakeSeededRandom(3);
  const SealedBox box_ = SealedBox::ForTest();
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  IdentityDirectory directory_{box_};
  IdentityService service_{*store_, directory_, box_, clock_, *random_};
  Authenticator authenticator_{directory_, clock_, clock_, {}};
  NewKey root_;
  model::UserId account_;
  model::WorkspaceId workspace_;
  int nonces_ = 0;
};

// Every kind, however it cannot be read.

struct Unreadable {
  Kind kind;
  const char* name;   // of the case
  const char* newer;  // what a newer version could write
};
void PrintTo(const Unreadable& one, std::ostream* out) { *out << one.name; }

constexpr std::array kEveryKind = {
    Unreadable{Kind::kUser, "User", R"({"id":"1","name":"victim","policies":[{"name":"p"}]})"},
    Unreadable{Kind::kRole, "Role", R"({"name":"victim","trust_policy":{"Version":"2"}})"},
    Unreadable{Kind::kPolicy, "Policy", R"({"name":"victim","document":{"Version":"2"}})"},
    Unreadable{Kind::kAccessKey, "AccessKey", R"({"id":"victim","state":"Suspended"})"},
    Unreadable{Kind::kWorkspace, "Workspace", R"({"id":"1","name":"victim","env_types":"prod"})"},
    Unreadable{Kind::kMember, "Member", R"({"workspace":"1","user":"2","roles":["Auditor"]})"},
    Unreadable{Kind::kDefaultWorkspace, "Default", R"({"user":"victim","workspace":["1","2"]})"},
    Unreadable{Kind::kWorkspaceUse, "Use", R"({"former_admins":{"1":"owner"}})"},
    Unreadable{Kind::kWorkspaceConfigs, "Configs", R"({"workspace":"victim","configs":{}})"},
    Unreadable{Kind::kSession, "Session", R"({"id":"victim","method":"Passkey"})"},
    Unreadable{Kind::kKeyUse, "KeyUse", R"({"key":"victim","used":{"at":"now"}})"},
};

class UnreadableKind : public UnreadableTest, public ::testing::WithParamInterface<Unreadable> {};

TEST_P(UnreadableKind, IsLeftOutAndTheRestIsServed) {
  const model::User alice = MakeUser("alice", {"AdministratorAccess"});
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By()));
  for (const char* body : {GetParam().newer, "garbage", "", "[]"}) {
    Overwrite(GetParam().kind, "victim", body);  // by the feed, as of another server
    EXPECT_EQ(SignIn(root_), "") << body;
    EXPECT_EQ(SignIn(key), "") << body;
    EXPECT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kAllow) << body;

    IdentityDirectory restarted(box_);
    ASSERT_TRUE(restarted.Load(*store_)) << body;
    EXPECT_NE(restarted.FindKey(root_.id), nullptr) << body;
    EXPECT_NE(restarted.FindUser(alice.id), nullptr) << body;
    EXPECT_EQ(restarted.RevisionOf(GetParam().kind, "victim"), 0)
        << body << ": nobody writes over what they could not read";
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKind, UnreadableKind, ::testing::ValuesIn(kEveryKind),
                         [](const auto& info) { return std::string(info.param.name); });

// What nobody can read gives no right.

TEST_F(UnreadableTest, Promise8TheKeyOfAUserWhoCannotBeReadMayDoNothing) {
  const model::User alice = MakeUser("alice", {"AdministratorAccess"});
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By()));
  EXPECT_EQ(SignIn(key), "");
  Overwrite(Kind::kUser, "alice", "garbage");
  EXPECT_EQ(SignIn(key), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(CallerOf(directory_, alice.id), std::nullopt) << "nor do cookies and tokens";
  Overwrite(Kind::kUser, "alice", ToJson(alice));
  EXPECT_EQ(SignIn(key), "") << "until the record can be read";
}

TEST_F(UnreadableTest, Promise8AKeyThatCannotBeReadSignsNothing) {
  const model::User alice = MakeUser("alice");
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By()));
  model::AccessKey other = directory_.FindKey(root_.id)->key;
  other.id = key.id;  // its secret is bound to the root's key
  for (const std::string& body : {ToJson(other), std::string("garbage")}) {
    Overwrite(Kind::kAccessKey, key.id, body);
    EXPECT_EQ(SignIn(key), "InvalidAccessKeyId.NotFound") << body;
  }
  EXPECT_TRUE(directory_.KeysOf(alice.id).empty());
}

TEST_F(UnreadableTest, Promise8ADenyThatCannotBeReadDoesNotWidenRights) {
  ASSERT_TRUE(Do(service_.CreatePolicy("no-deletes", "", kDeniesDeletes, By())));
  const model::User alice = MakeUser("alice", {"AdministratorAccess", "no-deletes"});
  ASSERT_EQ(Ask(alice.id, "paidsw:DeleteInstance"), Verdict::kExplicitDeny);
  ASSERT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kAllow);
  const auto record = Do(store_->Get(Kind::kPolicy, "no-deletes"));
  Overwrite(Kind::kPolicy, "no-deletes", "garbage");
  EXPECT_EQ(Ask(alice.id, "paidsw:DeleteInstance"), Verdict::kExplicitDeny);
  EXPECT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kExplicitDeny)
      << "it may have denied this as well";
  EXPECT_EQ(Ask(account_, "paidsw:GetInstance"), Verdict::kAllow) << "no policy binds the account";
  Overwrite(Kind::kPolicy, "no-deletes", record->body);
  EXPECT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kAllow);
}

TEST_F(UnreadableTest, Promise8APolicyOfThatNameIsNotASystemPolicyInstead) {
  const model::User alice = MakeUser("alice", {"AdministratorAccess"});
  Overwrite(Kind::kPolicy, "administratoraccess", "garbage");
  EXPECT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kExplicitDeny);
}

TEST_F(UnreadableTest, AnAttachedPolicyThatCannotBeReadCanBeTakenAway) {
  ASSERT_TRUE(Do(service_.CreatePolicy("reads", "", kReads, By())));
  const model::User alice = MakeUser("alice", {"AdministratorAccess", "reads"});
  Overwrite(Kind::kPolicy, "reads", "garbage");
  ASSERT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kExplicitDeny);
  EXPECT_TRUE(Do(service_.DetachPolicyFromUser("reads", "alice", By())));
  EXPECT_EQ(Ask(alice.id, "paidsw:GetInstance"), Verdict::kAllow);
  EXPECT_EQ(ReasonOf(Do(service_.AttachPolicyToUser("reads", "alice", By()))), "UnknownPolicy");
}

TEST_F(UnreadableTest, Promise8ASessionOfARoleThatCannotBeReadIsOver) {
  const std::string trust = R"({"Version":"1","Statement":[{"Effect":"Allow",)"
                            R"("Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::)" +
                            account_.str() + R"(:root"]}}]})";
  ASSERT_TRUE(Do(service_.CreateRole("runner", trust, 3600, By())));
  const model::User alice = MakeUser("alice", {"AdministratorAccess"});
  const auto session = Do(service_.AssumeRole(*CallerOf(directory_, alice.id),
                                              "acs:ram::" + account_.str() + ":role/runner",
                                              "visit", 900, "", By()));
  ASSERT_TRUE(session) << session.error().ToString();
  ASSERT_EQ(SignIn(*session), "");
  Overwrite(Kind::kRole, "runner", "garbage");
  EXPECT_EQ(SignIn(*session), "InvalidSecurityToken.Expired");
}

TEST_F(UnreadableTest, Promise8AMembershipThatCannotBeReadIsNone) {
  const model::User alice = MakeUser("alice");
  const model::Member admin{.workspace = workspace_,
                            .user = alice.id,
                            .roles = {WorkspaceRole::WorkspaceAdmin},
                            .created = {}};
  ASSERT_TRUE(Do(service_.PutMembers(workspace_, {admin}, By())));
  const Caller caller = *CallerOf(directory_, alice.id);
  ASSERT_TRUE(WorkspaceAllows(directory_, caller, Access::kManage, workspace_));
  Overwrite(Kind::kMember, workspace_.str() + "-" + alice.id.str(), "garbage");
  EXPECT_FALSE(WorkspaceAllows(directory_, caller, Access::kList, workspace_));
  EXPECT_TRUE(directory_.MembershipsOf(alice.id).empty());
}

// What is there but cannot be read is not made again, and does not outlive its owner.

TEST_F(UnreadableTest, ItsNameIsTaken) {
  for (const Kind kind : {Kind::kUser, Kind::kRole, Kind::kPolicy, Kind::kWorkspace})
    Overwrite(kind, "taken", "garbage");
  EXPECT_EQ(ReasonOf(Do(service_.CreateUser("Taken", "", By()))), "UserExists");
  EXPECT_EQ(ReasonOf(Do(service_.CreateRole("taken", kAnyUserMayAssume, 3600, By()))),
            "RoleExists");
  EXPECT_EQ(ReasonOf(Do(service_.CreatePolicy("taken", "", kReads, By()))), "PolicyExists");
  EXPECT_EQ(ReasonOf(Do(service_.CreateWorkspace("taken", "", "", {"prod"}, account_, By()))),
            "WorkspaceExists");
}

TEST_F(UnreadableTest, Promise8ARoleOfAnOldNameInheritsNoMembershipThatCouldNotBeRead) {
  ASSERT_TRUE(Do(service_.CreateRole("runner", kAnyUserMayAssume, 3600, By())));
  const std::string key = workspace_.str() + "-runner";
  Overwrite(Kind::kMember, key, "garbage");
  ASSERT_TRUE(Do(service_.DeleteRole("runner", By())));
  EXPECT_FALSE(Do(store_->Get(Kind::kMember, key))) << "a newer version could read it again";
}

TEST_F(UnreadableTest, Promise8AWorkspaceLeavesNoMembersThatCouldNotBeRead) {
  const auto made = Do(service_.CreateWorkspace("brief", "", "", {"prod"}, account_, By()));
  ASSERT_TRUE(made);
  const std::string key = made->id.str() + "-4711";
  Overwrite(Kind::kMember, key, "garbage");
  ASSERT_TRUE(
      Do(service_.DeleteWorkspace(made->id, [](const auto&) { return std::string(); }, By())));
  EXPECT_FALSE(Do(store_->Get(Kind::kMember, key)));
}

// The account is who everything belongs to: without it there is nobody to serve.

TEST_F(UnreadableTest, AnAccountThatCannotBeReadEndsTheStartAndIsNotMadeAnew) {
  Overwrite(Kind::kAccount, "account", R"({"id":["1","2"],"name":"main"})");
  EXPECT_EQ(SignIn(root_), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(ReasonOf(Do(service_.Bootstrap("usurper"))), "AccountExists");
  IdentityDirectory restarted(box_);
  const Status loaded = restarted.Load(*store_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace atelier::identity
