#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/codec.h"
#include "model/idle_rule.h"
#include "model/ids.h"
#include "model/instance.h"

namespace atelier::model {

/// The one account of an installation: its main identity passes every check.
struct Account {
  AccountId id;
  std::string name;
  WallTime created;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, name, created))

/// What a user signs a browser in with.
struct Password {
  std::string hash;  // argon2id, in its usual text form
  WallTime changed;
};
BOOST_DESCRIBE_STRUCT(Password, (), (hash, changed))

/// Who somebody is to an OpenID provider: names there may go to another person, this does not.
struct Subject {
  std::string issuer;
  std::string id;  // its `sub`
  friend bool operator==(const Subject&, const Subject&) = default;
};
BOOST_DESCRIBE_STRUCT(Subject, (), (issuer, id))

/// A RAM user of the account. The main account's own identity is not a User.
struct User {
  UserId id;
  std::string name;          // login name, unique, 1 to 64 of [A-Za-z0-9._@-]
  std::string display_name;  // any UTF-8
  WallTime created;
  std::vector<std::string> policies;  // names of attached policies
  std::optional<Password> password = {};
  /// Who may sign in as them by the provider; nullopt: nobody yet.
  std::optional<Subject> subject = {};
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, display_name, created, policies, password, subject))

/// A RAM role: who may assume it (trust policy) and what it may (attached policies).
struct Role {
  std::string name;
  std::string trust_policy;  // JSON text, docs/contract/ram-policy.md section 6
  std::int64_t max_session_seconds = 3600;
  WallTime created;
  std::vector<std::string> policies;
};
BOOST_DESCRIBE_STRUCT(Role, (), (name, trust_policy, max_session_seconds, created, policies))

/// A named policy document (docs/contract/ram-policy.md section 1). System policies are data, not
/// records.
struct Policy {
  std::string name;
  std::string description;
  std::string document;  // JSON text, checked on upload
  WallTime created;
  WallTime modified;
};
BOOST_DESCRIBE_STRUCT(Policy, (), (name, description, document, created, modified))

enum class KeyState : std::uint8_t { Active, Inactive };
BOOST_DESCRIBE_ENUM(KeyState, Active, Inactive)

/// An access key, permanent or temporary. Record key: its id.
struct AccessKey {
  std::string id;  // LTAI..., or STS.... for temporary ones
  UserId user;     // owner; the account's id for the main account; empty for a role session
  std::string sealed_secret;  // base64; encrypted with the key file (identity/sealed_box.h)
  KeyState state = KeyState::Active;
  WallTime created;
  // temporary keys only
  std::string token_hash;  // hex SHA-256 of the security token
  std::optional<WallTime> expires;
  std::string role;  // role name of a role session
  std::string session_name;
  std::string session_policy;  // JSON text; empty: none
};
BOOST_DESCRIBE_STRUCT(AccessKey, (),
                      (id, user, sealed_secret, state, created, token_hash, expires, role,
                       session_name, session_policy))

/// Wire names of the workspace roles with "PAI." in front (docs/contract/lifecycle.md section 13).
enum class WorkspaceRole : std::uint8_t {
  WorkspaceOwner,
  WorkspaceAdmin,
  AlgoDeveloper,
  AlgoOperator,
  LabelManager,
  MaxComputeDeveloper,
  WorkspaceGuest,
};
BOOST_DESCRIBE_ENUM(WorkspaceRole, WorkspaceOwner, WorkspaceAdmin, AlgoDeveloper, AlgoOperator,
                    LabelManager, MaxComputeDeveloper, WorkspaceGuest)

struct Workspace {
  WorkspaceId id;
  std::string name;  // 3 to 23 characters, starts with a letter, unique
  std::string display_name;
  std::string description;
  UserId creator;
  std::vector<std::string> env_types;  // "prod", or "dev" and "prod"
  WallTime created;
  WallTime modified;
  std::optional<IdleCuller> idle_rule = {};  // of new instances that bring none
};
BOOST_DESCRIBE_STRUCT(Workspace, (),
                      (id, name, display_name, description, creator, env_types, created, modified,
                       idle_rule))

/// Record key: "<workspace id>-<user id>", which is also the wire's MemberId.
struct Member {
  WorkspaceId workspace;
  UserId user;
  std::vector<WorkspaceRole> roles;
  WallTime created;
};
BOOST_DESCRIBE_STRUCT(Member, (), (workspace, user, roles, created))

/// Written again whenever something is put into the workspace: whoever deletes it on what they have
/// seen inside notices (identity/workspace_claim.h). Record key: the workspace id. Stays when the
/// workspace is gone.
struct WorkspaceUse {
  std::vector<UserId> former_admins;  // of a deleted one: they may know that it is gone
};
BOOST_DESCRIBE_STRUCT(WorkspaceUse, (), (former_admins))

/// A setting of a workspace, kept for its users: nothing of this server depends on it.
struct WorkspaceConfig {
  std::string id;
  std::string category;
  std::string key;  // unique within its category
  std::string value;
  std::vector<Label> labels;
  WallTime created;
  WallTime modified;
};
BOOST_DESCRIBE_STRUCT(WorkspaceConfig, (), (id, category, key, value, labels, created, modified))

/// Record key: the workspace id.
struct WorkspaceConfigs {
  WorkspaceId workspace;
  std::vector<WorkspaceConfig> configs;  // in the order they were made
};
BOOST_DESCRIBE_STRUCT(WorkspaceConfigs, (), (workspace, configs))

/// A caller's choice of default workspace. Record key: the user id.
struct DefaultWorkspace {
  UserId user;
  WorkspaceId workspace;
};
BOOST_DESCRIBE_STRUCT(DefaultWorkspace, (), (user, workspace))

}  // namespace atelier::model
