#pragma once
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/client/pages.h"
#include "cli/run/command_context.h"

/// `atelier user ...`, `atelier key ...` and `atelier policy ...`.
namespace atelier::cli {

/// A list of RAM: RPC style, page after page by markers.
ListCall RamList(std::string_view action, std::string_view list);

Task<Status> ListUsers(CommandContext& context);
Task<Status> CreateUser(CommandContext& context, std::string name, std::string display_name);
Task<Status> DeleteUser(CommandContext& context, std::string name);

/// `user` empty: a key of the caller's own. `save` empty: the secret is printed, once; else it goes
/// into a new credentials file of this name.
Task<Status> CreateKey(CommandContext& context, std::string user, std::string save);

Task<Status> ListPolicies(CommandContext& context);
Task<Status> GetPolicy(CommandContext& context, std::string name);
struct CreatePolicyOptions {
  std::string name;
  std::string document;  // file
  std::string description;
};
Task<Status> CreatePolicy(CommandContext& context, CreatePolicyOptions options);
struct AttachOptions {
  std::string policy;
  std::string user;  // one of the two
  std::string role;
  bool attach = true;  // else detach
};
Task<Status> AttachPolicy(CommandContext& context, AttachOptions options);

}  // namespace atelier::cli
