#include "identity/recheck.h"

#include <memory>
#include <optional>
#include <utility>

#include "identity/identity_directory.h"

namespace atelier::identity {

Result<CallerPtr> Recheck(const IdentityDirectory& directory, const Caller& caller, WallTime now) {
  const KeyEntry* entry = directory.FindKey(caller.access_key_id);
  std::optional<Caller> today;
  if (entry != nullptr) today = CallerOf(directory, UserOf(entry->key));
  if (!today) {
    return Error(Code::kUnauthenticated, "Specified access key is not found.",
                 "InvalidAccessKeyId.NotFound");
  }
  const model::AccessKey& key = entry->key;
  if (key.state != model::KeyState::Active) {
    return Error(Code::kUnauthenticated, "Specified access key is disabled.",
                 "InvalidAccessKeyId.Inactive");
  }
  if (key.expires && SessionIsOver(directory, key, now)) {
    return Error(Code::kUnauthenticated, "Specified security token is expired.",
                 "InvalidSecurityToken.Expired");
  }
  today->access_key_id = key.id;
  today->session_policy = key.session_policy;
  today->source_ip = caller.source_ip;
  today->secure_transport = caller.secure_transport;
  return std::make_shared<const Caller>(*std::move(today));
}

}  // namespace atelier::identity
