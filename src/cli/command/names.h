#pragma once
#include <string>

#include "base/task.h"
#include "cli/run/command_context.h"

/// The ids of what people name. An id passes as it is, and nothing is asked of the server for it.
/// NotFound: nothing has the name. InvalidArgument: several things have; the message lists their
/// ids.
namespace atelier::cli {

Task<Result<std::string>> InstanceIdOf(CommandContext& context, std::string name);
Task<Result<std::string>> WorkspaceIdOf(CommandContext& context, std::string name);
Task<Result<std::string>> RecommenderIdOf(CommandContext& context, std::string name);
/// What is no image's name passes as it is: the server says what is wrong with it.
Task<Result<std::string>> ImageIdOf(CommandContext& context, std::string name);
/// Most commands take services by name; a few operations want the id.
Task<Result<std::string>> ServiceIdOf(CommandContext& context, std::string name);
Task<Result<std::string>> GatewayIdOf(CommandContext& context, std::string name);
Task<Result<std::string>> ResourceIdOf(CommandContext& context, std::string name);
/// Of the start script of an instance.
Task<Result<std::string>> ScriptIdOf(CommandContext& context, std::string name);
/// Of a login name. Everybody may ask for their own.
Task<Result<std::string>> UserIdOf(CommandContext& context, std::string name);
/// The other way: the login name of an id; a login name passes as it is.
Task<Result<std::string>> UserNameOf(CommandContext& context, std::string id);

/// The ARN of a role.
Task<Result<std::string>> RoleArnOf(CommandContext& context, std::string name);
/// As audit records say who changed something: of a user "user/NAME", by name or id. What is no
/// user passes as it is.
Task<Result<std::string>> PrincipalOf(CommandContext& context, std::string name);
/// As audit records say what was changed: "dsw-1", "service/NAME" and so on. A name that nothing
/// has now passes as it is.
Task<Result<std::string>> TargetOf(CommandContext& context, std::string name);

/// The ids of the users and workspaces that the parameters of a list name.
Task<Status> ResolveNames(CommandContext& context, Query& query);

/// The region that the paths of a service, or of a group, begin with.
Task<Result<std::string>> RegionOfService(CommandContext& context, std::string name);
Task<Result<std::string>> RegionOfGroup(CommandContext& context, std::string name);
/// Of what belongs to neither.
Task<Result<std::string>> RegionOfServer(CommandContext& context);

}  // namespace atelier::cli
