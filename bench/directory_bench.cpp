// The directory alone, in process, on one thread: bytes an instance, time to build, each kind of
// query, changes, lists beside changes, and a naive scan in the same run.
//
//     directory_bench [INSTANCES]          (default 1000000)
//
// Queries and changes are timed by the processor time of their thread, so that what else runs on
// the machine counts less; lists beside changes by the clock on the wall, because they may wait.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <malloc.h>
#include <numeric>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/codec.h"
#include "directory/directory.h"
#include "population.h"
#include "unit/directory/reference.h"

namespace atelier::bench {
namespace {

using directory::InstanceDirectory;
using directory::InstanceQuery;
using directory::SortBy;
using directory::Viewer;
using SteadyClock = std::chrono::steady_clock;

/// Of this thread: what others do on the machine meanwhile does not count.
double CpuMicros() {
  struct timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double MicrosSince(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::micro>(SteadyClock::now() - begin).count();
}

std::size_t BytesInUse() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t ResidentMib() {
  std::size_t pages = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) >> 20U;
}

/// Makes its records when they are read, so that only the directory's memory is counted.
class GeneratedStore final : public store::Store {
 public:
  explicit GeneratedStore(const Population& population) : population_(population) {}

  Result<std::unique_ptr<store::Bulk>> OpenBulkBlocking(store::Kind) override {
    return std::make_unique<GeneratedBulk>(*this);
  }
  Status LoadBlocking(store::Kind, const std::function<void(store::Record)>&) override {
    return Refused();
  }
  store::Record RecordAt(std::size_t number) const {
    const model::Instance instance = population_.At(number);
    return {store::Kind::kInstance, instance.id.str(), static_cast<model::Revision>(number + 1),
            ToJson(instance)};
  }

  Task<Result<model::Revision>> Commit(store::Batch) override { co_return Refused(); }
  Task<Result<store::Record>> Get(store::Kind, std::string) override { co_return Refused(); }
  Task<Result<std::vector<store::Record>>> Scan(store::Kind, Range) override {
    co_return Refused();
  }
  void AddListener(store::Listener&) override {}
  store::Health GetHealth() const override { return {}; }
  std::vector<double> RecentCommitSeconds() const override { return {}; }
  Task<void> Stop() override { co_return; }

 private:
  struct GeneratedBulk final : store::Bulk {
    explicit GeneratedBulk(const GeneratedStore& of) : store(of) {}
    std::size_t size() const override { return store.population_.size(); }
    Status ReadBlocking(std::size_t first, std::size_t last,
                        const std::function<void(const store::Record&)>& each) const override {
      for (std::size_t i = first; i < last; ++i) each(store.RecordAt(i));
      return Ok();
    }
    const GeneratedStore& store;
  };

  static Error Refused() { return {Code::kUnimplemented, "This store is only loaded from."}; }

  const Population& population_;
};

struct QueryClass {
  std::string what;
  Viewer viewer;
  InstanceQuery query;
};

Viewer Root() {
  Viewer root;
  root.sees_all = true;
  return root;
}

Viewer MemberOf(std::size_t workspaces) {
  Viewer viewer;
  viewer.user = Population::Creator(17);
  for (std::size_t i = 0; i < workspaces; ++i) viewer.member_of.insert(Population::Workspace(i));
  return viewer;
}

/// `edit` of the query that asks for everything.
template <class Edit>
InstanceQuery Where(Edit edit) {
  InstanceQuery query;
  edit(query);
  return query;
}

WallTime CreatedAt(double part) {
  const std::chrono::duration<double> age = Population::kAges;
  return Population::Epoch() + std::chrono::duration_cast<Duration>(age * part);
}

InstanceQuery FourFilters(const char* name) {
  return Where([&](InstanceQuery& q) {
    q.name_contains = name;
    q.status = {model::InstanceStatus::Running, model::InstanceStatus::Stopped};
    q.labels = {{.key = Population::LabelKey(3), .value = "value-7"}};
    q.accelerator = model::AcceleratorType::GPU;
  });
}

std::vector<QueryClass> InWorkspaces() {
  const auto workspace = [](std::size_t number) {
    return Where([&](InstanceQuery& q) { q.workspace = Population::Workspace(number); });
  };
  InstanceQuery narrow = workspace(0);
  narrow.status = {model::InstanceStatus::Running};
  narrow.labels = {{.key = Population::LabelKey(3), .value = "value-7"}};
  return {{"one workspace", Root(), workspace(300)},
          {"one workspace, a member", MemberOf(301), workspace(300)},
          {"largest workspace", Root(), workspace(0)},
          {"largest workspace, a member", MemberOf(1), workspace(0)},
          {"largest workspace, status and label", Root(), narrow}};
}

std::vector<QueryClass> Filtered() {
  const auto named = [](const char* part) {
    return Where([&](InstanceQuery& q) { q.name_contains = part; });
  };
  return {
      {"ALL, 4 filters, one a name part", Root(), FourFilters("resnet")},
      {"ALL, 4 filters, one a rare name part", Root(), FourFilters("net_0f")},
      {"ALL, name part of 1 in 16", Root(), named("whisper")},
      {"ALL, name part of 1 in 65,000", Root(), named("_0f1a")},
      {"ALL, name part of 2 letters", Root(), named("tr")},
      {"ALL, one creator", Root(),
       Where([](InstanceQuery& q) { q.owner = Population::Creator(4711); })},
      {"ALL, 14 of 15 states", Root(), Where([](InstanceQuery& q) {
         q.status.emplace();
         for (int s = 0; s < 14; ++s) q.status->insert(static_cast<model::InstanceStatus>(s));
       })},
      {"ALL, GPU and memory range", Root(), Where([](InstanceQuery& q) {
         q.min_milli_gpu = 500;
         q.max_memory_gb = 64;
       })},
      {"ALL, created in one month", Root(), Where([](InstanceQuery& q) {
         q.created_after = CreatedAt(0.5);
         q.created_before = CreatedAt(0.58);
       })},
      {"ALL, created in one day, GPU", Root(), Where([](InstanceQuery& q) {
         q.created_after = CreatedAt(0.5);
         q.created_before = CreatedAt(0.503);
         q.min_milli_gpu = 500;
       })},
      {"ALL, a member of 5 workspaces", MemberOf(5), {}},
      {"ALL, a member of 1,000 workspaces", MemberOf(Population::kWorkspaces), {}},
  };
}

/// First, last and middle page, with and without a filter, in each order.
std::vector<QueryClass> Pages(const InstanceDirectory& directory) {
  std::vector<QueryClass> classes;
  for (const auto& [name, by] : {std::pair{"Priority", SortBy::kPriority},
                                 std::pair{"GmtCreateTime", SortBy::kGmtCreateTime},
                                 std::pair{"GmtModifiedTime", SortBy::kGmtModifiedTime}}) {
    for (const bool filtered : {false, true}) {
      InstanceQuery query;
      if (filtered) query.status = {model::InstanceStatus::Running, model::InstanceStatus::Stopped};
      query.sort_by = by;
      const std::uint64_t pages =
          (directory.List(Root(), query).total + query.page_size - 1) / query.page_size;
      for (const auto& [where, number] :
           {std::pair{"first", std::uint64_t{1}}, std::pair{"last", pages},
            std::pair{"middle", pages / 2 + 1}}) {
        query.page_number = number;
        classes.push_back(
            {std::string(filtered ? "ALL, 2 states, by " : "ALL, by ") + name + ", " + where,
             Root(), query});
      }
    }
  }
  return classes;
}

struct Timing {
  double p50 = 0, p99 = 0;
};

Timing TimingOf(std::vector<double> took) {
  std::ranges::sort(took);
  return {.p50 = took[took.size() / 2], .p99 = took[took.size() * 99 / 100]};
}

template <class Run>
Timing Measure(Run run) {
  constexpr std::size_t kMaxRuns = 3000;
  constexpr std::size_t kMinRuns = 20;
  constexpr double kMicros = 500'000;  // about so long for each class
  std::vector<double> took;
  for (double spent = 0; took.size() < kMaxRuns && (took.size() < kMinRuns || spent < kMicros);) {
    const double begin = CpuMicros();
    run();
    took.push_back(CpuMicros() - begin);
    spent += took.back();
  }
  return TimingOf(std::move(took));
}

void PrintQueries(const InstanceDirectory& directory) {
  std::printf("\n%-44s %10s %10s %10s\n", "query, page of 10", "matches", "p50 us", "p99 us");
  std::vector<QueryClass> classes = InWorkspaces();
  std::ranges::move(Filtered(), std::back_inserter(classes));
  std::ranges::move(Pages(directory), std::back_inserter(classes));
  for (const QueryClass& c : classes) {
    std::uint64_t total = 0;
    const Timing timing = Measure([&] { total = directory.List(c.viewer, c.query).total; });
    std::printf("%-44s %10llu %10.1f %10.1f\n", c.what.c_str(),
                static_cast<unsigned long long>(total), timing.p50, timing.p99);
    std::fflush(stdout);
  }
  std::printf("\n%-44s %10s %10s %10s\n", "counts by state", "matches", "p50 us", "p99 us");
  classes.resize(classes.size() - Pages(directory).size());  // an order changes no count
  classes.push_back({"ALL", Root(), {}});
  for (const QueryClass& c : classes) {
    directory::StatusCounts counts{};
    const Timing timing = Measure([&] { counts = directory.CountByStatus(c.viewer, c.query); });
    std::printf("%-44s %10llu %10.1f %10.1f\n", c.what.c_str(),
                static_cast<unsigned long long>(
                    std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})),
                timing.p50, timing.p99);
    std::fflush(stdout);
  }
}

/// Feeds the directory with stops and starts, as the store's feed would.
class Changer {
 public:
  Changer(InstanceDirectory& directory, const Population& population)
      : directory_(directory), population_(population), revision_(1LL << 40) {}

  void Apply(std::size_t changes) {
    std::vector<store::Change> batch;
    ++revision_;
    for (std::size_t n = 0; n < changes; ++n) {
      model::Instance instance = population_.At(dice_.Below(population_.size()));
      instance.status =
          static_cast<model::InstanceStatus>(dice_.Below(model::kInstanceStatusCount));
      instance.modified = CreatedAt(1) + Duration(revision_ & 0xFFFFFF);
      batch.push_back(
          {.op = store::Write::Op::kPut,
           .record = {store::Kind::kInstance, instance.id.str(), revision_, ToJson(instance)}});
    }
    const double begin = CpuMicros();
    directory_.Apply(batch);
    micros_ += CpuMicros() - begin;
    changes_ += changes;
  }
  double MicrosEach() const { return micros_ / static_cast<double>(changes_); }

 private:
  InstanceDirectory& directory_;
  const Population& population_;
  Population::Dice dice_{99};
  model::Revision revision_;
  double micros_ = 0;
  std::size_t changes_ = 0;
};

void PrintChanges(InstanceDirectory& directory, const Population& population) {
  for (const std::size_t batch : {1UL, 256UL}) {
    Changer changer(directory, population);
    for (std::size_t done = 0; done < 10'000; done += batch) changer.Apply(batch);
    std::printf("%-44s %10s %10.1f\n",
                batch == 1 ? "a change, JSON to index, alone" : "a change, in batches of 256", "",
                changer.MicrosEach());
  }
}

/// A list by the clock on the wall, with 1,000 changes a second beside it and without.
void PrintListsBesideChanges(InstanceDirectory& directory, const Population& population) {
  const QueryClass asked{"ALL, 4 filters", Root(), FourFilters("resnet")};
  for (const bool changing : {false, true}) {
    std::atomic<bool> done = false;
    std::jthread writer([&] {
      Changer changer(directory, population);
      for (auto next = SteadyClock::now(); changing && !done;
           next += std::chrono::milliseconds(4)) {
        std::this_thread::sleep_until(next);
        changer.Apply(4);
      }
    });
    std::vector<double> took;
    const auto begin = SteadyClock::now();
    while (MicrosSince(begin) < 3e6) {
      const auto one = SteadyClock::now();
      directory.List(asked.viewer, asked.query);
      took.push_back(MicrosSince(one));
    }
    done = true;
    const Timing timing = TimingOf(std::move(took));
    std::printf("%-44s %10s %10.1f %10.1f\n",
                changing ? "4 filters beside 1,000 changes/s (wall)" : "4 filters alone (wall)", "",
                timing.p50, timing.p99);
  }
}

/// Filter, sort and slice over a vector, as the property tests do. On a tenth of the population,
/// and reckoned up: it is linear.
void PrintNaive(const Population& population) {
  std::vector<model::Instance> tenth;
  tenth.reserve(population.size() / 10);
  for (std::size_t i = 0; i < population.size() / 10; ++i) tenth.push_back(population.At(i * 10));
  for (const QueryClass& c :
       {QueryClass{"naive scan: one workspace", Root(), InWorkspaces()[0].query},
        QueryClass{"naive scan: ALL, 4 filters", Root(), FourFilters("resnet")},
        QueryClass{"naive scan: ALL, 14 of 15 states", Root(), Filtered()[6].query}}) {
    const Timing timing = Measure([&] { directory::reference::All(tenth, c.viewer, c.query); });
    std::printf("%-44s %10s %10.0f %10.0f\n", c.what.c_str(), "", timing.p50 * 10, timing.p99 * 10);
  }
}

int Main(std::size_t size) {
  const Population population(size);
  GeneratedStore store(population);
  const std::size_t before = BytesInUse();
  const auto begin = SteadyClock::now();
  directory::InstanceDirectory directory;
  if (const Status loaded = directory.Load(store, {.threads = 2}); !loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().ToString().c_str());
    return 1;
  }
  std::printf("instances %zu\nbuild %.2f s, processor time %.2f s (makes the records too)\n", size,
              MicrosSince(begin) / 1e6, static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  std::printf("bytes an instance %.0f; resident, the whole program, %zu MiB\n",
              static_cast<double>(BytesInUse() - before) / static_cast<double>(size),
              ResidentMib());
  PrintQueries(directory);
  PrintChanges(directory, population);
  PrintListsBesideChanges(directory, population);
  PrintNaive(population);
  return 0;
}

}  // namespace
}  // namespace atelier::bench

int main(int argc, char** argv) {
  return atelier::bench::Main(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000);
}
