#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/ids.h"
#include "model/principal.h"
#include "model/session.h"

namespace atelier::identity {

enum class PrincipalType : std::uint8_t { kRoot, kUser, kRoleSession };

/// An authenticated identity, for the length of one request.
struct Caller {
  PrincipalType type = PrincipalType::kUser;
  model::AccountId account;
  model::UserId user;  // the account's id for root; "<role>:<session>" for role sessions
  std::string arn;     // docs/contract/ram-policy.md section 6
  std::string display_name;
  std::string access_key_id;  // of a browser the one that vouched for it; empty for gateway cookies
  std::string session;        // a browser's: model::Session::id; empty: the request is signed
  model::UserId role;         // role sessions only: its name, by which it is a member
  std::string session_policy;  // JSON text; empty: none
  std::string source_ip;       // of the peer, or what a trusted proxy says (http::TrustedProxies)
  bool secure_transport = false;
};

/// Of one key and one address the requests mostly share one. Never nullptr where it is an answer.
using CallerPtr = std::shared_ptr<const Caller>;

/// Whom a key acts as: its user, or the session that it was made for.
model::UserId UserOf(const model::AccessKey& key);

/// Whom that which a user holds counts for, where each has a share: a role, "<role>:", with all its
/// sessions.
std::string_view HolderOf(const model::UserId& user);

class IdentityDirectory;

/// The user, main account or role session ("<role>:<session>") as a caller of today, without key,
/// session policy and address; nullopt: deleted since. For rights that were passed on, as by a
/// sharing token.
std::optional<Caller> CallerOf(const IdentityDirectory& directory, const model::UserId& user);

/// Whether a temporary key signs nothing more: its time is over, its role is gone, or what it was
/// lent for is (IdentityService::LendKey). A role made
/// anew under an old name has nothing to do with the sessions of its predecessor.
bool SessionIsOver(const IdentityDirectory& directory, const model::AccessKey& key, WallTime now);

/// Whether a browser's session lets nobody in any more, whether it is used or not: its time is
/// over, or what its user showed is gone: their access key, or that password.
bool SessionIsOver(const IdentityDirectory& directory, const model::Session& session, WallTime now);

}  // namespace atelier::identity
