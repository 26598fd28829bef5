#include "identity/identity_directory.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <boost/container/small_vector.hpp>

#include "base/ascii.h"
#include "identity/caller.h"
#include "identity/policy/document.h"
#include "identity/sealed_box.h"
#include "identity/service/records.h"
#include "store/table.h"

namespace atelier::identity {

namespace {

using store::Kind;
using store::RowsKeyedBy;

struct PolicyEntry {
  model::Policy policy;
  PolicyDocument document;
};

/// The text that keeps all temporary keys together, soonest to end first.
constexpr std::string_view kTemporary = "temporary";

struct ById {
  static std::string_view Of(const model::User& user) { return user.id; }
  static std::string_view Of(const model::Workspace& workspace) { return workspace.id; }
};
/// By `sub` alone: two providers may have the same, so the rows are looked through.
struct BySubject {
  static std::string_view Of(const model::User& user) {
    return user.subject ? std::string_view(user.subject->id) : std::string_view();
  }
  static bool Before(const model::User& a, const model::User& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  }
};
/// Keeps all workspaces together, oldest first.
struct ByAge {
  static constexpr std::string_view kAll = "all";
  static std::string_view Of(const model::Workspace& /*workspace*/) { return kAll; }
  static bool Before(const model::Workspace& a, const model::Workspace& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  }
};
struct ByOwner {
  static std::string_view Of(const KeyEntry& entry) {
    return entry.key.expires ? std::string_view() : entry.key.user;
  }
  static bool Before(const KeyEntry& a, const KeyEntry& b) {
    return std::tie(a.key.created, a.key.id) < std::tie(b.key.created, b.key.id);
  }
};
struct ByToken {
  static std::string_view Of(const KeyEntry& entry) {
    return entry.key.expires ? std::string_view(entry.key.token_hash) : std::string_view();
  }
};
struct ByEnd {
  static std::string_view Of(const KeyEntry& entry) {
    return entry.key.expires ? kTemporary : std::string_view();
  }
  static bool Before(const KeyEntry& a, const KeyEntry& b) { return a.key.expires < b.key.expires; }
};
struct ByWorkspace {
  static std::string_view Of(const model::Member& member) { return member.workspace; }
  static bool Before(const model::Member& a, const model::Member& b) {
    return std::tie(a.created, a.user) < std::tie(b.created, b.user);
  }
};
struct ByUser {
  static std::string_view Of(const model::Member& member) { return member.user; }
  static bool Before(const model::Member& a, const model::Member& b) {
    return std::tie(a.created, a.workspace) < std::tie(b.created, b.workspace);
  }
};
struct BySignedIn {
  static std::string_view Of(const model::Session& session) { return session.user; }
  static bool Before(const model::Session& a, const model::Session& b) {
    return std::tie(a.made, a.id) < std::tie(b.made, b.id);
  }
};
struct ByChoice {
  static std::string_view Of(const model::DefaultWorkspace& choice) { return choice.workspace; }
  static bool Before(const model::DefaultWorkspace& a, const model::DefaultWorkspace& b) {
    return a.user < b.user;
  }
};

bool HoldsNames(Kind kind) {
  return kind == Kind::kAccount || kind == Kind::kUser || kind == Kind::kRole ||
         kind == Kind::kWorkspace;
}

/// Of those whose record is filed under their name.
constexpr auto kKeyOf = [](const auto& named) { return RecordKey(named.name); };

template <class T>
std::vector<T> Copies(const std::vector<std::shared_ptr<const T>>& rows) {
  std::vector<T> copies;
  copies.reserve(rows.size());
  for (const auto& row : rows) copies.push_back(*row);
  return copies;
}

}  // namespace

std::string RecordKey(std::string_view name) { return ToLower(name); }

struct IdentityDirectory::Impl {
  Impl(const SealedBox& b, Logger* log) : box(b), quarantine(log) {
    for (const auto& [name, text] : SystemPolicies()) {
      system.emplace(RecordKey(name), PolicyDocument::FromStored(text, PolicyKind::kIdentity));
    }
  }

  Result<std::shared_ptr<const KeyEntry>> ReadKey(const store::Record& record);
  static Result<std::shared_ptr<const PolicyEntry>> ReadPolicy(const store::Record& record);

  /// Calls `visit` with every table.
  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(accounts);
    visit(users);
    visit(roles);
    visit(policies);
    visit(keys);
    visit(workspaces);
    visit(members);
    visit(choices);
    visit(uses);
    visit(configs);
    visit(sessions);
    visit(key_uses);
  }

  const SealedBox& box;
  store::Quarantine quarantine;
  std::map<std::string, PolicyDocument, std::less<>> system;  // by RecordKey
  Lending lending;
  std::uint64_t version = 0;
  std::uint64_t names_version = 0;
  bool any_sealed_elsewhere = false;  // a secret did not open

  store::Table<model::Account> accounts{
      Kind::kAccount, quarantine,
      RowsKeyedBy<model::Account>([](const model::Account&) { return kAccountKey; })};
  store::Table<model::User, ById, BySubject> users{Kind::kUser, quarantine,
                                                   RowsKeyedBy<model::User>(kKeyOf)};
  store::Table<model::Role> roles{Kind::kRole, quarantine, RowsKeyedBy<model::Role>(kKeyOf)};
  store::Table<PolicyEntry> policies{
      Kind::kPolicy, quarantine,
      [](const store::Record& record, const auto*) { return ReadPolicy(record); }};
  store::Table<KeyEntry, ByOwner, ByToken, ByEnd> keys{
      Kind::kAccessKey, quarantine,
      [this](const store::Record& record, const auto*) { return ReadKey(record); }};
  store::Table<model::Workspace, ById, ByAge> workspaces{Kind::kWorkspace, quarantine,
                                                         RowsKeyedBy<model::Workspace>(kKeyOf)};
  store::Table<model::Member, ByWorkspace, ByUser> members{Kind::kMember, quarantine,
                                                           RowsKeyedBy<model::Member>(&MemberId)};
  store::Table<model::DefaultWorkspace, ByChoice> choices{
      Kind::kDefaultWorkspace, quarantine,
      RowsKeyedBy<model::DefaultWorkspace>(&model::DefaultWorkspace::user)};
  store::Table<model::WorkspaceUse> uses{Kind::kWorkspaceUse, quarantine,
                                         store::Rows<model::WorkspaceUse>()};
  store::Table<model::WorkspaceConfigs> configs{
      Kind::kWorkspaceConfigs, quarantine,
      RowsKeyedBy<model::WorkspaceConfigs>(&model::WorkspaceConfigs::workspace)};
  store::Table<model::Session, BySignedIn> sessions{
      Kind::kSession, quarantine, RowsKeyedBy<model::Session>(&model::Session::id)};
  store::Table<model::KeyUse> key_uses{Kind::kKeyUse, quarantine,
                                       RowsKeyedBy<model::KeyUse>(&model::KeyUse::key)};
};

namespace {

Result<std::string> SecretOf(const SealedBox& box, const model::AccessKey& key) {
  return box.OpenBox(key.sealed_secret, "accesskey/" + key.id);
}

}  // namespace

Result<std::shared_ptr<const KeyEntry>> IdentityDirectory::Impl::ReadKey(
    const store::Record& record) {
  ATELIER_TRY(auto key, store::ReadKeyed<model::AccessKey>(record, &model::AccessKey::id));
  auto secret = SecretOf(box, key);
  if (!secret) {
    any_sealed_elsewhere = true;
    return secret.error();
  }
  const HmacSha256Key acs3(*secret);
  KeyEntry entry{
      .key = std::move(key), .secret = *std::move(secret), .acs3 = acs3, .session_policy = nullptr};
  entry.holder = HolderOf(UserOf(entry.key));
  if (!entry.key.session_policy.empty()) {
    entry.session_policy = std::make_shared<const PolicyDocument>(
        PolicyDocument::FromStored(entry.key.session_policy, PolicyKind::kIdentity));
  }
  return std::make_shared<const KeyEntry>(std::move(entry));
}

Result<std::shared_ptr<const PolicyEntry>> IdentityDirectory::Impl::ReadPolicy(
    const store::Record& record) {
  ATELIER_TRY(auto policy, store::ReadKeyed<model::Policy>(record, kKeyOf));
  auto document = PolicyDocument::FromStored(policy.document, PolicyKind::kIdentity);
  return std::make_shared<const PolicyEntry>(PolicyEntry{std::move(policy), std::move(document)});
}

Status CheckAccessKey(const SealedBox& box, const store::Record& record) {
  ATELIER_TRY(const auto key, store::ReadKeyed<model::AccessKey>(record, &model::AccessKey::id));
  const auto secret = SecretOf(box, key);
  return secret ? Ok() : Status(secret.error());
}

IdentityDirectory::IdentityDirectory(const SealedBox& box, Logger* log)
    : impl_(std::make_unique<Impl>(box, log)) {}

IdentityDirectory::~IdentityDirectory() = default;

Status IdentityDirectory::Load(store::Store& store) {
  Status loaded = Ok();
  ++impl_->version;
  impl_->ForEachTable([&](auto& table) {
    if (loaded) loaded = table.Load(store);
  });
  ATELIER_RETURN_IF_ERROR(std::move(loaded));
  if (impl_->accounts.Holds(kAccountKey) && account() == nullptr)
    return Error(Code::kDataLoss, "The record of the main account cannot be read.");
  if (impl_->any_sealed_elsewhere && impl_->keys.size() == 0)
    return Error(Code::kDataLoss, "The key file is not the one that sealed the secrets.");
  return Ok();
}

void IdentityDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    if (HoldsNames(change.record.kind)) ++impl_->names_version;
    impl_->ForEachTable([&](auto& table) {
      if (table.kind() == change.record.kind && table.kind() != Kind::kKeyUse) ++impl_->version;
      table.Apply(change);
    });
  }
}

std::uint64_t IdentityDirectory::version() const { return impl_->version; }

std::uint64_t IdentityDirectory::names_version() const { return impl_->names_version; }

const store::Quarantine& IdentityDirectory::quarantine() const { return impl_->quarantine; }

const model::Account* IdentityDirectory::account() const {
  return impl_->accounts.Find(kAccountKey).get();
}

const KeyEntry* IdentityDirectory::FindKey(std::string_view access_key_id) const {
  return impl_->keys.Find(access_key_id).get();
}

const model::User* IdentityDirectory::FindUser(const model::UserId& id) const {
  return impl_->users.FindBy<ById>(id).get();
}

const model::User* IdentityDirectory::FindUserByName(std::string_view name) const {
  return impl_->users.Find(RecordKey(name)).get();
}

const model::User* IdentityDirectory::FindUserBySubject(const model::Subject& subject) const {
  for (const auto& user : impl_->users.FindBy<BySubject>(subject.id)) {
    if (user->subject == subject) return user.get();
  }
  return nullptr;
}

const model::Role* IdentityDirectory::FindRole(std::string_view name) const {
  return impl_->roles.Find(RecordKey(name)).get();
}

const model::Policy* IdentityDirectory::FindPolicy(std::string_view name) const {
  const PolicyEntry* entry = impl_->policies.Find(RecordKey(name)).get();
  return entry == nullptr ? nullptr : &entry->policy;
}

const PolicyDocument* IdentityDirectory::FindDocument(std::string_view policy_name) const {
  const std::string key = RecordKey(policy_name);
  if (const PolicyEntry* entry = impl_->policies.Find(key).get()) return &entry->document;
  if (impl_->policies.Holds(key)) return nullptr;
  const auto found = impl_->system.find(key);
  return found == impl_->system.end() ? nullptr : &found->second;
}

const model::Workspace* IdentityDirectory::FindWorkspace(const model::WorkspaceId& id) const {
  return impl_->workspaces.FindBy<ById>(id).get();
}

const model::Workspace* IdentityDirectory::FindWorkspaceByName(std::string_view name) const {
  return impl_->workspaces.Find(RecordKey(name)).get();
}

const model::Member* IdentityDirectory::FindMember(const model::WorkspaceId& workspace,
                                                   const model::UserId& user) const {
  boost::container::small_vector<char, 96> key;  // longer ones have memory of their own
  for (const std::string_view part :
       {std::string_view(workspace.str()), std::string_view("-"), std::string_view(user.str())})
    key.insert(key.end(), part.begin(), part.end());
  return impl_->members.Find(std::string_view(key.data(), key.size())).get();
}

std::optional<model::WorkspaceId> IdentityDirectory::DefaultWorkspaceOf(
    const model::UserId& user) const {
  const bool root = account() != nullptr && account()->id.str() == user.str();
  const auto& chosen = impl_->choices.Find(user);
  if (chosen && FindWorkspace(chosen->workspace) != nullptr &&
      (root || FindMember(chosen->workspace, user) != nullptr)) {
    return chosen->workspace;
  }
  if (root) {
    const auto& all = impl_->workspaces.FindBy<ByAge>(ByAge::kAll);
    if (!all.empty()) return all.front()->id;
  }
  const auto& memberships = impl_->members.FindBy<ByUser>(user);
  if (memberships.size() == 1) return memberships.front()->workspace;
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
  return impl_->users.SortedBy(&model::User::name);
}

std::vector<model::Role> IdentityDirectory::Roles() const {
  return impl_->roles.SortedBy(&model::Role::name);
}

std::vector<model::Policy> IdentityDirectory::Policies() const {
  std::vector<model::Policy> policies;
  for (const auto& entry : impl_->policies.All()) policies.push_back(entry->policy);
  std::ranges::sort(policies, {}, &model::Policy::name);
  return policies;
}

std::vector<model::AccessKey> IdentityDirectory::KeysOf(const model::UserId& user) const {
  std::vector<model::AccessKey> keys;
  for (const auto& entry : impl_->keys.FindBy<ByOwner>(user)) keys.push_back(entry->key);
  return keys;
}

std::vector<model::Workspace> IdentityDirectory::Workspaces() const {
  return Copies(impl_->workspaces.FindBy<ByAge>(ByAge::kAll));
}

std::vector<model::Member> IdentityDirectory::MembersOf(const model::WorkspaceId& workspace) const {
  return Copies(impl_->members.FindBy<ByWorkspace>(workspace));
}

std::vector<model::Member> IdentityDirectory::MembershipsOf(const model::UserId& user) const {
  return Copies(impl_->members.FindBy<ByUser>(user));
}

std::vector<std::string> IdentityDirectory::UnreadableMembers(std::string_view id) const {
  std::vector<std::string> keys;
  for (const std::string& key : impl_->quarantine.KeysOf(Kind::kMember)) {
    const std::size_t dash = std::min(key.find('-'), key.size());
    const std::string_view workspace = std::string_view(key).substr(0, dash);
    if (workspace == id || std::string_view(key).substr(std::min(dash + 1, key.size())) == id)
      keys.push_back(key);
  }
  return keys;
}

std::vector<model::UserId> IdentityDirectory::ChosenBy(const model::WorkspaceId& workspace) const {
  std::vector<model::UserId> users;
  for (const auto& choice : impl_->choices.FindBy<ByChoice>(workspace))
    users.push_back(choice->user);
  return users;
}

std::vector<model::WorkspaceConfig> IdentityDirectory::ConfigsOf(
    const model::WorkspaceId& workspace) const {
  const auto& found = impl_->configs.Find(workspace);
  return found ? found->configs : std::vector<model::WorkspaceConfig>();
}

bool IdentityDirectory::AdministeredToTheEnd(const model::WorkspaceId& workspace,
                                             const model::UserId& user) const {
  const auto& use = impl_->uses.Find(workspace);
  return use && std::ranges::find(use->former_admins, user) != use->former_admins.end();
}

const model::KeyUse* IdentityDirectory::FindKeyUse(std::string_view access_key_id) const {
  return impl_->key_uses.Find(access_key_id).get();
}

const model::Session* IdentityDirectory::FindSession(std::string_view id) const {
  return impl_->sessions.Find(id).get();
}

std::vector<model::Session> IdentityDirectory::SessionsOf(const model::UserId& user) const {
  return Copies(impl_->sessions.FindBy<BySignedIn>(user));
}

std::vector<model::Session> IdentityDirectory::Sessions() const {
  return impl_->sessions.SortedBy([](const model::Session& session) {
    return std::tuple(session.made, std::string_view(session.id));
  });
}

const KeyEntry* IdentityDirectory::FindKeyByToken(std::string_view token_hash) const {
  return impl_->keys.FindBy<ByToken>(token_hash).get();
}

std::vector<std::string> IdentityDirectory::ExpiredKeys(WallTime now, std::size_t limit) const {
  std::vector<std::string> expired;
  for (const auto& entry : impl_->keys.FindBy<ByEnd>(kTemporary)) {
    if (expired.size() == limit || *entry->key.expires > now) break;
    expired.push_back(entry->key.id);
  }
  return expired;
}

std::size_t IdentityDirectory::temporary_keys() const {
  return impl_->keys.FindBy<ByEnd>(kTemporary).size();
}

void IdentityDirectory::SetLending(Lending lending) { impl_->lending = std::move(lending); }

bool IdentityDirectory::LendingHolds(const model::AccessKey& key) const {
  return impl_->lending && impl_->lending(key);
}

model::Revision IdentityDirectory::RevisionOf(store::Kind kind, std::string_view key) const {
  model::Revision revision = 0;
  impl_->ForEachTable([&](const auto& table) {
    if (table.kind() == kind) revision = table.RevisionOf(key);
  });
  return revision;
}

bool IdentityDirectory::Holds(store::Kind kind, std::string_view key) const {
  bool holds = false;
  impl_->ForEachTable([&](const auto& table) {
    if (table.kind() == kind) holds = table.Holds(key);
  });
  return holds;
}

}  // namespace atelier::identity
