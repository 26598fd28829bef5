#include "store/postgres/fence.h"

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
constexpr Duration kReleaseWithin{2'000};

/// Advisory locks are numbers, and shared by all that is in the database.
std::int64_t LockOf(std::string_view installation) {
  return static_cast<std::int64_t>(Fnv1a(installation));
}

Error Unusable(const Failure& failure) {
  return {Code::kUnavailable, fmt::format("The database cannot be used: {}.", Explain(failure)),
          "DatabaseUnavailable"};
}

Head HeadOf(const Rows& rows) {
  if (rows.size() == 0) return {};
  return {.revision = rows.Int(0, 0), .group = std::string(rows.Bytes(0, 1))};
}

}  // namespace

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
  statements.push_back(
      {"SELECT name, ceil(extract(epoch FROM until - clock_timestamp()))::bigint "
       "FROM atelier.server WHERE until > clock_timestamp()"});
  statements.push_back(
      {"UPDATE atelier.server SET owner = $1, life = $2, name = $3, epoch = epoch + 1, "
       "until = clock_timestamp() + $4 * interval '1 ms' "
       "WHERE owner = $1 OR until < clock_timestamp() RETURNING epoch",
       Parameters()
           .Text(claimant.owner)
           .Text(claimant.life)
           .Text(claimant.name)
           .Int8(lease.count())});
  statements.push_back({kHead});
  statements.push_back({"SELECT atelier.keep_partitions(0) FROM atelier.server WHERE life = $1",
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
  return Taken{.fence = std::move(fence), .head = HeadOf(taken.rows[first + 2])};
}

void ReleaseFence(Connection& connection, const Fence& fence) {
  (void)connection.Run({{"UPDATE atelier.server SET until = '-infinity' WHERE epoch = $1",
                         Parameters().Int8(fence.epoch)}},
                       kReleaseWithin);
}

AttachResult Attach(Connection& connection, const Fence& fence, model::Revision applied,
                    const std::string& pending, Duration within) {
  std::vector<Statement> statements = UnderLock(fence.lock);
  const std::size_t first = statements.size();
  statements.push_back(
      {"UPDATE atelier.server SET epoch = epoch + 1, "
       "until = clock_timestamp() + $2 * interval '1 ms' "
       "WHERE life = $1 RETURNING epoch",
       Parameters().Text(fence.life).Int8(fence.lease.count())});
  statements.push_back({"SELECT value FROM atelier.meta WHERE name = 'installation'"});
  statements.push_back({kHead});
  statements.push_back(
      {"SELECT revisions, missed FROM atelier.commits WHERE first > $1 AND "
       "group_id = nullif($2, '')::uuid",
       Parameters().Int8(applied).Text(pending)});
  statements.push_back({"COMMIT"});
  AttachResult result{.outcome = connection.Run(statements, within), .attached = {}};
  if (result.outcome.failure) return result;
  const auto rows = std::span(result.outcome.rows).subspan(first);
  if (rows[0].size() == 1) result.attached.epoch = rows[0].Int(0, 0);
  result.attached.same = rows[1].size() == 1 && rows[1].Bytes(0, 0) == fence.installation;
  result.attached.head = HeadOf(rows[2]);
  if (rows[3].size() > 0) {
    result.attached.pending = Found{.revisions = rows[3].Ints(0, 0), .missed = rows[3].Ints(0, 1)};
  }
  return result;
}

}  // namespace atelier::store::postgres
