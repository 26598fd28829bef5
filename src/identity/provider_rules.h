#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "model/principal.h"

namespace atelier::identity {

/// What being in a group at the OpenID provider gives.
struct GroupRule {
  std::string Group;                             // `*`: whoever signs in by the provider
  std::string Workspace = {};                    // by its name; empty: none
  std::vector<model::WorkspaceRole> Roles = {};  // there
  std::vector<std::string> Policies = {};        // attached to the user
};
BOOST_DESCRIBE_STRUCT(GroupRule, (), (Group, Workspace, Roles, Policies))

/// The file of `--oidc-rules`. Workspaces and policies that it names are the provider's to give and
/// to take at each sign-in; all others are left alone.
struct ProviderRules {
  std::vector<GroupRule> Rules = {};
};
BOOST_DESCRIBE_STRUCT(ProviderRules, (), (Rules))

/// InvalidArgument: it is no such file, has none or more than 200 rules, gives nothing, a
/// workspace without a role or a role without a workspace, or the owner's role, which nobody can be
/// given.
Result<ProviderRules> ParseProviderRules(std::string_view json);

/// What somebody has by rules. Names are in lower case: case makes no two of them.
struct Grants {
  std::map<std::string, std::vector<model::WorkspaceRole>> workspaces = {};  // empty: none there
  std::map<std::string, bool> policies = {};                                 // false: not theirs
};
Grants GrantsOf(const ProviderRules& rules, const std::set<std::string>& groups);

/// Whom an OpenID provider has named. `name` and `display_name` count at the first sign-in alone.
struct ProvidedUser {
  model::Subject subject;
  std::string name;          // wanted as the login name
  std::string display_name;  // of one that is made
  Grants grants;
};

}  // namespace atelier::identity
