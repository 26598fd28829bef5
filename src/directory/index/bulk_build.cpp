#include "directory/index/bulk_build.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "store/table.h"

namespace atelier::directory {

namespace {

/// Records that one thread takes at a time: as many slots as one container of a Bitmap has, so that
/// two threads' postings never share a container and merge without being looked into.
constexpr std::size_t kPart = 1U << 16U;
constexpr std::size_t kProgressEvery = 4096;
/// Bytes for one record's JSON tree; a larger one takes the rest from the heap.
constexpr std::size_t kScratch = 64U << 10U;

/// The terms of one part of the records, as plain lists: adding to a Bitmap means finding its
/// container first, which was a third of all the time of a load.
class PartOfPostings {
 public:
  void Add(Slot slot, std::span<const Term> terms, std::span<const Trigram> parts) {
    for (const Term& term : terms) terms_[term].push_back(slot);
    for (const Trigram part : parts) trigrams_[part].push_back(slot);
  }
  /// Leaves this empty, with its memory.
  void MoveInto(Postings& postings) {
    const auto move = [&](auto& lists) {
      for (auto& [key, slots] : lists) {
        if (!slots.empty()) postings.AddMany(key, slots);
        slots.clear();
      }
    };
    move(terms_);
    move(trigrams_);
  }

 private:
  boost::unordered_flat_map<Term, std::vector<Slot>, TermHash> terms_;
  boost::unordered_flat_map<Trigram, std::vector<Slot>> trigrams_;
};

/// What one thread gathers.
class Gatherer {
 public:
  Gatherer(Table& table, std::atomic<std::size_t>& done,
           const std::function<void(std::size_t)>& progress)
      : table_(table), done_(done), progress_(progress) {}

  Status Read(const store::Bulk& bulk, std::size_t first, std::size_t last) {
    auto slot = static_cast<Slot>(first);
    ATELIER_RETURN_IF_ERROR(
        bulk.ReadBlocking(first, last, [&](const store::Record& record) { Take(slot++, record); }));
    part_.MoveInto(postings);
    return Ok();
  }

  Postings postings;
  std::unordered_map<model::WorkspaceId, Bitmap> workspaces;
  BulkBuilt built;

 private:
  void Take(Slot slot, const store::Record& record) {
    if (const std::size_t done = ++done_; done % kProgressEvery == 0) progress_(done);
    built.revision = std::max(built.revision, record.revision);
    json::monotonic_resource memory(scratch_.data(), scratch_.size());
    const auto instance = store::ReadKeyed<model::Instance>(record, &model::Instance::id, &memory);
    if (!instance) {
      store::Record named{
          .kind = record.kind, .key = record.key, .revision = record.revision, .body = {}};
      built.unreadable.emplace_back(std::move(named), instance.error());
      return;
    }
    table_.Fill(slot, *instance, record.revision);
    part_.Add(slot, TermsOf(*instance), TrigramsOf(instance->name));
    workspaces[instance->workspace].Add(slot);
  }

  Table& table_;
  std::atomic<std::size_t>& done_;
  const std::function<void(std::size_t)>& progress_;
  PartOfPostings part_;
  std::vector<unsigned char> scratch_ = std::vector<unsigned char>(kScratch);
};

void MergeInto(Gatherer& all, Gatherer& some) {
  all.postings.Merge(std::move(some.postings));
  for (auto& [workspace, slots] : some.workspaces) all.workspaces[workspace] |= slots;
  std::ranges::move(some.built.unreadable, std::back_inserter(all.built.unreadable));
  all.built.revision = std::max(all.built.revision, some.built.revision);
}

}  // namespace

Result<BulkBuilt> BulkBuild(Index& index, const store::Bulk& bulk, std::size_t threads,
                            const std::function<void(std::size_t)>& progress) {
  const std::size_t parts = (bulk.size() + kPart - 1) / kPart;
  threads = std::clamp<std::size_t>(parts, 1, threads);
  index.table().Resize(static_cast<Slot>(bulk.size()));

  std::atomic<std::size_t> done = 0;
  std::atomic<std::size_t> next_part = 0;
  std::vector<Gatherer> gatherers(threads, Gatherer(index.table(), done, progress));
  std::vector<Status> outcomes(threads);
  {
    std::vector<std::jthread> workers;
    workers.reserve(threads);
    for (std::size_t t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        for (std::size_t part = next_part++; part < parts && outcomes[t]; part = next_part++) {
          outcomes[t] =
              gatherers[t].Read(bulk, part * kPart, std::min((part + 1) * kPart, bulk.size()));
        }
      });
    }
  }
  for (Status& outcome : outcomes) ATELIER_RETURN_IF_ERROR(std::move(outcome));
  Gatherer& all = gatherers.front();
  for (std::size_t t = 1; t < threads; ++t) MergeInto(all, gatherers[t]);
  index.Adopt(std::move(all.postings), all.workspaces);
  return std::move(all.built);
}

}  // namespace atelier::directory
