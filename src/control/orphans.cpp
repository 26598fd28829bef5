#include "control/orphans.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/change/draft.h"
#include "control/change/erase.h"
#include "control/change/moves.h"
#include "control/instances.h"
#include "store/audit.h"

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
  const std::string name_key = NameKey(adoption.workspace, adoption.name);
  const auto taken = co_await store.Get(Kind::kInstanceName, name_key);
  if (taken) co_return DuplicateName(adoption.name);
  if (taken.error().code() != Code::kNotFound) co_return taken.error();

  model::Instance instance;
  instance.id = orphan.id;
  instance.generation = orphan.generation;
  instance.workspace = adoption.workspace;
  instance.owner = adoption.owner;
  instance.name = adoption.name;
  instance.ecs_spec = spec->InstanceType;
  instance.accelerator = spec->Accelerator;
  instance.capacity = model::CapacityOf(*spec);
  instance.image_id = image->ImageId;
  instance.image_url = image->ImageUrl;
  instance.image_name = image->ImageName;
  instance.has_run = true;
  instance.status = orphan.ended ? InstanceStatus::Stopped : InstanceStatus::Starting;
  instance.desired = orphan.ended ? model::Desired::Stopped : model::Desired::Running;
  Draft draft = Draft::New(std::move(instance), MomentOf(clock), MostEvents());
  draft.Note(EventLevel::Info, "Adopted: its record was lost.");
  ATELIER_CO_RETURN_IF_ERROR(Claim(claim, adoption.workspace, draft));
  draft.Also(Write::Put(Kind::kInstanceName, name_key, ToJson(orphan.id), 0));
  draft.Also(Write::Delete(Kind::kTombstone, orphan.id.str()));
  draft.Also(store::Audit(actor, orphan.id.str(), draft.now()));
  const auto committed = co_await Commit(store, std::move(draft));
  if (!committed) co_return committed.error();
  co_return Ok();
}

Task<Status> AdoptLife(store::Store& store, const directory::InstanceDirectory& directory,
                       Clock& clock, Orphan orphan, model::Actor actor) {
  const directory::InstancePtr present = directory.Find(orphan.id);
  if (present == nullptr) co_return UnknownInstance(orphan.id);
  Draft draft(*present, directory.RevisionOf(orphan.id), MomentOf(clock), MostEvents());
  if (model::Accepts(present->status, Trigger::kStart)) {
    BeginStart(draft);
  } else if (present->desired != model::Desired::Running) {
    co_return Error(Code::kFailedPrecondition,
                    fmt::format("Instance {} is {}. Wait until that is over.", orphan.id.str(),
                                EnumName(present->status)),
                    "WrongState");
  }
  draft.Edit().generation = orphan.generation;
  draft.Note(EventLevel::Info, "Adopted: its record was older than what runs.");
  draft.Also(Write::Delete(Kind::kTombstone, orphan.id.str()));
  draft.Also(store::Audit(actor, orphan.id.str(), draft.now()));
  const auto committed = co_await Commit(store, std::move(draft));
  if (!committed) co_return committed.error();
  co_return Ok();
}

Task<Status> EndOrphan(store::Store& store, Clock& clock, Orphan orphan, bool delete_files,
                       model::Actor actor) {
  const WallTime now = clock.Wall();
  store::Batch batch{Bury(orphan.id, orphan.generation, now, !delete_files),
                     store::Audit(actor, orphan.id.str(), now)};
  const auto committed = co_await store.CommitFromReserve(std::move(batch));
  if (!committed) co_return committed.error();
  co_return Ok();
}

}  // namespace atelier::control
