#include "store/shards.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/fnv.h"

namespace atelier::store {

namespace {

struct ShardRecord {
  std::string Owner;
};
BOOST_DESCRIBE_STRUCT(ShardRecord, (), (Owner))

std::string KeyOf(std::size_t shard) { return fmt::format("{:02}", shard); }

}  // namespace

std::size_t ShardOf(std::string_view id) { return Fnv1a(id) % kShards; }

Write Guard(const Lease& lease) {
  return Write::Check(Kind::kShard, KeyOf(lease.shard), lease.epoch);
}

Write Take(const Lease& lease, std::string owner) {
  return Write::Put(Kind::kShard, KeyOf(lease.shard),
                    ToJson(ShardRecord{.Owner = std::move(owner)}), lease.epoch);
}

Status Shards::LoadBlocking(Store& store) {
  Status outcome;
  ATELIER_RETURN_IF_ERROR(store.LoadBlocking(Kind::kShard, [&](const Record& record) {
    if (const Status put = Put(record); !put) outcome = put;
  }));
  return outcome;
}

void Shards::Apply(std::span<const Change> changes) {
  for (const Change& change : changes) {
    // Of one that cannot be read nobody is the owner, and its epoch is what fences.
    if (change.record.kind == Kind::kShard && change.op == Write::Op::kPut)
      (void)Put(change.record);
  }
}

Status Shards::Put(const Record& record) {
  std::size_t shard = kShards;
  const char* const end = record.key.data() + record.key.size();
  const auto [stop, failed] = std::from_chars(record.key.data(), end, shard);
  if (failed != std::errc() || stop != end || shard >= kShards || KeyOf(shard) != record.key) {
    return Error(Code::kDataLoss,
                 fmt::format("There is a record of a shard {}, which is none.", record.key));
  }
  Owned& owned = owned_.at(shard);
  owned = {.owner = {}, .epoch = record.revision};
  ATELIER_TRY(ShardRecord read, FromRecord<ShardRecord>(record.body));
  owned.owner = std::move(read.Owner);
  return Ok();
}

}  // namespace atelier::store
