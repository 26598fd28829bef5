#include <fmt/format.h>

#include "api/operation.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/text.h"
#include "directory/directory.h"
#include "http/origin.h"
#include "identity/delegation.h"
#include "identity/identity_directory.h"
#include "identity/token_signer.h"

namespace atelier::api {

namespace {

bool MayReach(const Context& context, identity::Access access, std::string_view token,
              const model::Instance& instance) {
  return identity::WorkspaceAllows(context.services.identities, context.caller, access,
                                   identity::AccessOf(instance)) ||
         (access == identity::Access::kRead &&
          TokenReads(context.services, context.caller, token, instance));
}

bool HasAnyRole(const Services& services, const identity::Caller& caller) {
  return caller.type == identity::PrincipalType::kRoot ||
         !services.identities.MembershipsOf(identity::MemberUserOf(caller)).empty();
}

/// The answer for an id that nobody has, and for one of a workspace that is none of the caller's:
/// a difference would tell them what exists there.
Error NoSuchInstance(const Context& context, const model::InstanceId& id) {
  if (!HasAnyRole(context.services, context.caller))
    return NoPermission(context, model::WorkspaceId());
  return {Code::kNotFound, fmt::format("Instance {} does not exist.", id.str()), "UnknownInstance"};
}

/// The same for repeats of a request, and different for others.
std::string AskedFor(const Context& context) {
  std::string all(context.operation);
  for (const ArgValues::Value& value : context.args.all()) {
    all += '\n' + value.text;
    for (const std::string& member : value.list) all += ',' + member;
    if (!value.json_value.is_null()) all += json::serialize(value.json_value);
  }
  // A form is among the arguments, and may hold its own signature, which differs.
  if (context.head.path() != "/") all += '\n' + context.body;
  return all;
}

}  // namespace

Status RamGate::Enforce(identity::Decision decision) {
  asked_ = true;
  if (stands_open_ && decision.verdict == identity::Verdict::kImplicitDeny) {
    overlooked_ = decision;
    return Ok();
  }
  return Enforce(decision, actions_->front());
}

Status RamGate::AskForAllow() {
  return overlooked_ ? Enforce(*overlooked_, actions_->front()) : Ok();
}

Status RamGate::Enforce(identity::Decision decision, std::string_view action) {
  if (decision.allowed()) return Ok();
  denial_ = Denial{.decision = decision, .action = std::string(action)};
  return Error(Code::kPermissionDenied, "You are not authorized to do this operation.",
               "NoPermission");
}

Status PassRam(const Context& context, const identity::ConditionKeys& keys) {
  if (!context.gate.waits()) return Ok();
  return context.gate.Enforce(identity::Evaluate(context.services.identities, context.caller,
                                                 context.gate.actions(), "*", keys,
                                                 context.services.clock.Wall()));
}

bool RamAllows(const Context& context, const std::vector<std::string>& actions,
               std::string_view resource) {
  const identity::Decision decision =
      identity::Evaluate(context.services.identities, context.caller, actions, resource, {},
                         context.services.clock.Wall());
  return decision.allowed() && !decision.asks_for_keys;
}

bool MaySeeSecrets(const Context& context, const identity::ResourceAccess& instance) {
  static const std::vector<std::string> kChange = {"paidsw:UpdateInstance",
                                                   "paidsw:UpdatePostPaidInstance"};
  if (instance.owner == context.caller.user) return true;
  return identity::WorkspaceAllows(context.services.identities, context.caller,
                                   identity::Access::kWrite, instance) &&
         RamAllows(context, kChange, "*");
}

std::string Context::services_base() const {
  return http::AtLabel(apps_base(), http::kServicesLabel);
}

model::Actor Context::actor() const {
  model::Actor actor{.principal = caller.arn,
                     .request_id = request_id,
                     .source_ip = caller.source_ip,
                     .operation = std::string(operation)};
  // A signature in the header Authorization covers the x-acs- headers; one in the query does not.
  const std::string_view token = head.headers.Get("x-acs-client-token");
  if (!token.empty() && head.headers.Has("Authorization")) {
    actor.token = model::ClientToken{.token = std::string(token),
                                     .caller = caller.arn,
                                     .fingerprint = Hex(Sha256(AskedFor(*this)))};
  }
  return actor;
}

bool TokenReads(const Services& services, const identity::Caller& bearer, std::string_view token,
                const model::Instance& instance) {
  if (token.empty()) return false;
  const WallTime now = services.clock.Wall();
  const auto claims = services.signer.Check(token, now);
  return claims &&
         identity::Delegates(
             services.identities, *claims, identity::Access::kRead, instance,
             {.source_ip = bearer.source_ip, .secure_transport = bearer.secure_transport}, now);
}

directory::Viewer ViewerOf(const Services& services, const identity::Caller& caller) {
  directory::Viewer viewer{.sees_all = caller.type == identity::PrincipalType::kRoot,
                           .user = caller.user,
                           .member_of = {},
                           .administers = {}};
  if (viewer.sees_all) return viewer;
  for (const model::Member& member :
       services.identities.MembershipsOf(identity::MemberUserOf(caller))) {
    viewer.member_of.insert(member.workspace);
    if (identity::IsWorkspaceAdmin(services.identities, caller, member.workspace))
      viewer.administers.insert(member.workspace);
  }
  return viewer;
}

Result<directory::InstancePtr> FindInstance(const Context& context, const model::InstanceId& id,
                                            std::string_view token) {
  return FindInstanceTo(context, context.access, id, token);
}

Result<directory::InstancePtr> FindInstanceTo(const Context& context, identity::Access access,
                                              const model::InstanceId& id, std::string_view token) {
  const Services& services = context.services;
  if (CountCharacters(id.str()) > kMaxInstanceId)
    return Error(Code::kInvalidArgument, "InstanceId must have at most 64 characters.");
  directory::InstancePtr instance = services.dsw.directory.Find(id);
  const bool reaches = instance != nullptr && MayReach(context, access, token, *instance);
  const bool told =
      reaches || (instance != nullptr &&
                  identity::IsMember(services.identities, context.caller, instance->workspace));
  if (context.gate.waits()) {
    // What is in foreign workspaces has no keys here, as what does not exist: they would tell.
    ATELIER_RETURN_IF_ERROR(PassRam(context, told
                                                 ? identity::InstanceKeys(context.caller, *instance)
                                                 : identity::ConditionKeys()));
  }
  if (reaches) return instance;
  if (told) return NoPermission(context, instance->workspace);
  return NoSuchInstance(context, id);
}

Result<directory::InstancePtr> FindInstanceToPassOn(const Context& context, identity::Access access,
                                                    const model::InstanceId& id) {
  ATELIER_TRY(directory::InstancePtr instance, FindInstanceTo(context, access, id));
  ATELIER_RETURN_IF_ERROR(context.gate.Enforce(
      identity::EvaluatePassing(context.services.identities, context.caller, access, *instance,
                                context.services.clock.Wall()),
      identity::ActionOfPassing(access)));
  return instance;
}

Status PassInstance(const Context& context, const std::string& id) {
  ATELIER_RETURN_IF_ERROR(FindInstance(context, model::InstanceId(id)));
  return Ok();
}

Status PassOnInstance(const Context& context, const std::string& id) {
  ATELIER_RETURN_IF_ERROR(FindInstanceToPassOn(context, context.access, model::InstanceId(id)));
  return Ok();
}

Status CheckWorkspace(const Context& context, const model::WorkspaceId& workspace,
                      identity::Access access) {
  if (identity::WorkspaceAllows(context.services.identities, context.caller, access, workspace))
    return Ok();
  return NoPermission(context, workspace);
}

Error NoPermission(const Context& context, const model::WorkspaceId& workspace) {
  return {Code::kPermissionDenied,
          fmt::format("No permission {} for resource: acs:paidsw:{}:{}:workspace/{}",
                      context.operation, context.options.region, context.caller.account.str(),
                      workspace.empty() ? "*" : workspace.str()),
          "NoPermissionError"};
}

}  // namespace atelier::api
