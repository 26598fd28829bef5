#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "control/airec/recommender_engine.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "model/audit.h"
#include "model/recommender_document.h"
#include "store/store.h"

namespace atelier::control {

/// What an instance knows: its documents, and the data sets that are made of them. Each mutation is
/// one transaction with one audit record; it returns when that is durable and every read model
/// shows it. Authorisation happened before (api/).
///
/// Errors, all with nothing changed: NotFound/UnknownRecommender, /UnknownDataSet;
/// InvalidArgument/MustSelectIndustry; FailedPrecondition/Locked, /WrongState; ResourceExhausted
/// and Unavailable from the store. Lost races inside are retried a bounded number of times, then
/// Unavailable.
class RecommenderImports {
 public:
  RecommenderImports(store::Store& store, const directory::RecommenderDirectory& directory,
                     const directory::RecommenderData& data, RecommenderEngine& engine,
                     Clock& clock);

  /// All of `documents` (ParseDocuments) or none. Of a behaviour that is there already nothing
  /// changes. InvalidArgument: a behaviour with an item that is not there.
  /// ResourceExhausted/RecommenderQuota: more users or items than the instance may hold.
  Task<Status> Push(model::RecommenderId id, model::DocumentTable table,
                    std::vector<model::Document> documents, model::Actor actor);

  /// Asks for a new data set of all that is known now; the engine carries it through.
  /// FailedPrecondition/WrongState: an import is under way, or there is no item.
  Task<Status> Run(model::RecommenderId id, model::Actor actor);
  /// Makes a version the live one. Requests are answered by the one before until the new one is in
  /// memory. FailedPrecondition/WrongState: it is not Ready, or its model is lost for good.
  Task<Result<directory::DataSetPtr>> Attach(model::RecommenderId id, std::string version,
                                             model::Actor actor);
  /// Ends an import. FailedPrecondition/WrongState: it is over.
  Task<Result<directory::DataSetPtr>> Stop(model::RecommenderId id, std::string version,
                                           model::Actor actor);
  /// Returns what it was. FailedPrecondition/WrongState: it is live, or Importing.
  Task<Result<directory::DataSetPtr>> Delete(model::RecommenderId id, std::string version,
                                             model::Actor actor);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace atelier::control
