#pragma once
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "store/copy.h"
#include "store/snapshot.h"
#include "store/store.h"

/// From one place to another (docs/decisions/0049-moving-house.md). Everything blocks; for
/// commands, not for a server.
namespace atelier::store {

/// Where a store is.
struct StorePlace {
  std::string folder;        // of the store in the data folder
  std::string address = {};  // of its database; empty: SQLite, in the folder
};

struct MoveTools {
  asio::io_context& io;  // that nobody else runs
  Clock& clock;
  Random& random;
  Logger& log;
};

/// Reads beside whoever has the store. FailedPrecondition: the folder has another one.
Result<std::unique_ptr<Snapshot>> OpenSnapshotAt(const StorePlace& place, const Clock& clock);

/// Takes the store with its locks, as a server does. NotFound: there is none.
Result<std::unique_ptr<Store>> OpenStoreAt(const StorePlace& place, const MoveTools& tools);

/// Whether a server may take, or make, the store at `place`. FailedPrecondition: the folder has
/// another one; MoveCutShort: a move into it is under way, or was cut short, so that it has two, or
/// none yet.
Status CheckMayServe(const StorePlace& place);
/// Ends a move of `folder` that was cut short between its last two steps; false: there is none.
/// FailedPrecondition: somebody uses the folder.
Result<bool> EndMoveBlocking(const std::string& folder);

/// Whether the store that the folder has may give way to one that comes from `from`: it has none,
/// an empty one, or the very one that it comes from, in another database. false: it has come from
/// there already. FailedPrecondition, saying what to do.
Result<bool> MayMoveIn(const StorePlace& to, const Origin& from);

/// Two stores can have come as far as each other: whether what the folder has in SQLite, if it has
/// something, is `all`, to the byte. FailedPrecondition/OtherStore.
Status CheckSameBlocking(const StorePlace& to, const Tally& all);

/// Makes the store at `to` all of `from`, beside what the folder has. One that was made before and
/// is the same will do. Errors as of CopyBlocking; nothing is left then, unless nobody knows
/// whether the database has it: the next try finds out.
Result<Tally> StageBlocking(const StorePlace& to, Snapshot& from, const MoveTools& tools,
                            const Progress& progress);

/// Gives the folder what was staged, and puts away what it had. Errors as of MayMoveIn.
Status SettleBlocking(const StorePlace& to, const Origin& from);

/// All of it, from one place of a folder to another, which then takes it over: no server may run.
/// Errors as of the above.
Result<Tally> MoveBlocking(const StorePlace& from, const StorePlace& to, const MoveTools& tools,
                           const Progress& progress);

}  // namespace atelier::store
