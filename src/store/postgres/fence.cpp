#include "store/postgres/fence.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/fnv.h"
#include "store/postgres/errors.h"
#include "store/postgres/schema.h"

namespace atelier::store::postgres {

namespace {

constexpr const char* kHead =
    "SELECT last, replace(group_id::text, '-', '') FROM atelier.commits ORDER BY first DESC LIMIT "
    "1";
/// The group that $1 is in, or the last before it.
constexpr const char* kHeadAt =
    "SELECT last, replace(group_id::text, '-', '') FROM atelier.commits WHERE first <= $1 "
    "ORDER BY first DESC LIMIT 1";
constexpr Duration kReleaseWithin{2'000};

/// Advisory locks are numbers, and shared by all that is in the database.
std::int64_t LockOf(std::string_view installation) {
  return static_cast<std::int64_t>(Fnv1a(installation));
}

Error Unusable(const Failure& failure) {
  return {Code::kUnavailable, fmt::format("The database cannot be used: {}.", Explain(failure)),
          "DatabaseUnavailable"};
}

}  // namespace

Statement SelectHead() { return {kHead}; }

Head ReadHead(const Rows& rows) {
  if (rows.size() == 0) return {};
  return {.revision = rows.Int(0, 0), .group = std::string(rows.Bytes(0, 1))};
}

std::vector<Statement> UnderLock(std::int64_t lock) {
  return {{"BEGIN ISOLATION LEVEL READ COMMITTED"},
          {"SELECT set_config('lock_timeout', '5s', true), "
           "set_config('idle_in_transaction_session_timeout', '2s', true), "
           "set_config('statement_timeout', '0', true), "
           "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
           "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)"},
          {"SELECT pg_advisory_xact_lock($1)", Parameters().Int8(lock)}};
}

Result<Taken> TakeFence(Connection& connection, const std::string& installation,
                        const Claimant& claimant, Duration lease) {
  Fence fence{.installation = installation,
              .lock = LockOf(installation),
              .life = claimant.life,
              .epoch = 0,
              .lease = lease};
  std::vector<Statement> statements = UnderLock(fence.lock);
  const std::size_t first = statements.size();
  // Who shares it minds those who do not; who does not, everybody.
  statements.push_back(
      {"SELECT name, ceil(extract(epoch FROM until - clock_timestamp()))::bigint "
       "FROM atelier.servers WHERE until > clock_timestamp() AND owner <> $1 "
       "AND NOT (shared AND $2::boolean)",
       Parameters().Text(claimant.owner).Text(claimant.shared ? "true" : "false")});
  statements.push_back(
      {"INSERT INTO atelier.servers AS s (owner, life, name, epoch, until, shared) "
       "SELECT $1, $2, $3, 1, clock_timestamp() + $4 * interval '1 ms', $5::boolean "
       "WHERE NOT EXISTS (SELECT FROM atelier.servers WHERE until > clock_timestamp() AND "
       "owner <> $1 AND NOT (shared AND $5::boolean)) "
       "ON CONFLICT (owner) DO UPDATE SET life = excluded.life, name = excluded.name, "
       "epoch = s.epoch + 1, until = excluded.until, shared = excluded.shared RETURNING epoch",
       Parameters()
           .Text(claimant.owner)
           .Text(claimant.life)
           .Text(claimant.name)
           .Int8(lease.count())
           .Text(claimant.shared ? "true" : "false")});
  // One that shares and was away may come back; not after the time for which changes are kept.
  statements.push_back(
      {"DELETE FROM atelier.servers WHERE life <> $1 AND EXISTS (SELECT FROM atelier.servers WHERE "
       "life = $1) AND until < clock_timestamp() AND NOT (shared AND $2::boolean AND "
       "until > clock_timestamp() - interval '1 hour')",
       Parameters().Text(claimant.life).Text(claimant.shared ? "true" : "false")});
  statements.push_back(SelectHead());
  statements.push_back({"SELECT atelier.keep_partitions(0) FROM atelier.servers WHERE life = $1",
                        Parameters().Text(claimant.life)});
  statements.push_back({"COMMIT"});
  const Outcome taken = connection.Run(statements, kStartWithin);
  if (taken.failure) return Unusable(*taken.failure);
  const Rows& epoch = taken.rows[first + 1];
  if (epoch.size() == 0) {
    const Rows& other = taken.rows[first];
    const bool known = other.size() > 0;
    return Error(
        Code::kFailedPrecondition,
        fmt::format("Another server uses the database: {}. Stop it first. One that was killed "
                    "leaves the database free {} s after it was last heard of.",
                    known ? other.Bytes(0, 0) : "one that has just come",
                    known ? other.Int(0, 1) : lease.count() / 1000),
        "DatabaseInUse");
  }
  fence.epoch = epoch.Int(0, 0);
  return Taken{.fence = std::move(fence), .head = ReadHead(taken.rows[first + 3])};
}

void ReleaseFence(Connection& connection, const Fence& fence) {
  (void)connection.Run(
      {{"UPDATE atelier.servers SET until = '-infinity' WHERE life = $1 AND epoch = $2",
        Parameters().Text(fence.life).Int8(fence.epoch)}},
      kReleaseWithin);
}

AttachResult Attach(Connection& connection, const Fence& fence, const Head& known,
                    model::Revision before, const std::string& pending, Duration within) {
  std::vector<Statement> statements = UnderLock(fence.lock);
  const std::size_t first = statements.size();
  statements.push_back(
      {"UPDATE atelier.servers SET epoch = epoch + 1, "
       "until = clock_timestamp() + $2 * interval '1 ms' "
       "WHERE life = $1 RETURNING epoch",
       Parameters().Text(fence.life).Int8(fence.lease.count())});
  statements.push_back({"SELECT value FROM atelier.meta WHERE name = 'installation'"});
  statements.push_back(SelectHead());
  statements.push_back(
      {"SELECT revisions, missed FROM atelier.commits WHERE first > $1 AND "
       "group_id = nullif($2, '')::uuid",
       Parameters().Int8(before).Text(pending)});
  statements.push_back({kHeadAt, Parameters().Int8(std::max<model::Revision>(known.revision, 1))});
  statements.push_back({"COMMIT"});
  AttachResult result{.outcome = connection.Run(statements, within), .attached = {}};
  if (result.outcome.failure) return result;
  const auto rows = std::span(result.outcome.rows).subspan(first);
  if (rows[0].size() == 1) result.attached.epoch = rows[0].Int(0, 0);
  result.attached.same = rows[1].size() == 1 && rows[1].Bytes(0, 0) == fence.installation;
  result.attached.head = ReadHead(rows[2]);
  const Head at = ReadHead(rows[4]);
  result.attached.knows = known.revision == 0 || at == known;
  result.attached.keeps = at.revision > 0 || result.attached.head.revision <= known.revision;
  if (rows[3].size() > 0) {
    result.attached.pending = Found{.revisions = rows[3].Ints(0, 0), .missed = rows[3].Ints(0, 1)};
  }
  return result;
}

}  // namespace atelier::store::postgres
