#include "identity/caller.h"

#include "identity/identity_directory.h"

namespace atelier::identity {

model::UserId UserOf(const model::AccessKey& key) {
  return key.role.empty() ? key.user : model::UserId(key.role + ":" + key.session_name);
}

std::string_view HolderOf(const model::UserId& user) {
  const std::string_view text = user.str();
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? text : text.substr(0, colon + 1);
}

std::optional<Caller> CallerOf(const IdentityDirectory& directory, const model::UserId& user) {
  const model::Account* account = directory.account();
  if (account == nullptr) return std::nullopt;
  const std::string prefix = "acs:ram::" + account->id.str() + ":";
  Caller caller;
  caller.account = account->id;
  caller.user = user;
  if (user.str() == account->id.str()) {
    caller.type = PrincipalType::kRoot;
    caller.arn = prefix + "root";
    caller.display_name = account->name;
    return caller;
  }
  if (const std::size_t colon = user.str().find(':'); colon != std::string::npos) {
    const model::Role* role = directory.FindRole(user.str().substr(0, colon));
    if (role == nullptr) return std::nullopt;
    caller.type = PrincipalType::kRoleSession;
    caller.role = model::UserId(role->name);
    caller.arn = prefix + "assumed-role/" + role->name + "/" + user.str().substr(colon + 1);
    caller.display_name = user.str();
    return caller;
  }
  const model::User* found = directory.FindUser(user);
  if (found == nullptr) return std::nullopt;
  caller.type = PrincipalType::kUser;
  caller.arn = prefix + "user/" + found->name;
  caller.display_name = found->display_name.empty() ? found->name : found->display_name;
  return caller;
}

bool SessionIsOver(const IdentityDirectory& directory, const model::AccessKey& key, WallTime now) {
  if (key.expires && *key.expires <= now) return true;
  if (key.role.empty()) return key.expires && !directory.LendingHolds(key);
  const model::Role* role = directory.FindRole(key.role);
  return role == nullptr || role->created > key.created;
}

bool SessionIsOver(const IdentityDirectory& directory, const model::Session& session,
                   WallTime now) {
  if (session.ends <= now) return true;
  if (session.method == model::SignInMethod::Password) {
    const model::User* user = directory.FindUser(session.user);
    return user == nullptr || !user->password || session.made < user->password->changed;
  }
  if (session.method == model::SignInMethod::Oidc) {
    const model::User* user = directory.FindUser(session.user);
    return user == nullptr || !user->subject;
  }
  const KeyEntry* key = directory.FindKey(session.key);
  return key == nullptr || key->key.state != model::KeyState::Active;
}

}  // namespace atelier::identity
