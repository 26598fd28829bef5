// Fills the store of a server that is not running with a population, through the store's own door:
// the API would take an hour for a million. Usage: seed STORE_FOLDER INSTANCES [TABLE_FILE]
//
// Prints a JSON object: the size of every workspace, and the ids of some instances. TABLE_FILE gets
// one line an instance of what lists filter and order by, as PostgreSQL's COPY reads it.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/codec.h"
#include "base/log.h"
#include "model/principal.h"
#include "population.h"
#include "store/store.h"

namespace atelier::bench {
namespace {

using store::Kind;
using store::Write;

constexpr std::size_t kBatch = 4000;      // records a transaction
constexpr std::size_t kSample = 20'000;   // instances whose ids are printed
constexpr std::size_t kRunningOf = 100;   // one instance in so many runs
constexpr std::size_t kOnTheWayOf = 500;  // and one in so many is in a state that ends by itself

/// Most instances rest. What runs or is on its way keeps the reconciler busy, and the simulated
/// world has lost it all by the time the server starts: a share that is settled within seconds.
model::InstanceStatus StatusOf(std::size_t number) {
  using enum model::InstanceStatus;
  static constexpr std::array kOnTheWay = {
      Creating, ResourceAllocating, EnvPreparing, Queuing,  Starting,
      Updating, Stopping,           Recovering,   Deleting, Saving};
  static constexpr std::array kResting = {Stopped, Stopped, Stopped, Stopped, Stopped,
                                          Stopped, Stopped, Failed,  Saved,   SaveFailed};
  Population::Dice dice{number ^ 0xA5A5A5A5ULL};
  if (dice.Below(kRunningOf) == 0) return Running;
  if (dice.Below(kOnTheWayOf) == 0) return kOnTheWay[dice.Below(kOnTheWay.size())];
  return kResting[dice.Below(kResting.size())];
}

model::Instance InstanceAt(const Population& population, std::size_t number) {
  model::Instance instance = population.At(number);
  instance.status = StatusOf(number);
  instance.desired = model::Desired::Stopped;
  if (instance.status == model::InstanceStatus::Deleting) {
    instance.desired = model::Desired::Deleted;
  } else if (model::IsTransient(instance.status) &&
             instance.status != model::InstanceStatus::Stopping) {
    instance.desired = model::Desired::Running;
  }
  if (instance.status == model::InstanceStatus::Running) {
    instance.desired = model::Desired::Running;
    instance.running_since = instance.status_since;
  }
  return instance;
}

/// Lines for COPY FROM in text format: no value here holds a tab, a backslash or a line break.
void WriteRow(std::ofstream& table, const model::Instance& i) {
  table << i.id.str() << '\t' << i.workspace.str() << '\t' << i.owner.str() << '\t' << i.name
        << '\t' << EnumName(i.status) << '\t' << EnumName(i.accelerator) << '\t'
        << EnumName(i.accessibility) << '\t' << i.image_name << '\t' << i.priority << '\t'
        << i.capacity.milli_cpu << '\t' << i.capacity.memory_mib << '\t' << i.capacity.milli_gpu
        << '\t' << i.created.time_since_epoch().count() << '\t'
        << i.modified.time_since_epoch().count() << "\t{";
  const char* comma = "";
  std::map<std::string_view, std::string_view> labels;  // of a key that is there twice, the first
  for (const model::Label& label : i.labels) labels.emplace(label.key, label.value);
  for (const auto& [key, value] : labels) {
    table << comma << '"' << key << "\":\"" << value << '"';
    comma = ",";
  }
  table << "}\n";
}

class Seeder {
 public:
  Seeder(store::Store& store, std::size_t instances) : store_(store), population_(instances) {}

  Task<Status> Run(std::string table_file) {
    std::ofstream table(table_file);  // an empty name opens nothing, and nothing is written
    ATELIER_CO_RETURN_IF_ERROR(co_await WriteWorkspaces());
    ATELIER_CO_RETURN_IF_ERROR(co_await WriteUsers());
    for (std::size_t number = 0; number < population_.size(); ++number) {
      const model::Instance instance = InstanceAt(population_, number);
      if (table.is_open()) WriteRow(table, instance);
      ++sizes_[instance.workspace.str()];
      ATELIER_CO_RETURN_IF_ERROR(co_await Put(Kind::kInstanceName,
                                              instance.workspace.str() + "/" + instance.name,
                                              ToJson(instance.id)));
      ATELIER_CO_RETURN_IF_ERROR(
          co_await Put(Kind::kInstance, instance.id.str(), ToJson(instance)));
    }
    ATELIER_CO_RETURN_IF_ERROR(co_await Flush());
    table.close();
    if (!table_file.empty() && table.fail()) {
      co_return Error(Code::kUnavailable, "The table file cannot be written.");
    }
    Print();
    co_await store_.Stop();
    co_return Ok();
  }

 private:
  Task<Status> WriteWorkspaces() {
    for (std::size_t number = 0; number < Population::kWorkspaces; ++number) {
      model::Workspace workspace;
      workspace.id = Population::Workspace(number);
      workspace.name = "team_" + std::to_string(number);
      workspace.display_name = workspace.name;
      workspace.env_types = {"prod"};
      workspace.created = workspace.modified = Population::Epoch();
      ATELIER_CO_RETURN_IF_ERROR(co_await Put(Kind::kWorkspace, workspace.name, ToJson(workspace)));
    }
    co_return Ok();
  }

  Task<Status> WriteUsers() {
    for (std::size_t number = 0; number < Population::kCreators; ++number) {
      model::User user;
      user.id = Population::Creator(number);
      user.name = "creator" + std::to_string(number);
      user.created = Population::Epoch();
      ATELIER_CO_RETURN_IF_ERROR(co_await Put(Kind::kUser, user.name, ToJson(user)));
    }
    co_return Ok();
  }

  Task<Status> Put(Kind kind, std::string key, std::string body) {
    batch_.push_back(Write::Put(kind, std::move(key), std::move(body)));
    if (batch_.size() < kBatch) co_return Ok();
    co_return co_await Flush();
  }

  Task<Status> Flush() {
    const auto committed = co_await store_.Commit(std::exchange(batch_, {}));
    if (!committed) co_return committed.error();
    co_return Ok();
  }

  void Print() const {
    std::vector<std::string> ids;
    const std::size_t step = std::max<std::size_t>(1, population_.size() / kSample);
    for (std::size_t number = 0; number < population_.size(); number += step) {
      // What is being deleted is gone soon after the start.
      if (StatusOf(number) != model::InstanceStatus::Deleting)
        ids.push_back(Population::IdOf(number).str());
    }
    std::printf("{\"workspaces\":%s,\"ids\":%s}\n", ToJson(sizes_).c_str(), ToJson(ids).c_str());
  }

  store::Store& store_;
  Population population_;
  store::Batch batch_;
  std::map<std::string, std::int64_t> sizes_;
};

Task<void> Drive(Seeder& seeder, std::string table_file, int& code) {
  const Status done = co_await seeder.Run(std::move(table_file));
  if (done) co_return;
  std::fprintf(stderr, "seed: %s\n", done.error().message().c_str());
  code = 1;
}

int Main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: seed STORE_FOLDER INSTANCES [TABLE_FILE]\n");
    return 2;
  }
  boost::asio::io_context io(1);
  SystemClock clock;
  const auto log = MakeStderrLogger(LogLevel::kWarn);
  auto store = store::OpenSqlite({.folder = argv[1]}, io.get_executor(), clock, *log);
  if (!store) {
    std::fprintf(stderr, "seed: %s\n", store.error().message().c_str());
    return 1;
  }
  Seeder seeder(**store, std::strtoul(argv[2], nullptr, 10));
  int code = 0;
  Spawn(io.get_executor(), "seed", Drive(seeder, argc == 4 ? argv[3] : "", code));
  io.run();
  return code;
}

}  // namespace
}  // namespace atelier::bench

int main(int argc, char** argv) { return atelier::bench::Main(argc, argv); }
