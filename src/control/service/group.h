#pragma once
#include <string>
#include <utility>

#include "base/random.h"
#include "model/service.h"

namespace atelier::control {

inline constexpr std::size_t kTokenBytes = 20;  // of services and groups

inline model::ServiceGroup FreshGroup(std::string name, model::UserId owner,
                                      model::WorkspaceId workspace, WallTime now, Random& random) {
  model::ServiceGroup group;
  group.name = std::move(name);
  group.owner = std::move(owner);
  group.workspace = std::move(workspace);
  group.token = random.Hex(kTokenBytes);
  group.created = now;
  group.updated = now;
  return group;
}

}  // namespace atelier::control
