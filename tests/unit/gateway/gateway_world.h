#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/codec.h"
#include "directory/directory.h"
#include "gateway/gateway.h"
#include "identity/identity_directory.h"
#include "identity/sealed_box.h"
#include "identity/token_signer.h"
#include "support/http_fixture.h"
#include "support/recorded_log.h"

namespace atelier::gateway {

/// An account, a workspace with members of several roles, three instances, and a gateway in front
/// of one upstream that stands in for all of them.
class GatewayWorld {
 public:
  explicit GatewayWorld(std::uint16_t upstream_port, GatewayOptions options = {})
      : upstream_port_(upstream_port) {
    server_.io().Call([&] {
      Populate();
      gateway_ = std::make_unique<Gateway>(
          instances_, identities_, signer_, *client_,
          [this](const model::InstanceId& id) { return Locate(id); }, clock_, server_.clock(),
          log_, options);
    });
  }
  ~GatewayWorld() { server_.Stop(Duration(0)); }
  GatewayWorld(const GatewayWorld&) = delete;
  GatewayWorld& operator=(const GatewayWorld&) = delete;

  std::uint16_t port() const { return server_.port(); }
  test::TestServer& server() { return server_; }

  std::string Sign(identity::TokenUse use, const std::string& instance, const std::string& issuer,
                   Duration life = std::chrono::hours(1)) {
    return signer_.Sign({.use = use,
                         .instance = model::InstanceId(instance),
                         .issuer = model::UserId(issuer),
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

  void AddUser(const std::string& id, std::vector<model::WorkspaceRole> roles) {
    model::User user;
    user.id = model::UserId(id);
    user.name = "user" + id;
    Apply(store::Kind::kUser, user.name, user);
    if (roles.empty()) return;
    model::Member member;
    member.workspace = model::WorkspaceId("7");
    member.user = user.id;
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
    Apply(store::Kind::kAccount, "100",
          model::Account{.id = model::AccountId("100"), .name = "main", .created = {}});
    model::Workspace workspace;
    workspace.id = model::WorkspaceId("7");
    workspace.name = "lab";
    Apply(store::Kind::kWorkspace, "7", workspace);
    AddUser("201", {WorkspaceRole::AlgoDeveloper});
    AddUser("202", {WorkspaceRole::AlgoDeveloper});
    AddUser("203", {WorkspaceRole::WorkspaceAdmin});
    AddUser("204", {WorkspaceRole::WorkspaceGuest});
    AddUser("205", {});
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
  const identity::SealedBox box_ = identity::SealedBox::ForTest();
  identity::IdentityDirectory identities_{box_};
  directory::InstanceDirectory instances_;
  const identity::TokenSigner signer_{std::string(32, 's')};
  std::unique_ptr<Gateway> gateway_;
  test::TestServer server_{[this](http::Exchange& exchange) { return gateway_->Handle(exchange); }};
  test::TestClient client_{server_};
};

}  // namespace atelier::gateway
