#include "directory/recommender_data.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/codec.h"
#include "directory/recommender/documents.h"
#include "directory/recommender/live.h"
#include "directory/recommender/replay.h"
#include "model/data_set.h"
#include "model/recommender_document.h"

namespace atelier::directory {

using model::RecommenderId;
using store::Kind;

struct RecommenderData::Impl {
  using Batches = std::map<LiveRecommenderPtr, std::vector<DocumentChange>>;

  Pool& pool;
  std::map<std::string, LiveRecommenderPtr, std::less<>> live;
  store::Quarantine quarantine;
  std::set<std::string, std::less<>> orphans;  // ids that records of documents or data sets name

  LiveRecommenderPtr Find(std::string_view id) const {
    const auto found = live.find(id);
    return found == live.end() ? nullptr : found->second;
  }

  /// Whose documents a change is about, and what changes: one that cannot be read is absent.
  /// nullptr: of an instance that is gone.
  LiveRecommenderPtr Read(const store::Change& change, DocumentChange& out);
  LiveRecommenderPtr MakeLive() { return FreedOn(pool, std::make_unique<LiveRecommender>(pool)); }
  /// Of a data set's record: its version is counted for. Returns whose it is, and what it says;
  /// nullptr: it is unreadable, or of an instance that is gone.
  std::pair<LiveRecommenderPtr, model::DataSet> NoteDataSet(const store::Record& record);
  void ApplyDataSet(const store::Change& change, Batches& batches);
  static void Post(const LiveRecommenderPtr& live, std::vector<DocumentChange> changes);
  void NoteUse(const store::Record& record);
  void NoteOrphan(std::string_view key) {
    const std::string_view id = key.substr(0, key.find('/'));
    if (!live.contains(id)) orphans.emplace(id);
  }
};

LiveRecommenderPtr RecommenderData::Impl::Read(const store::Change& change, DocumentChange& out) {
  quarantine.Remove(Kind::kRecommenderDocument, change.record.key);
  const auto parts = SplitDocumentKey(change.record.key);
  LiveRecommenderPtr found = parts ? Find(parts->recommender) : nullptr;
  if (found == nullptr) return nullptr;
  out.table = parts->table;
  out.key = parts->rest;
  out.put.reset();
  if (change.op == store::Write::Op::kPut) {
    auto read = FromRecord<model::DocumentRecord>(change.record.body);
    if (read)
      out.put = *std::move(read);
    else
      quarantine.Add(change.record, read.error());
  }
  return found;
}

std::pair<LiveRecommenderPtr, model::DataSet> RecommenderData::Impl::NoteDataSet(
    const store::Record& record) {
  auto set = FromRecord<model::DataSet>(record.body);  // who counts the unreadable: the directory
  auto found = set ? Find(set->recommender.str()) : nullptr;
  if (found == nullptr) return {};
  found->versions.try_emplace(set->version);
  return {std::move(found), *std::move(set)};
}

/// What an import begins with is taken when it is asked for, between what was pushed before and
/// what after, and let go of when it is over.
void RecommenderData::Impl::ApplyDataSet(const store::Change& change, Batches& batches) {
  if (change.op == store::Write::Op::kDelete) {
    const std::string& key = change.record.key;
    const std::size_t slash = std::min(key.find('/'), key.size() - 1);
    if (const auto found = Find(std::string_view(key).substr(0, slash)))
      found->snapshots.erase(key.substr(slash + 1));
    return;
  }
  const auto [found, set] = NoteDataSet(change.record);
  if (found == nullptr) return;
  if (set.state != model::DataSetState::Importing) {
    found->snapshots.erase(set.version);
  } else if (auto snapshot = found->BeginSnapshot(set.version)) {
    Post(found, std::exchange(batches[found], {}));
    asio::post(found->strand, [live = found, snapshot = std::move(snapshot)] {
      snapshot->histories = live->recommender.data().TakeSnapshot();
    });
  }
}

void RecommenderData::Impl::Post(const LiveRecommenderPtr& live,
                                 std::vector<DocumentChange> changes) {
  if (changes.empty()) return;
  asio::post(live->strand, [live, taken = std::move(changes)] {
    for (const DocumentChange& change : taken) live->Take(change);
  });
}

void RecommenderData::Impl::NoteUse(const store::Record& record) {
  NoteOrphan(record.key);
  auto read = FromRecord<model::RecommenderUse>(record.body);
  if (!read) return quarantine.Add(record, read.error());
  const auto found = Find(read->recommender.str());
  if (found == nullptr) return;
  for (const auto& [version, items] : read->recommended)
    found->versions[version].recommended = items;
}

RecommenderData::RecommenderData(Pool& pool, Logger* log)
    : impl_(new Impl{
          .pool = pool, .live = {}, .quarantine = store::Quarantine(log), .orphans = {}}) {}
RecommenderData::~RecommenderData() = default;

Status RecommenderData::Load(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(Kind::kRecommender, [&](const store::Record& record) {
    impl_->live.emplace(record.key, impl_->MakeLive());
  }));
  // Before the documents: behaviours are counted for versions that are known.
  std::unordered_map<LiveRecommenderPtr, Replay> replays;
  const auto replay_of = [&](const LiveRecommenderPtr& live) -> Replay& {
    return replays.try_emplace(live, live).first->second;
  };
  ATELIER_RETURN_IF_ERROR(
      store.LoadBlocking(Kind::kRecommenderDataSet, [&](const store::Record& record) {
        impl_->NoteOrphan(record.key);
        const auto [live, set] = impl_->NoteDataSet(record);
        if (live != nullptr && set.state == model::DataSetState::Importing)
          replay_of(live).Resume(set, record.revision);
      }));
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(
      Kind::kRecommenderUse, [&](const store::Record& record) { impl_->NoteUse(record); }));
  // By key, so of each instance the behaviours come first.
  DocumentChange change;
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(Kind::kRecommenderDocument, [&](store::Record record) {
    impl_->NoteOrphan(record.key);
    const model::Revision revision = record.revision;
    const auto live =
        impl_->Read({.op = store::Write::Op::kPut, .record = std::move(record)}, change);
    if (live == nullptr || !change.put) return;
    live->Count(change);
    if (change.table == model::DocumentTable::behavior)
      return replay_of(live).Note(*change.put, revision);
    if (const auto replay = replays.find(live); replay != replays.end()) replay->second.Run();
    live->Take(change);
  }));
  for (auto& [live, replay] : replays) replay.Run();
  return Ok();
}

void RecommenderData::Apply(std::span<const store::Change> changes) {
  Impl::Batches batches;
  for (const store::Change& change : changes) {
    const Kind kind = change.record.kind;
    if (kind == Kind::kRecommender) {
      if (change.op == store::Write::Op::kDelete) {
        impl_->live.erase(change.record.key);
      } else if (impl_->Find(change.record.key) == nullptr) {
        impl_->live.emplace(change.record.key, impl_->MakeLive());
      }
    } else if (kind == Kind::kRecommenderDataSet) {
      impl_->ApplyDataSet(change, batches);
    } else if (kind == Kind::kRecommenderDocument) {
      DocumentChange read;
      if (const LiveRecommenderPtr live = impl_->Read(change, read)) {
        live->Count(read);
        batches[live].push_back(std::move(read));
      }
    } else if (kind == Kind::kRecommenderUse) {
      impl_->quarantine.Remove(kind, change.record.key);  // written anew, by this server
    }
  }
  for (auto& [live, batch] : batches) Impl::Post(live, std::move(batch));
}

RecommenderData::Counts RecommenderData::CountsOf(const RecommenderId& id) const {
  const auto live = impl_->Find(id);
  if (live == nullptr) return {};
  Counts counts{.users = static_cast<std::int64_t>(live->users.size()),
                .items = static_cast<std::int64_t>(live->items.size()),
                .behaviors = live->behaviors,
                .traced = live->traced,
                .versions = live->versions};
  for (const auto& [version, use] : counts.versions) counts.recommended += use.recommended;
  return counts;
}

bool RecommenderData::HasUser(const RecommenderId& id, const std::string& user) const {
  const auto live = impl_->Find(id);
  return live != nullptr && live->users.contains(user);
}

bool RecommenderData::HasItem(const RecommenderId& id, const std::string& item) const {
  const auto live = impl_->Find(id);
  return live != nullptr && live->items.contains(item);
}

const store::Quarantine& RecommenderData::quarantine() const { return impl_->quarantine; }

std::vector<RecommenderId> RecommenderData::Orphans() const {
  std::vector<RecommenderId> ids;
  for (const std::string& id : impl_->orphans) ids.emplace_back(id);
  return ids;
}

Task<std::shared_ptr<const RecommenderData::Snapshot>> RecommenderData::SnapshotOf(
    RecommenderId id, std::string version) {
  const auto live = impl_->Find(id);
  if (live == nullptr) co_return nullptr;
  const auto found = live->snapshots.find(version);
  if (found == live->snapshots.end()) co_return nullptr;
  // Until the strand has filled it in.
  co_return co_await RunOn(
      live->strand,
      [snapshot = std::shared_ptr<const Snapshot>(found->second)] { return snapshot; });
}

void RecommenderData::SetModel(const RecommenderId& id, std::string version,
                               std::shared_ptr<const recommender::Model> model) {
  const auto live = impl_->Find(id);
  if (live == nullptr) return;
  live->version = std::move(version);
  asio::post(live->strand, [live, model = std::move(model)]() mutable {
    live->recommender.SetModel(std::move(model));
  });
}

const std::string& RecommenderData::VersionOf(const RecommenderId& id) const {
  static const std::string kNone;
  const auto live = impl_->Find(id);
  return live == nullptr ? kNone : live->version;
}

Task<Result<Recommendation>> RecommenderData::Recommend(RecommenderId id, RecommendQuery query) {
  const auto live = impl_->Find(id);
  if (live == nullptr || live->version.empty()) {
    co_return Error(Code::kUnavailable,
                    "The model of the live dataset version cannot be read. Run an import.");
  }
  Recommendation answer;
  answer.version = live->version;
  answer.items = co_await RunOn(live->strand,
                                [live, query = std::move(query)] { return live->Answer(query); });
  const auto items = static_cast<std::int64_t>(answer.items.size());
  live->versions[answer.version].recommended += items;
  live->unsaved += items;
  co_return answer;
}

void RecommenderData::NoteQuery(const RecommenderId& id, MonoTime now) {
  const auto live = impl_->Find(id);
  if (live == nullptr) return;
  const auto second =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second != live->second) {
    live->in_last_second = second == live->second + 1 ? live->in_second : 0;
    live->second = second;
    live->in_second = 0;
  }
  ++live->in_second;
}

std::int64_t RecommenderData::QpsOf(const RecommenderId& id, MonoTime now) const {
  const auto live = impl_->Find(id);
  if (live == nullptr) return 0;
  const auto second =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second == live->second) return live->in_last_second;
  return second == live->second + 1 ? live->in_second : 0;
}

std::vector<model::RecommenderUse> RecommenderData::UnsavedUse() const {
  std::vector<model::RecommenderUse> unsaved;
  for (const auto& [id, live] : impl_->live) {
    if (live->unsaved == 0) continue;
    model::RecommenderUse& use = unsaved.emplace_back();
    use.recommender = RecommenderId(id);
    for (const auto& [version, counted] : live->versions) {
      if (counted.recommended > 0) use.recommended.emplace(version, counted.recommended);
    }
  }
  return unsaved;
}

void RecommenderData::NoteSaved(const model::RecommenderUse& use) {
  const auto live = impl_->Find(use.recommender.str());
  if (live == nullptr) return;
  live->unsaved = 0;
  for (const auto& [version, counted] : live->versions) live->unsaved += counted.recommended;
  for (const auto& [version, saved] : use.recommended) live->unsaved -= saved;
}

}  // namespace atelier::directory
