#include "control/recommender_data.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/codec.h"
#include "control/recommender/documents.h"
#include "control/recommender/live.h"
#include "model/recommender_document.h"

namespace atelier::control {

using model::RecommenderId;
using store::Kind;

struct RecommenderData::Impl {
  Pool& pool;
  std::map<std::string, LiveRecommenderPtr, std::less<>> live;
  std::size_t unreadable = 0;
  std::set<std::string, std::less<>> orphans;  // ids that records of documents or data sets name

  LiveRecommenderPtr Find(std::string_view id) const {
    const auto found = live.find(id);
    return found == live.end() ? nullptr : found->second;
  }

  /// Whose documents a change is about, and what changes; nullptr: it is unreadable, or of an
  /// instance that is gone.
  LiveRecommenderPtr Read(const store::Change& change, DocumentChange& out);
  /// Of a data set's record: its version is counted for.
  void NoteVersion(const store::Record& record);
  void NoteUse(const store::Record& record);
  void NoteOrphan(std::string_view key) {
    const std::string_view id = key.substr(0, key.find('/'));
    if (!live.contains(id)) orphans.emplace(id);
  }
};

LiveRecommenderPtr RecommenderData::Impl::Read(const store::Change& change, DocumentChange& out) {
  const auto parts = SplitDocumentKey(change.record.key);
  LiveRecommenderPtr found = parts ? Find(parts->recommender) : nullptr;
  if (found == nullptr) return nullptr;
  out.table = parts->table;
  out.key = parts->rest;
  out.put.reset();
  if (change.op == store::Write::Op::kPut) {
    auto read = FromRecord<model::DocumentRecord>(change.record.body);
    if (!read) {
      ++unreadable;
      return nullptr;
    }
    out.put = *std::move(read);
  }
  return found;
}

void RecommenderData::Impl::NoteVersion(const store::Record& record) {
  const std::size_t slash = std::min(record.key.find('/'), record.key.size() - 1);
  const auto found = Find(std::string_view(record.key).substr(0, slash));
  if (found != nullptr) found->versions.try_emplace(record.key.substr(slash + 1));
}

void RecommenderData::Impl::NoteUse(const store::Record& record) {
  NoteOrphan(record.key);
  auto read = FromRecord<model::RecommenderUse>(record.body);
  if (!read) {
    ++unreadable;
    return;
  }
  const auto found = Find(read->recommender.str());
  if (found == nullptr) return;
  for (const auto& [version, items] : read->recommended)
    found->versions[version].recommended = items;
}

RecommenderData::RecommenderData(Pool& pool)
    : impl_(new Impl{.pool = pool, .live = {}, .orphans = {}}) {}
RecommenderData::~RecommenderData() = default;

Status RecommenderData::Load(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(Kind::kRecommender, [&](const store::Record& record) {
    impl_->live.emplace(record.key, std::make_shared<LiveRecommender>(impl_->pool));
  }));
  // Before the documents: behaviours are counted for versions that are known.
  ATELIER_RETURN_IF_ERROR(
      store.LoadBlocking(Kind::kRecommenderDataSet, [&](const store::Record& record) {
        impl_->NoteOrphan(record.key);
        impl_->NoteVersion(record);
      }));
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(
      Kind::kRecommenderUse, [&](const store::Record& record) { impl_->NoteUse(record); }));
  DocumentChange change;
  return store.LoadBlocking(Kind::kRecommenderDocument, [&](store::Record record) {
    impl_->NoteOrphan(record.key);
    const auto live =
        impl_->Read({.op = store::Write::Op::kPut, .record = std::move(record)}, change);
    if (live == nullptr) return;
    live->Count(change);
    live->Take(change);
  });
}

void RecommenderData::Apply(std::span<const store::Change> changes) {
  std::map<LiveRecommenderPtr, std::vector<DocumentChange>> batches;
  for (const store::Change& change : changes) {
    const Kind kind = change.record.kind;
    if (kind == Kind::kRecommender) {
      if (change.op == store::Write::Op::kDelete) {
        impl_->live.erase(change.record.key);
      } else if (impl_->Find(change.record.key) == nullptr) {
        impl_->live.emplace(change.record.key, std::make_shared<LiveRecommender>(impl_->pool));
      }
    } else if (kind == Kind::kRecommenderDataSet) {
      if (change.op == store::Write::Op::kPut) impl_->NoteVersion(change.record);
    } else if (kind == Kind::kRecommenderDocument) {
      DocumentChange read;
      if (const LiveRecommenderPtr live = impl_->Read(change, read)) {
        live->Count(read);
        batches[live].push_back(std::move(read));
      }
    }
  }
  for (auto& [live, batch] : batches) {
    asio::post(live->strand, [mine = live, taken = std::move(batch)] {
      for (const DocumentChange& change : taken) mine->Take(change);
    });
  }
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

std::size_t RecommenderData::quarantined() const { return impl_->unreadable; }

std::vector<RecommenderId> RecommenderData::Orphans() const {
  std::vector<RecommenderId> ids;
  for (const std::string& id : impl_->orphans) ids.emplace_back(id);
  return ids;
}

Task<recommender::Data> RecommenderData::Snapshot(RecommenderId id) {
  const auto live = impl_->Find(id);
  if (live == nullptr) co_return recommender::Data();
  co_return co_await RunOn(live->strand, [live] { return live->recommender.data(); });
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

}  // namespace atelier::control
