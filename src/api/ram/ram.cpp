#include <array>

#include "api/ram/ram_common.h"
#include "identity/identity_directory.h"
#include "identity/policy.h"

namespace atelier::api {

Result<model::User> FindUserByName(const Context& context, const std::string& name) {
  const model::User* user = context.services.identities.FindUserByName(name);
  if (user == nullptr) return Error(Code::kNotFound, "The user does not exist.", "UnknownUser");
  return *user;
}

Error UnknownPolicy() { return {Code::kNotFound, "The policy does not exist.", "UnknownPolicy"}; }

bool PolicyExists(const Context& context, std::string_view type, std::string_view name) {
  if (type == "System") return identity::SystemPolicies().contains(name);
  return context.services.identities.FindPolicy(name) != nullptr;
}

std::span<const Operation> RamOperations() {
  static const std::vector<Operation> kAll = [] {
    const auto groups = std::to_array<std::span<const Operation>>(
        {UserOperations(), KeyOperations(), PolicyOperations(), RoleOperations()});
    std::vector<Operation> all;
    for (const auto group : groups) all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return kAll;
}

}  // namespace atelier::api
