#pragma once
#include <functional>
#include <memory>
#include <string>

#include "api/world.h"
#include "base/data_folder.h"
#include "control/airec/recommender_engine.h"
#include "control/core/held_shards.h"
#include "directory/bulk_job_directory.h"
#include "directory/directory.h"
#include "directory/recent_changes.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "directory/service_directory.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"
#include "identity/key_uses.h"
#include "identity/passwords.h"
#include "identity/sealed_box.h"
#include "identity/sessions.h"
#include "identity/tickets.h"
#include "serve/wiring/load_progress.h"
#include "serve/wiring/server_context.h"
#include "store/mark.h"
#include "store/store.h"

namespace atelier::serve {

/// The store, what is read of it, and what of it this server acts for. The read models listen
/// first, in this order, then the shards; what relies on their view is added to the store after
/// them.
class State {
 public:
  State(ServerContext& base, const DataFolder& folder, identity::SealedBox opener,
        std::unique_ptr<store::Store> opened);

  /// Fills the read models. Blocking; before the first commit that they show.
  Status Load(control::RecommenderEngine& engine, LoadProgress& progress);
  /// Records that could not be read, and are left out.
  std::size_t quarantined() const;

  const identity::SealedBox box;
  const std::unique_ptr<store::Store> store;
  store::Mark mark;
  identity::IdentityDirectory identities;
  directory::InstanceDirectory instances;
  api::World world{{&identities, &instances}};  // what reads on any thread are answered from
  directory::ServiceDirectory services;
  directory::BulkJobDirectory bulk_jobs;
  directory::RecentChanges changes;
  directory::RecommenderDirectory recommenders;
  directory::RecommenderData recommender_data;
  control::HeldShards shards;
  identity::IdentityService identity;
  identity::Sessions sessions;
  identity::KeyUses key_uses;
  identity::Tickets openings;
  identity::Passwords passwords;
};

/// `lost`: as of store::PostgresOptions. FailedPrecondition: somebody else has the store, or the
/// key file is not as it must be; DataLoss: the store is damaged.
Result<std::unique_ptr<State>> OpenState(ServerContext& base, const DataFolder& folder,
                                         std::function<void(const Error& why)> lost);

/// The first start makes the main account, and puts its key where only its owner can read it. The
/// pending mark survives a crash between the two steps: the key is then written out on the next
/// start, for it is in the store already.
Task<Status> WriteFirstCredentials(DataFolder folder, std::string account_name,
                                   std::string endpoint, State& state);

/// A new key of the main account, in place of those it has, in the file of the first one. `base`
/// serves nothing. The id of the key. FailedPrecondition: a server runs, or there is no account.
Task<Result<std::string>> RecoverKey(ServerContext& base, const DataFolder& folder);

}  // namespace atelier::serve
