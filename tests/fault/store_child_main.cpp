// A server that store_crash_test kills: opens the store, writes pairs, and tells on its standard
// output which were acknowledged. Arguments: folder, name of the round, address of the database or
// "" for SQLite.
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "fault/store_harness.h"

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

}  // namespace
}  // namespace atelier::store

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return atelier::store::WriteAll(argv[1], argv[2], argv[3]);
}
