// What a recommender knows: documents, imports and data sets.
#include <array>
#include <utility>

#include "api/airec/recommender_common.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "base/clock.h"
#include "control/airec/recommender_engine.h"
#include "control/airec/recommender_imports.h"
#include "directory/recommender_directory.h"
#include "model/recommender_document.h"

namespace atelier::api {

namespace {

constexpr std::array kOfTable = {kRecommenderId, Param{.name = "tableName",
                                                       .type = Param::Type::kEnum,
                                                       .in_path = true,
                                                       .required = true,
                                                       .values = "user,item,behavior"}};
constexpr std::array kOfDataSet = {kRecommenderId,
                                   Param{.name = "versionId", .in_path = true, .required = true}};

wire::DataSetResult EncodeDataSet(const model::DataSet& set) {
  return {.gmtCreate = set.created.time_since_epoch().count(),
          .gmtModified = set.modified.time_since_epoch().count(),
          .instanceId = set.recommender,
          .state = EnumName(set.state),
          .versionId = set.version};
}

/// The checks that come before the body is looked at, in the order of docs/contract/errors.md
/// section 5.
Result<directory::RecommenderPtr> FindOpenRecommender(const Context& context,
                                                      Args<kOfRecommender> args) {
  ATELIER_TRY(auto recommender, FindRecommender(context, args));
  ATELIER_RETURN_IF_ERROR(model::MayTakeData(*recommender, context.services.clock.Wall()));
  return recommender;
}

Answered<wire::BooleanAnswer> PushDocument(Context& context, Args<kOfTable> args) {
  ATELIER_CO_TRY(const auto recommender, FindOpenRecommender(context, args));
  const auto table = *args.Enum<model::DocumentTable>("tableName");
  ATELIER_CO_TRY(auto documents,
                 model::ParseDocuments(context.body, table, *recommender->industry));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.airec.imports.Push(
      recommender->id, table, std::move(documents), context.actor()));
  co_return Answer(context, wire::BooleanAnswer{.result = true});
}

Answered<wire::BooleanAnswer> RunInstance(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_RETURN_IF_ERROR(co_await context.airec.imports.Run(recommender->id, context.actor()));
  co_return Answer(context, wire::BooleanAnswer{.result = true});
}

/// The latest import: its documents were taken when it was asked for, its model is what takes time.
Answered<wire::ListTasksAnswer> ListInstanceTask(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  const auto sets = context.airec.directory.DataSetsOf(recommender->id);
  wire::ListTasksAnswer answer;
  if (sets.empty()) co_return Answer(context, answer);
  const model::DataSet& set = *sets.front();
  const std::int64_t percent =
      context.airec.engine.PercentOf(set.recommender, set.version).value_or(set.percent);
  wire::RecommenderTask task{
      .name = "DATA_IMPORT", .subProgressInfos = {}, .totalProgress = percent};
  const bool taken = percent > 0;
  const auto table = [&](std::string_view type, std::int64_t total) {
    task.subProgressInfos.push_back({.detail = {},
                                     .finishedNum = taken ? total : 0,
                                     .progress = taken ? 100 : 0,
                                     .totalNum = total,
                                     .type = type});
  };
  table("user", set.users);
  table("item", set.items);
  table("behavior", set.behaviors);
  task.subProgressInfos.push_back({.detail = set.message,
                                   .finishedNum = percent,
                                   .progress = percent,
                                   .totalNum = 100,
                                   .type = "model"});
  answer.result.push_back(std::move(task));
  co_return Answer(context, answer);
}

Answered<wire::ListDataSetsAnswer> ListDataSet(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  List list(context.airec.directory.DataSetsOf(recommender->id));
  wire::ListDataSetsAnswer answer;
  list.Fill(answer, answer.result, kWhole, EncodeDataSet);
  co_return Answer(context, answer);
}

using Change = Task<Result<directory::DataSetPtr>> (control::RecommenderImports::*)(
    model::RecommenderId, std::string, model::Actor);

/// AttachDataset, StopDataSet and DeleteDataSet.
template <Change kWish>
Answered<wire::DataSetAnswer> ChangeDataSet(Context& context, Args<kOfDataSet> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(const auto set, co_await (context.airec.imports.*kWish)(
                                     recommender->id, args.Text("versionId"), context.actor()));
  co_return Answer(context, wire::DataSetAnswer{.result = EncodeDataSet(*set)});
}

}  // namespace

std::span<const Operation> RecommenderDataOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<PushDocument>(kAirecApi, "PushDocument", "POST",
                        "/v2/openapi/instances/{instanceId}/tables/{tableName}/actions/bulk",
                        "Adds, updates or deletes up to 800 documents; all or none.",
                        BodySchema<std::vector<wire::DocumentLine>>)
          .Passes(&PassRecommender),
      Row<RunInstance>(
          kAirecApi, "RunInstance", "POST", "/v2/openapi/instances/{instanceId}/actions/import",
          "Imports what was pushed into a new dataset version, which answers when it is ready.")
          .Passes(&PassRecommender),
      Row<ListInstanceTask>(kAirecApi, "ListInstanceTask", "GET",
                            "/v2/openapi/instances/{instanceId}/tasks",
                            "How far the latest import is.")
          .Passes(&PassRecommender),
      Row<ListDataSet>(kAirecApi, "ListDataSet", "GET",
                       "/v2/openapi/instances/{instanceId}/dataSets",
                       "Lists dataset versions, the newest first.")
          .Passes(&PassRecommender),
      Row<ChangeDataSet<&control::RecommenderImports::Attach>>(
          kAirecApi, "AttachDataset", "POST",
          "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/current",
          "Lets another dataset version answer.")
          .Passes(&PassRecommender),
      Row<ChangeDataSet<&control::RecommenderImports::Stop>>(
          kAirecApi, "StopDataSet", "POST",
          "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/stop", "Ends an import.")
          .Passes(&PassRecommender),
      Row<ChangeDataSet<&control::RecommenderImports::Delete>>(
          kAirecApi, "DeleteDataSet", "DELETE",
          "/v2/openapi/instances/{instanceId}/dataSets/{versionId}",
          "Deletes a dataset version that is not live.")
          .Passes(&PassRecommender),
  });
  return kRows;
}

}  // namespace atelier::api
