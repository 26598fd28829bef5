#include "control/service_groups.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/change/plan.h"
#include "control/service/group.h"
#include "control/service/wishes.h"
#include "model/service_spec.h"
#include "store/audit.h"

namespace atelier::control {

using store::Kind;
using store::Write;

namespace {

Error UnknownGroup(std::string_view name) {
  return {Code::kNotFound, fmt::format("Group {} does not exist.", name), "UnknownGroup"};
}

Error GroupExists(std::string_view name) {
  return {Code::kAlreadyExists,
          fmt::format("There is a group or a service named {} already.", name), "GroupExists"};
}

}  // namespace

Task<Status> ServiceGroups::Commit(Write write, std::string name, model::Actor actor) {
  store::Batch batch;
  batch.push_back(std::move(write));
  batch.push_back(store::Audit(actor, "group/" + name, clock_.Wall()));
  const auto committed = co_await store_.Commit(std::move(batch));
  if (committed) co_return Ok();
  co_return committed.error();
}

Task<Status> ServiceGroups::Create(NewGroup wish, model::Actor actor) {
  if (!model::IsServiceName(wish.name)) {
    co_return Error(Code::kInvalidArgument,
                    "Name must have 3 to 63 lower-case letters, digits and underscores.");
  }
  model::ServiceGroup fresh =
      FreshGroup(wish.name, wish.owner, wish.workspace, clock_.Wall(), random_, seal_);
  SetLabels(fresh.labels, wish.labels);
  const auto plan = [&]() -> Result<store::Batch> {
    if (directory_.Find(wish.name) != nullptr || directory_.FindGroup(wish.name) != nullptr)
      return GroupExists(wish.name);
    store::Batch batch{Write::Put(Kind::kServiceGroup, fresh.name, ToJson(fresh), 0),
                       store::Audit(actor, "group/" + fresh.name, clock_.Wall())};
    if (claim_ && !fresh.workspace.empty()) {
      ATELIER_TRY(store::Batch claim, claim_(fresh.workspace));
      std::ranges::move(claim, std::back_inserter(batch));
    }
    return batch;
  };
  co_return co_await CommitPlan(
      store_, plan, {Code::kUnavailable, "The group is changed by too many at once. Try again."});
}

Task<Status> ServiceGroups::Update(std::string name, GroupChange change, model::Actor actor) {
  const directory::GroupPtr present = directory_.FindGroup(name);
  if (present == nullptr) co_return UnknownGroup(name);
  model::ServiceGroup next = *present;
  if (change.labels) {
    next.labels.clear();
    SetLabels(next.labels, *change.labels);
  }
  next.customized = change.customized.value_or(next.customized);
  next.updated = std::max(next.updated, clock_.Wall());
  co_return co_await Commit(
      Write::Put(Kind::kServiceGroup, name, ToJson(next), directory_.RevisionOfGroup(name)), name,
      std::move(actor));
}

Task<Status> ServiceGroups::Delete(std::string name, model::Actor actor) {
  if (directory_.FindGroup(name) == nullptr) co_return UnknownGroup(name);
  if (const auto& services = directory_.ServicesIn(name); !services.empty()) {
    co_return Error(Code::kFailedPrecondition,
                    fmt::format("Group {} has services: {} is one.", name, services.front()->name),
                    "GroupNotEmpty");
  }
  co_return co_await Commit(
      Write::Delete(Kind::kServiceGroup, name, directory_.RevisionOfGroup(name)), name,
      std::move(actor));
}

}  // namespace atelier::control
