#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/pool.h"
#include "control/airec/recommender_engine.h"
#include "control/airec/recommender_imports.h"
#include "control/airec/recommenders.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "model/recommender_document.h"
#include "support/recorded_log.h"
#include "support/run.h"
#include "support/temp_dir.h"
#include "unit/control/world.h"

namespace atelier::control {

using directory::Recommendation;
using directory::Recommended;
using directory::RecommenderData;
using directory::RecommendQuery;

/// The recommenders of a server without sockets, over a store in memory. Trainings run on a thread
/// of their own, as they do in the server: Settle waits for them.
class RecommenderWorld {
 public:
  RecommenderWorld() { Serve(); }
  ~RecommenderWorld() { Kill(); }
  RecommenderWorld(const RecommenderWorld&) = delete;
  RecommenderWorld& operator=(const RecommenderWorld&) = delete;

  /// Everything but the store and the files, anew: as after kill -9. The store in memory tells its
  /// listeners for good, so they pass through relays.
  void Serve() {
    Kill();
    parts = std::make_unique<Parts>(*this);
    relay.to = {&parts->directory, &parts->data, &shards, &parts->engine};
    if (!listening) store->AddListener(relay);
    listening = true;
    Check(parts->directory.Load(*store));
    Check(parts->data.Load(*store));
    parts->engine.LoadModels();
    parts->engine.Start();
  }
  void Kill() {
    relay.to.clear();
    if (parts == nullptr) return;
    // A training ends in real time, the wait for it in ours.
    bool over = false;
    Spawn(io.get_executor(), "test.stop", StopEngine(over));
    io.restart();
    while (!over) {  // NOLINT(bugprone-infinite-loop): StopEngine ends it
      io.run_for(std::chrono::milliseconds(1));
      clock.Advance(Duration(5));
    }
    parts.reset();
  }
  Task<void> StopEngine(bool& over) {
    co_await parts->engine.Stop();
    over = true;
  }
  /// Until nothing is imported or erased.
  void Settle() {
    io.restart();  // it had nothing left to do after a Kill
    while (!parts->engine.Idle()) io.run_one();
  }

  template <class T>
  T Do(Task<T> task) {
    return test::Run(io, std::move(task));
  }
  void Do(Task<void> task) { test::Run(io, std::move(task)); }

  model::RecommenderId Make(std::optional<model::Industry> industry = model::Industry::item) {
    NewRecommender request;
    request.owner = model::UserId("100");
    request.industry = industry;
    const auto made = Do(parts->recommenders.Create(std::move(request), By("CreateInstance")));
    if (!made) throw std::runtime_error(made.error().ToString());
    return (*made)->id;
  }
  Status Push(const model::RecommenderId& id, model::DocumentTable table, std::string_view body) {
    ATELIER_TRY(auto documents, model::ParseDocuments(body, table, model::Industry::item));
    return Do(parts->imports.Push(id, table, std::move(documents), By("PushDocument")));
  }
  Status PushItems(const model::RecommenderId& id, const std::vector<std::string>& items) {
    std::string body;
    for (const std::string& item : items) {
      body += (body.empty() ? "[" : ",") + std::string(R"({"cmd":"add","fields":{"item_id":")") +
              item + R"(","item_type":"item"}})";
    }
    return Push(id, model::DocumentTable::item, body + "]");
  }
  static std::string Behavior(const std::string& user, const std::string& item,
                              const std::string& more = "") {
    return R"([{"cmd":"add","fields":{"user_id":")" + user + R"(","item_id":")" + item +
           R"(","item_type":"item","bhv_type":"buy","bhv_time":"1714560000")" + more + "}}]";
  }
  Status PushBehavior(const model::RecommenderId& id, const std::string& user,
                      const std::string& item, const std::string& more = "") {
    return Push(id, model::DocumentTable::behavior, Behavior(user, item, more));
  }
  /// Asks for an import, waits for its end and returns its version.
  std::string Import(const model::RecommenderId& id) {
    Check(Do(parts->imports.Run(id, By("RunInstance"))));
    const std::string version = parts->directory.DataSetsOf(id).front()->version;
    Settle();
    return version;
  }
  Result<Recommendation> Recommend(const model::RecommenderId& id, const std::string& user,
                                   std::size_t count = 10) {
    RecommendQuery query;
    query.user = user;
    query.count = count;
    query.now = clock.Wall();
    return Do(parts->data.Recommend(id, std::move(query)));
  }
  static std::vector<std::string> Items(const Result<Recommendation>& answer) {
    std::vector<std::string> items;
    for (const Recommended& item : answer.value().items) items.push_back(item.pick.item);
    return items;
  }

  static model::Actor By(std::string operation) {
    static int requests = 0;
    return {.principal = "test",
            .request_id = "R" + std::to_string(++requests),
            .source_ip = {},
            .operation = std::move(operation)};
  }
  static void Check(const Status& status) {
    if (!status) throw std::runtime_error(status.error().ToString());
  }

  /// Passes the feed on to who listens now.
  struct Relay : store::Listener {
    std::vector<store::Listener*> to;
    void Apply(std::span<const store::Change> changes) override {
      for (store::Listener* listener : to) listener->Apply(changes);
    }
  };
  struct Parts {
    explicit Parts(RecommenderWorld& world)
        : data(world.pool),
          engine(*world.store, world.shards, directory, data, world.clock, world.log,
                 world.io.get_executor(),
                 {.folder = world.folder.path(), .stop_within = std::chrono::hours(24)}),
          recommenders(*world.store, directory, data, world.clock, *world.random,
                       {.max_recommenders = 10}),
          imports(*world.store, directory, data, engine, world.clock) {}
    directory::RecommenderDirectory directory;
    RecommenderData data;
    RecommenderEngine engine;
    Recommenders recommenders;
    RecommenderImports imports;
  };

  test::TempDir folder;
  asio::io_context io{1};
  ManualClock clock{*ParseIso8601("2024-05-01T12:00:00Z")};
  std::unique_ptr<Random> random = MakeSeededRandom(7);
  test::RecordedLog log;
  std::unique_ptr<FaultyStore> store =
      std::make_unique<FaultyStore>(store::MakeMemoryStore(io.get_executor()));
  Pool pool{1};
  HeldShards shards{clock};
  Relay relay;
  bool listening = false;
  std::unique_ptr<Parts> parts;
};

}  // namespace atelier::control
