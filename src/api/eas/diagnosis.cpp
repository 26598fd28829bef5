// What is wrong with a service, and what to do about it: of its present state, of how the runs of
// its instances ended, and of what admission and the checks say of them.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/schema.h"
#include "api/wire/service_facts.h"
#include "base/clock.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
#include "model/service_diagnosis.h"

namespace atelier::api {

namespace {

/// Of earlier events, which the present state may be due to.
constexpr Duration kLookback = std::chrono::hours(1);

wire::Diagnosis Encode(model::Diagnosis found) {
  return {.Error = std::move(found.error),
          .Causes = std::move(found.causes),
          .Advices = std::move(found.advices)};
}

Answered<wire::ServiceDiagnosisAnswer> DescribeServiceDiagnosis(Context& context,
                                                                Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  const WallTime now = context.services.clock.Wall();
  std::vector<model::ServiceEvent> events;
  if (!service->reason.empty()) {
    const WallTime since = service->status_since - kLookback;
    ATELIER_CO_TRY(events, co_await context.eas.control.Events(service->name, since, now));
    std::erase_if(events, [](const model::ServiceEvent& event) { return !event.warning; });
  }
  wire::ServiceDiagnosisAnswer answer;
  if (auto found = model::DiagnoseService(*service, events))
    answer.DiagnosisList.push_back(Encode(*std::move(found)));
  const directory::ServiceSpecPtr spec = context.eas.directory.SpecOf(service->name);
  for (const auto& replica : context.eas.directory.ReplicasOf(service->id)) {
    if (auto found = model::DiagnoseReplica(*replica, spec.get(), now))
      answer.DiagnosisList.push_back(Encode(*std::move(found)));
  }
  co_return Answer(context, answer);
}

/// Of one that is well, the parts are empty.
Answered<wire::InstanceDiagnosisAnswer> DescribeServiceInstanceDiagnosis(Context& context,
                                                                         Args<kOfReplica> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const auto replica, FindReplica(context, args, *service));
  const directory::ServiceSpecPtr spec = context.eas.directory.SpecOf(service->name);
  auto found = model::DiagnoseReplica(*replica, spec.get(), context.services.clock.Wall());
  wire::InstanceDiagnosisAnswer answer;
  if (found) answer.Diagnosis = Encode(*std::move(found));
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceDiagnosisOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<DescribeServiceDiagnosis>(
          kEasApi, "DescribeServiceDiagnosis", "GET",
          "/api/v2/services/{ClusterId}/{ServiceName}/diagnosis",
          "What is wrong with a service and its instances, and what to do; empty: nothing.")
          .Passes(&PassService, identity::Access::kRead),
      Row<DescribeServiceInstanceDiagnosis>(
          kEasApi, "DescribeServiceInstanceDiagnosis", "GET",
          "/api/v2/services/{ClusterId}/{ServiceName}/instances/{InstanceName}/diagnosis",
          "The same of one instance.")
          .Passes(&PassService, identity::Access::kRead),
  });
  return kRows;
}

}  // namespace atelier::api
