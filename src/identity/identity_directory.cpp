#include "identity/identity_directory.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ascii.h"
#include "base/check.h"
#include "identity/policy/document.h"
#include "identity/sealed_box.h"

namespace atelier::identity {

namespace {

using store::Kind;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <class T>
using ByName = std::unordered_map<std::string, T, HashIgnoreCase, EqualIgnoreCase>;
template <class T>
using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

template <class Map>
auto* FindIn(Map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

/// The values of a ByName<T>, whose addresses stay, by their ids: one lookup that ends at the
/// value.
template <class T>
class ById {
 public:
  const T* Find(std::string_view id) const {
    const auto* found = FindIn(values_, id);
    return found == nullptr ? nullptr : *found;
  }
  /// Instead of whatever had its id.
  void Insert(const T& value) {
    values_.erase(value.id.str());
    values_.emplace(value.id.str(), &value);
  }
  void Erase(const T& value) {
    if (Find(value.id) == &value) values_.erase(value.id.str());
  }

 private:
  boost::unordered_flat_map<std::string_view, const T*> values_;  // the keys are the values' own
};

template <class T>
void Remove(ByName<T>& by_name, ById<T>& by_id, std::string_view name) {
  const auto found = by_name.find(name);
  if (found == by_name.end()) return;
  by_id.Erase(found->second);
  by_name.erase(found);
}

template <class T>
void Replace(ByName<T>& by_name, ById<T>& by_id, T value) {
  const auto [at, fresh] = by_name.try_emplace(value.name);
  if (!fresh) by_id.Erase(at->second);
  at->second = std::move(value);
  by_id.Insert(at->second);
}

constexpr std::array kKinds = {Kind::kAccount,
                               Kind::kUser,
                               Kind::kRole,
                               Kind::kPolicy,
                               Kind::kAccessKey,
                               Kind::kWorkspace,
                               Kind::kMember,
                               Kind::kDefaultWorkspace,
                               Kind::kSecret,
                               Kind::kWorkspaceUse,
                               Kind::kWorkspaceConfigs};

struct PolicyEntry {
  model::Policy policy;
  PolicyDocument document;
};

bool HoldsNames(Kind kind) {
  return kind == Kind::kAccount || kind == Kind::kUser || kind == Kind::kWorkspace;
}

std::string MemberKey(const model::WorkspaceId& workspace, const model::UserId& user) {
  return workspace.str() + "-" + user.str();
}

template <class Map, class Project>
auto Values(const Map& map, Project project) {
  std::vector<std::decay_t<decltype(project(map.begin()->second))>> out;
  out.reserve(map.size());
  for (const auto& [key, value] : map) out.push_back(project(value));
  return out;
}

}  // namespace

std::string RecordKey(std::string_view name) { return ToLower(name); }

struct IdentityDirectory::Impl {
  explicit Impl(const SealedBox& b) : box(b) {
    for (const auto& [name, text] : SystemPolicies()) {
      system.emplace(name, PolicyDocument::FromStored(text, PolicyKind::kIdentity));
    }
  }

  Status Put(const store::Record& record);
  void Erase(Kind kind, const std::string& key);

  Status PutKey(const store::Record& record);
  Status PutMember(const store::Record& record);
  void EraseKey(const std::string& id);
  void EraseMember(const std::string& key);

  const SealedBox& box;
  ByName<PolicyDocument> system;
  std::optional<model::Account> account;
  ByName<model::User> users;
  ById<model::User> users_by_id;
  ByName<model::Role> roles;
  ByName<PolicyEntry> policies;
  ByText<KeyEntry> keys;
  Lending lending;
  ByText<std::string> key_of_token;  // token hash to key id: the temporary keys
  ByName<model::Workspace> workspaces;
  ById<model::Workspace> workspaces_by_id;
  ByText<model::Member> members;
  ByText<std::vector<std::string>> members_of_workspace;  // keys of `members`
  ByText<std::vector<std::string>> members_of_user;
  ByText<model::WorkspaceId> defaults;                  // by user id
  ByText<std::vector<model::WorkspaceConfig>> configs;  // by workspace id
  ByText<std::vector<model::UserId>> former_admins;     // by id of a workspace that is gone
  std::map<std::pair<Kind, std::string>, model::Revision, std::less<>> revisions;
  std::uint64_t names_version = 0;
};

Status IdentityDirectory::Impl::PutKey(const store::Record& record) {
  ATELIER_TRY(auto key, FromRecord<model::AccessKey>(record.body));
  ATELIER_TRY(auto secret, box.OpenBox(key.sealed_secret, "accesskey/" + key.id));
  KeyEntry entry{.key = std::move(key), .secret = std::move(secret), .session_policy = nullptr};
  if (!entry.key.session_policy.empty()) {
    entry.session_policy = std::make_shared<const PolicyDocument>(
        PolicyDocument::FromStored(entry.key.session_policy, PolicyKind::kIdentity));
  }
  if (entry.key.expires) key_of_token.insert_or_assign(entry.key.token_hash, record.key);
  keys.insert_or_assign(record.key, std::move(entry));
  return Ok();
}

void IdentityDirectory::Impl::EraseKey(const std::string& id) {
  const auto found = keys.find(id);
  if (found == keys.end()) return;
  if (found->second.key.expires) key_of_token.erase(found->second.key.token_hash);
  keys.erase(found);
}

Status IdentityDirectory::Impl::PutMember(const store::Record& record) {
  ATELIER_TRY(auto member, FromRecord<model::Member>(record.body));
  EraseMember(record.key);
  members_of_workspace[member.workspace.str()].push_back(record.key);
  members_of_user[member.user.str()].push_back(record.key);
  members.emplace(record.key, std::move(member));
  return Ok();
}

void IdentityDirectory::Impl::EraseMember(const std::string& key) {
  const auto found = members.find(key);
  if (found == members.end()) return;
  std::erase(members_of_workspace[found->second.workspace.str()], key);
  std::erase(members_of_user[found->second.user.str()], key);
  members.erase(found);
}

Status IdentityDirectory::Impl::Put(const store::Record& record) {
  switch (record.kind) {
    case Kind::kAccount: {
      ATELIER_TRY(account, FromRecord<model::Account>(record.body));
      break;
    }
    case Kind::kUser: {
      ATELIER_TRY(auto user, FromRecord<model::User>(record.body));
      Replace(users, users_by_id, std::move(user));
      break;
    }
    case Kind::kRole: {
      ATELIER_TRY(auto role, FromRecord<model::Role>(record.body));
      roles.insert_or_assign(role.name, std::move(role));
      break;
    }
    case Kind::kPolicy: {
      ATELIER_TRY(auto policy, FromRecord<model::Policy>(record.body));
      auto document = PolicyDocument::FromStored(policy.document, PolicyKind::kIdentity);
      policies.insert_or_assign(policy.name, PolicyEntry{policy, std::move(document)});
      break;
    }
    case Kind::kWorkspace: {
      ATELIER_TRY(auto workspace, FromRecord<model::Workspace>(record.body));
      Replace(workspaces, workspaces_by_id, std::move(workspace));
      break;
    }
    case Kind::kDefaultWorkspace: {
      ATELIER_TRY(auto choice, FromRecord<model::DefaultWorkspace>(record.body));
      defaults.insert_or_assign(record.key, std::move(choice.workspace));
      break;
    }
    case Kind::kAccessKey:
      ATELIER_RETURN_IF_ERROR(PutKey(record));
      break;
    case Kind::kMember:
      ATELIER_RETURN_IF_ERROR(PutMember(record));
      break;
    case Kind::kWorkspaceUse: {
      ATELIER_TRY(auto use, FromRecord<model::WorkspaceUse>(record.body));
      if (!use.former_admins.empty()) former_admins[record.key] = std::move(use.former_admins);
      break;
    }
    case Kind::kWorkspaceConfigs: {
      ATELIER_TRY(auto of, FromRecord<model::WorkspaceConfigs>(record.body));
      configs.insert_or_assign(record.key, std::move(of.configs));
      break;
    }
    case Kind::kSecret:
      break;  // only its revision matters here
    default:
      return Ok();
  }
  revisions.insert_or_assign({record.kind, record.key}, record.revision);
  return Ok();
}

void IdentityDirectory::Impl::Erase(Kind kind, const std::string& key) {
  // Records keyed by a name: the maps find them by it in any case.
  switch (kind) {
    case Kind::kUser:
      Remove(users, users_by_id, key);
      break;
    case Kind::kRole:
      if (const auto it = roles.find(key); it != roles.end()) roles.erase(it);
      break;
    case Kind::kPolicy:
      if (const auto it = policies.find(key); it != policies.end()) policies.erase(it);
      break;
    case Kind::kWorkspace:
      Remove(workspaces, workspaces_by_id, key);
      break;
    case Kind::kAccessKey:
      EraseKey(key);
      break;
    case Kind::kMember:
      EraseMember(key);
      break;
    case Kind::kDefaultWorkspace:
      defaults.erase(key);
      break;
    case Kind::kWorkspaceConfigs:
      configs.erase(key);
      break;
    default:
      break;
  }
  revisions.erase({kind, key});
}

IdentityDirectory::IdentityDirectory(const SealedBox& box) : impl_(std::make_unique<Impl>(box)) {}

IdentityDirectory::~IdentityDirectory() = default;

Status IdentityDirectory::Load(store::Store& store) {
  Status first = Ok();
  for (const Kind kind : kKinds) {
    ATELIER_RETURN_IF_ERROR(store.LoadBlocking(kind, [&](const store::Record& record) {
      if (!first) return;
      first = impl_->Put(record);
    }));
  }
  return first;
}

void IdentityDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    if (HoldsNames(change.record.kind)) ++impl_->names_version;
    if (change.op == store::Write::Op::kDelete) {
      impl_->Erase(change.record.kind, change.record.key);
    } else {
      const Status applied = impl_->Put(change.record);
      ATELIER_CHECK(applied.has_value(), "identity_service wrote the record with this very box");
    }
  }
}

std::uint64_t IdentityDirectory::names_version() const { return impl_->names_version; }

const model::Account* IdentityDirectory::account() const {
  const std::optional<model::Account>& account = impl_->account;
  return account ? &*account : nullptr;
}

const KeyEntry* IdentityDirectory::FindKey(std::string_view access_key_id) const {
  return FindIn(std::as_const(impl_->keys), access_key_id);
}

const model::User* IdentityDirectory::FindUser(const model::UserId& id) const {
  return impl_->users_by_id.Find(id.str());
}

const model::User* IdentityDirectory::FindUserByName(std::string_view name) const {
  return FindIn(std::as_const(impl_->users), name);
}

const model::Role* IdentityDirectory::FindRole(std::string_view name) const {
  return FindIn(std::as_const(impl_->roles), name);
}

const model::Policy* IdentityDirectory::FindPolicy(std::string_view name) const {
  const PolicyEntry* entry = FindIn(std::as_const(impl_->policies), name);
  return entry == nullptr ? nullptr : &entry->policy;
}

const PolicyDocument* IdentityDirectory::FindDocument(std::string_view policy_name) const {
  const PolicyEntry* entry = FindIn(std::as_const(impl_->policies), policy_name);
  if (entry != nullptr) return &entry->document;
  return FindIn(std::as_const(impl_->system), policy_name);
}

const model::Workspace* IdentityDirectory::FindWorkspace(const model::WorkspaceId& id) const {
  return impl_->workspaces_by_id.Find(id.str());
}

const model::Workspace* IdentityDirectory::FindWorkspaceByName(std::string_view name) const {
  return FindIn(std::as_const(impl_->workspaces), name);
}

const model::Member* IdentityDirectory::FindMember(const model::WorkspaceId& workspace,
                                                   const model::UserId& user) const {
  return FindIn(std::as_const(impl_->members), MemberKey(workspace, user));
}

std::optional<model::WorkspaceId> IdentityDirectory::DefaultWorkspaceOf(
    const model::UserId& user) const {
  const bool root = account() != nullptr && account()->id.str() == user.str();
  const model::WorkspaceId* chosen = FindIn(std::as_const(impl_->defaults), user.str());
  if (chosen != nullptr && FindWorkspace(*chosen) != nullptr &&
      (root || FindMember(*chosen, user) != nullptr)) {
    return *chosen;
  }
  if (root) {
    const std::vector<model::Workspace> all = Workspaces();
    if (!all.empty()) return all.front().id;
  }
  const std::vector<model::Member> memberships = MembershipsOf(user);
  if (memberships.size() == 1) return memberships.front().workspace;
  return std::nullopt;
}

std::string IdentityDirectory::NameOf(const model::UserId& user) const {
  if (account() != nullptr && account()->id.str() == user.str()) return account()->name;
  if (const model::User* found = FindUser(user))
    return found->display_name.empty() ? found->name : found->display_name;
  const std::string_view id = user;
  const model::Role* role = FindRole(id.substr(0, id.find(':')));
  return role == nullptr ? std::string() : user.str();
}

std::vector<model::User> IdentityDirectory::Users() const {
  auto users = Values(impl_->users, [](const model::User& user) { return user; });
  std::ranges::sort(users, {}, &model::User::name);
  return users;
}

std::vector<model::Role> IdentityDirectory::Roles() const {
  auto roles = Values(impl_->roles, [](const model::Role& role) { return role; });
  std::ranges::sort(roles, {}, &model::Role::name);
  return roles;
}

std::vector<model::Policy> IdentityDirectory::Policies() const {
  auto policies = Values(impl_->policies, [](const PolicyEntry& entry) { return entry.policy; });
  std::ranges::sort(policies, {}, &model::Policy::name);
  return policies;
}

std::vector<model::AccessKey> IdentityDirectory::KeysOf(const model::UserId& user) const {
  std::vector<model::AccessKey> keys;
  for (const auto& [id, entry] : impl_->keys) {
    if (entry.key.user == user && !entry.key.expires) keys.push_back(entry.key);
  }
  std::ranges::sort(keys, {},
                    [](const model::AccessKey& key) { return std::tie(key.created, key.id); });
  return keys;
}

std::vector<model::Workspace> IdentityDirectory::Workspaces() const {
  auto all = Values(impl_->workspaces, [](const model::Workspace& workspace) { return workspace; });
  std::ranges::sort(all, {}, [](const model::Workspace& w) {
    return std::tuple(w.created, std::string_view(w.id));
  });
  return all;
}

std::vector<model::Member> IdentityDirectory::MembersOf(const model::WorkspaceId& workspace) const {
  std::vector<model::Member> members;
  if (const auto* keys = FindIn(std::as_const(impl_->members_of_workspace), workspace.str())) {
    for (const std::string& key : *keys) members.push_back(impl_->members.find(key)->second);
  }
  std::ranges::sort(members, {}, [](const model::Member& m) {
    return std::tuple(m.created, std::string_view(m.user));
  });
  return members;
}

std::vector<model::Member> IdentityDirectory::MembershipsOf(const model::UserId& user) const {
  std::vector<model::Member> members;
  if (const auto* keys = FindIn(std::as_const(impl_->members_of_user), user.str())) {
    for (const std::string& key : *keys) members.push_back(impl_->members.find(key)->second);
  }
  std::ranges::sort(members, {}, [](const model::Member& m) {
    return std::tuple(m.created, std::string_view(m.workspace));
  });
  return members;
}

std::vector<model::UserId> IdentityDirectory::ChosenBy(const model::WorkspaceId& workspace) const {
  std::vector<model::UserId> users;
  for (const auto& [user, chosen] : impl_->defaults) {
    if (chosen == workspace) users.emplace_back(user);
  }
  return users;
}

std::vector<model::WorkspaceConfig> IdentityDirectory::ConfigsOf(
    const model::WorkspaceId& workspace) const {
  const auto* configs = FindIn(std::as_const(impl_->configs), workspace.str());
  return configs == nullptr ? std::vector<model::WorkspaceConfig>() : *configs;
}

bool IdentityDirectory::AdministeredToTheEnd(const model::WorkspaceId& workspace,
                                             const model::UserId& user) const {
  const auto* admins = FindIn(std::as_const(impl_->former_admins), workspace.str());
  return admins != nullptr && std::ranges::find(*admins, user) != admins->end();
}

const KeyEntry* IdentityDirectory::FindKeyByToken(std::string_view token_hash) const {
  const std::string* id = FindIn(std::as_const(impl_->key_of_token), token_hash);
  return id == nullptr ? nullptr : FindKey(*id);
}

std::vector<std::string> IdentityDirectory::ExpiredKeys(WallTime now, std::size_t limit) const {
  std::vector<std::string> expired;
  for (const auto& [hash, id] : impl_->key_of_token) {
    if (expired.size() == limit) break;
    const KeyEntry* entry = FindKey(id);
    if (entry != nullptr && entry->key.expires.value_or(WallTime::max()) <= now) {
      expired.push_back(id);
    }
  }
  return expired;
}

std::size_t IdentityDirectory::temporary_keys() const { return impl_->key_of_token.size(); }

void IdentityDirectory::SetLending(Lending lending) { impl_->lending = std::move(lending); }

bool IdentityDirectory::LendingHolds(const model::AccessKey& key) const {
  return impl_->lending && impl_->lending(key);
}

model::Revision IdentityDirectory::RevisionOf(store::Kind kind, std::string_view key) const {
  const auto found = impl_->revisions.find(std::pair(kind, std::string(key)));
  return found == impl_->revisions.end() ? 0 : found->second;
}

}  // namespace atelier::identity
