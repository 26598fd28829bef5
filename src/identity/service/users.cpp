#include "identity/identity_service.h"
#include "identity/service/records.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::size_t kMaxKeysOfUser = 2;

/// Of a key that is deleted: with the record of its use, readable or not.
void AddDeleteOfKey(const IdentityDirectory& directory, const std::string& id,
                    store::Batch& batch) {
  batch.push_back(DeleteAsRead(directory, Kind::kAccessKey, id));
  if (directory.Holds(Kind::kKeyUse, id)) batch.push_back(store::Write::Delete(Kind::kKeyUse, id));
}

/// Whether taking this key away would leave the main account without one that works.
bool IsLastRootKey(const IdentityDirectory& directory, const model::AccessKey& key) {
  const model::Account* account = directory.account();
  if (account == nullptr || account->id.str() != key.user.str()) return false;
  for (const model::AccessKey& other : directory.KeysOf(key.user)) {
    const bool works = other.state == model::KeyState::Active && !other.expires;
    if (works && other.id != key.id) return false;
  }
  return true;
}

}  // namespace

Task<Result<model::User>> IdentityService::CreateUser(std::string name, std::string display_name,
                                                      model::Actor actor) {
  if (!IsUserName(name)) {
    co_return Invalid("InvalidUserName",
                      "A user name has 1 to 64 letters, digits, '.', '_', '@' or '-'.");
  }
  if (display_name.size() > kMaxDisplayName) {
    co_return Invalid("InvalidDisplayName", "A display name has at most 128 characters.");
  }
  model::User user{.id = model::UserId(Digits(18)),
                   .name = name,
                   .display_name = std::move(display_name),
                   .created = clock_.Wall(),
                   .policies = {}};
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory_.Holds(Kind::kUser, RecordKey(name))) return AlreadyThere("User", name);
    while (directory_.FindUser(user.id) != nullptr) user.id = model::UserId(Digits(18));
    return store::Creation{
        .transaction = {.writes = {PutAsRead(directory_, Kind::kUser, RecordKey(name), user)}},
        .id = name,
        .target = "user/" + name};
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Create(std::move(actor), plan));
  co_return Shown("User", name, directory_.FindUserByName(name));
}

Task<Status> IdentityService::DeleteUser(std::string name, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::User* user = directory_.FindUserByName(name);
    if (user == nullptr) return NotThere("User", name);
    if (!directory_.KeysOf(user->id).empty()) {
      return Error(Code::kFailedPrecondition,
                   "The User " + name + " has access keys; delete them first.",
                   "UserHasAccessKeys");
    }
    store::Transaction gone{
        .writes = {DeleteAsRead(directory_, Kind::kUser, RecordKey(user->name))}, .ends = true};
    for (const model::Member& member : directory_.MembershipsOf(user->id)) {
      gone.writes.push_back(store::Write::Delete(Kind::kMember, MemberId(member)));
    }
    AppendUnreadableMembers(directory_, user->id, gone.writes);
    if (directory_.RevisionOf(Kind::kDefaultWorkspace, user->id.str()) != 0) {
      gone.writes.push_back(store::Write::Delete(Kind::kDefaultWorkspace, user->id.str()));
    }
    return gone;
  };
  co_return co_await writer_.Commit(std::move(actor), {"user/" + name}, plan);
}

Task<Status> IdentityService::SetPassword(std::string user_name, std::optional<std::string> hash,
                                          model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::User* found = directory_.FindUserByName(user_name);
    if (found == nullptr) return NotThere("User", user_name);
    model::User user = *found;
    user.password.reset();
    if (hash) user.password = model::Password{.hash = *hash, .changed = clock_.Wall()};
    return store::Transaction{
        .writes = {PutAsRead(directory_, Kind::kUser, RecordKey(user.name), user)},
        .ends = !hash.has_value()};
  };
  co_return co_await writer_.Commit(std::move(actor), {"user/" + user_name}, plan);
}

Task<Result<NewKey>> IdentityService::CreateAccessKey(model::UserId user, model::Actor actor) {
  const NewKey made = MakeKey("LTAI");
  const model::AccessKey key = KeyRecord(made, user);
  const auto plan = [&]() -> Result<store::Creation> {
    ATELIER_TRY(store::Write guard, OwnerGuard(user));
    if (directory_.KeysOf(user).size() >= kMaxKeysOfUser) {
      return Error(Code::kResourceExhausted, "A user has at most two access keys.",
                   "LimitExceeded");
    }
    return store::Creation{
        .transaction = {.writes = {std::move(guard),
                                   PutAsRead(directory_, Kind::kAccessKey, key.id, key)}},
        .id = key.id,
        .target = "accesskey/" + key.id};
  };
  ATELIER_CO_TRY(const std::string id, co_await writer_.Create(std::move(actor), plan));
  if (id == key.id) co_return made;
  co_return Error(Code::kAlreadyExists,
                  "The access key " + id +
                      " was made by an earlier request with this client token, and its secret is "
                      "shown once. Delete it, and ask with another token.",
                  "AccessKeyExists");
}

Task<Result<NewKey>> IdentityService::RecoverMainKey() {
  const model::Account* account = directory_.account();
  if (account == nullptr) {
    co_return Error(Code::kFailedPrecondition,
                    "There is no main account yet: the first start of the server makes it.",
                    "NoAccount");
  }
  const model::UserId root(account->id.str());
  const NewKey made = MakeKey("LTAI");
  const model::AccessKey key = KeyRecord(made, root);
  const auto plan = [&]() -> Result<store::Transaction> {
    ATELIER_TRY(store::Write guard, OwnerGuard(root));
    store::Transaction next{
        .writes = {std::move(guard), PutAsRead(directory_, Kind::kAccessKey, key.id, key)},
        .ends = true};
    for (const model::AccessKey& old : directory_.KeysOf(root)) {
      // Those of workloads end by themselves, and nobody can have lost them.
      if (!old.expires) AddDeleteOfKey(directory_, old.id, next.writes);
    }
    return next;
  };
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer_.Commit(System("RecoverKey"), {"account/" + root.str()}, plan));
  co_return made;
}

/// `state`: the new one; nullopt: delete.
Task<Status> IdentityService::ChangeKey(std::string key_id, std::optional<model::KeyState> state,
                                        model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const KeyEntry* entry = directory_.FindKey(key_id);
    if (entry == nullptr) return NotThere("AccessKey", key_id);
    model::AccessKey key = entry->key;
    store::Transaction next{.ends = state != model::KeyState::Active};
    if (!key.expires) {
      ATELIER_TRY(store::Write guard, OwnerGuard(key.user));
      next.writes.push_back(std::move(guard));
      if (state != model::KeyState::Active && IsLastRootKey(directory_, key)) {
        return Error(Code::kFailedPrecondition,
                     "This is the last active access key of the main account; make another first.",
                     "LastAccessKey");
      }
    }
    if (state) {
      key.state = *state;
      next.writes.push_back(PutAsRead(directory_, Kind::kAccessKey, key_id, key));
    } else {
      AddDeleteOfKey(directory_, key_id, next.writes);
    }
    return next;
  };
  co_return co_await writer_.Commit(std::move(actor), {"accesskey/" + key_id}, plan);
}

Task<Status> IdentityService::SetAccessKeyState(std::string key_id, model::KeyState state,
                                                model::Actor actor) {
  return ChangeKey(std::move(key_id), state, std::move(actor));
}

Task<Status> IdentityService::DeleteAccessKey(std::string key_id, model::Actor actor) {
  return ChangeKey(std::move(key_id), std::nullopt, std::move(actor));
}

}  // namespace atelier::identity
