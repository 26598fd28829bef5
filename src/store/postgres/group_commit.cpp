#include "store/postgres/group_commit.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "store/common/errors.h"
#include "store/postgres/feed.h"

namespace atelier::store::postgres {

namespace {

constexpr std::int64_t kAnyRevision = -1;

}  // namespace

GroupCommit::GroupCommit(std::string id, std::vector<Batch*> batches)
    : id_(std::move(id)), batches_(std::move(batches)) {}

std::vector<Statement> GroupCommit::Statements(const Fence& fence, model::Revision applied) const {
  std::vector<std::int32_t> numbers;
  std::vector<std::int16_t> ops;
  std::vector<std::int16_t> kinds;
  std::vector<std::string_view> keys;
  std::vector<std::string_view> bodies;
  std::vector<std::int64_t> expected;
  std::int32_t number = 0;
  for (const Batch* batch : batches_) {
    ++number;
    for (const Write& write : *batch) {
      numbers.push_back(number);
      ops.push_back(static_cast<std::int16_t>(write.op));
      kinds.push_back(static_cast<std::int16_t>(write.kind));
      keys.emplace_back(write.key);
      bodies.emplace_back(write.op == Write::Op::kPut ? write.body : std::string_view());
      expected.push_back(write.expected.value_or(kAnyRevision));
    }
  }
  std::vector<Statement> statements = UnderLock(fence.lock);
  statements.push_back(
      {"SELECT head, replace(head_group::text, '-', ''), revisions, missed, revision, op, kind, "
       "key, body FROM atelier.commit_group($1, $2, $3 * interval '1 ms', $4::uuid, $5, "
       "$6, $7, $8, $9, $10, $11, $12)",
       Parameters()
           .Text(fence.life)
           .Int8(fence.epoch)
           .Int8(fence.lease.count())
           .Text(id_)
           .Int8(applied)
           .Int4(number)
           .Int4s(numbers)
           .Int2s(ops)
           .Int2s(kinds)
           .BytesOf(keys)
           .BytesOf(bodies)
           .Int8s(expected)});
  statements.push_back({"COMMIT"});
  return statements;
}

GroupCommit::Answer GroupCommit::ReadAnswer(const Outcome& outcome) {
  const Rows& rows = outcome.rows[outcome.rows.size() - 2];  // COMMIT is the last
  const auto group = rows.IsNull(0, 1) ? std::string_view() : rows.Bytes(0, 1);
  return {.found = {.revisions = rows.Ints(0, 2), .missed = rows.Ints(0, 3)},
          .head = {.revision = rows.Int(0, 0), .group = std::string(group)},
          .of_others = ReadChanges(rows, 4)};
}

Resolution GroupCommit::Resolve(const Found& found) {
  Resolution resolution;
  std::int64_t number = 0;  // of the write in the group
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    const model::Revision revision = i < found.revisions.size() ? found.revisions[i] : 0;
    if (revision == 0)
      resolution.outcomes.emplace_back(Conflict());
    else
      resolution.outcomes.emplace_back(revision);
    for (Write& write : *batches_[i]) {
      ++number;
      if (revision == 0 || write.op == Write::Op::kCheck ||
          std::ranges::find(found.missed, number) != found.missed.end())
        continue;
      const bool put = write.op == Write::Op::kPut;
      resolution.changes.push_back({.op = write.op,
                                    .record = {.kind = write.kind,
                                               .key = std::move(write.key),
                                               .revision = revision,
                                               .body = put ? std::move(write.body) : std::string(),
                                               .value = put ? std::move(write.value) : Value()}});
    }
  }
  return resolution;
}

model::Revision GroupCommit::LastOf(const Found& found, model::Revision before) {
  return found.revisions.empty() ? before : std::max(before, std::ranges::max(found.revisions));
}

}  // namespace atelier::store::postgres
