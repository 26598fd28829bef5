#include "control/eas/service_groups.h"

#include <utility>

#include <fmt/format.h>

#include "control/core/records.h"
#include "control/eas/service/group.h"
#include "control/eas/service/mutations.h"
#include "model/service_spec.h"

namespace atelier::control {

using store::Kind;
using store::Transaction;
using store::Write;

namespace {

Error UnknownGroup(std::string_view name) {
  return {Code::kNotFound, fmt::format("Group {} does not exist.", name), "UnknownGroup"};
}

Error GroupExists(std::string_view name) {
  return {Code::kAlreadyExists,
          fmt::format("There is a group or a service named {} already.", name), "GroupExists"};
}

/// Of the turn, and of the audit record.
std::string Target(std::string_view name) { return fmt::format("group/{}", name); }

}  // namespace

Task<Status> ServiceGroups::Create(NewGroup request, model::Actor actor) {
  if (!model::IsServiceName(request.name)) {
    co_return Error(Code::kInvalidArgument,
                    "Name must have 3 to 63 lower-case letters, digits and underscores.");
  }
  model::ServiceGroup fresh =
      FreshGroup(request.name, request.owner, request.workspace, clock_.Wall(), random_, seal_);
  SetLabels(fresh.labels, request.labels);
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory_.HoldsName(fresh.name)) return GroupExists(fresh.name);
    // The name is free of both in the same moment: Services::Create checks the other way round.
    RecordDraft<model::ServiceGroup> draft(fresh, 0, clock_.Wall());
    draft.AddWrite(Write::Check(Kind::kService, fresh.name, 0));
    ATELIER_RETURN_IF_ERROR(Claim(claim_, fresh.workspace, draft));
    return store::Creation{.transaction = std::move(draft).AsTransaction(),
                           .id = fresh.name,
                           .target = Target(fresh.name)};
  };
  ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Create(std::move(actor), plan));
  co_return Ok();
}

Task<Status> ServiceGroups::Update(std::string name, GroupChange change, model::Actor actor) {
  const auto plan = [&]() -> Result<Transaction> {
    const directory::GroupPtr present = directory_.FindGroup(name);
    if (present == nullptr) return UnknownGroup(name);
    RecordDraft<model::ServiceGroup> draft(*present, directory_.RevisionOfGroup(name),
                                           clock_.Wall());
    model::ServiceGroup& next = draft.Edit();
    if (change.labels) {
      next.labels.clear();
      SetLabels(next.labels, *change.labels);
    }
    next.customized = change.customized.value_or(next.customized);
    return std::move(draft).AsTransaction();
  };
  co_return co_await writer_.Commit(std::move(actor), {Target(name)}, plan);
}

Task<Status> ServiceGroups::Delete(std::string name, model::Actor actor) {
  const auto plan = [&]() -> Result<Transaction> {
    if (directory_.FindGroup(name) == nullptr) return UnknownGroup(name);
    if (const auto& services = directory_.ServicesIn(name); !services.empty()) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("Group {} has services: {} is one.", name, services.front()->name),
                   "GroupNotEmpty");
    }
    return Transaction{
        .writes = {Write::Delete(Kind::kServiceGroup, name, directory_.RevisionOfGroup(name))},
        .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {Target(name)}, plan);
}

}  // namespace atelier::control
