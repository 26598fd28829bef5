#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/keyed_mutex.h"
#include "base/log.h"
#include "directory/directory.h"
#include "http/server.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::gateway {

/// Serves those inside an instance the temporary keys of its owner, if the owner asked for it
/// (CredentialConfig): GET of a path and the config's Key, answered as the vendor's libraries read
/// it from ALIBABA_CLOUD_CREDENTIALS_URI. Who asks is known by the way they come
/// (http::RequestHead::inside): no other instance, and nobody outside, gets further than 404.
///
/// The keys may what the owner may of the PAI products (never RAM's), for an hour; the next ones
/// are made at half of it. They end at once with the instance's run, its owner, the owner's
/// membership of the workspace, or what the owner asked for (Holds).
class InstanceKeys {
 public:
  /// `path`: with a slash at its end. `clock` is the workshop's, by which keys expire.
  InstanceKeys(std::string path, const directory::InstanceDirectory& instances,
               const identity::IdentityDirectory& identities, identity::IdentityService& service,
               Clock& clock, Clock& real_clock, Logger& log);

  /// Whether the request is for here.
  bool Owns(const http::RequestHead& head) const;
  Task<void> Handle(http::Exchange& exchange);

  /// Whether a key that was lent to an instance still signs.
  bool Holds(const model::AccessKey& key) const;

 private:
  struct Lent {
    identity::NewKey key;
    model::UserId owner;
    WallTime renew;
  };
  /// Of an instance that runs and whose keys are asked for by their name; nullptr: there are none.
  directory::InstancePtr Find(const http::RequestHead& head) const;
  bool MayHold(const model::Instance& instance) const;
  Task<Result<identity::NewKey>> KeyFor(model::InstanceId id, model::UserId owner);
  void DropOld();

  const std::string path_;
  const directory::InstanceDirectory& instances_;
  const identity::IdentityDirectory& identities_;
  identity::IdentityService& service_;
  Clock& clock_;
  Clock& real_clock_;
  Logger& log_;
  KeyedMutex locks_;
  std::map<model::InstanceId, Lent> lent_;
};

}  // namespace atelier::gateway
