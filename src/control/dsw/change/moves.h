#pragma once
#include <string_view>

#include "control/dsw/change/draft.h"

namespace atelier::control {

/// NotFound/UnknownInstance.
Error UnknownInstance(const model::InstanceId& id);
/// AlreadyExists/DuplicateName: the workspace has an instance of this name.
Error DuplicateName(std::string_view name);

/// FailedPrecondition/WrongState: the present state does not accept `trigger`. `operation` is named
/// in the message.
Status Accepting(const model::Instance& instance, model::Trigger trigger,
                 std::string_view operation);

/// The moves that a request makes, from API, timer or culler alike. The state must accept them.
void BeginStart(Draft& draft);
void BeginStop(Draft& draft, std::string_view why);
void BeginDelete(Draft& draft);
/// A running instance is made anew with what was changed.
void BeginRestart(Draft& draft);
/// A resting instance takes over what was changed; `start` goes on into a start in the same
/// transaction, as nothing in the world has to change in between.
void BeginResettle(Draft& draft, bool start);
/// What was there cannot go on: the way out of every state that must not last.
void Fail(Draft& draft, Reason reason);

}  // namespace atelier::control
