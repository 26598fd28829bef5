#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "identity/policy.h"
#include "identity/policy/conditions.h"
#include "identity/policy/matcher.h"

namespace atelier::identity {

enum class PolicyKind : std::uint8_t {
  kIdentity,  // of a user, a role or a session: has Resource
  kTrust,     // of a role, says who may assume it: has Principal
};

/// One request as a document sees it.
struct PolicyQuery {
  const std::vector<std::string>& actions;  // the names of one operation: synonyms
  std::string_view resource;                // "*": all resources; unused by trust policies
  Case resource_case = Case::kSensitive;
  const RequestContext& context;
};

/// A parsed RAM policy (docs/contract/ram-policy.md section 1). Immutable.
class PolicyDocument {
 public:
  /// For uploads. InvalidArgument/MalformedPolicyDocument: the first thing that is wrong.
  static Result<PolicyDocument> Parse(std::string_view text, PolicyKind kind);
  /// For stored text, which an older or newer version may have accepted. Fails closed: an Allow
  /// that is not understood grants nothing, a Deny that is not understood denies (section 2.3).
  static PolicyDocument FromStored(std::string_view text, PolicyKind kind);

  Verdict Decide(const PolicyQuery& query) const;
  /// Whether a statement about the action and the resource has a condition on one of ConditionKeys:
  /// with other values of them, Decide may decide otherwise.
  bool AsksForKeys(const PolicyQuery& query) const;

 private:
  struct Statement {
    bool deny = true;
    bool not_action = false;
    std::vector<std::string> actions;
    std::vector<std::string> resources;
    std::vector<std::string> principals;  // of kind RAM
    std::vector<Condition> conditions;
  };
  class Reader;

  bool Concerns(const Statement& statement, const PolicyQuery& query) const;
  bool Applies(const Statement& statement, const PolicyQuery& query) const;

  PolicyKind kind_ = PolicyKind::kIdentity;
  std::vector<Statement> statements_;
  bool asks_for_keys_ = false;  // some statement does, about whatever
};

}  // namespace atelier::identity
