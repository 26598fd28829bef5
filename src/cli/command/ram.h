#pragma once
#include <string>

#include "base/task.h"
#include "cli/run/session.h"

/// `atelier user ...`, `atelier key ...` and `atelier policy ...`.
namespace atelier::cli {

/// The id of a user given by id (digits) or by login name.
Task<Result<std::string>> UserIdOf(Session& session, std::string user);

Task<Status> ListUsers(Session& session);
Task<Status> CreateUser(Session& session, std::string name, std::string display_name);
Task<Status> DeleteUser(Session& session, std::string name);

/// `user` empty: the caller's own keys.
Task<Status> ListKeys(Session& session, std::string user);
/// `save` empty: the secret is printed, once; else it goes into a new credentials file of this
/// name.
Task<Status> CreateKey(Session& session, std::string user, std::string save);
Task<Status> SetKeyState(Session& session, std::string user, std::string key_id, bool active);
Task<Status> DeleteKey(Session& session, std::string user, std::string key_id);

Task<Status> ListPolicies(Session& session);
Task<Status> GetPolicy(Session& session, std::string name);
struct CreatePolicyOptions {
  std::string name;
  std::string document;  // file
  std::string description;
};
Task<Status> CreatePolicy(Session& session, CreatePolicyOptions options);
Task<Status> DeletePolicy(Session& session, std::string name);
struct AttachOptions {
  std::string policy;
  std::string user;  // one of the two
  std::string role;
  bool attach = true;  // else detach
};
Task<Status> AttachPolicy(Session& session, AttachOptions options);

}  // namespace atelier::cli
