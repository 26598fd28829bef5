#pragma once
#include <optional>
#include <string>

#include "model/ids.h"

namespace atelier::identity {

enum class PrincipalType : std::uint8_t { kRoot, kUser, kRoleSession };

/// An authenticated identity, for the length of one request.
struct Caller {
  PrincipalType type = PrincipalType::kUser;
  model::AccountId account;
  model::UserId user;  // the account's id for root; "<role>:<session>" for role sessions
  std::string arn;     // contract/ram-policy.md section 6
  std::string display_name;
  std::string access_key_id;   // empty for gateway cookies
  std::string role;            // role sessions only
  std::string session_policy;  // JSON text; empty: none
  std::string source_ip;       // of the peer, never of a header
  bool secure_transport = false;
};

}  // namespace atelier::identity
