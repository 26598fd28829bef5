#include <algorithm>

#include "identity/identity_service.h"
#include "identity/policy.h"
#include "identity/service/records.h"

namespace atelier::identity {

namespace {

using store::Kind;

// Of one user or role (docs/contract/ram-policy.md section 1).
constexpr std::ptrdiff_t kMaxCustomPolicies = 10;
constexpr std::ptrdiff_t kMaxSystemPolicies = 20;

bool IsSystemPolicy(std::string_view name) { return SystemPolicies().contains(name); }

bool IsAttached(const IdentityDirectory& directory, const std::string& policy) {
  const auto has = [&](const auto& holder) {
    return std::ranges::find(holder.policies, policy) != holder.policies.end();
  };
  return std::ranges::any_of(directory.Users(), has) || std::ranges::any_of(directory.Roles(), has);
}

}  // namespace

Status IdentityService::CheckRoom(const std::vector<std::string>& attached,
                                  const std::string& added) {
  const bool system = IsSystemPolicy(added);
  const auto same_kind = std::ranges::count_if(
      attached, [&](const std::string& name) { return IsSystemPolicy(name) == system; });
  if (same_kind < (system ? kMaxSystemPolicies : kMaxCustomPolicies)) return Ok();
  return Error(Code::kResourceExhausted,
               "At most 10 custom and 20 system policies can be attached.", "LimitExceeded");
}

/// The name as it was written when the policy was made; NotFound.
Result<std::string> IdentityService::PolicyName(std::string_view name) const {
  if (const model::Policy* custom = directory_.FindPolicy(name)) return custom->name;
  for (const auto& [system, document] : SystemPolicies()) {
    if (RecordKey(system) == RecordKey(name)) return system;
  }
  return NotThere("Policy", name);
}

Task<Result<model::Policy>> IdentityService::CreatePolicy(std::string name, std::string description,
                                                          std::string document,
                                                          model::Actor actor) {
  if (name.empty() || name.size() > 128 || !OnlyOf(name, "-")) {
    co_return Invalid("InvalidPolicyName", "A policy name has 1 to 128 letters, digits or '-'.");
  }
  if (description.size() > 1024) {
    co_return Invalid("InvalidDescription", "A description has at most 1024 bytes.");
  }
  ATELIER_CO_RETURN_IF_ERROR(ValidatePolicyDocument(document));
  const WallTime now = clock_.Wall();
  const model::Policy policy{.name = name,
                             .description = std::move(description),
                             .document = std::move(document),
                             .created = now,
                             .modified = now};
  const auto plan = [&]() -> Result<store::Creation> {
    if (PolicyName(name) || directory_.Holds(Kind::kPolicy, RecordKey(name)))
      return AlreadyThere("Policy", name);
    return store::Creation{
        .transaction = {.writes = {PutAsRead(directory_, Kind::kPolicy, RecordKey(name), policy)}},
        .id = name,
        .target = "policy/" + name};
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Create(std::move(actor), plan));
  co_return Shown("Policy", name, directory_.FindPolicy(name));
}

Task<Status> IdentityService::DeletePolicy(std::string name, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    ATELIER_TRY(const std::string found, PolicyName(name));
    if (IsSystemPolicy(found)) {
      return Error(Code::kFailedPrecondition, "System policies cannot be deleted.", "SystemPolicy");
    }
    if (IsAttached(directory_, found)) {
      return Error(Code::kFailedPrecondition,
                   "The Policy " + found + " is attached to users or roles; detach it first.",
                   "PolicyAttached");
    }
    return store::Transaction{.writes = {DeleteAsRead(directory_, Kind::kPolicy, RecordKey(found))},
                              .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {"policy/" + name}, plan);
}

/// Attaches to, or detaches from, a user (Kind::kUser) or role (Kind::kRole).
Task<Status> IdentityService::SetAttachment(std::string policy, Kind kind, std::string holder,
                                            bool attached, model::Actor actor) {
  const auto edit = [&](std::vector<std::string>& policies) -> Status {
    const auto found = std::ranges::find(policies, RecordKey(policy), &RecordKey);
    if (!attached) {  // also one that cannot be read
      if (found == policies.end()) return NotThere("Policy", policy);
      policies.erase(found);
      return Ok();
    }
    ATELIER_TRY(const std::string name, PolicyName(policy));
    if (found != policies.end()) return AlreadyThere("Policy", name);
    ATELIER_RETURN_IF_ERROR(CheckRoom(policies, name));
    policies.push_back(name);
    return Ok();
  };
  const auto plan = [&]() -> Result<store::Transaction> {
    store::Transaction next{.ends = !attached};
    if (kind == Kind::kUser) {
      const model::User* found = directory_.FindUserByName(holder);
      if (found == nullptr) return NotThere("User", holder);
      model::User user = *found;
      ATELIER_RETURN_IF_ERROR(edit(user.policies));
      next.writes.push_back(PutAsRead(directory_, kind, RecordKey(holder), user));
    } else {
      const model::Role* found = directory_.FindRole(holder);
      if (found == nullptr) return NotThere("Role", holder);
      model::Role role = *found;
      ATELIER_RETURN_IF_ERROR(edit(role.policies));
      next.writes.push_back(PutAsRead(directory_, kind, RecordKey(holder), role));
    }
    // A policy that is being deleted cannot be attached in the same moment.
    if (const model::Policy* custom = directory_.FindPolicy(policy);
        custom != nullptr && attached) {
      next.writes.push_back(PutAsRead(directory_, Kind::kPolicy, RecordKey(custom->name), *custom));
    }
    return next;
  };
  const std::string target = (kind == Kind::kUser ? "user/" : "role/") + holder;
  co_return co_await writer_.Commit(std::move(actor), {target + "/policy/" + policy}, plan);
}

Task<Status> IdentityService::AttachPolicyToUser(std::string policy, std::string user_name,
                                                 model::Actor actor) {
  return SetAttachment(std::move(policy), Kind::kUser, std::move(user_name), true,
                       std::move(actor));
}

Task<Status> IdentityService::DetachPolicyFromUser(std::string policy, std::string user_name,
                                                   model::Actor actor) {
  return SetAttachment(std::move(policy), Kind::kUser, std::move(user_name), false,
                       std::move(actor));
}

Task<Status> IdentityService::AttachPolicyToRole(std::string policy, std::string role,
                                                 model::Actor actor) {
  return SetAttachment(std::move(policy), Kind::kRole, std::move(role), true, std::move(actor));
}

Task<Status> IdentityService::DetachPolicyFromRole(std::string policy, std::string role,
                                                   model::Actor actor) {
  return SetAttachment(std::move(policy), Kind::kRole, std::move(role), false, std::move(actor));
}

}  // namespace atelier::identity
