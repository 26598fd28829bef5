#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/codec.h"
#include "identity/identity_directory.h"
#include "model/principal.h"
#include "store/record.h"

namespace atelier::identity {

/// There is one account, so its record has a fixed key: a second one cannot be committed.
inline constexpr std::string_view kAccountKey = "account";

/// The most expired keys that one transaction removes.
inline constexpr std::size_t kSweepBatch = 100;

/// A write that commits only if the record is still as the read model has it.
template <class T>
store::Write PutAsRead(const IdentityDirectory& directory, store::Kind kind, std::string key,
                       const T& value) {
  const model::Revision expected = directory.RevisionOf(kind, key);
  return store::Write::Put(kind, std::move(key), ToJson(value), expected);
}

inline store::Write DeleteAsRead(const IdentityDirectory& directory, store::Kind kind,
                                 std::string key) {
  const model::Revision expected = directory.RevisionOf(kind, key);
  return store::Write::Delete(kind, std::move(key), expected);
}

inline bool OnlyOf(std::string_view text, std::string_view extra) {
  for (const char c : text) {
    if (!IsAlnum(c) && extra.find(c) == std::string_view::npos) return false;
  }
  return true;
}

/// A user's: 1 to 64 characters.
inline bool IsUserName(std::string_view name) {
  constexpr std::size_t kMax = 64;
  return !name.empty() && name.size() <= kMax && OnlyOf(name, "._@-");
}

/// Of a user's display name, in bytes.
inline constexpr std::size_t kMaxDisplayName = 512;

inline bool StartsWithLetter(std::string_view text) { return !text.empty() && IsLetter(text[0]); }

/// Record key, and the MemberId of the wire.
inline std::string MemberId(const model::Member& member) {
  return member.workspace.str() + "-" + member.user.str();
}

/// Deletes what makes members of this workspace or user and cannot be read: a newer version may be
/// able to read it again when the name belongs to somebody else.
inline void AppendUnreadableMembers(const IdentityDirectory& directory, std::string_view id,
                                    store::Batch& batch) {
  for (std::string& key : directory.UnreadableMembers(id))
    batch.push_back(store::Write::Delete(store::Kind::kMember, std::move(key)));
}

/// A user, the account, or a role by its name.
inline bool IsPrincipal(const IdentityDirectory& directory, const model::UserId& user) {
  if (directory.FindUser(user) != nullptr) return true;
  const model::Account* account = directory.account();
  if (account != nullptr && account->id.str() == user.str()) return true;
  const model::Role* role = directory.FindRole(user);
  return role != nullptr && role->name == user.str();
}

inline Error NoWorkspace(const model::WorkspaceId& id) {
  return {Code::kNotFound, "The workspace " + id.str() + " does not exist.", "UnknownWorkspace"};
}

inline Error NotThere(std::string_view what, std::string_view name) {
  return {Code::kNotFound,
          "The " + std::string(what) + " " + std::string(name) + " does not exist.",
          "Unknown" + std::string(what)};
}

/// What was made, unless somebody has deleted it meanwhile.
template <class T>
Result<T> Shown(std::string_view what, std::string_view name, const T* found) {
  if (found == nullptr) return NotThere(what, name);
  return *found;
}

inline Error AlreadyThere(std::string_view what, std::string_view name) {
  return {Code::kAlreadyExists,
          "The " + std::string(what) + " " + std::string(name) + " already exists.",
          std::string(what) + "Exists"};
}

inline Error Invalid(std::string reason, std::string message) {
  return {Code::kInvalidArgument, std::move(message), std::move(reason)};
}

}  // namespace atelier::identity
