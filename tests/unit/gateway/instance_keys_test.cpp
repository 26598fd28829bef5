// The temporary keys of its owner that an instance is served inside: to it alone, for what the
// owner may, and for as long as the instance runs.
#include "gateway/instance_keys.h"

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "identity/authenticator.h"
#include "identity/policy.h"
#include "identity/request_signer.h"
#include "support/fake_exchange.h"
#include "support/recorded_log.h"
#include "support/run.h"

namespace atelier::gateway {
namespace {

using model::InstanceStatus;
using test::FakeExchange;

struct Served {
  int status = 0;
  json::object body;
  std::string Text(std::string_view name) const {
    return json::value_to<std::string>(body.at(name));
  }
};

class InstanceKeysTest : public testing::Test {
 protected:
  InstanceKeysTest() {
    store_->AddListener(identities_);
    store_->AddListener(instances_);
    identities_.SetLending([this](const model::AccessKey& key) { return keys_.Holds(key); });
    root_ = *test::Run(io_, identity_.Bootstrap("workshop"));
    workspace_ = *identities_.DefaultWorkspaceOf(Root());
    ada_ = MakeUser("ada");
    bob_ = MakeUser("bob");
    Put("dsw-a", ada_);
    Put("dsw-b", bob_);
  }

  model::UserId Root() const { return model::UserId(identities_.account()->id.str()); }

  model::UserId MakeUser(const std::string& name) {
    const model::UserId id = test::Run(io_, identity_.CreateUser(name, name, actor_))->id;
    EXPECT_TRUE(test::Run(io_, identity_.AttachPolicyToUser("AdministratorAccess", name, actor_)));
    Join(id);
    return id;
  }
  void Join(const model::UserId& user) {
    const model::Member member{.workspace = workspace_,
                               .user = user,
                               .roles = {model::WorkspaceRole::AlgoDeveloper},
                               .created = {}};
    EXPECT_TRUE(test::Run(io_, identity_.PutMembers(workspace_, {member}, actor_)));
  }

  model::Instance Sample(const std::string& id, const model::UserId& owner) const {
    model::Instance instance;
    instance.id = model::InstanceId(id);
    instance.workspace = workspace_;
    instance.owner = owner;
    instance.status = InstanceStatus::Running;
    instance.credentials = {.key = "0", .env_key = "0", .role_arn = "r", .role_type = "service"};
    return instance;
  }
  void Put(const model::Instance& instance) {
    EXPECT_TRUE(test::Run(io_, store_->Commit({store::Write::Put(
                                   store::Kind::kInstance, instance.id.str(), ToJson(instance))})));
  }
  void Put(const std::string& id, const model::UserId& owner) { Put(Sample(id, owner)); }

  /// What is asked from inside `from`; empty: from outside, by somebody who says so.
  Served Ask(const std::string& from, const std::string& path = "/api/v1/credentials/0",
             const std::string& method = "GET") {
    http::RequestHead head{.method = method, .target = path};
    head.source_ip = from;
    head.inside = true;
    EXPECT_TRUE(keys_.Owns(head));
    FakeExchange exchange(std::move(head), "");
    test::Run(io_, keys_.Handle(exchange));
    const auto body = ParseJson(exchange.response()->body);
    return {.status = exchange.response()->status, .body = body->as_object()};
  }

  /// Who signs with what was served.
  Result<identity::CallerPtr> Sign(const Served& served) {
    identity::SigningInput input;
    const std::string id = served.Text("AccessKeyId");
    const std::string secret = served.Text("AccessKeySecret");
    const std::string token = served.Text("SecurityToken");
    const std::string nonce = std::to_string(++nonces_);
    input.access_key_id = id;
    input.access_key_secret = secret;
    input.security_token = token;
    input.method = "GET";
    input.host = "127.0.0.1:7002";
    input.path = "/api/v2/instances";
    input.action = "ListInstances";
    input.version = "2022-01-01";
    input.date = clock_.Wall();
    input.nonce = nonce;
    std::vector<std::pair<std::string, std::string>> headers;
    for (auto& [name, value] : identity::SignAcs3(input)) headers.emplace_back(name, value);
    return authenticator_.Verify({.method = "GET",
                                  .path = "/api/v2/instances",
                                  .query = "",
                                  .headers = &headers,
                                  .body = "",
                                  .source_ip = "dsw-a",
                                  .tls = false});
  }

  asio::io_context io_{1};
  ManualClock clock_{*ParseIso8601("2024-05-01T12:00:00Z")};
  std::unique_ptr<Random> random_ = MakeSeededRandom(7);
  test::RecordedLog log_;
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  identity::SealedBox box_ = identity::SealedBox::ForTest();
  identity::IdentityDirectory identities_{box_};
  directory::InstanceDirectory instances_;
  identity::IdentityService identity_{*store_, identities_, box_, clock_, *random_};
  identity::Authenticator authenticator_{identities_, clock_, clock_, {}};
  InstanceKeys keys_{
      "/api/v1/credentials/", instances_, identities_, identity_, clock_, clock_, log_};
  model::Actor actor_{.principal = "test", .request_id = "R", .source_ip = "", .operation = "T"};
  identity::NewKey root_;
  model::WorkspaceId workspace_;
  model::UserId ada_;
  model::UserId bob_;
  int nonces_ = 0;
};

TEST_F(InstanceKeysTest, AnswersAsTheLibrariesReadIt) {
  const Served served = Ask("dsw-a");
  ASSERT_EQ(served.status, 200);
  EXPECT_EQ(served.Text("Code"), "Success");
  EXPECT_TRUE(served.Text("AccessKeyId").starts_with("STS."));
  EXPECT_FALSE(served.Text("AccessKeySecret").empty());
  EXPECT_FALSE(served.Text("SecurityToken").empty());
  EXPECT_EQ(served.Text("Expiration"), "2024-05-01T13:00:00Z");
}

TEST_F(InstanceKeysTest, TheyAreTheOwnersAndEachInstanceGetsItsOwn) {
  const Served a = Ask("dsw-a");
  const Served b = Ask("dsw-b");
  EXPECT_NE(a.Text("AccessKeyId"), b.Text("AccessKeyId"));
  EXPECT_EQ((*Sign(a))->user, ada_);
  EXPECT_EQ((*Sign(b))->user, bob_);
}

TEST_F(InstanceKeysTest, NobodyGetsThemByAnotherWay) {
  for (const char* from : {"dsw-none", "", "127.0.0.1", "dsw-a/../dsw-b"})
    EXPECT_EQ(Ask(from).status, 404) << from;
  for (const char* path : {"/api/v1/credentials/", "/api/v1/credentials/1",
                           "/api/v1/credentials/0/", "/api/v1/credentials/dsw-b"})
    EXPECT_EQ(Ask("dsw-a", path).status, 404) << path;
  EXPECT_EQ(Ask("dsw-a", "/api/v1/credentials/0", "POST").status, 405);
  http::RequestHead outside{.method = "GET", .target = "/api/v1/credentials/0"};
  outside.source_ip = "dsw-a";
  EXPECT_FALSE(keys_.Owns(outside));
}

TEST_F(InstanceKeysTest, NoneWithoutTheWishOrTheRun) {
  model::Instance instance = Sample("dsw-a", ada_);
  instance.credentials.reset();
  Put(instance);
  EXPECT_EQ(Ask("dsw-a").status, 404);
  for (const InstanceStatus status : {InstanceStatus::Stopped, InstanceStatus::Failed,
                                      InstanceStatus::Deleting, InstanceStatus::Creating}) {
    instance = Sample("dsw-a", ada_);
    instance.status = status;
    Put(instance);
    EXPECT_EQ(Ask("dsw-a").status, 404) << EnumName(status);
  }
}

TEST_F(InstanceKeysTest, TheyAreRenewedAtHalfOfTheirTime) {
  const Served first = Ask("dsw-a");
  clock_.Advance(std::chrono::minutes(29));
  EXPECT_EQ(Ask("dsw-a").Text("AccessKeyId"), first.Text("AccessKeyId"));
  clock_.Advance(std::chrono::minutes(2));
  const Served second = Ask("dsw-a");
  EXPECT_NE(second.Text("AccessKeyId"), first.Text("AccessKeyId"));
  EXPECT_EQ(second.Text("Expiration"), "2024-05-01T13:31:00Z");
  EXPECT_TRUE(Sign(first).has_value()) << "who has it still may use it to its end";
  clock_.Advance(std::chrono::minutes(30));
  EXPECT_EQ(Sign(first).error().reason(), "InvalidSecurityToken.Expired");
  EXPECT_TRUE(Sign(second).has_value());
}

TEST_F(InstanceKeysTest, TheyEndAtOnceWithWhatTheyWereLentFor) {
  const Served served = Ask("dsw-a");
  ASSERT_TRUE(Sign(served).has_value());
  const auto ended = [&] { return Sign(served).error().reason(); };

  model::Instance stopping = Sample("dsw-a", ada_);
  stopping.desired = model::Desired::Stopped;
  Put(stopping);
  EXPECT_EQ(ended(), "InvalidSecurityToken.Expired") << "it is to stop";
  Put("dsw-a", ada_);
  ASSERT_TRUE(Sign(served).has_value());

  Put("dsw-a", bob_);
  EXPECT_EQ(ended(), "InvalidSecurityToken.Expired") << "it is somebody else's";
  EXPECT_EQ((*Sign(Ask("dsw-a")))->user, bob_);
  Put("dsw-a", ada_);

  model::Instance unasked = Sample("dsw-a", ada_);
  unasked.credentials.reset();
  Put(unasked);
  EXPECT_EQ(ended(), "InvalidSecurityToken.Expired") << "the wish is gone";
  Put("dsw-a", ada_);

  ASSERT_TRUE(test::Run(
      io_, identity_.DeleteMembers(workspace_, {workspace_.str() + "-" + ada_.str()}, actor_)));
  EXPECT_EQ(ended(), "InvalidSecurityToken.Expired") << "the owner has left the workspace";
  EXPECT_EQ(Ask("dsw-a").status, 404);
  Join(ada_);

  ASSERT_TRUE(test::Run(io_, identity_.DeleteUser("ada", actor_)))
      << "lent keys do not keep a user";
  EXPECT_FALSE(Sign(served).has_value());
  EXPECT_EQ(Ask("dsw-a").status, 404);
}

TEST_F(InstanceKeysTest, TheyMayNothingButThePaiProductsTheMainAccountsToo) {
  Put("dsw-root", Root());
  for (const char* from : {"dsw-a", "dsw-root"}) {
    const auto caller = Sign(Ask(from));
    ASSERT_TRUE(caller.has_value());
    const auto may = [&](const std::string& action) {
      return identity::Evaluate(identities_, **caller, {action}, "*", {}, clock_.Wall()).allowed();
    };
    EXPECT_TRUE(may("paidsw:GetInstance")) << from;
    EXPECT_TRUE(may("eas:CreateService")) << from;
    EXPECT_TRUE(may("paiworkspace:GetWorkspace")) << from;
    EXPECT_FALSE(may("ram:CreateAccessKey")) << from;
    EXPECT_FALSE(may("ram:AttachPolicyToUser")) << from;
    EXPECT_FALSE(may("atelier:StopOrphan")) << from;
  }
}

TEST_F(InstanceKeysTest, TheyAreNoAccessKeysOfTheUser) {
  ASSERT_EQ(Ask("dsw-a").status, 200);
  EXPECT_TRUE(identities_.KeysOf(ada_).empty());
  for (const std::string& line : log_.lines)
    EXPECT_EQ(line.find("STS."), std::string::npos) << line;
}

}  // namespace
}  // namespace atelier::gateway
