#include "store/move.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "store/common/folder_lock.h"
#include "store/postgres.h"
#include "store/postgres/membership.h"
#include "store/sqlite/database.h"
#include "store/sqlite/log_end.h"

namespace atelier::store {

namespace {

namespace fs = std::filesystem;

std::string DatabaseIn(const std::string& folder) { return folder + "/atelier.db"; }
std::string StagingOf(const std::string& folder) { return folder + ".new"; }

bool Exists(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at is refused by whoever opens it
  return fs::exists(path, ignored);
}

Status Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return FileError("rename", from, errno);
  return SyncFolder(fs::path(to).parent_path().string());
}

Error InPostgres() {
  return {Code::kFailedPrecondition,
          "The store of this data folder is in PostgreSQL: give its address with --store or "
          "--store-dsn-file."};
}

/// A store in SQLite that has something. nullopt: there is none.
Result<std::optional<Origin>> SqliteIn(const std::string& folder) {
  const auto snapshot = OpenSqliteSnapshot(folder);
  if (!snapshot && snapshot.error().code() == Code::kNotFound) return std::nullopt;
  if (!snapshot) return snapshot.error();
  if ((*snapshot)->origin().head == 0) return std::nullopt;
  return (*snapshot)->origin();
}

/// One that is free: nothing that was put away before is replaced.
std::string PutAwayName(const std::string& path, std::int64_t incarnation) {
  std::string name = fmt::format("{}.moved-{}", path, incarnation);
  for (int again = 2; Exists(name); ++again)
    name = fmt::format("{}.moved-{}-{}", path, incarnation, again);
  return name;
}

/// All of it in the one file, and nothing beside it that another file of that name would be read
/// with.
Status Pack(const std::string& database) {
  {
    ATELIER_TRY(const sqlite::Connection connection,
                sqlite::Connection::Open(database, sqlite::Connection::Mode::kWrite));
    ATELIER_RETURN_IF_ERROR(sqlite::EmptyLog(connection));
  }
  std::error_code error;
  const std::uintmax_t size = fs::file_size(database + "-wal", error);
  if (!error && size > 0) {
    return Error(Code::kFailedPrecondition,
                 "Somebody still reads the store, a backup maybe. Give the same command again when "
                 "that has ended.");
  }
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((database + suffix).c_str());
  return Ok();
}

Status PutAwaySqlite(const std::string& folder, std::int64_t incarnation) {
  const std::string database = DatabaseIn(folder);
  ATELIER_RETURN_IF_ERROR(Pack(database));
  ::unlink((folder + "/atelier.reserve").c_str());
  return Rename(database, PutAwayName(database, incarnation));
}

Status PutAwayMembership(const std::string& folder, std::int64_t incarnation) {
  const std::string file = postgres::MembershipFile(folder);
  return Rename(file, PutAwayName(file, incarnation));
}

Error MovedOn(model::Revision has, model::Revision given) {
  return {
      Code::kFailedPrecondition,
      fmt::format("The store of this data folder is at revision {}, and what is to take its place "
                  "at {}: nothing was changed. Export it again, with the server stopped.",
                  has, given),
      "StoreMovedOn"};
}

/// The next number of the same name is it; where it has no name, as far as it had come.
bool ComesFrom(const Origin& there, const Origin& from) {
  if (there.incarnation != from.incarnation + 1) return false;
  return from.installation.empty() ? there.head == from.head
                                   : there.installation == from.installation;
}

Result<bool> MayFollowPostgres(const StorePlace& to, const Origin& from) {
  ATELIER_TRY(const postgres::Membership member, postgres::ReadMembership(to.folder));
  if (member.installation.empty()) return true;
  if (member.installation == from.installation && member.incarnation <= from.incarnation)
    return true;
  if (!to.address.empty() && member.incarnation == from.incarnation + 1 &&
      (from.installation.empty() || member.installation == from.installation)) {
    return false;
  }
  return Error(
      Code::kFailedPrecondition,
      fmt::format("The store of this data folder is installation {}, incarnation {}, in "
                  "PostgreSQL, and what is to take its place is another one, or an older "
                  "one. Choose another data folder; to give that store up, move the folder "
                  "`store` away first.",
                  member.installation, member.incarnation),
      "OtherStore");
}

Result<bool> MayMoveInLocked(const StorePlace& to, const Origin& from) {
  ATELIER_TRY(const std::optional<Origin> sqlite, SqliteIn(to.folder));
  if (sqlite && to.address.empty()) {
    if (ComesFrom(*sqlite, from)) return false;
    return NotEmpty();
  }
  if (sqlite && (sqlite->head != from.head || sqlite->incarnation != from.incarnation))
    return MovedOn(sqlite->head, from.head);
  return MayFollowPostgres(to, from);
}

bool HasTwoStores(const std::string& folder) {
  return Exists(DatabaseIn(folder)) && IsOfPostgres(folder);
}

void RemoveStaging(const std::string& folder) {
  std::error_code ignored;  // it holds nothing that is needed
  fs::remove_all(StagingOf(folder), ignored);
}

void StopBlocking(Store& store, asio::io_context& io) {
  bool done = false;
  asio::co_spawn(io, store.Stop(), [&](const std::exception_ptr& /*none*/) { done = true; });
  io.restart();
  while (!done && io.run_one() > 0) {
  }
}

/// What is left of an earlier try; but the lock file, by which a database knows its owner again.
Status EmptyStaging(const std::string& folder) {
  std::error_code error;
  for (const char* name :
       {"atelier.db", "atelier.db-wal", "atelier.db-shm", "atelier.reserve", "postgres.json"}) {
    fs::remove(folder + "/" + name, error);
    if (error) return FileError("remove", folder + "/" + name, error.value());
  }
  return Ok();
}

Result<std::unique_ptr<Store>> Open(const StorePlace& place, const MoveTools& tools) {
  if (place.address.empty()) {
    return OpenSqlite({.folder = place.folder, .reserve_bytes = 0}, tools.io.get_executor(),
                      tools.clock, tools.log);
  }
  return OpenPostgres({.folder = place.folder, .address = place.address}, tools.io.get_executor(),
                      tools.clock, tools.random, tools.log);
}

/// A load that was committed before, by a run that ended before it could say so.
Result<Tally> SameAsLoaded(const StorePlace& staged, Snapshot& from, const MoveTools& tools,
                           const Progress& progress) {
  ATELIER_TRY(const auto loaded, OpenSnapshotAt(staged, tools.clock));
  const Origin& there = loaded->origin();
  if (there.head != from.origin().head || there.incarnation != from.origin().incarnation + 1)
    return NotEmpty();
  ATELIER_TRY(Tally wanted, ReadAllBlocking(from, progress));
  ATELIER_TRY(const Tally found, ReadAllBlocking(*loaded, progress));
  if (found != wanted) return NotEmpty();
  return wanted;
}

Result<Tally> Fill(const StorePlace& staged, Snapshot& from, const MoveTools& tools,
                   const Progress& progress) {
  ATELIER_TRY(const std::unique_ptr<Store> store, Open(staged, tools));
  Result<Tally> tally = CopyBlocking(from, *store, progress);
  if (!tally && tally.error().reason() == "StoreNotEmpty" && !staged.address.empty())
    tally = SameAsLoaded(staged, from, tools, progress);
  StopBlocking(*store, tools.io);
  return tally;
}

}  // namespace

Result<std::unique_ptr<Snapshot>> OpenSnapshotAt(const StorePlace& place, const Clock& clock) {
  if (!place.address.empty()) return OpenPostgresSnapshot(place.folder, place.address, clock);
  if (IsOfPostgres(place.folder)) return InPostgres();
  return OpenSqliteSnapshot(place.folder);
}

Result<std::unique_ptr<Store>> OpenStoreAt(const StorePlace& place, const MoveTools& tools) {
  // Looked for first: who opens one makes it.
  ATELIER_TRY(const auto there, OpenSnapshotAt(place, tools.clock));
  return Open(place, tools);
}

Status CheckMayServe(const StorePlace& place) {
  const std::string& folder = place.folder;
  if (HasTwoStores(folder)) {
    return Error(Code::kFailedPrecondition,
                 "A move of the store was cut short. Give the same command again (atelier store "
                 "import, restore or migrate): it ends at once.",
                 "MoveCutShort");
  }
  if (IsOfPostgres(folder)) return place.address.empty() ? Status(InPostgres()) : Ok();
  if (Exists(DatabaseIn(folder)) || !Exists(StagingOf(folder))) return Ok();
  return Error(
      Code::kFailedPrecondition,
      fmt::format("A store is being moved into this data folder, or that was cut short. Wait for "
                  "its end, or give the same command again (atelier store import or restore). To "
                  "begin with an empty store instead, remove {}.",
                  StagingOf(folder)),
      "MoveCutShort");
}

Result<bool> EndMoveBlocking(const std::string& folder) {
  if (!HasTwoStores(folder)) return false;
  ATELIER_TRY(const FolderLock lock, FolderLock::Take(folder));
  ATELIER_TRY(const std::optional<Origin> sqlite, SqliteIn(folder));
  ATELIER_TRY(const postgres::Membership member, postgres::ReadMembership(folder));
  if (!sqlite || sqlite->incarnation == member.incarnation) {
    return Error(
        Code::kFailedPrecondition,
        "This data folder has a store in SQLite and the name of a database, and neither is "
        "the later one. Move atelier.db or postgres.json out of its folder `store`, the one "
        "that is not to be served.",
        "TwoStores");
  }
  ATELIER_RETURN_IF_ERROR(sqlite->incarnation > member.incarnation
                              ? PutAwayMembership(folder, member.incarnation)
                              : PutAwaySqlite(folder, sqlite->incarnation));
  RemoveStaging(folder);
  return true;
}

Result<bool> MayMoveIn(const StorePlace& to, const Origin& from) {
  ATELIER_TRY(const FolderLock lock, FolderLock::Take(to.folder));
  ATELIER_TRY(const bool may, MayMoveInLocked(to, from));
  if (!may) RemoveStaging(to.folder);
  return may;
}

Status CheckSameBlocking(const StorePlace& to, const Tally& all) {
  ATELIER_TRY(const std::optional<Origin> sqlite, SqliteIn(to.folder));
  if (!sqlite) return Ok();
  ATELIER_TRY(const auto there, OpenSqliteSnapshot(to.folder));
  ATELIER_TRY(const Tally has, ReadAllBlocking(*there, [](std::string_view, std::uint64_t) {}));
  if (has == all) return Ok();
  return Error(Code::kFailedPrecondition,
               "The store of this data folder is another one than what is to take its place: "
               "nothing was changed. Choose another data folder.",
               "OtherStore");
}

Result<Tally> StageBlocking(const StorePlace& to, Snapshot& from, const MoveTools& tools,
                            const Progress& progress) {
  const StorePlace staged{.folder = StagingOf(to.folder), .address = to.address};
  {
    ATELIER_TRY(const FolderLock lock, FolderLock::Take(staged.folder));
    ATELIER_RETURN_IF_ERROR(EmptyStaging(staged.folder));
  }
  Result<Tally> tally = Fill(staged, from, tools, progress);
  // Somebody else may have come to it meanwhile; and a database that has not answered may have it.
  const bool keep = tally || tally.error().reason() == "FolderInUse" ||
                    tally.error().code() == Code::kDeadlineExceeded;
  if (!keep) RemoveStaging(to.folder);
  return tally;
}

Status SettleBlocking(const StorePlace& to, const Origin& from) {
  ATELIER_TRY(const FolderLock lock, FolderLock::Take(to.folder));
  ATELIER_TRY(const bool may, MayMoveInLocked(to, from));
  if (!may) return Ok();  // somebody else was first
  const std::string staging = StagingOf(to.folder);
  const std::string member = postgres::MembershipFile(to.folder);
  const std::string database = DatabaseIn(to.folder);
  const bool had_database = Exists(database);
  if (!to.address.empty()) {
    ATELIER_RETURN_IF_ERROR(Rename(postgres::MembershipFile(staging), member));
    ATELIER_FAILPOINT("store.settle.between");
    if (had_database) ATELIER_RETURN_IF_ERROR(PutAwaySqlite(to.folder, from.incarnation));
  } else {
    ATELIER_RETURN_IF_ERROR(Pack(DatabaseIn(staging)));
    if (had_database) ATELIER_RETURN_IF_ERROR(Pack(database));  // of an empty one
    ATELIER_RETURN_IF_ERROR(Rename(DatabaseIn(staging), database));
    ATELIER_FAILPOINT("store.settle.between");
    if (IsOfPostgres(to.folder))
      ATELIER_RETURN_IF_ERROR(PutAwayMembership(to.folder, from.incarnation));
  }
  ATELIER_FAILPOINT("store.settle.end");
  RemoveStaging(to.folder);
  return Ok();
}

Result<Tally> MoveBlocking(const StorePlace& from, const StorePlace& to, const MoveTools& tools,
                           const Progress& progress) {
  // With its locks: nobody else writes to it before it is stopped.
  ATELIER_TRY(std::unique_ptr<Store> store, OpenStoreAt(from, tools));
  Origin origin;
  Result<Tally> tally = [&]() -> Result<Tally> {
    ATELIER_TRY(const std::unique_ptr<Snapshot> snapshot, store->OpenSnapshotBlocking());
    origin = snapshot->origin();
    return StageBlocking(to, *snapshot, tools, progress);
  }();
  StopBlocking(*store, tools.io);
  store.reset();
  if (!tally) return tally;
  // Who came between the two has the folder now, or has changed the store.
  if (!from.address.empty()) {
    ATELIER_TRY(const auto now, OpenSnapshotAt(from, tools.clock));
    if (now->origin() != origin) return MovedOn(now->origin().head, origin.head);
  }
  ATELIER_RETURN_IF_ERROR(SettleBlocking(to, origin));
  return tally;
}

}  // namespace atelier::store
