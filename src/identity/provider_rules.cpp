#include "identity/provider_rules.h"

#include <algorithm>
#include <utility>

#include "base/codec.h"
#include "identity/identity_directory.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kMaxRules = 200;

Error Bad(std::string why) { return {Code::kInvalidArgument, "oidc-rules: " + std::move(why)}; }

}  // namespace

Result<ProviderRules> ParseProviderRules(std::string_view json) {
  auto rules = FromRecord<ProviderRules>(json);  // what a rule does not name it does not give
  if (!rules) return Bad(rules.error().message());
  if (rules->Rules.empty() || rules->Rules.size() > kMaxRules)
    return Bad("Rules must be a list of 1 to 200 rules.");
  for (const GroupRule& rule : rules->Rules) {
    if (rule.Group.empty()) return Bad("a rule names no Group.");
    if (rule.Workspace.empty() && rule.Policies.empty())
      return Bad("a rule gives neither a Workspace nor Policies.");
    if (rule.Workspace.empty() != rule.Roles.empty())
      return Bad("Workspace and Roles go together: set both or neither.");
    if (std::ranges::find(rule.Roles, model::WorkspaceRole::WorkspaceOwner) != rule.Roles.end())
      return Bad("WorkspaceOwner is the role of who has made a workspace.");
  }
  return rules;
}

Grants GrantsOf(const ProviderRules& rules, const std::set<std::string>& groups) {
  Grants grants;
  for (const GroupRule& rule : rules.Rules) {
    const bool applies = rule.Group == "*" || groups.contains(rule.Group);
    if (!rule.Workspace.empty()) {
      auto& roles = grants.workspaces[RecordKey(rule.Workspace)];
      for (const model::WorkspaceRole role : rule.Roles) {
        if (applies && std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
      }
    }
    for (const std::string& policy : rule.Policies) {
      bool& given = grants.policies[RecordKey(policy)];
      given = given || applies;
    }
  }
  return grants;
}

}  // namespace atelier::identity
