#include "base/digest.h"
#include "base/encoding.h"
#include "identity/identity_service.h"
#include "identity/policy.h"
#include "identity/policy/document.h"
#include "identity/service/records.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::int64_t kMinSessionSeconds = 900;
constexpr std::int64_t kMaxSessionSeconds = 43'200;
constexpr std::size_t kMaxTemporaryKeys = 10'000;
constexpr std::size_t kMaxSessionPolicyBytes = 2048;

/// "acs:ram::<account>:role/<name>"; empty: of another form or account.
std::string_view RoleNameOf(std::string_view arn, const model::AccountId& account) {
  const std::string prefix = "acs:ram::" + account.str() + ":role/";
  return arn.starts_with(prefix) ? arn.substr(prefix.size()) : std::string_view();
}

Error NoPermission(std::string message) {
  return {Code::kPermissionDenied, std::move(message), "NoPermission"};
}

Status CheckAssumeArguments(const std::string& session_name, const std::string& session_policy) {
  if (session_name.size() < 2 || session_name.size() > 64 || !OnlyOf(session_name, ".@-_")) {
    return Invalid("InvalidRoleSessionName",
                   "RoleSessionName has 2 to 64 letters, digits, '.', '@', '-' or '_'.");
  }
  if (session_policy.empty()) return Ok();
  if (session_policy.size() > kMaxSessionPolicyBytes) {
    return Invalid("InvalidPolicyGrammar", "Policy has at most 2048 characters.");
  }
  return ValidatePolicyDocument(session_policy);
}

}  // namespace

Task<Result<model::Role>> IdentityService::CreateRole(std::string name, std::string trust_policy,
                                                      std::int64_t max_session_seconds,
                                                      model::Actor actor) {
  // The letter keeps names of roles apart from ids of users where both can be members.
  if (!StartsWithLetter(name) || name.size() > 64 || !OnlyOf(name, ".-_")) {
    co_return Invalid("InvalidRoleName",
                      "A role name has 1 to 64 letters, digits, '.', '-' or '_' and starts with a "
                      "letter.");
  }
  if (max_session_seconds < 3600 || max_session_seconds > kMaxSessionSeconds) {
    co_return Invalid("InvalidMaxSessionDuration",
                      "MaxSessionDuration must be 3600 to 43200 seconds.");
  }
  ATELIER_CO_TRY(const auto parsed, PolicyDocument::Parse(trust_policy, PolicyKind::kTrust));
  static_cast<void>(parsed);  // only whether it parses matters here
  const model::Role role{.name = name,
                         .trust_policy = std::move(trust_policy),
                         .max_session_seconds = max_session_seconds,
                         .created = clock_.Wall(),
                         .policies = {}};
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory_.Holds(Kind::kRole, RecordKey(name))) return AlreadyThere("Role", name);
    return store::Creation{
        .transaction = {.writes = {PutAsRead(directory_, Kind::kRole, RecordKey(name), role)}},
        .id = name,
        .target = "role/" + name};
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Create(std::move(actor), plan));
  co_return Shown("Role", name, directory_.FindRole(name));
}

Task<Status> IdentityService::DeleteRole(std::string name, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Role* role = directory_.FindRole(name);
    if (role == nullptr) return NotThere("Role", name);
    store::Transaction gone{.writes = {DeleteAsRead(directory_, Kind::kRole, RecordKey(name))},
                            .ends = true};
    for (const model::Member& member : directory_.MembershipsOf(model::UserId(role->name))) {
      gone.writes.push_back(store::Write::Delete(Kind::kMember, MemberId(member)));
    }
    AppendUnreadableMembers(directory_, role->name, gone.writes);
    return gone;
  };
  co_return co_await writer_.Commit(std::move(actor), {"role/" + name}, plan);
}

Result<model::Role> IdentityService::RoleToAssume(const Caller& caller,
                                                  const std::string& role_arn) const {
  if (caller.type == PrincipalType::kRoot)
    return NoPermission("Roles may not be assumed by root accounts.");
  const model::Role* role = directory_.FindRole(RoleNameOf(role_arn, caller.account));
  if (role == nullptr) return NotThere("Role", role_arn);
  if (!EvaluateAssumeRole(directory_, caller, *role, clock_.Wall()).allowed())
    return NoPermission("You are not authorized to do this operation.");
  return *role;
}

Task<Result<NewKey>> IdentityService::AssumeRole(Caller caller, std::string role_arn,
                                                 std::string session_name,
                                                 std::int64_t duration_seconds,
                                                 std::string session_policy, model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(CheckAssumeArguments(session_name, session_policy));
  ATELIER_CO_TRY(const model::Role role, RoleToAssume(caller, role_arn));
  if (duration_seconds < kMinSessionSeconds || duration_seconds > role.max_session_seconds) {
    co_return Invalid("InvalidDurationSeconds",
                      "DurationSeconds must be 900 to the role's maximum session time, " +
                          std::to_string(role.max_session_seconds) + ".");
  }
  NewKey made = MakeTemporary(duration_seconds);
  model::AccessKey key = KeyRecord(made, model::UserId());
  key.role = role.name;
  key.session_name = session_name;
  key.session_policy = std::move(session_policy);
  const auto plan = [&] { return PlanTemporary(key); };
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Commit(
      std::move(actor), {"role/" + role.name + "/session/" + session_name}, plan));
  co_return made;
}

NewKey IdentityService::MakeTemporary(std::int64_t duration_seconds) {
  NewKey made = MakeKey("STS.");
  Bytes<96> token{};
  random_.Fill(token);
  made.security_token = "CAIS" + Base64(token);
  made.expires = clock_.Wall() + std::chrono::seconds(duration_seconds);
  return made;
}

Result<store::Transaction> IdentityService::PlanTemporary(const model::AccessKey& key) const {
  store::Transaction next{.writes = {PutAsRead(directory_, Kind::kAccessKey, key.id, key)}};
  if (directory_.temporary_keys() < kMaxTemporaryKeys) return next;
  const std::vector<std::string> expired = directory_.ExpiredKeys(clock_.Wall(), kSweepBatch);
  if (expired.empty()) {
    return Error(Code::kResourceExhausted, "Too many temporary keys are live; try again later.",
                 "LimitExceeded");
  }
  for (const std::string& id : expired)
    next.writes.push_back(store::Write::Delete(Kind::kAccessKey, id));
  return next;
}

Task<Result<NewKey>> IdentityService::LendKey(model::UserId user, std::string session_name,
                                              std::int64_t duration_seconds,
                                              std::string session_policy) {
  NewKey made = MakeTemporary(duration_seconds);
  model::AccessKey key = KeyRecord(made, user);
  key.session_name = session_name;
  key.session_policy = std::move(session_policy);
  const auto plan = [&]() -> Result<store::Transaction> {
    ATELIER_TRY(store::Write guard, OwnerGuard(user));
    ATELIER_TRY(store::Transaction next, PlanTemporary(key));
    // The owner must be there; nothing counts these keys, so many may be lent at once.
    next.writes.push_back(store::Write::Check(guard.kind, guard.key, guard.expected.value_or(0)));
    return next;
  };
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer_.Commit(System("LendKey"), {"instance/" + session_name + "/keys"}, plan));
  co_return made;
}

}  // namespace atelier::identity
