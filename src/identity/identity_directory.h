#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "model/key_use.h"
#include "model/principal.h"
#include "model/session.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::identity {

class PolicyDocument;
class SealedBox;

/// A key ready to check signatures with. The secret is in memory only.
struct KeyEntry {
  model::AccessKey key;
  std::string secret;
  HmacSha256Key acs3;                                    // of the secret
  std::shared_ptr<const PolicyDocument> session_policy;  // parsed; shared: the entry is copied
  /// Whom requests count for where each has a share: all keys of a user, all sessions of a role.
  std::string holder = {};
};

/// The read model of accounts, users, roles, policies, keys, workspaces and members. Pointers stay
/// valid until the next Apply: copy what must outlive a co_await. Threads: as decision 0050 says.
///
/// A record that cannot be read is in quarantine, and gives no right: it is not found here, and who
/// relies on it may do nothing (docs/decisions/0016-table.md).
///
/// Names of users, roles, policies and workspaces are unique, and found, without regard to letter
/// case. Their records are keyed by the lower-case name (RecordKey), so the store itself refuses a
/// second one.
class IdentityDirectory : public store::Listener {
 public:
  /// `box` opens the sealed secrets. `log`: names what cannot be read; nullptr: none does.
  explicit IdentityDirectory(const SealedBox& box, Logger* log = nullptr);
  ~IdentityDirectory() override;
  IdentityDirectory(const IdentityDirectory&) = delete;
  IdentityDirectory& operator=(const IdentityDirectory&) = delete;

  /// DataLoss: the main account cannot be read, without which there is nobody to serve, or the key
  /// file is not the one that sealed the secrets.
  Status Load(store::Store& store);
  void Apply(std::span<const store::Change> changes) override;

  const model::Account* account() const;  // nullptr before the first start made one
  const KeyEntry* FindKey(std::string_view access_key_id) const;
  const model::User* FindUser(const model::UserId& id) const;
  const model::User* FindUserByName(std::string_view name) const;
  const model::User* FindUserBySubject(const model::Subject& subject) const;
  const model::Role* FindRole(std::string_view name) const;
  const model::Policy* FindPolicy(std::string_view name) const;  // custom ones
  /// The parsed document of a custom or system policy; nullptr: there is none of this name, or it
  /// cannot be read. What is attached without one denies everything.
  const PolicyDocument* FindDocument(std::string_view policy_name) const;
  const model::Workspace* FindWorkspace(const model::WorkspaceId& id) const;
  const model::Workspace* FindWorkspaceByName(std::string_view name) const;
  const model::Member* FindMember(const model::WorkspaceId& workspace,
                                  const model::UserId& user) const;
  /// The choice of the user while they are a member there; else, for root, the oldest workspace,
  /// and for others the only one they are in; nullopt: none.
  std::optional<model::WorkspaceId> DefaultWorkspaceOf(const model::UserId& user) const;
  /// The name to show for a user id: display name, else login name; the account's name for root;
  /// for a role, and for a session of one ("<role>:<session>"), the id itself. Empty when unknown.
  std::string NameOf(const model::UserId& user) const;

  /// Another number whenever anything here may have changed, and pointers into it may be stale; but
  /// for the uses of keys, on which nothing rests.
  std::uint64_t version() const;
  /// Another number whenever a name that NameOf or FindWorkspace gives may have changed.
  std::uint64_t names_version() const;

  std::vector<model::User> Users() const;
  std::vector<model::Role> Roles() const;
  std::vector<model::Policy> Policies() const;
  /// Permanent ones.
  std::vector<model::AccessKey> KeysOf(const model::UserId& user) const;
  std::vector<model::Workspace> Workspaces() const;  // by creation, oldest first
  std::vector<model::Member> MembersOf(const model::WorkspaceId& workspace) const;
  std::vector<model::Member> MembershipsOf(const model::UserId& user) const;
  /// Keys of records of members, of this workspace or user, that cannot be read: they are deleted
  /// with what they belong to.
  std::vector<std::string> UnreadableMembers(std::string_view id) const;
  /// Who has chosen it as their default.
  std::vector<model::UserId> ChosenBy(const model::WorkspaceId& workspace) const;
  std::vector<model::WorkspaceConfig> ConfigsOf(const model::WorkspaceId& workspace) const;
  /// True if the workspace is gone, and the user administered it to its end.
  bool AdministeredToTheEnd(const model::WorkspaceId& workspace, const model::UserId& user) const;

  /// A browser's session, over or not (identity/sessions.h).
  const model::Session* FindSession(std::string_view id) const;
  std::vector<model::Session> SessionsOf(const model::UserId& user) const;  // oldest first
  std::vector<model::Session> Sessions() const;                             // likewise, of all

  /// The last use of a permanent key that was written down (identity/key_uses.h); nullptr: none
  /// was.
  const model::KeyUse* FindKeyUse(std::string_view access_key_id) const;

  /// The temporary key that this token (hex SHA-256) belongs to.
  const KeyEntry* FindKeyByToken(std::string_view token_hash) const;
  /// Ids of temporary keys that are over at `now`, at most `limit`.
  std::vector<std::string> ExpiredKeys(WallTime now, std::size_t limit) const;
  std::size_t temporary_keys() const;
  /// Whether a key that was lent (IdentityService::LendKey) still signs: asked at each use.
  using Lending = std::function<bool(const model::AccessKey& key)>;
  void SetLending(Lending lending);
  bool LendingHolds(const model::AccessKey& key) const;
  /// The revision a record has in this model; 0: there is none, or it cannot be read. What was
  /// decided from this model is committed with it as `expected`.
  model::Revision RevisionOf(store::Kind kind, std::string_view key) const;
  /// Whether there is such a record, readable or not: then its name is taken.
  bool Holds(store::Kind kind, std::string_view key) const;

  const store::Quarantine& quarantine() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether `box` opens what the record of an access key seals. DataLoss: it does not, or the record
/// cannot be read.
Status CheckAccessKey(const SealedBox& box, const store::Record& record);

/// The store key of a record that is keyed by a name: the name in lower case (ASCII).
std::string RecordKey(std::string_view name);

}  // namespace atelier::identity
