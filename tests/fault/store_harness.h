#pragma once
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/random.h"
#include "store/postgres.h"
#include "store/store.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::store {

/// A store that a test opens, uses from outside of coroutines, and closes.
class Opened {
 public:
  explicit Opened(SqliteOptions options) {
    Take(OpenSqlite(std::move(options), io_.get_executor(), clock_, *log_));
  }
  Opened(const std::string& folder, const std::string& address) {
    Take(OpenPostgres({.folder = folder, .address = address}, io_.get_executor(), clock_, *random_,
                      *log_));
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { test::Run(io_, store_->Stop()); }

  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  asio::io_context& io() { return io_; }

  Result<model::Revision> Commit(Batch batch) {
    return test::Run(io_, store_->Commit(std::move(batch)));
  }
  Result<Record> Get(std::string key) {
    return test::Run(io_, store_->Get(Kind::kEvent, std::move(key)));
  }
  /// Every event: key and revision.
  std::map<std::string, model::Revision> All() {
    std::map<std::string, model::Revision> all;
    const Status loaded = store_->LoadBlocking(
        Kind::kEvent, [&](const Record& record) { all[record.key] = record.revision; });
    if (!loaded) throw std::runtime_error(loaded.error().ToString());
    return all;
  }

 private:
  void Take(Result<std::unique_ptr<Store>> store) {
    if (!store) throw std::runtime_error(store.error().ToString());
    store_ = *std::move(store);
  }

  asio::io_context io_;
  SystemClock clock_;
  std::unique_ptr<Random> random_ = MakeSystemRandom();
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  std::unique_ptr<Store> store_;
};

/// `address`: of the database; empty: SQLite.
inline std::unique_ptr<Opened> Open(const std::string& folder, const std::string& address) {
  if (address.empty()) return std::make_unique<Opened>(SqliteOptions{.folder = folder});
  return std::make_unique<Opened>(folder, address);
}

/// Temporary folders in memory from now on, where there is such a place: for tests that open a
/// store hundreds of times, each with its flushes.
inline void UseFastTempDir() { ::setenv("TMPDIR", test::FolderInMemory().c_str(), 1); }

/// Two records that only make sense together: "<name>/a" and "<name>/b".
inline Batch Pair(const std::string& name, std::size_t body_bytes = 100) {
  return {Write::Put(Kind::kEvent, name + "/a", std::string(body_bytes, 'a')),
          Write::Put(Kind::kEvent, name + "/b", std::string(body_bytes, 'b'))};
}

/// The names of which only one half is there, or whose halves are of different commits.
inline std::vector<std::string> TornPairs(const std::map<std::string, model::Revision>& all) {
  std::vector<std::string> torn;
  for (const auto& [key, revision] : all) {
    const std::string name = key.substr(0, key.rfind('/'));
    const auto a = all.find(name + "/a");
    const auto b = all.find(name + "/b");
    if (a == all.end() || b == all.end() || a->second != b->second) torn.push_back(name);
  }
  return torn;
}

}  // namespace atelier::store
