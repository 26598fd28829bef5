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

}  // namespace atelier::api
