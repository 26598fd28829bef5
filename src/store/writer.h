#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/keyed_mutex.h"
#include "base/task.h"
#include "model/audit.h"
#include "store/client_tokens.h"
#include "store/quarantine.h"
#include "store/store.h"

namespace atelier::store {

/// Each lost race means that another writer won, so this many rounds see this many others through.
inline constexpr int kMaxRounds = 100;
/// Longest wait for a turn (base/keyed_mutex.h). Then the revisions alone decide who is first.
inline constexpr std::chrono::seconds kMaxTurnWait{20};

/// One transaction in the making.
struct Transaction {
  Batch writes = {};  // empty: nothing is to be done
  /// It stops, deletes or shuts out: such a change goes through when the disk is full (promise 10).
  bool ends = false;
  /// Goes when the transaction has ended, well or not.
  std::shared_ptr<const void> kept = {};
};

/// A transaction that makes something.
struct Creation {
  Transaction transaction;
  std::string id;      // a repeat with the same client token is answered with it
  std::string target;  // of the audit record
};

/// The one way in which what is asked for becomes records: a plan decides on what the read models
/// show, and is committed with the revisions that it rests on. (The control loops commit what they
/// saw, once: a lost race is one more look.)
///
/// Races: those who change one target go in turn; who loses all the same, to a loop or to who
/// changes something else that the plan rests on, decides again, then in turn by all that it rests
/// on (Store::Commit says what a loser may assume). After kMaxRounds: Unavailable.
/// Quarantine: what is there and cannot be read is lost to by everybody, for ever, so a plan that
/// takes it for absent is refused at once: FailedPrecondition/UnreadableRecord.
/// Audit: one record for each target, in the transaction; none if there is nothing to do.
/// Repeats: a client token goes into the transaction that it is for; those with the same one go in
/// turn, so that they count once against limits.
///
/// Plans are called again after each wait; what they capture outlives the call. Threads: the I/O
/// thread.
class Writer {
 public:
  /// `quarantine`: of the read models that the plans look at; nullptr: they have none.
  Writer(Store& store, Clock& clock, const Quarantine* quarantine = nullptr)
      : store_(store), clock_(clock), quarantine_(quarantine), tokens_(store, clock) {}

  using Plan = std::function<Result<Transaction>()>;
  using AskingPlan = std::function<Task<Result<Transaction>>()>;  // asks the store, or others
  using CreationPlan = std::function<Result<Creation>()>;
  using AskingCreationPlan = std::function<Task<Result<Creation>>()>;

  /// kFree: not in turn, for changes of one target that seldom meet.
  enum class Order : std::uint8_t { kInTurn, kFree };

  /// `actor`: nullopt for a step that nobody asked for; it leaves no audit record. `targets`: at
  /// least one. The errors of the plan and of Store::Commit but Aborted.
  Task<Status> Commit(std::optional<model::Actor> actor, std::vector<std::string> targets,
                      Plan plan);
  Task<Status> Commit(std::optional<model::Actor> actor, std::vector<std::string> targets,
                      AskingPlan plan, Order order = Order::kInTurn);

  /// The id of what was made, by this request or by an earlier one with the actor's token. Aborted/
  /// ClientTokenConflict: the token stands for another request.
  Task<Result<std::string>> Create(model::Actor actor, CreationPlan plan);
  Task<Result<std::string>> Create(model::Actor actor, AskingCreationPlan plan);
  /// Creations under way, for limits: the read models do not count them yet. In a plan, itself too.
  std::size_t making() const { return making_; }

 private:
  using Mine = std::vector<KeyedMutex::Lock>;
  struct Making;

  Task<Status> Race(const std::string& target, AskingPlan plan);
  Task<Result<Transaction>> Audited(const AskingPlan& plan,
                                    const std::optional<model::Actor>& actor,
                                    const std::vector<std::string>& targets) const;
  Task<Result<Transaction>> Make(Making& making);
  static Transaction MadeEarlier(Making& making, ClientTokens::Claim claim);
  /// Of the records that `writes` take for absent.
  Status AllReadable(const Batch& writes) const;
  Task<void> TakeTurns(std::vector<std::string> keys, Deadline until, Mine& mine);
  Task<Status> TryOnce(Transaction transaction);

  Store& store_;
  Clock& clock_;
  const Quarantine* quarantine_;
  ClientTokens tokens_;
  std::size_t making_ = 0;
};

}  // namespace atelier::store
