#include "identity/identity_service.h"

#include <functional>
#include <span>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/authenticator.h"
#include "identity/policy.h"
#include "store/retention.h"
#include "support/run.h"
#include "support/temp_dir.h"
#include "unit/identity/sign_in.h"

namespace atelier::identity {
namespace {

using store::Kind;

constexpr WallTime kStart{std::chrono::seconds(1795307504)};
constexpr const char* kReads =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"paidsw:Get*","Resource":"*"}]})";

/// What every commit looked like: for the promise that the audit record is in the mutation's batch.
class Feed : public store::Listener {
 public:
  void Apply(std::span<const store::Change> changes) override {
    batches.emplace_back(changes.begin(), changes.end());
  }
  std::vector<std::vector<store::Change>> batches;
};

class IdentityServiceTest : public ::testing::Test {
 protected:
  IdentityServiceTest() {
    store_->AddListener(directory_);
    store_->AddListener(feed_);
    root_ = *Do(service_.Bootstrap("main"));
    account_ = model::UserId(directory_.account()->id.str());
  }

  template <class T>
  T Do(Task<T> task) {
    return atelier::test::Run(io_, std::move(task));
  }
  model::Actor By(std::string operation) {
    return {.principal = "acs:ram::1:root",
            .request_id = "req-" + std::to_string(++requests_),
            .source_ip = "192.0.2.1",
            .operation = std::move(operation)};
  }
  model::User MakeUser(const std::string& name) {
    return *Do(service_.CreateUser(name, "", By("CreateUser")));
  }
  template <class T>
  static Code CodeOf(const Result<T>& result) {
    EXPECT_FALSE(result) << "expected a failure";
    return result ? Code::kInternal : result.error().code();
  }
  /// The audit record of the latest commit, with the changes beside it; fails if there is not
  /// exactly one.
  model::AuditRecord LastAudit() {
    std::vector<model::AuditRecord> found;
    for (const store::Change& change : feed_.batches.back()) {
      if (change.record.kind == Kind::kAudit) {
        found.push_back(*FromRecord<model::AuditRecord>(change.record.body));
      }
    }
    EXPECT_EQ(found.size(), 1U);
    EXPECT_GT(feed_.batches.back().size(), 1U) << "the mutation is in the same batch";
    return found.empty() ? model::AuditRecord{} : found.front();
  }
  /// Whether a request signed with this key is let in.
  std::string SignIn(const NewKey& key) {
    const auto caller =
        identity::SignIn(authenticator_, key, clock_.Wall(), "n" + std::to_string(++requests_));
    if (!caller) return caller.error().reason();
    caller_ = **caller;
    return "";
  }

  asio::io_context io_;
  ManualClock clock_{kStart};
  std::unique_ptr<Random> random_ = MakeSeededRandom(3);
  const SealedBox box_ = SealedBox::ForTest();
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  IdentityDirectory directory_{box_};
  Feed feed_;
  IdentityService service_{*store_, directory_, box_, clock_, *random_};
  Authenticator authenticator_{directory_, clock_, clock_, {}};
  NewKey root_;
  model::UserId account_;
  Caller caller_;
  int requests_ = 0;
};

TEST_F(IdentityServiceTest, BootstrapMakesAnAccountThatCanSignIn) {
  const std::string& id = directory_.account()->id.str();
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_TRUE(root_.id.starts_with("LTAI")) << root_.id;
  EXPECT_EQ(SignIn(root_), "");
  EXPECT_EQ(caller_.type, PrincipalType::kRoot);

  ASSERT_EQ(directory_.Workspaces().size(), 1U);
  const model::Workspace workspace = directory_.Workspaces().front();
  EXPECT_EQ(workspace.name, "default_workspace");
  EXPECT_EQ(workspace.id.str().find_first_not_of("0123456789"), std::string::npos);
  const model::Member* owner = directory_.FindMember(workspace.id, account_);
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(owner->roles, std::vector{model::WorkspaceRole::WorkspaceOwner});
  EXPECT_EQ(directory_.DefaultWorkspaceOf(account_), workspace.id);
  EXPECT_EQ(LastAudit().target, "account/" + id);
}

TEST_F(IdentityServiceTest, ThereIsOneAccount) {
  EXPECT_EQ(CodeOf(Do(service_.Bootstrap("second"))), Code::kFailedPrecondition);
}

TEST_F(IdentityServiceTest, NoSecretIsStoredReadable) {
  const model::User alice = MakeUser("alice");
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By("CreateAccessKey")));
  const std::string secret = *Do(service_.ServerSecret("tokens"));
  for (const auto& batch : feed_.batches) {
    for (const store::Change& change : batch) {
      for (const std::string& text : {root_.secret, key.secret, secret}) {
        EXPECT_EQ(change.record.body.find(text), std::string::npos);
      }
    }
  }
}

TEST_F(IdentityServiceTest, EveryMutationHasOneAuditRecordInItsBatch) {
  const model::User alice = MakeUser("alice");
  EXPECT_EQ(LastAudit().target, "user/alice");
  EXPECT_EQ(LastAudit().actor.operation, "CreateUser");
  EXPECT_EQ(LastAudit().actor.principal, "acs:ram::1:root");
  EXPECT_EQ(LastAudit().time, kStart);
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By("CreateAccessKey")));
  EXPECT_EQ(LastAudit().target, "accesskey/" + key.id);
  const model::WorkspaceId workspace = directory_.Workspaces().front().id;
  const model::Member member{.workspace = workspace,
                             .user = alice.id,
                             .roles = {model::WorkspaceRole::AlgoDeveloper},
                             .created = {}};
  using model::KeyState;
  const std::vector<std::pair<std::function<Task<Status>()>, std::string>> calls = {
      {[&] {
         return service_.SetAccessKeyState(key.id, KeyState::Inactive, By("UpdateAccessKey"));
       },
       "accesskey/" + key.id},
      {[&] { return service_.DeleteAccessKey(key.id, By("DeleteAccessKey")); },
       "accesskey/" + key.id},
      {[&] { return service_.AttachPolicyToUser("AdministratorAccess", "alice", By("Attach")); },
       "user/alice/policy/AdministratorAccess"},
      {[&] { return service_.DetachPolicyFromUser("AdministratorAccess", "alice", By("Detach")); },
       "user/alice/policy/AdministratorAccess"},
      {[&] { return service_.PutMembers(workspace, {member}, By("CreateMember")); },
       "workspace/" + workspace.str()},
      {[&] { return service_.SetDefaultWorkspace(alice.id, workspace, By("Update")); },
       "workspace/" + workspace.str()},
      {[&] {
         return service_.DeleteMembers(workspace, {workspace.str() + "-" + alice.id.str()},
                                       By("DeleteMembers"));
       },
       "workspace/" + workspace.str()},
      {[&] { return service_.DeleteUser("alice", By("DeleteUser")); }, "user/alice"},
  };
  for (const auto& [call, target] : calls) {
    const std::size_t before = feed_.batches.size();
    const Status done = Do(call());
    ASSERT_TRUE(done) << target << done.error().ToString();
    EXPECT_EQ(feed_.batches.size(), before + 1);
    EXPECT_EQ(LastAudit().target, target);
  }
}

TEST_F(IdentityServiceTest, ARefusedMutationWritesNothing) {
  MakeUser("alice");
  const std::size_t before = feed_.batches.size();
  EXPECT_EQ(CodeOf(Do(service_.CreateUser("alice", "", By("CreateUser")))), Code::kAlreadyExists);
  EXPECT_EQ(CodeOf(Do(service_.CreateUser("", "", By("CreateUser")))), Code::kInvalidArgument);
  EXPECT_EQ(feed_.batches.size(), before);
}

TEST_F(IdentityServiceTest, NamesAreUniqueWithoutRegardToCase) {
  MakeUser("Alice");
  EXPECT_EQ(CodeOf(Do(service_.CreateUser("aLICE", "", By("CreateUser")))), Code::kAlreadyExists);
  EXPECT_EQ(directory_.FindUserByName("ALICE")->name, "Alice");
  ASSERT_TRUE(Do(service_.CreatePolicy("Reads", "", kReads, By("CreatePolicy"))));
  EXPECT_EQ(CodeOf(Do(service_.CreatePolicy("reads", "", kReads, By("CreatePolicy")))),
            Code::kAlreadyExists);
  EXPECT_EQ(CodeOf(Do(service_.CreatePolicy("administratoraccess", "", kReads, By("C")))),
            Code::kAlreadyExists);
  EXPECT_EQ(CodeOf(Do(service_.CreateWorkspace("Default_Workspace", "", "", {"prod"}, account_,
                                               By("CreateWorkspace")))),
            Code::kAlreadyExists);
}

TEST_F(IdentityServiceTest, TheStoreItselfRefusesASecondRecordOfAName) {
  MakeUser("alice");
  // As a second writer would that has not seen the first: the same key, expected to be free.
  store::Batch batch;
  batch.push_back(store::Write::Put(Kind::kUser, RecordKey("ALICE"), "{}", 0));
  EXPECT_EQ(CodeOf(Do(store_->Commit(std::move(batch)))), Code::kAborted);
}

TEST_F(IdentityServiceTest, RefusesNamesOutsideTheirAlphabets) {
  const std::string long_name(65, 'a');
  for (const std::string& name :
       {std::string("a/b"), std::string("a b"), std::string("é"), long_name}) {
    EXPECT_EQ(CodeOf(Do(service_.CreateUser(name, "", By("C")))), Code::kInvalidArgument) << name;
    EXPECT_EQ(CodeOf(Do(service_.CreateRole(name, "{}", 3600, By("C")))), Code::kInvalidArgument)
        << name;
  }
  for (const char* name : {"ab", "1abc", "has-hyphen", "a23456789012345678901234"}) {
    EXPECT_EQ(CodeOf(Do(service_.CreateWorkspace(name, "", "", {"prod"}, account_, By("C")))),
              Code::kInvalidArgument)
        << name;
  }
  EXPECT_EQ(CodeOf(Do(service_.CreateRole("1role", kReads, 3600, By("C")))), Code::kInvalidArgument)
      << "a role must not look like a user id";
}

TEST_F(IdentityServiceTest, AUserHasAtMostTwoKeys) {
  const model::User alice = MakeUser("alice");
  const NewKey first = *Do(service_.CreateAccessKey(alice.id, By("C")));
  ASSERT_TRUE(Do(service_.CreateAccessKey(alice.id, By("C"))));
  EXPECT_EQ(CodeOf(Do(service_.CreateAccessKey(alice.id, By("C")))), Code::kResourceExhausted);
  ASSERT_TRUE(Do(service_.DeleteAccessKey(first.id, By("D"))));
  EXPECT_TRUE(Do(service_.CreateAccessKey(alice.id, By("C"))));
  EXPECT_EQ(CodeOf(Do(service_.CreateAccessKey(model::UserId("1"), By("C")))), Code::kNotFound);
}

TEST_F(IdentityServiceTest, TwoKeysMadeAtTheSameMomentDoNotPassTheLimit) {
  const model::User alice = MakeUser("alice");
  ASSERT_TRUE(Do(service_.CreateAccessKey(alice.id, By("C"))));
  int made = 0;
  int done = 0;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(io_, service_.CreateAccessKey(alice.id, By("C")),
                   [&](const std::exception_ptr&, const Result<NewKey>& key) {
                     ++done;
                     if (key) ++made;
                   });
  }
  io_.restart();
  while (done < 3 && io_.run_one() > 0) {
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(directory_.KeysOf(alice.id).size(), 2U);
}

TEST_F(IdentityServiceTest, TheMainAccountsLastActiveKeyStays) {
  EXPECT_EQ(CodeOf(Do(service_.DeleteAccessKey(root_.id, By("D")))), Code::kFailedPrecondition);
  EXPECT_EQ(CodeOf(Do(service_.SetAccessKeyState(root_.id, model::KeyState::Inactive, By("U")))),
            Code::kFailedPrecondition);
  const NewKey second = *Do(service_.CreateAccessKey(account_, By("C")));
  ASSERT_TRUE(Do(service_.SetAccessKeyState(second.id, model::KeyState::Inactive, By("U"))));
  EXPECT_EQ(CodeOf(Do(service_.DeleteAccessKey(root_.id, By("D")))), Code::kFailedPrecondition)
      << "the other one does not work";
  ASSERT_TRUE(Do(service_.SetAccessKeyState(second.id, model::KeyState::Active, By("U"))));
  EXPECT_TRUE(Do(service_.DeleteAccessKey(root_.id, By("D"))));
  EXPECT_EQ(SignIn(second), "");
}

TEST_F(IdentityServiceTest, Promise8ALostKeyOfTheMainAccountIsReplacedAndOpensNothingMore) {
  const NewKey second = *Do(service_.CreateAccessKey(account_, By("C")));
  const model::User alice = MakeUser("alice");
  const NewKey of_alice = *Do(service_.CreateAccessKey(alice.id, By("C")));
  const auto lent = Do(service_.LendKey(account_, "dsw-1", 900, ""));
  ASSERT_TRUE(lent) << lent.error().ToString();

  const auto fresh = Do(service_.RecoverMainKey());
  ASSERT_TRUE(fresh) << fresh.error().ToString();
  const model::AuditRecord audit = LastAudit();
  EXPECT_EQ(audit.actor.operation, "RecoverKey");
  EXPECT_EQ(audit.actor.principal, "acs:atelier::system");
  EXPECT_EQ(audit.target, "account/" + account_.str());
  EXPECT_EQ(SignIn(*fresh), "");
  EXPECT_EQ(caller_.type, PrincipalType::kRoot);
  EXPECT_EQ(SignIn(root_), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(SignIn(second), "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(SignIn(of_alice), "") << "others keep theirs";
  EXPECT_NE(directory_.FindKey(lent->id), nullptr) << "what a workload has ends by itself";
}

TEST_F(IdentityServiceTest, WhereThereIsNoAccountNoKeyIsRecovered) {
  const auto store = store::MakeMemoryStore(io_.get_executor());
  IdentityDirectory directory(box_);
  store->AddListener(directory);
  IdentityService service(*store, directory, box_, clock_, *random_);
  const auto fresh = Do(service.RecoverMainKey());
  ASSERT_FALSE(fresh);
  EXPECT_EQ(fresh.error().reason(), "NoAccount");
}

TEST_F(IdentityServiceTest, AKeyTakenAwayStopsAtOnce) {
  const model::User alice = MakeUser("alice");
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By("C")));
  EXPECT_EQ(SignIn(key), "");
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key.id, model::KeyState::Inactive, By("U"))));
  EXPECT_EQ(SignIn(key), "InvalidAccessKeyId.Inactive");
  ASSERT_TRUE(Do(service_.SetAccessKeyState(key.id, model::KeyState::Active, By("U"))));
  EXPECT_EQ(SignIn(key), "");
  ASSERT_TRUE(Do(service_.DeleteAccessKey(key.id, By("D"))));
  EXPECT_EQ(SignIn(key), "InvalidAccessKeyId.NotFound");
}

TEST_F(IdentityServiceTest, AUserWithKeysStaysAndOneWithoutGoesWithItsMemberships) {
  const model::User alice = MakeUser("alice");
  const NewKey key = *Do(service_.CreateAccessKey(alice.id, By("C")));
  const model::WorkspaceId workspace = directory_.Workspaces().front().id;
  const model::Member member{.workspace = workspace,
                             .user = alice.id,
                             .roles = {model::WorkspaceRole::WorkspaceGuest},
                             .created = {}};
  ASSERT_TRUE(Do(service_.PutMembers(workspace, {member}, By("P"))));
  ASSERT_TRUE(Do(service_.SetDefaultWorkspace(alice.id, workspace, By("S"))));
  EXPECT_EQ(CodeOf(Do(service_.DeleteUser("alice", By("D")))), Code::kFailedPrecondition);
  ASSERT_TRUE(Do(service_.DeleteAccessKey(key.id, By("D"))));
  ASSERT_TRUE(Do(service_.DeleteUser("alice", By("D"))));
  EXPECT_EQ(directory_.FindUser(alice.id), nullptr);
  EXPECT_EQ(directory_.FindMember(workspace, alice.id), nullptr);
  EXPECT_EQ(directory_.DefaultWorkspaceOf(alice.id), std::nullopt);
  EXPECT_EQ(CodeOf(Do(service_.DeleteUser("alice", By("D")))), Code::kNotFound);
}

TEST_F(IdentityServiceTest, AnAttachedPolicyGrantsUntilItIsDetachedAndCannotBeDeleted) {
  const model::User alice = MakeUser("alice");
  ASSERT_TRUE(Do(service_.CreatePolicy("reads", "", kReads, By("C"))));
  ASSERT_TRUE(Do(service_.AttachPolicyToUser("READS", "Alice", By("A"))));
  EXPECT_EQ(CodeOf(Do(service_.AttachPolicyToUser("reads", "alice", By("A")))),
            Code::kAlreadyExists);
  Caller caller;
  caller.account = directory_.account()->id;
  caller.user = alice.id;
  const auto allowed = [&] {
    return Evaluate(directory_, caller, {"paidsw:GetInstance"}, "*", {}, clock_.Wall()).allowed();
  };
  EXPECT_TRUE(allowed());
  EXPECT_EQ(CodeOf(Do(service_.DeletePolicy("reads", By("D")))), Code::kFailedPrecondition);
  ASSERT_TRUE(Do(service_.DetachPolicyFromUser("reads", "alice", By("D"))));
  EXPECT_FALSE(allowed());
  EXPECT_EQ(CodeOf(Do(service_.DetachPolicyFromUser("reads", "alice", By("D")))), Code::kNotFound);
  EXPECT_TRUE(Do(service_.DeletePolicy("reads", By("D"))));
  EXPECT_EQ(CodeOf(Do(service_.DeletePolicy("AdministratorAccess", By("D")))),
            Code::kFailedPrecondition);
  EXPECT_EQ(CodeOf(Do(service_.AttachPolicyToUser("reads", "alice", By("A")))), Code::kNotFound);
}

TEST_F(IdentityServiceTest, AUserHasAtMostTenCustomPolicies) {
  MakeUser("alice");
  for (int i = 0; i <= 10; ++i) {
    const std::string name = "p" + std::to_string(i);
    ASSERT_TRUE(Do(service_.CreatePolicy(name, "", kReads, By("C"))));
    const Status attached = Do(service_.AttachPolicyToUser(name, "alice", By("A")));
    EXPECT_EQ(attached.has_value(), i < 10) << i;
  }
  EXPECT_TRUE(Do(service_.AttachPolicyToUser("PowerUserAccess", "alice", By("A"))));
}

TEST_F(IdentityServiceTest, AMalformedPolicyIsRefusedOnUpload) {
  const auto policy = Do(service_.CreatePolicy("p", "", R"({"Version":"1"})", By("C")));
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().reason(), "MalformedPolicyDocument");
  EXPECT_FALSE(Do(service_.CreateRole("r", kReads, 3600, By("C")))) << "not a trust policy";
}

class AssumeRole : public IdentityServiceTest {
 protected:
  AssumeRole() {
    const std::string account = account_.str();
    const std::string trust = R"({"Version":"1","Statement":[{"Effect":"Allow",
        "Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::)" +
                              account + R"(:root"}}]})";
    const std::string may = R"({"Version":"1","Statement":[{"Effect":"Allow",
        "Action":"sts:AssumeRole","Resource":"acs:ram:*:)" +
                            account + R"(:role/*"}]})";
    MakeUser("alice");
    key_ = *Do(service_.CreateAccessKey(directory_.FindUserByName("alice")->id, By("C")));
    EXPECT_TRUE(Do(service_.CreateRole("Reader", trust, 3600, By("C"))));
    EXPECT_TRUE(Do(service_.CreatePolicy("assumes", "", may, By("C"))));
    EXPECT_TRUE(Do(service_.CreatePolicy("reads", "", kReads, By("C"))));
    EXPECT_TRUE(Do(service_.AttachPolicyToRole("reads", "reader", By("A"))));
    EXPECT_TRUE(Do(service_.AttachPolicyToUser("assumes", "alice", By("A"))));
    arn_ = "acs:ram::" + account + ":role/reader";
    EXPECT_EQ(SignIn(key_), "");
    alice_ = caller_;
  }
  Result<NewKey> Assume(std::int64_t seconds = 900, std::string policy = "",
                        std::string name = "visit") {
    return Do(service_.AssumeRole(alice_, arn_, std::move(name), seconds, std::move(policy),
                                  By("AssumeRole")));
  }
  bool MayNow(const char* action) {
    return Evaluate(directory_, caller_, {action}, "*", {}, clock_.Wall()).allowed();
  }

  NewKey key_;
  std::string arn_;
  Caller alice_;
};

TEST_F(AssumeRole, GivesAKeyThatSignsInAsTheRole) {
  const auto session = Assume();
  ASSERT_TRUE(session) << session.error().ToString();
  EXPECT_TRUE(session->id.starts_with("STS."));
  EXPECT_EQ(session->expires, kStart + std::chrono::seconds(900));
  EXPECT_EQ(LastAudit().target, "role/Reader/session/visit");
  EXPECT_EQ(SignIn(*session), "");
  EXPECT_EQ(caller_.type, PrincipalType::kRoleSession);
  EXPECT_EQ(caller_.display_name, "Reader:visit");
  EXPECT_TRUE(MayNow("paidsw:GetInstance"));
  EXPECT_FALSE(MayNow("sts:AssumeRole")) << "the caller's own policies count no more";
}

TEST_F(AssumeRole, ASessionPolicyLimits) {
  const auto session = Assume(900, R"({"Version":"1","Statement":[{"Effect":"Allow",
      "Action":"paidsw:GetToken","Resource":"*"}]})");
  ASSERT_TRUE(session) << session.error().ToString();
  ASSERT_EQ(SignIn(*session), "");
  EXPECT_TRUE(MayNow("paidsw:GetToken"));
  EXPECT_FALSE(MayNow("paidsw:GetInstance"));
}

TEST_F(AssumeRole, NeedsBothPolicies) {
  ASSERT_TRUE(Do(service_.DetachPolicyFromUser("assumes", "alice", By("D"))));
  EXPECT_EQ(CodeOf(Assume()), Code::kPermissionDenied);
  ASSERT_TRUE(Do(service_.AttachPolicyToUser("AdministratorAccess", "alice", By("A"))));
  EXPECT_TRUE(Assume());
}

TEST_F(AssumeRole, TheMainAccountCannot) {
  ASSERT_EQ(SignIn(root_), "");
  const auto session = Do(service_.AssumeRole(caller_, arn_, "visit", 900, "", By("AssumeRole")));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().message(), "Roles may not be assumed by root accounts.");
}

TEST_F(AssumeRole, RefusesBadArguments) {
  EXPECT_EQ(CodeOf(Assume(899)), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf(Assume(3601)), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf(Assume(900, "{}")), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf(Assume(900, "", "v")), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf(Assume(900, "", "a/b")), Code::kInvalidArgument);
  arn_ = "acs:ram::1:role/reader";
  EXPECT_EQ(CodeOf(Assume()), Code::kNotFound);
}

TEST_F(AssumeRole, ASessionEndsWithItsRoleForGood) {
  const NewKey session = *Assume();
  const std::string trust = directory_.FindRole("reader")->trust_policy;
  clock_.Advance(Duration(1));
  ASSERT_TRUE(Do(service_.DeleteRole("READER", By("D"))));
  EXPECT_EQ(SignIn(session), "InvalidSecurityToken.Expired");
  ASSERT_TRUE(Do(service_.CreateRole("Reader", trust, 3600, By("C"))));
  EXPECT_EQ(SignIn(session), "InvalidSecurityToken.Expired");
}

TEST_F(AssumeRole, TheSweepRemovesWhatExpiredADayAgoAndNothingElse) {
  ASSERT_TRUE(Do(store::RetentionTime(*store_, clock_)));  // as a server does at its start
  const NewKey short_one = *Assume(900);
  const NewKey long_one = *Assume(3600);
  clock_.Advance(std::chrono::seconds(900) + std::chrono::hours(24) - Duration(1));
  ASSERT_TRUE(Do(service_.SweepExpiredKeys()));
  EXPECT_NE(directory_.FindKey(short_one.id), nullptr);
  clock_.Advance(Duration(1));
  ASSERT_TRUE(Do(service_.SweepExpiredKeys()));
  EXPECT_EQ(directory_.FindKey(short_one.id), nullptr);
  EXPECT_NE(directory_.FindKey(long_one.id), nullptr);
  EXPECT_NE(directory_.FindKey(key_.id), nullptr);
  EXPECT_EQ(LastAudit().actor.principal, "acs:atelier::system");
  EXPECT_EQ(LastAudit().target, "accesskey/" + short_one.id);
  const std::size_t before = feed_.batches.size();
  ASSERT_TRUE(Do(service_.SweepExpiredKeys()));
  EXPECT_EQ(feed_.batches.size(), before) << "nothing to do, nothing written";
}

TEST_F(AssumeRole, AWallClockThatIsAheadRemovesNoKeyForGood) {
  const NewKey session = *Assume(3600);
  clock_.StepWall(std::chrono::hours(24 * 365));
  ASSERT_TRUE(Do(service_.SweepExpiredKeys()));
  clock_.StepWall(-std::chrono::hours(24 * 365));
  EXPECT_EQ(SignIn(session), "");
}

// docs/contract/errors.md section 5: "token over" is InvalidSecurityToken.Expired, not an unknown
// key.
TEST_F(AssumeRole, AnExpiredKeyIsToldSoForADay) {
  const NewKey session = *Assume(900);
  clock_.Advance(std::chrono::hours(24));
  ASSERT_TRUE(Do(service_.SweepExpiredKeys()));
  EXPECT_EQ(SignIn(session), "InvalidSecurityToken.Expired");
}

TEST_F(AssumeRole, AtTheLimitExpiredKeysGiveWayAndLiveOnesDoNot) {
  const auto fill = [&](const std::string& prefix, int count, WallTime expires) {
    store::Batch batch;
    for (int i = 0; i < count; ++i) {
      model::AccessKey key;
      key.id = prefix + std::to_string(i);
      key.sealed_secret = box_.Seal("secret", "accesskey/" + key.id, *random_);
      key.token_hash = key.id;
      key.expires = expires;
      key.role = "Reader";
      batch.push_back(store::Write::Put(Kind::kAccessKey, key.id, ToJson(key)));
    }
    EXPECT_TRUE(Do(store_->Commit(std::move(batch))));
  };
  fill("STS.live", 9'998, kStart + std::chrono::hours(1));
  fill("STS.over", 2, kStart);
  ASSERT_TRUE(Assume()) << "two expired keys make room for two";
  EXPECT_EQ(directory_.FindKey("STS.over0"), nullptr);
  EXPECT_EQ(directory_.FindKey("STS.over1"), nullptr);
  ASSERT_TRUE(Assume());
  const auto refused = Assume();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "LimitExceeded");
  EXPECT_EQ(directory_.temporary_keys(), 10'000U);
}

TEST_F(IdentityServiceTest, AServerSecretIsMadeOnce) {
  const std::string first = *Do(service_.ServerSecret("tokens"));
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(*Do(service_.ServerSecret("tokens")), first);
  EXPECT_NE(*Do(service_.ServerSecret("cookies")), first);
}

TEST_F(IdentityServiceTest, WorkspacesHaveTheirCreatorAsOwner) {
  const model::User alice = MakeUser("alice");
  const auto made = Do(service_.CreateWorkspace("team_a", "Team A", "the first", {"dev", "prod"},
                                                alice.id, By("C")));
  ASSERT_TRUE(made) << made.error().ToString();
  EXPECT_EQ(directory_.FindWorkspace(made->id)->display_name, "Team A");
  EXPECT_EQ(directory_.FindMember(made->id, alice.id)->roles,
            std::vector{model::WorkspaceRole::WorkspaceOwner});
  EXPECT_EQ(directory_.DefaultWorkspaceOf(alice.id), made->id) << "the only one she is in";
  EXPECT_EQ(CodeOf(Do(service_.CreateWorkspace("team_b", "", "", {"dev"}, alice.id, By("C")))),
            Code::kInvalidArgument);
}

TEST_F(IdentityServiceTest, AChosenDefaultWorkspaceCountsWhileItsChooserIsAMember) {
  const model::User alice = MakeUser("alice");
  const model::WorkspaceId first = directory_.Workspaces().front().id;
  const auto second = Do(service_.CreateWorkspace("team_a", "", "", {"prod"}, alice.id, By("C")));
  ASSERT_TRUE(second) << second.error().ToString();
  const model::Member guest{.workspace = first,
                            .user = alice.id,
                            .roles = {model::WorkspaceRole::WorkspaceGuest},
                            .created = {}};
  ASSERT_TRUE(Do(service_.PutMembers(first, {guest}, By("P"))));
  EXPECT_EQ(directory_.DefaultWorkspaceOf(alice.id), std::nullopt) << "two, and none is chosen";
  ASSERT_TRUE(Do(service_.SetDefaultWorkspace(alice.id, first, By("S"))));
  EXPECT_EQ(directory_.DefaultWorkspaceOf(alice.id), first);
  ASSERT_TRUE(Do(service_.DeleteMembers(first, {first.str() + "-" + alice.id.str()}, By("D"))));
  EXPECT_EQ(directory_.DefaultWorkspaceOf(alice.id), second->id);
}

TEST_F(IdentityServiceTest, MembersAreAddedReplacedAndRemovedTogether) {
  const model::WorkspaceId workspace = directory_.Workspaces().front().id;
  const model::User alice = MakeUser("alice");
  const model::User bob = MakeUser("bob");
  using model::WorkspaceRole;
  const auto member = [&](const model::UserId& user, WorkspaceRole role) {
    return model::Member{.workspace = workspace, .user = user, .roles = {role}, .created = {}};
  };
  ASSERT_TRUE(Do(service_.PutMembers(workspace,
                                     {member(alice.id, WorkspaceRole::AlgoDeveloper),
                                      member(bob.id, WorkspaceRole::WorkspaceGuest)},
                                     By("P"))));
  clock_.Advance(std::chrono::minutes(1));
  ASSERT_TRUE(Do(
      service_.PutMembers(workspace, {member(alice.id, WorkspaceRole::WorkspaceAdmin)}, By("P"))));
  EXPECT_EQ(directory_.FindMember(workspace, alice.id)->roles,
            std::vector{WorkspaceRole::WorkspaceAdmin});
  EXPECT_EQ(directory_.FindMember(workspace, alice.id)->created, kStart) << "kept";
  EXPECT_EQ(directory_.MembersOf(workspace).size(), 3U) << "with the owner";

  const std::string alice_id = workspace.str() + "-" + alice.id.str();
  const std::string bob_id = workspace.str() + "-" + bob.id.str();
  EXPECT_EQ(CodeOf(Do(service_.DeleteMembers(workspace, {alice_id, "1-2"}, By("D")))),
            Code::kNotFound);
  EXPECT_NE(directory_.FindMember(workspace, alice.id), nullptr) << "all or nothing";
  ASSERT_TRUE(Do(service_.DeleteMembers(workspace, {alice_id, bob_id, alice_id}, By("D"))));
  EXPECT_EQ(directory_.MembersOf(workspace).size(), 1U);

  EXPECT_EQ(CodeOf(Do(service_.PutMembers(
                workspace, {member(model::UserId("1"), WorkspaceRole::AlgoOperator)}, By("P")))),
            Code::kNotFound);
  EXPECT_EQ(CodeOf(Do(service_.PutMembers(model::WorkspaceId("1"),
                                          {member(bob.id, WorkspaceRole::AlgoOperator)}, By("P")))),
            Code::kNotFound);
}

TEST_F(IdentityServiceTest, ARestartFindsEverythingAgain) {
  const model::User alice = MakeUser("alice");
  ASSERT_TRUE(Do(service_.CreatePolicy("reads", "", kReads, By("C"))));
  ASSERT_TRUE(Do(service_.AttachPolicyToUser("reads", "alice", By("A"))));
  IdentityDirectory again(box_);
  const Status loaded = again.Load(*store_);
  ASSERT_TRUE(loaded) << loaded.error().ToString();
  EXPECT_EQ(again.account()->id, directory_.account()->id);
  EXPECT_EQ(again.FindKey(root_.id)->secret, root_.secret);
  EXPECT_EQ(again.FindUser(alice.id)->policies, std::vector<std::string>{"reads"});
  EXPECT_EQ(again.Workspaces().size(), 1U);
  EXPECT_EQ(again.RevisionOf(Kind::kUser, "alice"), directory_.RevisionOf(Kind::kUser, "alice"));
}

TEST_F(IdentityServiceTest, AnotherKeyFileIsNoticedAtTheStart) {
  const atelier::test::TempDir dir;
  const auto other = SealedBox::Open(dir.path() + "/key", true, *random_);
  ASSERT_TRUE(other) << other.error().ToString();
  IdentityDirectory directory(*other);
  const Status loaded = directory.Load(*store_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace atelier::identity
