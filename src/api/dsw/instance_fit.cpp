// What a new instance would find room for now (docs/decisions/0059): asked of what CreateInstance
// asks, and by whoever may create.
#include "api/wire/instance_fit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/dsw/new_instance.h"
#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "control/core/admission.h"
#include "control/dsw/instances.h"
#include "model/catalogue.h"
#include "model/resources.h"

namespace atelier::api {

namespace {

using Type = Param::Type;
using control::Shortage;
using model::Resources;

constexpr std::size_t kMaxTypes = 100;  // of one question
constexpr double kMibPerGb = 1024;

constexpr auto kFitParams = std::to_array<Param>({
    {.name = "WorkspaceId", .doc = "Where it would be made; default: your default workspace."},
    {.name = "UserId", .doc = "Whose it would be; default: yours."},
    {.name = "EcsSpec",
     .type = Type::kList,
     .doc = "Machine types, at most 100; default: all that ListEcsSpecs names."},
});

std::optional<wire::Float> In(double unit, std::int64_t amount) {
  return wire::Float{static_cast<double>(amount) / unit};
}

/// `keeps`: which amounts are told.
template <class Keeps>
wire::HostAmounts Encode(const Resources& amounts, Keeps keeps) {
  wire::HostAmounts out;
  if (keeps(amounts.milli_cpu)) out.CPU = In(model::kMilli, amounts.milli_cpu);
  if (keeps(amounts.memory_mib)) out.Memory = In(kMibPerGb, amounts.memory_mib);
  if (keeps(amounts.milli_gpu)) out.GPU = In(model::kMilli, amounts.milli_gpu);
  if (keeps(amounts.processes)) out.Processes = amounts.processes;
  return out;
}

bool IsBounded(std::int64_t amount) { return amount < model::kPlenty; }

wire::HostAmounts EncodeRoom(const control::Room& room) {
  wire::HostAmounts out = Encode(room.most, IsBounded);
  if (IsBounded(room.workloads)) out.Instances = room.workloads;
  return out;
}

wire::HostAmounts EncodeLack(const control::Room& room, const Resources& needs) {
  wire::HostAmounts out =
      Encode(room.Lacking(needs), [](std::int64_t amount) { return amount > 0; });
  if (room.workloads < 1) out.Instances = 1;
  return out;
}

/// Without `room` there is room for everything.
wire::InstanceFit FitOf(const std::optional<control::Instances::Obstacle>& obstacle,
                        const model::EcsSpec& spec, const std::optional<control::Room>& room) {
  wire::InstanceFit fit{.InstanceType = spec.InstanceType,
                        .Fits = !obstacle,
                        .Reason = {},
                        .Message = {},
                        .Lacks = {}};
  if (!obstacle) return fit;
  fit.Reason = std::string(obstacle->reason);
  fit.Message = obstacle->error.message();
  const auto shortage = ParseEnum<Shortage>(obstacle->reason);
  if (room && shortage && *shortage != Shortage::HostTooSmall)
    fit.Lacks = EncodeLack(*room, model::ResourcesOf(model::CapacityOf(spec)));
  return fit;
}

/// Of a machine type of the catalogue that this host can never give.
wire::InstanceFit NeverFits(const model::WithheldSpec& spec, const model::Catalogue& catalogue) {
  return {.InstanceType = spec.instance_type,
          .Fits = false,
          .Reason = std::string(EnumName(Shortage::HostTooSmall)),
          .Message = catalogue.WhyNoSpec(spec.instance_type),
          .Lacks = {}};
}

// A coroutine, though it waits for nothing: room is counted on the control thread (decision 0050).
Answered<wire::CheckInstanceFitAnswer> CheckInstanceFit(Context& context, Args<kFitParams> args) {
  const std::vector<std::string>& asked = args.List("EcsSpec");
  if (asked.size() > kMaxTypes)
    co_return Invalid(fmt::format("EcsSpec must have at most {} members.", kMaxTypes));
  ATELIER_CO_TRY(const model::WorkspaceId workspace,
                 WorkspaceToCreateIn(context, args.Text("WorkspaceId"), {}));
  ATELIER_CO_TRY(const model::UserId owner,
                 OwnerOf(context, workspace, args.Text("UserId"), context.caller.user));

  const control::Instances& instances = context.dsw.control;
  const model::Catalogue& catalogue = context.services.catalogue;
  wire::CheckInstanceFitAnswer answer{
      .WorkspaceId = workspace.str(), .UserId = owner.str(), .Left = {}, .Room = {}, .Fits = {}};
  std::optional<control::Room> room;
  if (const control::Admission* admission = instances.admission()) {
    room = admission->RoomFor(owner, workspace);
    answer.Left = Encode(admission->left(), IsBounded);
    answer.Room = EncodeRoom(*room);
  }
  const auto tell = [&](const model::EcsSpec& spec) {
    answer.Fits.push_back(FitOf(instances.WhyNot(workspace, owner, spec), spec, room));
  };
  if (asked.empty()) std::ranges::for_each(catalogue.Specs, tell);
  for (const std::string& name : asked) {
    const auto withheld =
        std::ranges::find(catalogue.withheld, name, &model::WithheldSpec::instance_type);
    if (const model::EcsSpec* spec = catalogue.FindSpec(name)) {
      tell(*spec);
    } else if (withheld != catalogue.withheld.end()) {
      answer.Fits.push_back(NeverFits(*withheld, catalogue));
    } else {
      co_return Invalid(
          fmt::format("EcsSpec {} ListEcsSpecs names what is.", catalogue.WhyNoSpec(name)));
    }
  }
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> InstanceFitOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<CheckInstanceFit>(kAtelierApi, "CheckInstanceFit", "GET", "/atelier/v1/instances/fit",
                            "Tells which machine types a new instance would find room for now, "
                            "and what is in the way of the others.")
          .Passes(&PassNewInstance, identity::Access::kCreate)
          .EnforcesRam()
          .Also("paidsw:CreateInstance,paidsw:CreatePostPaidInstance"),
  });
  return kRows;
}

}  // namespace atelier::api
