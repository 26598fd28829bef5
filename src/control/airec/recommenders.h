#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "model/audit.h"
#include "model/recommender.h"
#include "store/writer.h"

namespace atelier::control {

/// The request of CreateInstance of AIRec.
struct NewRecommender {
  std::string name;
  model::UserId owner;
  model::RecommenderType type{};
  std::optional<model::Industry> industry;
  std::optional<model::RecommenderScene> scene;
  model::RecommenderQuota quota;
  std::int64_t term_months = 1;  // at least 1
  bool auto_renew = false;
};

/// ModifyInstance: what is not there stays.
struct RecommenderChange {
  std::optional<std::string> name;
  std::optional<model::Industry> industry;
  std::optional<model::RecommenderScene> scene;
};

/// UpgradeInstance and DowngradeInstance: what is not there stays.
struct QuotaChange {
  std::optional<std::int64_t> users;
  std::optional<std::int64_t> items;
  std::optional<std::int64_t> qps;
};

/// All mutations of recommenders. Each is one transaction: the record and one audit record; it
/// returns when that is durable and the read model shows it. Authorisation happened before (api/).
///
/// Errors, all with nothing changed: NotFound/UnknownRecommender; InvalidArgument with the
/// documented code as its reason; ResourceExhausted/RecommenderLimit; ResourceExhausted and
/// Unavailable from the store. Lost races inside are retried a bounded number of times, then
/// Unavailable.
class Recommenders {
 public:
  struct Options {
    std::size_t max_recommenders = 1'000;
  };
  Recommenders(store::Store& store, const directory::RecommenderDirectory& directory,
               const directory::RecommenderData& data, Clock& clock, Random& random,
               Options options)
      : writer_(store, clock, &directory.quarantine()),
        directory_(directory),
        data_(data),
        clock_(clock),
        random_(random),
        options_(options) {}

  Task<Result<directory::RecommenderPtr>> Create(NewRecommender request, model::Actor actor);
  /// InvalidArgument/CanNotModifyIndustry: it was chosen before.
  Task<Result<directory::RecommenderPtr>> Modify(model::RecommenderId id, RecommenderChange change,
                                                 model::Actor actor);
  /// InvalidArgument/MustModifyQuota: nothing would change.
  Task<Status> Upgrade(model::RecommenderId id, QuotaChange change, model::Actor actor);
  /// InvalidArgument too if less would be left than is used.
  Task<Status> Downgrade(model::RecommenderId id, QuotaChange change, model::Actor actor);

  // What an operator needs though the API has none of it.

  /// `months` more, from the end of the present terms, or from now if that is past.
  Task<Result<directory::RecommenderPtr>> Extend(model::RecommenderId id, std::int64_t months,
                                                 model::Actor actor);
  Task<Status> SetLock(model::RecommenderId id, bool locked, model::Actor actor);
  Task<Status> Delete(model::RecommenderId id, model::Actor actor);

 private:
  /// Edits the present record; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(model::Recommender&)>;

  Task<Status> Mutate(model::RecommenderId id, model::Actor actor, Edit edit);
  Task<Status> Resize(model::RecommenderId id, QuotaChange change, bool up, model::Actor actor);
  Task<Result<directory::RecommenderPtr>> MutateAndShow(model::RecommenderId id, model::Actor actor,
                                                        Edit edit);
  Result<directory::RecommenderPtr> Show(const model::RecommenderId& id) const;

  store::Writer writer_;
  const directory::RecommenderDirectory& directory_;
  const directory::RecommenderData& data_;
  Clock& clock_;
  Random& random_;
  const Options options_;
};

}  // namespace atelier::control
