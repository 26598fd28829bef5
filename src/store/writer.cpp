#include "store/writer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "store/audit.h"

namespace atelier::store {

namespace {

Error TooManyRaces(std::string_view target) {
  return {Code::kUnavailable, fmt::format("{} is changed by too many at once. Try again.", target)};
}

/// Of the records that `writes` must find as they were read. Those that must not be there are lost
/// once, and then they are there.
std::vector<std::string> RestsOn(const Batch& writes) {
  std::vector<std::string> keys;
  for (const Write& write : writes) {
    if (write.expected.value_or(0) != 0)
      keys.push_back(fmt::format("#{}/{}", static_cast<int>(write.kind), write.key));
  }
  return keys;
}

/// One request may change several things: the keys of its audit records must differ.
Write AuditOf(const model::Actor& actor, const std::string& target, WallTime now) {
  Write write = Audit(actor, target, now);
  write.key += "/" + target;
  return write;
}

template <class T>
Task<Result<T>> Ready(Result<T> made) {
  co_return made;
}

}  // namespace

struct Writer::Making {
  Making(model::Actor actor_in, AskingCreationPlan plan_in, std::size_t& count_in)
      : actor(std::move(actor_in)), plan(std::move(plan_in)), count(count_in) {
    ++count;
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  ~Making() { --count; }

  const model::Actor actor;
  const AskingCreationPlan plan;
  std::size_t& count;
  std::string id;
  std::string target;
};

Transaction Writer::MadeEarlier(Making& making, ClientTokens::Claim claim) {
  making.id = *std::move(claim.made);
  return {};
}

Task<Status> Writer::Commit(std::optional<model::Actor> actor, std::vector<std::string> targets,
                            Plan plan) {
  return Commit(std::move(actor), std::move(targets),
                AskingPlan([plan = std::move(plan)] { return Ready(plan()); }));
}

Task<Status> Writer::Commit(std::optional<model::Actor> actor, std::vector<std::string> targets,
                            AskingPlan plan, Order order) {
  const auto audited = [&] { return Audited(plan, actor, targets); };
  Mine mine;
  if (order == Order::kInTurn) co_await TakeTurns(targets, clock_.In(kMaxTurnWait), mine);
  const std::string name = targets.empty() ? "It" : targets.front();
  co_return co_await Race(name, audited);
}

Task<Result<std::string>> Writer::Create(model::Actor actor, CreationPlan plan) {
  return Create(std::move(actor),
                AskingCreationPlan([plan = std::move(plan)] { return Ready(plan()); }));
}

Task<Result<std::string>> Writer::Create(model::Actor actor, AskingCreationPlan plan) {
  std::string id;
  {
    Mine mine;
    if (actor.token) {
      std::vector<std::string> keys{
          fmt::format("repeats of {}/{}", actor.token->caller, actor.token->token)};
      co_await TakeTurns(std::move(keys), clock_.In(kMaxTurnWait), mine);
    }
    Making making(std::move(actor), std::move(plan), making_);
    const auto make = [&] { return Make(making); };
    ATELIER_CO_RETURN_IF_ERROR(co_await Race(making.target, make));
    id = std::move(making.id);
  }
  co_await tokens_.Sweep();
  co_return id;
}

Task<Status> Writer::Race(const std::string& target, AskingPlan plan) {
  Mine mine;
  bool queued = false;
  for (int round = 0; round < kMaxRounds; ++round) {
    ATELIER_CO_TRY(Transaction next, co_await plan());
    if (next.writes.empty()) co_return Ok();
    ATELIER_CO_RETURN_IF_ERROR(AllReadable(next.writes));
    if (round > 0 && !queued) {
      queued = true;
      std::vector<std::string> keys = RestsOn(next.writes);
      if (!keys.empty()) {
        next = {};  // old by the time of the turn
        co_await TakeTurns(std::move(keys), clock_.In(kMaxTurnWait), mine);
        continue;
      }
    }
    const Status committed = co_await TryOnce(std::move(next));
    if (committed || committed.error().code() != Code::kAborted) co_return committed;
  }
  co_return TooManyRaces(target);
}

Status Writer::AllReadable(const Batch& writes) const {
  for (const Write& write : writes) {
    if (quarantine_ == nullptr || write.expected != 0) continue;
    if (!quarantine_->Contains(write.kind, write.key)) continue;
    return Error(
        Code::kFailedPrecondition,
        fmt::format("{} {} is there, but this server cannot read it: a newer version wrote "
                    "it, or it is damaged.",
                    NameOf(write.kind), write.key),
        "UnreadableRecord");
  }
  return Ok();
}

Task<Result<Transaction>> Writer::Audited(const AskingPlan& plan,
                                          const std::optional<model::Actor>& actor,
                                          const std::vector<std::string>& targets) const {
  ATELIER_CO_TRY(Transaction next, co_await plan());
  if (!actor || next.writes.empty()) co_return next;
  for (const std::string& target : targets)
    next.writes.push_back(AuditOf(*actor, target, clock_.Wall()));
  co_return next;
}

Task<Result<Transaction>> Writer::Make(Making& making) {
  ClientTokens::Claim claim;
  const std::optional<ClientToken>& token = making.actor.token;
  if (token) {
    ATELIER_CO_TRY(claim, co_await tokens_.LookUp(*token));
    if (claim.made) co_return MadeEarlier(making, std::move(claim));
  }
  Result<Creation> planned = co_await making.plan();
  if (!planned) {
    // The plan sees more than the look before it did: it may refuse what this very request has
    // made.
    if (token) {
      ATELIER_CO_TRY(claim, co_await tokens_.LookUp(*token));
      if (claim.made) co_return MadeEarlier(making, std::move(claim));
    }
    co_return planned.error();
  }
  Creation next = *std::move(planned);
  making.id = std::move(next.id);
  making.target = std::move(next.target);
  Batch& writes = next.transaction.writes;
  if (token) writes.push_back(tokens_.Redeem(*token, claim, making.id));
  writes.push_back(AuditOf(making.actor, making.target, clock_.Wall()));
  co_return std::move(next.transaction);
}

/// Everybody takes them in one order, and targets before records: nobody waits for whom they hold
/// up.
Task<void> Writer::TakeTurns(std::vector<std::string> keys, Deadline until, Mine& mine) {
  std::ranges::sort(keys);
  const auto doubles = std::ranges::unique(keys);
  keys.erase(doubles.begin(), doubles.end());
  mine.reserve(mine.size() + keys.size());
  for (std::string& key : keys)
    mine.push_back(co_await store_.locks().Take(std::move(key), clock_, until));
}

Task<Status> Writer::TryOnce(Transaction transaction) {
  ATELIER_FAILPOINT("writer.before_commit");
  const auto committed = transaction.ends
                             ? co_await store_.CommitFromReserve(std::move(transaction.writes))
                             : co_await store_.Commit(std::move(transaction.writes));
  ATELIER_FAILPOINT("writer.after_commit");
  if (!committed) co_return committed.error();
  co_return Ok();
}

}  // namespace atelier::store
