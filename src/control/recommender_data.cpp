#include "control/recommender_data.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "base/codec.h"
#include "model/recommender_document.h"

namespace atelier::control {

using model::DocumentFields;
using model::RecommenderId;
using store::Kind;

namespace {

std::string_view FieldOf(const DocumentFields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::int64_t> NumberOf(const DocumentFields& fields, const std::string& name) {
  const std::string_view text = FieldOf(fields, name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc()) return std::nullopt;
  return value;
}

/// nullopt: it is absent, or not a number as a whole.
std::optional<double> FractionOf(const DocumentFields& fields, const std::string& name) {
  const std::string_view text = FieldOf(fields, name);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<WallTime> TimeOf(const DocumentFields& fields, const std::string& name) {
  const auto seconds = NumberOf(fields, name);
  if (!seconds) return std::nullopt;
  return WallTime(std::chrono::seconds(*seconds));
}

std::vector<std::string> SplitList(std::string_view list) {
  std::vector<std::string> members;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) members.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return members;
}

recommender::Item ItemOf(const DocumentFields& fields) {
  recommender::Item item;
  item.key = model::ItemKeyOf(fields);
  item.on_shelf = FieldOf(fields, "status") != "0";
  item.published = TimeOf(fields, "pub_time");
  item.expires = TimeOf(fields, "expire_time");
  item.scenes = SplitList(FieldOf(fields, "scene_id"));
  item.category = FieldOf(fields, "category_path");
  item.weight = static_cast<double>(NumberOf(fields, "weight").value_or(1));
  return item;
}

recommender::Behavior BehaviorOf(const model::DocumentRecord& document) {
  const DocumentFields& fields = document.fields;
  recommender::Behavior behavior;
  behavior.user = model::UserOf(fields);
  behavior.item = model::ItemKeyOf(fields);
  behavior.type = FieldOf(fields, "bhv_type");
  behavior.value = FractionOf(fields, "bhv_value").value_or(1);
  // What is said to have happened later than it arrived happened when it arrived.
  behavior.when = std::min(TimeOf(fields, "bhv_time").value_or(document.arrived), document.arrived);
  return behavior;
}

/// The part of a key behind "<recommender id>/<table>/", by its table.
struct KeyParts {
  std::string_view recommender;
  model::DocumentTable table{};
  std::string_view rest;
};

std::optional<KeyParts> SplitKey(std::string_view key) {
  const std::size_t first = key.find('/');
  const std::size_t second = key.find('/', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const auto table = ParseEnum<model::DocumentTable>(key.substr(first + 1, second - first - 1));
  if (!table) return std::nullopt;
  return KeyParts{
      .recommender = key.substr(0, first), .table = *table, .rest = key.substr(second + 1)};
}

/// One change of an instance's documents, read on the I/O thread.
struct DocumentChange {
  model::DocumentTable table{};
  std::string key;  // of the user or the item
  std::optional<model::DocumentRecord> put;
};

}  // namespace

struct RecommenderData::Impl {
  using Strand = asio::strand<Pool::executor_type>;

  /// Shared with what runs on its strand: it may outlive the instance.
  struct Live {
    explicit Live(Pool& pool) : strand(pool.get_executor()) {}

    Strand strand;
    // The I/O thread's.
    std::unordered_set<std::string> users;
    std::unordered_set<std::string> items;
    std::int64_t behaviors = 0;
    std::map<std::string, std::int64_t> traced;
    std::int64_t recommended = 0;
    std::string version;
    std::int64_t second = 0;  // the one that is being counted
    std::int64_t in_second = 0;
    std::int64_t in_last_second = 0;
    // The strand's.
    recommender::Recommender recommender;
    std::unordered_map<std::string, DocumentFields> fields;  // of items, those filters know
    std::unordered_map<std::string, std::vector<std::string>> interests;  // of users

    void Count(const DocumentChange& change);
    void Take(const DocumentChange& change);
    std::vector<Recommended> Answer(const RecommendQuery& query);
  };
  using LivePtr = std::shared_ptr<Live>;

  Pool& pool;
  std::map<std::string, LivePtr, std::less<>> live;
  std::size_t unreadable = 0;
  std::set<std::string, std::less<>> orphans;  // ids that records of documents or data sets name

  LivePtr Find(std::string_view id) const {
    const auto found = live.find(id);
    return found == live.end() ? nullptr : found->second;
  }

  /// Whose documents a change is about, and what changes; nullptr: it is unreadable, or of an
  /// instance that is gone.
  LivePtr Read(const store::Change& change, DocumentChange& out);
  void NoteOrphan(std::string_view key) {
    const std::string_view id = key.substr(0, key.find('/'));
    if (!live.contains(id)) orphans.emplace(id);
  }
};

void RecommenderData::Impl::Live::Count(const DocumentChange& change) {
  switch (change.table) {
    case model::DocumentTable::user:
      if (change.put)
        users.insert(change.key);
      else
        users.erase(change.key);
      return;
    case model::DocumentTable::item:
      if (change.put)
        items.insert(change.key);
      else
        items.erase(change.key);
      return;
    case model::DocumentTable::behavior:
      if (!change.put) return;  // they go with their instance alone
      ++behaviors;
      if (FieldOf(change.put->fields, "trace_id") == model::kTraceId)
        ++traced[std::string(FieldOf(change.put->fields, "bhv_type"))];
      return;
  }
}

void RecommenderData::Impl::Live::Take(const DocumentChange& change) {
  recommender::Data& data = recommender.data();
  switch (change.table) {
    case model::DocumentTable::user:
      if (change.put) {
        interests[change.key] = SplitList(FieldOf(change.put->fields, "content"));
      } else {
        interests.erase(change.key);  // his behaviors are records of their own, and stay
      }
      return;
    case model::DocumentTable::item:
      if (change.put) {
        data.PutItem(ItemOf(change.put->fields));
        DocumentFields kept = change.put->fields;
        std::erase_if(kept,
                      [](const auto& field) { return !model::ItemFilter::Knows(field.first); });
        fields[change.key] = std::move(kept);
      } else {
        data.RemoveItem(change.key);
        fields.erase(change.key);
      }
      return;
    case model::DocumentTable::behavior:
      if (change.put) data.Add(BehaviorOf(*change.put));
      return;
  }
}

std::vector<Recommended> RecommenderData::Impl::Live::Answer(const RecommendQuery& query) {
  recommender::Query asked;
  asked.kind = query.kind;
  asked.user = query.user;
  asked.items = query.items;
  asked.count = query.count;
  asked.scene = query.scene;
  asked.now = query.now;
  const auto liked = interests.find(query.user);
  if (liked != interests.end()) asked.interests = liked->second;
  if (query.filter) {
    asked.admits = [&](std::string_view key) {
      const auto found = fields.find(std::string(key));
      return found != fields.end() && query.filter->Admits(found->second);
    };
  }
  std::vector<Recommended> answer;
  std::vector<std::string> served;
  recommender::Data& data = recommender.data();
  for (recommender::Pick& pick : recommender.Recommend(asked)) {
    double weight = 1;
    if (const auto number = data.FindItem(pick.item)) {
      const recommender::Item* item = data.ItemAt(*number);
      if (item != nullptr) weight = item->weight;
    }
    served.push_back(pick.item);
    answer.push_back({.pick = std::move(pick), .weight = weight});
  }
  // Of a stranger nothing is kept: anybody could fill the memory with made-up names.
  if (liked != interests.end() || data.FindUser(query.user))
    data.MarkServed(query.user, served, query.now);
  return answer;
}

RecommenderData::Impl::LivePtr RecommenderData::Impl::Read(const store::Change& change,
                                                           DocumentChange& out) {
  const auto parts = SplitKey(change.record.key);
  LivePtr found = parts ? Find(parts->recommender) : nullptr;
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

RecommenderData::RecommenderData(Pool& pool)
    : impl_(new Impl{.pool = pool, .live = {}, .orphans = {}}) {}
RecommenderData::~RecommenderData() = default;

Status RecommenderData::Load(store::Store& store) {
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(Kind::kRecommender, [&](const store::Record& record) {
    impl_->live.emplace(record.key, std::make_shared<Impl::Live>(impl_->pool));
  }));
  ATELIER_RETURN_IF_ERROR(
      store.LoadBlocking(Kind::kRecommenderDataSet,
                         [&](const store::Record& record) { impl_->NoteOrphan(record.key); }));
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
  std::map<Impl::LivePtr, std::vector<DocumentChange>> batches;
  for (const store::Change& change : changes) {
    const Kind kind = change.record.kind;
    if (kind == Kind::kRecommender) {
      if (change.op == store::Write::Op::kDelete) {
        impl_->live.erase(change.record.key);
      } else if (impl_->Find(change.record.key) == nullptr) {
        impl_->live.emplace(change.record.key, std::make_shared<Impl::Live>(impl_->pool));
      }
    } else if (kind == Kind::kRecommenderDocument) {
      DocumentChange read;
      if (const Impl::LivePtr live = impl_->Read(change, read)) {
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
  return {.users = static_cast<std::int64_t>(live->users.size()),
          .items = static_cast<std::int64_t>(live->items.size()),
          .behaviors = live->behaviors,
          .traced = live->traced,
          .recommended = live->recommended};
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
  live->recommended += static_cast<std::int64_t>(answer.items.size());
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

}  // namespace atelier::control
