#pragma once
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/run/session.h"

/// `atelier user ...`, `atelier key ...` and `atelier policy ...`.
namespace atelier::cli {

/// Every page of a list, as one answer: `outer` holds an object whose `inner` is the array.
Task<Result<json::object>> ListRam(Session& session, std::string_view action,
                                   std::string_view outer, std::string_view inner);

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
