#pragma once
#include <array>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/wire/instance_write.h"
#include "control/dsw/instances.h"
#include "directory/directory.h"

namespace atelier::api {

inline constexpr Param kInstanceId{.name = "InstanceId",
                                   .in_path = true,
                                   .required = true,
                                   .max = kMaxInstanceId,
                                   .doc = "Instance id."};
inline constexpr std::array kOfInstance = {kInstanceId};
inline constexpr Param kToken{
    .name = "Token", .max = kMaxToken, .doc = "Sharing token of GetToken."};

inline model::InstanceId IdOf(Args<kOfInstance> args) {
  return model::InstanceId(args.Text("InstanceId"));
}

/// The operations that have nothing but an id.
template <Task<Status> (control::Instances::*kStep)(model::InstanceId, model::Actor)>
Answered<wire::InstanceIdOnly> OnInstance(Context& context, Args<kOfInstance> args) {
  const model::InstanceId id = IdOf(args);
  ATELIER_CO_RETURN_IF_ERROR(FindInstance(context, id));
  ATELIER_CO_RETURN_IF_ERROR(co_await (context.dsw.control.*kStep)(id, context.actor()));
  co_return Answer(context, wire::InstanceIdOnly{.InstanceId = id.str()});
}

}  // namespace atelier::api
