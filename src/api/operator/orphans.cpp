// What an operator decides about workloads that no record wants, and about a store that went back
// (docs/operating.md). RAM decides who may: atelier:ListOrphans and so on.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/dsw/instance_rules.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/wire/orphan.h"
#include "base/clock.h"
#include "control/core/workloads.h"
#include "control/dsw/adoption.h"
#include "directory/directory.h"
#include "identity/identity_directory.h"
#include "identity/workspace_claim.h"
#include "model/catalogue.h"
#include "store/mark.h"
#include "store/store.h"

namespace atelier::api {

namespace {

constexpr std::size_t kMaxListed = 1000;
constexpr std::array kOfOrphan = {Param{.name = "Id", .in_path = true, .required = true}};

/// The orphan of {Id}. NotFound: there is none.
Result<control::Orphan> FindOrphan(const Context& context, Args<kOfOrphan> args) {
  const std::string& id = args.Text("Id");
  auto all = context.services.workloads.ListOrphans();
  const auto found =
      std::ranges::find_if(all, [&](const auto& orphan) { return orphan.id.str() == id; });
  if (found == all.end())
    return Error(Code::kNotFound, fmt::format("There is no orphan {}.", id), "UnknownOrphan");
  return std::move(*found);
}

wire::Orphan Encode(const Context& context, const control::Orphan& orphan) {
  const model::EcsSpec* spec =
      orphan.replica ? nullptr : control::SpecOf(context.services.catalogue, orphan);
  const model::Image* image =
      orphan.replica ? nullptr : control::ImageOf(context.services.catalogue, orphan);
  return {.Id = orphan.id.str(),
          .Kind = orphan.replica ? "Replica" : "Instance",
          .Generation = orphan.generation,
          .State = orphan.ended ? "Ended" : "Running",
          .Reason = orphan.newer ? "OlderRecord" : "NoRecord",
          .EcsSpec = spec == nullptr ? "" : spec->InstanceType,
          .ImageId = image == nullptr ? "" : image->ImageId};
}

Answered<wire::ListOrphansAnswer> ListOrphans(Context& context) {
  List list(context.services.workloads.ListOrphans());
  wire::ListOrphansAnswer answer{};
  list.Fill(answer, answer.Orphans, Window{.skip = 0, .most = kMaxListed},
            [&](const control::Orphan& orphan) { return Encode(context, orphan); });
  const store::Mark* mark = context.services.mark;
  if (mark != nullptr && mark->report()) answer.StoreWentBack = store::Text(*mark->report());
  co_return Answer(context, answer);
}

/// Whose the instance becomes, and what it is called.
Result<control::Adoption> AdoptionOf(const Context& context, const control::Orphan& orphan,
                                     const wire::AdoptOrphanRequest& request) {
  const identity::IdentityDirectory& identities = context.services.identities;
  const model::UserId owner(request.UserId.value_or(""));
  if (owner.empty()) return Error(Code::kInvalidArgument, "UserId is missing: the new owner.");
  const model::Account* account = identities.account();
  const bool known = identities.FindUser(owner) != nullptr ||
                     (account != nullptr && owner.str() == account->id.str());
  if (!known)
    return Error(Code::kInvalidArgument, fmt::format("User {} does not exist.", owner.str()));
  std::optional<model::WorkspaceId> workspace = identities.DefaultWorkspaceOf(owner);
  if (request.WorkspaceId) workspace = model::WorkspaceId(*request.WorkspaceId);
  if (!workspace || identities.FindWorkspace(*workspace) == nullptr) {
    return Error(Code::kInvalidArgument,
                 workspace ? fmt::format("Workspace {} does not exist.", workspace->str())
                           : "WorkspaceId is missing: the owner has no default workspace.");
  }
  std::string name = "adopted_";
  std::ranges::copy_if(orphan.id.str().substr(orphan.id.str().rfind('-') + 1),
                       std::back_inserter(name), [](char c) { return c != '-'; });
  if (request.InstanceName) name = *request.InstanceName;
  Problems problems;
  CheckInstanceName(name, problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return control::Adoption{.workspace = *workspace,
                           .owner = owner,
                           .name = std::move(name),
                           .ecs_spec = request.EcsSpec.value_or(""),
                           .image = request.ImageId.value_or("")};
}

Answered<wire::OrphanAnswer> AdoptOrphan(Context& context, Args<kOfOrphan> args) {
  ATELIER_CO_TRY(const control::Orphan orphan, FindOrphan(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::AdoptOrphanRequest>(context.body));
  const Services& services = context.services;
  if (orphan.replica) {
    co_return Error(Code::kFailedPrecondition,
                    "A replica belongs to its service, which starts replicas of its own. Deploy "
                    "the service again if it is wanted, then stop this one: atelier orphan stop.",
                    "WrongState");
  }
  if (orphan.newer) {
    ATELIER_CO_RETURN_IF_ERROR(co_await control::AdoptRun(services.store, services.dsw.directory,
                                                          services.clock, orphan, context.actor()));
  } else {
    ATELIER_CO_TRY(control::Adoption adoption, AdoptionOf(context, orphan, request));
    const auto claim = [&services](const model::WorkspaceId& id) {
      return identity::ClaimWorkspace(services.identities, id);
    };
    ATELIER_CO_RETURN_IF_ERROR(
        co_await control::AdoptOrphan(services.store, services.catalogue, services.clock, orphan,
                                      std::move(adoption), context.actor(), claim));
  }
  co_return Answer(context, wire::OrphanAnswer{.Id = orphan.id.str()});
}

Answered<wire::OrphanAnswer> StopOrphan(Context& context, Args<kOfOrphan> args) {
  ATELIER_CO_TRY(const control::Orphan orphan, FindOrphan(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::StopOrphanRequest>(context.body));
  const bool delete_files = request.DeleteFiles.value_or(false);
  if (delete_files && orphan.newer) {
    co_return Error(Code::kFailedPrecondition,
                    "The files belong to an instance that has a record: delete the instance.",
                    "WrongState");
  }
  ATELIER_CO_RETURN_IF_ERROR(co_await control::EndOrphan(
      context.services.store, context.services.clock, orphan, delete_files, context.actor()));
  co_return Answer(context, wire::OrphanAnswer{.Id = orphan.id.str()});
}

Answered<NoFields> DismissStoreReport(Context& context) {
  store::Mark* mark = context.services.mark;
  co_return Done(context, mark == nullptr ? Ok() : co_await mark->Dismiss());
}

}  // namespace

std::span<const Operation> OrphanOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListOrphans>(kAtelierApi, "ListOrphans", "GET", "/atelier/v1/orphans",
                       "Workloads that no record wants, and whether the store went back."),
      Row<AdoptOrphan>(kAtelierApi, "AdoptOrphan", "POST", "/atelier/v1/orphans/{Id}/adopt",
                       "Makes an instance of such a workload again.",
                       BodySchema<wire::AdoptOrphanRequest>),
      Row<StopOrphan>(kAtelierApi, "StopOrphan", "POST", "/atelier/v1/orphans/{Id}/stop",
                      "Ends such a workload, or deletes what is left of it.",
                      BodySchema<wire::StopOrphanRequest>),
      Row<DismissStoreReport>(kAtelierApi, "DismissStoreReport", "DELETE",
                              "/atelier/v1/store/report",
                              "Takes the store as it is: ends the report that it went back."),
  });
  return kRows;
}

}  // namespace atelier::api
