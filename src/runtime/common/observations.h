#pragma once
#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/loop_watch.h"
#include "base/slice.h"
#include "runtime/driver.h"

namespace atelier::runtime {

/// Puts together what a driver shows, a slice at a time, so that no request waits for the whole of
/// a large world. Each look is of the moment at which it began all the same: who changes a workload
/// says so before (Touch), and looks that have not come to it yet remember it as it was.
///
/// One thread. A look may outlast this: then it answers nullopt.
class Observations {
 public:
  using Shown = std::deque<WorkloadState>;
  /// Appends the states of a workload as they were when the look began; none if there is none.
  using Show = std::function<void(const model::InstanceId& id, Shown& to)>;

  explicit Observations(asio::any_io_executor io) : io_(std::move(io)) {}
  Observations(const Observations&) = delete;
  Observations& operator=(const Observations&) = delete;
  ~Observations() {
    for (Pass* pass : *under_way_) pass->over = true;
  }

  /// Before the workload comes, changes or goes.
  void Touch(const model::InstanceId& id) {
    for (Pass* pass : *under_way_) {
      if (pass->last && id <= *pass->last) continue;
      const auto [kept, fresh] = pass->kept.try_emplace(id);
      if (fresh) pass->show(id, kept->second);
    }
  }

  /// Everything in `runs` (a map by id), in the order of the ids.
  template <class Runs>
  Task<std::optional<Shown>> Take(const Runs& runs, Show show) {
    return Walk(under_way_, Slice(io_), runs, std::move(show));
  }

 private:
  struct Pass;
  using UnderWay = std::vector<Pass*>;  // views: each lives in its Walk
  struct Pass {
    Pass(std::shared_ptr<UnderWay> all, Show s) : under_way(std::move(all)), show(std::move(s)) {
      under_way->push_back(this);
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() { std::erase(*under_way, this); }

    const std::shared_ptr<UnderWay> under_way;
    const Show show;
    std::optional<model::InstanceId> last;    // everything up to it is shown
    std::map<model::InstanceId, Shown> kept;  // of what has changed since the look began
    bool over = false;                        // `lives` are gone
  };

  template <class Runs>
  static Task<std::optional<Shown>> Walk(std::shared_ptr<UnderWay> under_way, Slice slice,
                                         const Runs& runs, Show show) {
    Pass pass(std::move(under_way), std::move(show));
    Shown shown;
    while (!pass.over && ShowSome(pass, slice, runs, shown)) co_await slice.Yield();
    if (pass.over) co_return std::nullopt;
    co_return shown;
  }

  /// True: there are more.
  template <class Runs>
  static bool ShowSome(Pass& pass, Slice& slice, const Runs& runs, Shown& to) {
    const LoopWatch::Work work("look");
    auto run = pass.last ? runs.upper_bound(*pass.last) : runs.begin();
    for (;;) {
      auto kept = pass.kept.begin();
      const bool is_kept =
          kept != pass.kept.end() && (run == runs.end() || kept->first <= run->first);
      if (!is_kept && run == runs.end()) return false;
      const model::InstanceId id = is_kept ? kept->first : run->first;
      if (run != runs.end() && run->first == id) ++run;
      if (is_kept) {
        std::ranges::move(kept->second, std::back_inserter(to));
        pass.kept.erase(kept);
      } else {
        pass.show(id, to);
      }
      if (!slice.Spent()) continue;
      pass.last = id;
      return true;
    }
  }

  const asio::any_io_executor io_;
  const std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace atelier::runtime
