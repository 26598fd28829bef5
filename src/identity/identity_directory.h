#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/principal.h"
#include "store/store.h"

namespace atelier::identity {

class SealedBox;

/// A key ready to check signatures with. The secret is in memory only.
struct KeyEntry {
  model::AccessKey key;
  std::string secret;
};

/// The read model of accounts, users, roles, policies, keys, workspaces and members. Pointers stay valid
/// until the next Apply: copy what must outlive a co_await. Threads: the I/O thread.
class IdentityDirectory : public store::Listener {
 public:
  /// `box` opens the sealed secrets.
  explicit IdentityDirectory(const SealedBox& box);
  ~IdentityDirectory() override;
  IdentityDirectory(const IdentityDirectory&) = delete;
  IdentityDirectory& operator=(const IdentityDirectory&) = delete;

  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  const model::Account* account() const;  // nullptr before the first start made one
  const KeyEntry* FindKey(std::string_view access_key_id) const;
  const model::User* FindUser(const model::UserId& id) const;
  const model::User* FindUserByName(std::string_view name) const;
  const model::Role* FindRole(std::string_view name) const;  // case-insensitive
  const model::Policy* FindPolicy(std::string_view name) const;  // custom ones
  const model::Workspace* FindWorkspace(const model::WorkspaceId& id) const;
  const model::Member* FindMember(const model::WorkspaceId& workspace, const model::UserId& user) const;
  /// The caller's choice, else (for root, or with exactly one membership) the obvious one; nullopt: none.
  std::optional<model::WorkspaceId> DefaultWorkspaceOf(const model::UserId& user) const;
  /// The name to show for a user id: display name, else login name; the account's name for root; empty
  /// when unknown.
  std::string NameOf(const model::UserId& user) const;

  std::vector<model::User> Users() const;
  std::vector<model::Role> Roles() const;
  std::vector<model::Policy> Policies() const;
  std::vector<model::AccessKey> KeysOf(const model::UserId& user) const;
  std::vector<model::Workspace> Workspaces() const;  // by creation, oldest first
  std::vector<model::Member> MembersOf(const model::WorkspaceId& workspace) const;
  std::vector<model::Member> MembershipsOf(const model::UserId& user) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace atelier::identity
