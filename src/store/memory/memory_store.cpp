#include <map>
#include <utility>

#include <boost/asio/post.hpp>

#include "store/common/errors.h"
#include "store/store.h"

namespace atelier::store {

namespace {

/// Suspends once in each call, as a store with threads does, so that code which works on this one
/// does not rely on calls that never wait.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(asio::any_io_executor io) : io_(std::move(io)) {}

  Task<Result<model::Revision>> Commit(Batch batch) override {
    if (stopped_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    for (const Write& write : batch) {
      if (write.expected && *write.expected != RevisionOf(write)) co_return Conflict();
    }
    ++revision_;
    std::vector<Change> changes;
    for (Write& write : batch) Apply(write, changes);
    if (!changes.empty()) {
      for (Listener* listener : listeners_) listener->Apply(changes);
    }
    co_return revision_;
  }

  Task<Result<Record>> Get(Kind kind, std::string key) override {
    if (stopped_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    const auto found = records_.find({kind, key});
    if (found == records_.end()) co_return Missing();
    co_return found->second;
  }

  Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) override {
    if (stopped_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    const auto first = records_.lower_bound({kind, range.from});
    const auto last = range.to.empty() ? EndOf(kind) : records_.lower_bound({kind, range.to});
    std::vector<Record> found;
    if (!range.to.empty() && range.to <= range.from) co_return found;
    if (range.reverse) {
      for (auto at = last; at != first && found.size() < range.limit;)
        found.push_back((--at)->second);
    } else {
      for (auto at = first; at != last && found.size() < range.limit; ++at)
        found.push_back(at->second);
    }
    co_return found;
  }

  Status LoadBlocking(Kind kind, const std::function<void(Record)>& each) override {
    const auto last = EndOf(kind);
    for (auto at = records_.lower_bound({kind, {}}); at != last; ++at) each(at->second);
    return Ok();
  }

  void AddListener(Listener& listener) override { listeners_.push_back(&listener); }
  Health GetHealth() const override { return {}; }
  std::vector<double> RecentCommitSeconds() const override { return {}; }

  Task<void> Stop() override {
    stopped_ = true;
    co_await asio::post(io_, asio::use_awaitable);  // behind every call under way
  }

 private:
  using Key = std::pair<Kind, std::string>;
  using Records = std::map<Key, Record>;

  model::Revision RevisionOf(const Write& write) const {
    const auto found = records_.find({write.kind, write.key});
    return found == records_.end() ? 0 : found->second.revision;
  }

  Records::const_iterator EndOf(Kind kind) const {
    const auto next = static_cast<Kind>(static_cast<std::uint8_t>(kind) + 1);
    return records_.lower_bound({next, {}});
  }

  void Apply(Write& write, std::vector<Change>& changes) {
    if (write.op == Write::Op::kCheck) return;
    Key key(write.kind, write.key);
    Record record{
        .kind = write.kind, .key = std::move(write.key), .revision = revision_, .body = {}};
    if (write.op == Write::Op::kPut) {
      record.body = std::move(write.body);
      records_.insert_or_assign(std::move(key), record);
      record.value = std::move(write.value);
    } else if (records_.erase(key) == 0) {
      return;
    }
    changes.push_back({.op = write.op, .record = std::move(record)});
  }

  const asio::any_io_executor io_;
  Records records_;
  model::Revision revision_ = 0;
  std::vector<Listener*> listeners_;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore(asio::any_io_executor io) {
  return std::make_unique<MemoryStore>(std::move(io));
}

}  // namespace atelier::store
