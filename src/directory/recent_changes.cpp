#include "directory/recent_changes.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "base/text.h"
#include "model/instance.h"
#include "model/service.h"
#include "store/table.h"

namespace atelier::directory {

using store::Kind;

namespace {

/// The id that the keys of what belongs to something begin with.
std::string OwnerIn(const store::Record& record) {
  return std::string(Cut(record.key, '/').before);
}

}  // namespace

RecentChanges::RecentChanges(const InstanceDirectory& instances, const ServiceDirectory& services,
                             model::Revision head, std::size_t limit)
    : instances_(instances), services_(services), limit_(limit), head_(head) {}

bool RecentChanges::Before::operator()(const RecentChange& a, const RecentChange& b) const {
  return std::tie(a.topic, a.id, a.workspace, a.owner, a.shared) <
         std::tie(b.topic, b.id, b.workspace, b.owner, b.shared);
}

void RecentChanges::Start() {
  if (std::exchange(started_, true)) return;
  floor_ = head_;
}

void RecentChanges::Apply(std::span<const store::Change> changes) {
  bool news = false;
  for (const store::Change& change : changes) {
    head_ = std::max(head_, change.record.revision);
    if (started_) news = ApplyOne(change) || news;
  }
  if (news) Wake();
}

bool RecentChanges::ApplyOne(const store::Change& change) {
  const store::Record& record = change.record;
  const auto note = [&](Topic topic, std::string id, std::string_view workspace = {}) {
    Note({.topic = topic,
          .id = std::move(id),
          .workspace = model::WorkspaceId(workspace),
          .owner = {},
          .revision = record.revision});
  };
  switch (record.kind) {
    case Kind::kInstance:
      return NoteInstance(change), true;
    case Kind::kService:
      return NoteService(change), true;
    case Kind::kServiceReplica:
      return NoteReplica(change), true;
    case Kind::kServiceVersion:
    case Kind::kServiceEvent:
      return NoteService(services_.FindById(model::ServiceId(OwnerIn(record))), record.revision),
             true;
    case Kind::kRecommender:
    case Kind::kRecommenderDataSet:
      return note(Topic::kRecommender, OwnerIn(record)), true;
    case Kind::kWorkspace:
    case Kind::kMember:
      return note(Topic::kWorkspace, OwnerIn(record), OwnerIn(record)), true;
    // What somebody may look at.
    case Kind::kAccount:
    case Kind::kUser:
    case Kind::kRole:
    case Kind::kPolicy:
    case Kind::kAccessKey:
      return true;
    case Kind::kSession:
      return change.op == store::Write::Op::kDelete;  // otherwise it is new, or used
    default:  // steps and events of instances come with their instance
      return false;
  }
}

void RecentChanges::NoteInstance(const store::Change& change) {
  const InstancePtr before = instances_.Find(model::InstanceId(change.record.key));
  if (before != nullptr) NoteInstance(*before, change.record.revision);
  if (change.op == store::Write::Op::kDelete) return;
  // One that cannot be read is in no list, either.
  const auto after = store::ReadShared<model::Instance>(change.record, &model::Instance::id);
  if (after) NoteInstance(**after, change.record.revision);
}

void RecentChanges::NoteInstance(const model::Instance& instance, model::Revision revision) {
  Note({.topic = Topic::kInstance,
        .id = instance.id.str(),
        .workspace = instance.workspace,
        .owner = instance.owner,
        .shared = instance.accessibility == model::Accessibility::PUBLIC,
        .revision = revision});
}

void RecentChanges::NoteService(const store::Change& change) {
  NoteService(services_.Find(change.record.key), change.record.revision);
  if (change.op == store::Write::Op::kDelete) return;
  const auto after = store::ReadShared<model::Service>(change.record, &model::Service::name);
  if (after) NoteService(*after, change.record.revision);
}

void RecentChanges::NoteService(const ServicePtr& service, model::Revision revision) {
  if (service == nullptr) return;
  Note({.topic = Topic::kService,
        .id = service->name,
        .workspace = service->workspace,
        .owner = service->owner,
        .shared = true,
        .revision = revision});
}

void RecentChanges::NoteReplica(const store::Change& change) {
  ReplicaPtr replica = services_.FindReplica(model::InstanceId(change.record.key));
  if (replica == nullptr && change.op == store::Write::Op::kPut) {
    const auto read = store::ReadShared<model::Replica>(change.record, &model::Replica::id);
    if (read) replica = *read;
  }
  if (replica != nullptr) NoteService(services_.FindById(replica->service), change.record.revision);
}

void RecentChanges::Note(RecentChange change) {
  if (const auto known = things_.find(change); known != things_.end()) {
    const Place place = *known;
    place->revision = change.revision;
    changes_.splice(changes_.end(), changes_, place);
    return;
  }
  if (changes_.size() >= limit_) {
    floor_ = std::max(floor_, changes_.front().revision);
    things_.erase(changes_.begin());
    changes_.pop_front();
  }
  changes_.push_back(std::move(change));
  things_.insert(std::prev(changes_.end()));
}

bool RecentChanges::Since(model::Revision after,
                          const std::function<void(const RecentChange&)>& visit) const {
  if (!started_ || after < floor_ || after > head_) return false;
  auto first = changes_.end();
  while (first != changes_.begin() && std::prev(first)->revision > after) --first;
  for (; first != changes_.end(); ++first) visit(*first);
  return true;
}

Task<void> RecentChanges::Wait(std::uint64_t seen, Clock& clock, Deadline until) {
  if (ticks_ != seen) co_return;
  bool woken = false;
  WaitQueue<bool>::Waiter waiter(waiting_, co_await asio::this_coro::executor, woken);
  co_await waiter.Wait(clock, until);
}

void RecentChanges::Wake() {
  ++ticks_;
  waiting_.ServeAll([](bool& woken) { return woken = true; });
}

}  // namespace atelier::directory
