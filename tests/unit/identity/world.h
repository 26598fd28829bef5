#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "identity/sealed_box.h"
#include "store/record.h"

namespace atelier::identity::test {

/// An identity directory filled record by record, as the store's feed would.
class World {
 public:
  static constexpr std::string_view kAccount = "1234567890123456";

  World() {
    Put(store::Kind::kAccount, "account",
        ToJson(model::Account{
            .id = model::AccountId(kAccount), .name = "main", .created = WallTime{}}));
  }

  void Put(store::Kind kind, std::string key, std::string body) {
    const store::Change change{
        .op = store::Write::Op::kPut,
        .record = {
            .kind = kind, .key = std::move(key), .revision = ++revision_, .body = std::move(body)}};
    directory.Apply({&change, 1});
  }
  void Delete(store::Kind kind, std::string key) {
    const store::Change change{
        .op = store::Write::Op::kDelete,
        .record = {.kind = kind, .key = std::move(key), .revision = ++revision_, .body = ""}};
    directory.Apply({&change, 1});
  }

  model::AccessKey Key(std::string id, std::string_view secret, std::string_view user) {
    model::AccessKey key;
    key.sealed_secret = box.Seal(secret, "accesskey/" + id, *random);
    key.id = std::move(id);
    key.user = model::UserId(user);
    return key;
  }
  void PutKey(const model::AccessKey& key) { Put(store::Kind::kAccessKey, key.id, ToJson(key)); }

  /// A user whose id is `id`, with these policies.
  void PutUser(std::string id, std::string name, std::vector<std::string> policies = {}) {
    const model::User user{.id = model::UserId(std::move(id)),
                           .name = std::move(name),
                           .display_name = "",
                           .created = WallTime{},
                           .policies = std::move(policies)};
    Put(store::Kind::kUser, RecordKey(user.name), ToJson(user));
  }
  void PutRole(std::string name, std::string trust, std::vector<std::string> policies = {}) {
    const model::Role role{.name = std::move(name),
                           .trust_policy = std::move(trust),
                           .max_session_seconds = 3600,
                           .created = WallTime{},
                           .policies = std::move(policies)};
    Put(store::Kind::kRole, RecordKey(role.name), ToJson(role));
  }
  /// As stored: not checked.
  void PutPolicy(std::string name, std::string document) {
    const model::Policy policy{.name = std::move(name),
                               .description = "",
                               .document = std::move(document),
                               .created = WallTime{},
                               .modified = WallTime{}};
    Put(store::Kind::kPolicy, RecordKey(policy.name), ToJson(policy));
  }
  void PutMember(std::string workspace, std::string user, std::vector<model::WorkspaceRole> roles) {
    const std::string key = workspace + "-" + user;
    Put(store::Kind::kMember, key,
        ToJson(model::Member{.workspace = model::WorkspaceId(std::move(workspace)),
                             .user = model::UserId(std::move(user)),
                             .roles = std::move(roles),
                             .created = WallTime{}}));
  }

  static Caller Root() {
    Caller caller;
    caller.type = PrincipalType::kRoot;
    caller.account = model::AccountId(kAccount);
    caller.user = model::UserId(kAccount);
    caller.arn = "acs:ram::1234567890123456:root";
    return caller;
  }
  static Caller User(std::string id, const std::string& name) {
    Caller caller;
    caller.type = PrincipalType::kUser;
    caller.account = model::AccountId(kAccount);
    caller.user = model::UserId(std::move(id));
    caller.arn = "acs:ram::1234567890123456:user/" + name;
    caller.source_ip = "192.0.2.1";
    return caller;
  }
  static Caller Session(std::string role, std::string policy = "") {
    Caller caller;
    caller.type = PrincipalType::kRoleSession;
    caller.account = model::AccountId(kAccount);
    caller.user = model::UserId(role + ":session");
    caller.arn = "acs:ram::1234567890123456:assumed-role/" + role + "/session";
    caller.role = model::UserId(std::move(role));
    caller.session_policy = std::move(policy);
    return caller;
  }

  const SealedBox box = SealedBox::ForTest();
  const std::unique_ptr<Random> random = MakeSeededRandom(1);
  IdentityDirectory directory{box};

 private:
  model::Revision revision_ = 0;
};

}  // namespace atelier::identity::test
