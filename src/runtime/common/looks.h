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
class Looks {
 public:
  using Shown = std::deque<WorkloadState>;
  /// Appends the states of a workload as they were when the look began; none if there is none.
  using Show = std::function<void(const model::InstanceId& id, Shown& to)>;

  explicit Looks(asio::any_io_executor io) : io_(std::move(io)) {}
  Looks(const Looks&) = delete;
  Looks& operator=(const Looks&) = delete;
  ~Looks() {
    for (Look* look : *under_way_) look->over = true;
  }

  /// Before the workload comes, changes or goes.
  void Touch(const model::InstanceId& id) {
    for (Look* look : *under_way_) {
      if (look->last && id <= *look->last) continue;
      const auto [kept, fresh] = look->kept.try_emplace(id);
      if (fresh) look->show(id, kept->second);
    }
  }

  /// Everything in `lives` (a map by id), in the order of the ids.
  template <class Lives>
  Task<std::optional<Shown>> Take(const Lives& lives, Show show) {
    return Walk(under_way_, Slice(io_), lives, std::move(show));
  }

 private:
  struct Look;
  using UnderWay = std::vector<Look*>;  // views: each lives in its Walk
  struct Look {
    Look(std::shared_ptr<UnderWay> all, Show s) : under_way(std::move(all)), show(std::move(s)) {
      under_way->push_back(this);
    }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    ~Look() { std::erase(*under_way, this); }

    const std::shared_ptr<UnderWay> under_way;
    const Show show;
    std::optional<model::InstanceId> last;    // everything up to it is shown
    std::map<model::InstanceId, Shown> kept;  // of what has changed since the look began
    bool over = false;                        // `lives` are gone
  };

  template <class Lives>
  static Task<std::optional<Shown>> Walk(std::shared_ptr<UnderWay> under_way, Slice slice,
                                         const Lives& lives, Show show) {
    Look look(std::move(under_way), std::move(show));
    Shown shown;
    while (!look.over && ShowSome(look, slice, lives, shown)) co_await slice.Yield();
    if (look.over) co_return std::nullopt;
    co_return shown;
  }

  /// True: there are more.
  template <class Lives>
  static bool ShowSome(Look& look, Slice& slice, const Lives& lives, Shown& to) {
    const LoopWatch::Work work("look");
    auto life = look.last ? lives.upper_bound(*look.last) : lives.begin();
    for (;;) {
      auto kept = look.kept.begin();
      const bool is_kept =
          kept != look.kept.end() && (life == lives.end() || kept->first <= life->first);
      if (!is_kept && life == lives.end()) return false;
      const model::InstanceId id = is_kept ? kept->first : life->first;
      if (life != lives.end() && life->first == id) ++life;
      if (is_kept) {
        std::ranges::move(kept->second, std::back_inserter(to));
        look.kept.erase(kept);
      } else {
        look.show(id, to);
      }
      if (!slice.Spent()) continue;
      look.last = id;
      return true;
    }
  }

  const asio::any_io_executor io_;
  const std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace atelier::runtime
