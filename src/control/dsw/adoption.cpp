#include "control/dsw/adoption.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/dsw/change/draft.h"
#include "control/dsw/change/moves.h"
#include "control/dsw/instances.h"
#include "store/writer.h"

namespace atelier::control {

using model::EventLevel;
using model::InstanceStatus;
using model::Trigger;
using store::Kind;
using store::Write;

namespace {

std::size_t MostEvents() { return Instances::Options().max_events; }

Error NotOffered(std::string_view what, const std::string& named) {
  if (named.empty()) {
    return {Code::kInvalidArgument,
            fmt::format("{} must be given: the catalogue has none that fits this workload.", what)};
  }
  return {Code::kInvalidArgument, fmt::format("{} {} is not offered.", what, named)};
}

/// Of the record that AdoptOrphan makes, if there is none by now.
Task<Result<store::Transaction>> PlanAdoption(store::Store& store, Clock& clock,
                                              const model::Instance& adopted,
                                              const ClaimWorkspace& claim) {
  const std::string name_key = NameKey(adopted.workspace, adopted.name);
  const auto taken = co_await store.Get(Kind::kInstanceName, name_key);
  if (taken) co_return DuplicateName(adopted.name);
  if (taken.error().code() != Code::kNotFound) co_return taken.error();
  if (co_await store.Get(Kind::kInstance, adopted.id.str())) {
    co_return Error(Code::kAborted,
                    fmt::format("Instance {} has a record by now.", adopted.id.str()), "HasRecord");
  }
  Draft draft = Draft::New(adopted, MomentOf(clock), MostEvents());
  draft.AddEvent(EventLevel::Info, "Adopted: its record was lost.");
  ATELIER_CO_RETURN_IF_ERROR(Claim(claim, adopted.workspace, draft));
  draft.AddWrite(Write::Put(Kind::kInstanceName, name_key, ToJson(adopted.id), 0));
  draft.AddWrite(Write::Delete(Kind::kTombstone, adopted.id.str()));
  co_return std::move(draft).AsTransaction();
}

}  // namespace

const model::EcsSpec* SpecOf(const model::Catalogue& catalogue, const Orphan& orphan) {
  const auto fits = std::ranges::find_if(catalogue.Specs, [&](const model::EcsSpec& spec) {
    return model::CapacityOf(spec) == orphan.capacity;
  });
  return fits == catalogue.Specs.end() ? nullptr : &*fits;
}

const model::Image* ImageOf(const model::Catalogue& catalogue, const Orphan& orphan) {
  if (orphan.image_prefix.empty()) return nullptr;
  const auto fits = std::ranges::find(catalogue.Images, orphan.image_prefix, &model::Image::Prefix);
  return fits == catalogue.Images.end() ? nullptr : &*fits;
}

Task<Status> AdoptOrphan(store::Store& store, const model::Catalogue& catalogue, Clock& clock,
                         Orphan orphan, Adoption adoption, model::Actor actor,
                         ClaimWorkspace claim) {
  const model::EcsSpec* spec =
      adoption.ecs_spec.empty() ? SpecOf(catalogue, orphan) : catalogue.FindSpec(adoption.ecs_spec);
  if (spec == nullptr) co_return NotOffered("EcsSpec", adoption.ecs_spec);
  const model::Image* image =
      adoption.image.empty() ? ImageOf(catalogue, orphan) : catalogue.FindImage(adoption.image);
  if (image == nullptr) co_return NotOffered("ImageId", adoption.image);
  model::Instance adopted;
  adopted.id = orphan.id;
  adopted.generation = orphan.generation;
  adopted.workspace = adoption.workspace;
  adopted.owner = adoption.owner;
  adopted.name = adoption.name;
  adopted.ecs_spec = spec->InstanceType;
  adopted.accelerator = spec->Accelerator;
  adopted.capacity = model::CapacityOf(*spec);
  adopted.image_id = image->ImageId;
  adopted.image_url = image->ImageUrl;
  adopted.image_name = image->ImageName;
  adopted.has_run = true;
  adopted.status = orphan.ended ? InstanceStatus::Stopped : InstanceStatus::Starting;
  adopted.desired = orphan.ended ? model::Desired::Stopped : model::Desired::Running;
  const auto plan = [&] { return PlanAdoption(store, clock, adopted, claim); };
  store::Writer writer(store, clock);
  co_return co_await writer.Commit(std::move(actor), {orphan.id.str()},
                                   store::Writer::AskingPlan(plan));
}

Task<Status> AdoptRun(store::Store& store, const directory::InstanceDirectory& directory,
                      Clock& clock, Orphan orphan, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    const directory::InstancePtr present = directory.Find(orphan.id);
    if (present == nullptr) return UnknownInstance(orphan.id);
    Draft draft(*present, directory.RevisionOf(orphan.id), MomentOf(clock), MostEvents());
    if (model::Accepts(present->status, Trigger::kStart)) {
      BeginStart(draft);
    } else if (present->desired != model::Desired::Running) {
      return Error(Code::kFailedPrecondition,
                   fmt::format("Instance {} is {}. Wait until that is over.", orphan.id.str(),
                               EnumName(present->status)),
                   "WrongState");
    }
    draft.Edit().generation = orphan.generation;
    draft.AddEvent(EventLevel::Info, "Adopted: its record was older than what runs.");
    draft.AddWrite(Write::Delete(Kind::kTombstone, orphan.id.str()));
    return std::move(draft).AsTransaction();
  };
  store::Writer writer(store, clock);
  co_return co_await writer.Commit(std::move(actor), {orphan.id.str()}, plan);
}

}  // namespace atelier::control
