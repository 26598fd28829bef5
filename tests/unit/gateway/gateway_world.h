#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "directory/directory.h"
#include "gateway/gateway.h"
#include "identity/identity_directory.h"
#include "identity/sealed_box.h"
#include "identity/tickets.h"
#include "identity/token_signer.h"
#include "support/http_fixture.h"
#include "support/recorded_log.h"

namespace atelier::gateway {

/// An account, a workspace with members of several roles, whom RAM allows everything, three
/// instances, and a gateway in front of one upstream that stands in for all of them.
class GatewayWorld {
 public:
  explicit GatewayWorld(std::uint16_t upstream_port, GatewayOptions options = {})
      : upstream_port_(upstream_port) {
    options.openings = &openings_;
    server_.io().Call([&] {
      Populate();
      gateway_ = std::make_unique<Gateway>(
          instances_, identities_, signer_, *client_,
          [this](const model::InstanceId& id) { return Locate(id); }, clock_, real_clock_, log_,
          std::move(options));
    });
  }
  ~GatewayWorld() { server_.Stop(Duration(0)); }
  GatewayWorld(const GatewayWorld&) = delete;
  GatewayWorld& operator=(const GatewayWorld&) = delete;

  std::uint16_t port() const { return server_.port(); }
  test::TestServer& server() { return server_; }

  std::string Sign(identity::TokenUse use, const std::string& instance, const std::string& issuer,
                   Duration life = std::chrono::hours(1), std::optional<std::string> key = {}) {
    return signer_.Sign({.use = use,
                         .instance = model::InstanceId(instance),
                         .issuer = model::UserId(issuer),
                         .key = std::move(key),
                         .expires = Now() + life});
  }
  WallTime Now() {
    return server_.io().Call([&] { return clock_.Wall(); });
  }
  /// Turns the workshop's clock, as the emulator's admin call does; waits go by the real one.
  void Advance(Duration length) {
    server_.io().Call([&] { clock_.Advance(length); });
  }
  std::string Link(const std::string& instance, const std::string& issuer) {
    return Sign(identity::TokenUse::Access, instance, issuer);
  }
  /// A Cookie header of a session.
  std::string Cookie(const std::string& instance, const std::string& issuer) {
    return "Cookie: atelier-" + instance + "=" +
           Sign(identity::TokenUse::Cookie, instance, issuer) + "\r\n";
  }

  /// The ticket of a link that opens an instance as this user, whose key is active.
  std::string Ticket(const std::string& instance, const std::string& user, std::string session = "",
                     std::string target = "") {
    PutKey("key" + user, user, model::KeyState::Active);
    return server_.io().Call([&] {
      return openings_
          .Make({.user = model::UserId(user),
                 .key = "key" + user,
                 .session = std::move(session),
                 .instance = model::InstanceId(instance),
                 .target = target.empty() ? "/" + instance + "/lab/" : std::move(target)})
          .text;
    });
  }
  /// A browser's session, and its end.
  void PutBrowser(const std::string& id, const std::string& user) {
    server_.io().Call([&] {
      Apply(store::Kind::kSession, id,
            model::Session{.id = id,
                           .user = model::UserId(user),
                           .key = "key" + user,
                           .made = clock_.Wall(),
                           .seen = clock_.Wall(),
                           .ends = clock_.Wall() + std::chrono::hours(1),
                           .address = {},
                           .agent = {}});
    });
  }
  void EndBrowser(const std::string& id) {
    server_.io().Call([&] {
      const store::Change change{.op = store::Write::Op::kDelete,
                                 .record = {.kind = store::Kind::kSession, .key = id, .body = {}}};
      identities_.Apply({&change, 1});
    });
  }

  /// What the gateway logged so far.
  std::vector<std::string> Log() {
    std::vector<std::string> lines;
    server_.io().Call([&] { lines = log_.lines; });
    return lines;
  }

  void SetStatus(const std::string& id, model::InstanceStatus status) {
    server_.io().Call([&] {
      model::Instance instance = *instances_.Find(model::InstanceId(id));
      instance.status = status;
      Apply(store::Kind::kInstance, id, instance);
    });
  }
  void SetCuller(const std::string& id, int max_idle_minutes) {
    server_.io().Call([&] {
      model::Instance instance = *instances_.Find(model::InstanceId(id));
      instance.culler = {.cpu_percent_threshold = 10,
                         .gpu_percent_threshold = {},
                         .max_idle_minutes = max_idle_minutes};
      Apply(store::Kind::kInstance, id, instance);
    });
  }
  /// Replaces what RAM says of a user: a policy with these statements, JSON objects with commas.
  void SetPolicy(const std::string& id, const std::string& statements) {
    server_.io().Call([&] {
      model::Policy policy;
      policy.name = "of" + id;
      policy.document = R"({"Version":"1","Statement":[)" + statements + "]}";
      Apply(store::Kind::kPolicy, policy.name, policy);
      PutUser(id, {policy.name});
    });
  }
  /// A temporary key of the session "Runner:visit", which lasts an hour; the role administers the
  /// workspace. `policy`: the session policy.
  void PutSession(const std::string& key_id, const std::string& policy = "") {
    server_.io().Call([&] {
      model::AccessKey key;
      key.id = key_id;
      key.sealed_secret = box_.Seal("secret", "accesskey/" + key_id, *random_);
      key.created = clock_.Wall();
      key.token_hash = "hash of " + key_id;
      key.expires = clock_.Wall() + std::chrono::hours(1);
      key.role = "Runner";
      key.session_name = "visit";
      key.session_policy = policy;
      Apply(store::Kind::kAccessKey, key_id, key);
    });
  }
  /// An access key of a user.
  void PutKey(const std::string& key_id, const std::string& user, model::KeyState state) {
    server_.io().Call([&] {
      model::AccessKey key;
      key.id = key_id;
      key.user = model::UserId(user);
      key.sealed_secret = box_.Seal("secret", "accesskey/" + key_id, *random_);
      key.state = state;
      Apply(store::Kind::kAccessKey, key_id, key);
    });
  }
  void DeleteKey(const std::string& key_id) {
    server_.io().Call([&] {
      const store::Change change{
          .op = store::Write::Op::kDelete,
          .record = {.kind = store::Kind::kAccessKey, .key = key_id, .body = {}}};
      identities_.Apply({&change, 1});
    });
  }
  void DeleteUser(const std::string& id) {
    server_.io().Call([&] {
      const store::Change change{
          .op = store::Write::Op::kDelete,
          .record = {.kind = store::Kind::kUser, .key = "user" + id, .body = {}}};
      identities_.Apply({&change, 1});
    });
  }

 private:
  template <class T>
  void Apply(store::Kind kind, const std::string& key, const T& value) {
    const store::Change change{
        .record = {.kind = kind, .key = key, .revision = ++revision_, .body = ToJson(value)}};
    identities_.Apply({&change, 1});
    instances_.Apply({&change, 1});
  }

  void PutUser(const std::string& id, std::vector<std::string> policies) {
    model::User user;
    user.id = model::UserId(id);
    user.name = "user" + id;
    user.policies = std::move(policies);
    Apply(store::Kind::kUser, user.name, user);
  }
  void AddUser(const std::string& id, std::vector<model::WorkspaceRole> roles) {
    PutUser(id, {"AliyunPAIDSWFullAccess"});
    if (!roles.empty()) AddMember(id, std::move(roles));
  }
  void AddMember(const std::string& id, std::vector<model::WorkspaceRole> roles) {
    model::Member member;
    member.workspace = model::WorkspaceId("7");
    member.user = model::UserId(id);
    member.roles = std::move(roles);
    Apply(store::Kind::kMember, "7-" + id, member);
  }

  void AddInstance(const std::string& id, const std::string& owner, model::InstanceStatus status) {
    model::Instance instance;
    instance.id = model::InstanceId(id);
    instance.workspace = model::WorkspaceId("7");
    instance.owner = model::UserId(owner);
    instance.name = id;
    instance.status = status;
    Apply(store::Kind::kInstance, id, instance);
  }

  void Populate() {
    using model::WorkspaceRole;
    Apply(store::Kind::kAccount, "account",
          model::Account{.id = model::AccountId("100"), .name = "main", .created = {}});
    model::Workspace workspace;
    workspace.id = model::WorkspaceId("7");
    workspace.name = "lab";
    Apply(store::Kind::kWorkspace, workspace.name, workspace);
    AddUser("201", {WorkspaceRole::AlgoDeveloper});
    AddUser("202", {WorkspaceRole::AlgoDeveloper});
    AddUser("203", {WorkspaceRole::WorkspaceAdmin});
    AddUser("204", {WorkspaceRole::WorkspaceGuest});
    AddUser("205", {});
    model::Role role;
    role.name = "Runner";
    role.policies = {"AliyunPAIDSWFullAccess"};
    Apply(store::Kind::kRole, "runner", role);
    AddMember("Runner", {WorkspaceRole::WorkspaceAdmin});
    AddInstance("dsw-a", "201", model::InstanceStatus::Running);
    AddInstance("dsw-b", "202", model::InstanceStatus::Running);
    AddInstance("dsw-off", "201", model::InstanceStatus::Stopped);
  }

  Result<Target> Locate(const model::InstanceId& id) const {
    if (instances_.Find(id)->status != model::InstanceStatus::Running) {
      return Error(Code::kNotFound, "not running");
    }
    return Target{.address = {.host = "127.0.0.1", .port = upstream_port_},
                  .authorization = "token of-the-instance"};
  }

  std::uint16_t upstream_port_;
  model::Revision revision_ = 0;
  test::RecordedLog log_;
  OffsetClock clock_;  // used on the I/O thread only
  SystemClock real_clock_;
  std::unique_ptr<Random> random_ = MakeSeededRandom(5);
  const identity::SealedBox box_ = identity::SealedBox::ForTest();
  identity::IdentityDirectory identities_{box_};
  identity::Tickets openings_{clock_, *random_};
  directory::InstanceDirectory instances_;
  const identity::TokenSigner signer_{std::string(32, 's')};
  std::unique_ptr<Gateway> gateway_;
  test::TestServer server_{[this](http::Exchange& exchange) { return gateway_->Handle(exchange); }};
  test::TestClient client_{server_};
};

}  // namespace atelier::gateway
