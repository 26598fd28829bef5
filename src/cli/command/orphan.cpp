#include "cli/command/orphan.h"

#include <array>
#include <utility>

#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kOrphans = "/atelier/v1/orphans";

}  // namespace

Task<Status> ListOrphans(CommandContext& context) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "ListOrphans", .path = std::string(kOrphans)}));
  static constexpr auto kColumns = std::to_array<Column>({{"ID", "Id"},
                                                          {"KIND", "Kind"},
                                                          {"GENERATION", "Generation"},
                                                          {"STATE", "State"},
                                                          {"REASON", "Reason"},
                                                          {"SPEC", "EcsSpec"},
                                                          {"IMAGE", "ImageId"}});
  context.Print(answer, ListTable(kColumns, Array(answer, "Orphans")));
  if (const std::string report = TextOf(answer, "StoreWentBack"); !report.empty())
    context.Note(report);
  co_return Ok();
}

Task<Status> AdoptOrphan(CommandContext& context, AdoptOptions options) {
  json::object body;
  if (!options.owner.empty()) {
    ATELIER_CO_TRY(const std::string owner, co_await UserIdOf(context, options.owner));
    body["UserId"] = owner;
  }
  if (!options.workspace.empty()) {
    ATELIER_CO_TRY(body["WorkspaceId"], co_await WorkspaceIdOf(context, options.workspace));
  }
  if (!options.name.empty()) body["InstanceName"] = options.name;
  if (!options.spec.empty()) body["EcsSpec"] = options.spec;
  if (!options.image.empty()) {
    ATELIER_CO_TRY(body["ImageId"], co_await ImageIdOf(context, options.image));
  }
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "AdoptOrphan",
                                            .method = "POST",
                                            .path = PathOf(kOrphans, options.id, "/adopt"),
                                            .body = json::serialize(body)}));
  context.PrintLine(answer, options.id);
  co_return Ok();
}

Task<Status> StopOrphans(CommandContext& context, StopOrphanOptions options) {
  const std::string body = json::serialize(json::object{{"DeleteFiles", options.delete_files}});
  for (const std::string& id : options.ids) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await context.api.Send({.action = "StopOrphan",
                                              .method = "POST",
                                              .path = PathOf(kOrphans, id, "/stop"),
                                              .body = body}));
    context.PrintLine(answer, id);
  }
  co_return Ok();
}

Task<Status> DismissStoreReport(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "DismissStoreReport",
                                            .method = "DELETE",
                                            .path = "/atelier/v1/store/report"}));
  context.PrintLine(answer, "The store is taken as it is.");
  co_return Ok();
}

}  // namespace atelier::cli
