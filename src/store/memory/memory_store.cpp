#include <map>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "store/common/errors.h"
#include "store/copy.h"
#include "store/store.h"

namespace atelier::store {

namespace {

using Records = std::map<std::pair<Kind, std::string>, Record>;

Status ReadAll(const Records& records, const Snapshot::Each& each) {
  for (const auto& [key, record] : records) ATELIER_RETURN_IF_ERROR(each(record));
  return Ok();
}

/// What a memory store is, and what a load leaves there.
struct Held {
  Origin origin;
  Records records;
};

class HeldSnapshot final : public Snapshot {
 public:
  explicit HeldSnapshot(Held held) : held_(std::move(held)) {}
  const Origin& origin() const override { return held_.origin; }
  Status ReadBlocking(const Each& each) override { return ReadAll(held_.records, each); }
  Status ReadKindBlocking(Kind kind, const Each& each) override {
    for (const auto& [key, record] : held_.records) {
      if (key.first == kind) ATELIER_RETURN_IF_ERROR(each(record));
    }
    return Ok();
  }

 private:
  const Held held_;
};

class HeldLoading final : public Loading {
 public:
  explicit HeldLoading(Held& target) : target_(target) {}
  Status AddBlocking(Record record) override {
    std::pair key(record.kind, record.key);
    records_.insert_or_assign(std::move(key), std::move(record));
    return Ok();
  }
  Status ReadBackBlocking(const Snapshot::Each& each) override { return ReadAll(records_, each); }
  Status FinishBlocking(const Origin& origin) override {
    target_ = {.origin = origin, .records = std::move(records_)};
    return Ok();
  }

 private:
  Held& target_;
  Records records_;
};

/// Suspends once in each call, as a store with threads does, so that code which works on this one
/// does not rely on calls that never wait.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(asio::any_io_executor io) : io_(std::move(io)) {}

  Task<Result<model::Revision>> Commit(Batch batch) override {
    if (stopped_ || loaded_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    for (const Write& write : batch) {
      if (write.expected && *write.expected != RevisionOf(write)) co_return Conflict();
    }
    ++held_.origin.head;
    std::vector<Change> changes;
    for (Write& write : batch) Apply(write, changes);
    if (!changes.empty()) {
      for (Listener* listener : listeners_) listener->Apply(changes);
    }
    co_return held_.origin.head;
  }

  Task<Result<Record>> Get(Kind kind, std::string key) override {
    if (stopped_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    const auto found = held_.records.find({kind, key});
    if (found == held_.records.end()) co_return Missing();
    co_return found->second;
  }

  Task<Result<std::vector<Record>>> Scan(Kind kind, Range range) override {
    if (stopped_) co_return Stopping();
    co_await asio::post(io_, asio::use_awaitable);
    const auto first = held_.records.lower_bound({kind, range.from});
    const auto last = range.to.empty() ? EndOf(kind) : held_.records.lower_bound({kind, range.to});
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
    for (auto at = held_.records.lower_bound({kind, {}}); at != last; ++at) each(at->second);
    return Ok();
  }

  Result<std::unique_ptr<Snapshot>> OpenSnapshotBlocking() override {
    return std::make_unique<HeldSnapshot>(held_);
  }
  Result<std::unique_ptr<Loading>> OpenLoadBlocking() override {
    if (held_.origin.head > 0) return NotEmpty();
    loaded_ = true;
    return std::make_unique<HeldLoading>(held_);
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

  model::Revision RevisionOf(const Write& write) const {
    const auto found = held_.records.find({write.kind, write.key});
    return found == held_.records.end() ? 0 : found->second.revision;
  }

  Records::const_iterator EndOf(Kind kind) const {
    const auto next = static_cast<Kind>(static_cast<std::uint8_t>(kind) + 1);
    return held_.records.lower_bound({next, {}});
  }

  void Apply(Write& write, std::vector<Change>& changes) {
    if (write.op == Write::Op::kCheck) return;
    Key key(write.kind, write.key);
    Record record{
        .kind = write.kind, .key = std::move(write.key), .revision = held_.origin.head, .body = {}};
    if (write.op == Write::Op::kPut) {
      record.body = std::move(write.body);
      held_.records.insert_or_assign(std::move(key), record);
      record.value = std::move(write.value);
    } else if (held_.records.erase(key) == 0) {
      return;
    }
    changes.push_back({.op = write.op, .record = std::move(record)});
  }

  const asio::any_io_executor io_;
  Held held_;
  std::vector<Listener*> listeners_;
  bool stopped_ = false;
  bool loaded_ = false;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore(asio::any_io_executor io) {
  return std::make_unique<MemoryStore>(std::move(io));
}

}  // namespace atelier::store
