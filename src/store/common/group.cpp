#include "store/common/group.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace atelier::store {

namespace {

/// How far behind the group is looked for what may join it.
constexpr std::size_t kMaxScanned = 1024;

/// The keys that the batches before have named.
class Keys {
 public:
  bool Allow(const Batch& batch) const {
    return std::ranges::none_of(batch, [this](const Write& write) {
      const auto found = written_.find(Name(write));
      return found != written_.end() && (found->second || Writes(write));
    });
  }
  void Add(const Batch& batch) {
    for (const Write& write : batch) written_[Name(write)] |= Writes(write);
  }

 private:
  static bool Writes(const Write& write) { return write.op != Write::Op::kCheck; }
  static std::string Name(const Write& write) {
    std::string name(1, static_cast<char>(write.kind));
    return name += write.key;
  }

  std::unordered_map<std::string, bool> written_;  // false: only checked
};

std::size_t Bytes(const Batch& batch) {
  std::size_t bytes = 0;
  for (const Write& write : batch) bytes += write.key.size() + write.body.size();
  return bytes;
}

}  // namespace

std::vector<Ticket> TakeGroup(std::deque<Ticket>& queue, const GroupRule& rule) {
  std::vector<Ticket> group;
  std::vector<Ticket> kept;
  Keys keys;
  std::size_t bytes = 0;
  for (std::size_t looked = 0; !queue.empty() && looked < kMaxScanned; ++looked) {
    Ticket& next = queue.front();
    const bool fits = group.empty() || (group.size() < rule.max_batches &&
                                        bytes + Bytes(next.batch) <= rule.max_bytes);
    if (!fits) break;
    const bool joins = !rule.disjoint || keys.Allow(next.batch);
    const bool withdrawn = joins && next.claim->test_and_set();
    if (!withdrawn) {
      if (rule.disjoint) keys.Add(next.batch);
      if (joins) bytes += Bytes(next.batch);
      (joins ? group : kept).push_back(std::move(next));
    }
    queue.pop_front();
  }
  for (; !kept.empty(); kept.pop_back()) queue.push_front(std::move(kept.back()));
  return group;
}

}  // namespace atelier::store
