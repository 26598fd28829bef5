#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "identity/provider_rules.h"
#include "identity/sealed_box.h"
#include "model/audit.h"
#include "store/writer.h"

namespace atelier::identity {

/// A secret is shown once, when it is made.
struct NewKey {
  std::string id;
  std::string secret;
  std::string security_token;       // temporary keys
  std::optional<WallTime> expires;  // temporary keys
};

/// All mutations of accounts, users, keys, policies, roles, workspaces and members. Each is one
/// durable transaction with its audit record (store/writer.h). Authorisation happened
/// before (api/), but for AssumeRole, which checks both policies itself.
///
/// Errors: NotFound (reasons UnknownUser, UnknownRole, UnknownPolicy, UnknownAccessKey,
/// UnknownWorkspace, UnknownMember, UnknownConfig), AlreadyExists, FailedPrecondition (still in
/// use), InvalidArgument, ResourceExhausted/LimitExceeded, and the store's.
class IdentityService {
 public:
  IdentityService(store::Store& store, const IdentityDirectory& directory, const SealedBox& box,
                  Clock& clock, Random& random);

  /// First start: the account, its key and a default workspace. FailedPrecondition: there is an
  /// account.
  Task<Result<NewKey>> Bootstrap(std::string account_name);
  /// For who has the host: a new key of the main account, in place of every permanent one that it
  /// has. FailedPrecondition: there is no account.
  Task<Result<NewKey>> RecoverMainKey();
  /// The sealed server secret of this name, made on first use.
  Task<Result<std::string>> ServerSecret(std::string name);

  Task<Result<model::User>> CreateUser(std::string name, std::string display_name,
                                       model::Actor actor);
  /// FailedPrecondition while it has keys. Its memberships go with it.
  Task<Status> DeleteUser(std::string name, model::Actor actor);
  /// At most two a user: ResourceExhausted.
  Task<Result<NewKey>> CreateAccessKey(model::UserId user, model::Actor actor);
  /// Both refuse to take the main account's last active key (FailedPrecondition/LastAccessKey):
  /// nobody could make another. DeleteAccessKey also ends a temporary key before its time.
  Task<Status> SetAccessKeyState(std::string key_id, model::KeyState state, model::Actor actor);
  Task<Status> DeleteAccessKey(std::string key_id, model::Actor actor);
  Task<Result<model::Policy>> CreatePolicy(std::string name, std::string description,
                                           std::string document, model::Actor actor);
  /// FailedPrecondition while attached.
  Task<Status> DeletePolicy(std::string name, model::Actor actor);
  Task<Status> AttachPolicyToUser(std::string policy, std::string user_name, model::Actor actor);
  Task<Status> DetachPolicyFromUser(std::string policy, std::string user_name, model::Actor actor);
  Task<Result<model::Role>> CreateRole(std::string name, std::string trust_policy,
                                       std::int64_t max_session_seconds, model::Actor actor);
  Task<Status> DeleteRole(std::string name, model::Actor actor);  // ends its sessions at once
  Task<Status> AttachPolicyToRole(std::string policy, std::string role, model::Actor actor);
  Task<Status> DetachPolicyFromRole(std::string policy, std::string role, model::Actor actor);
  /// The role, if it and the caller's own policies let the caller assume it. PermissionDenied;
  /// NotFound/UnknownRole; InvalidArgument (docs/contract/ram-policy.md section 6).
  Result<model::Role> RoleToAssume(const Caller& caller, const std::string& role_arn) const;
  /// RoleToAssume, and a key for it. InvalidArgument.
  /// ResourceExhausted/LimitExceeded: 10,000 sessions are live. Expired keys give way before that.
  Task<Result<NewKey>> AssumeRole(Caller caller, std::string role_arn, std::string session_name,
                                  std::int64_t duration_seconds, std::string session_policy,
                                  model::Actor actor);

  /// A temporary key of a user, or the main account, for a workload of theirs, which the session is
  /// named after. It ends with IdentityDirectory::SetLending's word, too. Errors as AssumeRole.
  Task<Result<NewKey>> LendKey(model::UserId user, std::string session_name,
                               std::int64_t duration_seconds, std::string session_policy);

  Task<Result<model::Workspace>> CreateWorkspace(std::string name, std::string display_name,
                                                 std::string description,
                                                 std::vector<std::string> env_types,
                                                 model::UserId creator, model::Actor actor);
  /// nullopt: stays.
  Task<Status> UpdateWorkspace(model::WorkspaceId workspace,
                               std::optional<std::string> display_name,
                               std::optional<std::string> description, model::Actor actor);
  /// What is in a workspace by the read models, for people; empty: nothing.
  using Contents = std::function<std::string(const model::WorkspaceId&)>;
  /// Its members, settings and the choices of it as a default go with it.
  /// FailedPrecondition/WorkspaceInUse: it is not empty, or the main account's default one. What is
  /// put inside (workspace_claim.h) and the deletion cannot both commit.
  Task<Status> DeleteWorkspace(model::WorkspaceId workspace, Contents contents, model::Actor actor);
  Task<Status> SetDefaultWorkspace(model::UserId user, model::WorkspaceId workspace,
                                   model::Actor actor);
  /// nullopt: none. Holds for instances that are made from then on.
  Task<Status> SetIdleRule(model::WorkspaceId workspace, std::optional<model::IdleCuller> rule,
                           model::Actor actor);
  /// Adds or replaces. A member's user is the id of a user or of the account, or the name of a role
  /// (workspace_gate.h MemberUserOf).
  Task<Status> PutMembers(model::WorkspaceId workspace, std::vector<model::Member> members,
                          model::Actor actor);
  Task<Status> DeleteMembers(model::WorkspaceId workspace, std::vector<std::string> member_ids,
                             model::Actor actor);
  /// A member may be without roles, between two of them. `role`: any but the owner's;
  /// InvalidArgument/OwnerRole: the member is the owner.
  Task<Status> AddMemberRole(model::WorkspaceId workspace, std::string member_id,
                             model::WorkspaceRole role, model::Actor actor);
  /// NotFound/UnknownMemberRole: the member does not have it.
  Task<Status> RemoveMemberRole(model::WorkspaceId workspace, std::string member_id,
                                model::WorkspaceRole role, model::Actor actor);

  /// Adds or replaces, all or none, by category and key; `id` and the times are set here.
  /// ResourceExhausted/LimitExceeded: more than kMaxConfigs.
  Task<Status> PutConfigs(model::WorkspaceId workspace, std::vector<model::WorkspaceConfig> configs,
                          model::Actor actor);
  /// Of any category if none is given. NotFound/UnknownConfig: there is none with the key and all
  /// of the labels.
  Task<Status> DeleteConfig(model::WorkspaceId workspace, std::optional<std::string> category,
                            std::string key, std::vector<model::Label> labels, model::Actor actor);
  static constexpr std::size_t kMaxConfigs = 100;

  /// Sets or takes away what a user signs a browser in with; their sessions by the one before end.
  /// `hash`: of identity/passwords.h. NotFound/UnknownUser.
  Task<Status> SetPassword(std::string user_name, std::optional<std::string> hash,
                           model::Actor actor);

  struct Admitted {
    model::UserId user;
    /// Policies and workspaces that they have by rules and that are not there, or policies beyond
    /// what one user may have: they were not given.
    std::vector<std::string> not_given;
  };
  /// The user whom an OpenID provider has named, after their policies and their memberships are as
  /// it says (identity/provider_rules.h); one audit record if that changes anything. It is whom the
  /// subject was bound to; at the first sign-in, or the first by another provider, who has the
  /// name. `make`: who is not there yet is made. Unauthenticated/SignInFailed, for the operator's
  /// log why: there is no such user, the name is another subject's, or it is no name.
  Task<Result<Admitted>> AdmitSubject(ProvidedUser who, bool make, model::Actor actor);

  /// Removes temporary keys that expired 24 hours ago or earlier; called now and then. Until then
  /// their use is answered with InvalidSecurityToken.Expired: a key that is not there reads as
  /// "unknown", which clients do not answer with a new session.
  Task<Status> SweepExpiredKeys();

 private:
  model::Actor System(std::string operation);
  NewKey MakeKey(std::string_view prefix);
  NewKey MakeTemporary(std::int64_t duration_seconds);
  /// Adds a temporary key; expired ones give way where there are too many.
  Result<store::Transaction> PlanTemporary(const model::AccessKey& key) const;
  Task<Result<store::Transaction>> PlanSecret(const std::string& name, std::string& secret);
  std::string Digits(std::size_t length);
  model::AccessKey KeyRecord(const NewKey& made, model::UserId user) const;
  model::Workspace MakeWorkspace(std::string name, model::UserId creator);
  void AppendWorkspace(store::Batch& batch, const model::Workspace& workspace) const;
  Task<Status> ChangeKey(std::string key_id, std::optional<model::KeyState> state,
                         model::Actor actor);
  Result<std::string> PolicyName(std::string_view name) const;
  /// ResourceExhausted/LimitExceeded: no further one of its kind can be attached.
  static Status CheckRoom(const std::vector<std::string>& attached, const std::string& added);
  Task<Status> SetAttachment(std::string policy, store::Kind kind, std::string holder,
                             bool attached, model::Actor actor);
  using EditMember = std::function<Status(model::Member&)>;
  Task<Status> ChangeMember(model::WorkspaceId workspace, std::string member_id, EditMember edit,
                            model::Actor actor);
  store::Batch PlanDeletion(const model::Workspace& workspace) const;
  /// nullptr: nobody is known by the subject or the name. SignInFailed.
  Result<const model::User*> FindProvided(const ProvidedUser& who) const;
  /// Writes into `next` what changes.
  void PlanPolicies(const Grants& grants, model::User& user, Admitted& admitted,
                    store::Transaction& next) const;
  Status PlanMember(const std::string& workspace_name,
                    const std::vector<model::WorkspaceRole>& roles, Admitted& admitted,
                    store::Transaction& next) const;
  Result<store::Write> OwnerGuard(const model::UserId& user) const;

  store::Store& store_;
  store::Writer writer_;
  const IdentityDirectory& directory_;
  const SealedBox& box_;
  Clock& clock_;
  Random& random_;
};

}  // namespace atelier::identity
