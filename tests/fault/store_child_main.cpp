// Who is killed by a failpoint (store_child.h). For store_crash_test, a server: opens the store,
// writes pairs, and tells on its standard output which were acknowledged; arguments: folder, name
// of the round, address of the database or "" for SQLite. For store_move_test, who fills a store
// from a file: import, file, folder, address.
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "fault/store_harness.h"
#include "store/export_file.h"
#include "store/move.h"

namespace atelier::store {
namespace {

constexpr int kWriters = 4;
constexpr int kCommitsEach = 4;

Task<void> WriteAndTell(Store& store, std::string writer, int& running) {
  for (int i = 0; i < kCommitsEach; ++i) {
    const std::string name = fmt::format("{}-{}", writer, i);
    const auto revision = co_await store.Commit(Pair(name));
    if (!revision) continue;
    const std::string line = fmt::format("{} {}\n", name, *revision);
    // One write a line: what the pipe has got survives the kill.
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
  }
  --running;
}

/// Ends where the failpoint says, or when all is written.
int WriteAll(const std::string& folder, const std::string& round, const std::string& address) {
  const std::unique_ptr<Opened> opened = Open(folder, address);
  Opened& store = *opened;
  int running = kWriters;
  for (int writer = 0; writer < kWriters; ++writer) {
    Spawn(store.io().get_executor(), "writer",
          WriteAndTell(*store, fmt::format("{}{}", round, writer), running));
  }
  while (running > 0 && store.io().run_one() > 0) {
  }
  return 0;
}

/// What `atelier store import` does.
Status Import(const std::string& file, const StorePlace& to) {
  asio::io_context io;
  SystemClock clock;
  const auto random = MakeSystemRandom();
  const auto log = MakeNullLogger();
  ATELIER_TRY(const bool ended, EndMoveBlocking(to.folder));
  if (ended) return Ok();
  ATELIER_TRY(const auto reader, ExportReader::Open(file));
  ATELIER_TRY(const bool may, MayMoveIn(to, reader->origin()));
  if (!may) return Ok();
  ATELIER_RETURN_IF_ERROR(StageBlocking(to, *reader,
                                        {.io = io, .clock = clock, .random = *random, .log = *log},
                                        [](std::string_view, std::uint64_t) {}));
  return SettleBlocking(to, reader->origin());
}

int ImportFrom(const std::string& file, const StorePlace& to) {
  const Status done = Import(file, to);
  if (!done) fmt::print(stderr, "{}\n", done.error().ToString());
  return done ? 0 : 1;
}

}  // namespace
}  // namespace atelier::store

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "import")
    return atelier::store::ImportFrom(argv[2], {.folder = argv[3], .address = argv[4]});
  if (argc != 4) return 2;
  return atelier::store::WriteAll(argv[1], argv[2], argv[3]);
}
