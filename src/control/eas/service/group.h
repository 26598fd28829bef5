#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "control/core/seal_token.h"
#include "model/service.h"

namespace atelier::control {

inline constexpr std::size_t kTokenBytes = 20;  // of services and groups

/// What callers of `service` present from now on.
inline void SetToken(model::Service& service, std::string_view token, const SealToken& seal) {
  service.sealed_token = seal ? seal(token, model::TokenContext(service)) : std::string();
  service.token = seal ? std::string_view() : token;
}

/// A group with a token of its own.
inline model::ServiceGroup FreshGroup(std::string name, model::UserId owner,
                                      model::WorkspaceId workspace, WallTime now, Random& random,
                                      const SealToken& seal) {
  model::ServiceGroup group;
  group.name = std::move(name);
  group.owner = std::move(owner);
  group.workspace = std::move(workspace);
  group.created = now;
  group.updated = now;
  if (seal) group.sealed_token = seal(random.Hex(kTokenBytes), model::TokenContext(group));
  return group;
}

}  // namespace atelier::control
