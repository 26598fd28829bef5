// The emulator's clock: tests of users skip hours with it. Exists only under `--runtime simulated`.
#include <array>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/emulator.h"

namespace atelier::api {

namespace {

constexpr std::int64_t kMostAdvanceMs = 366LL * 86'400'000;  // a year at a time

/// InvalidAction.NotFound where time cannot be turned; PermissionDenied for all but the main
/// account.
Status CheckAdmin(const Context& context) {
  if (context.services.adjustable_clock == nullptr) {
    return Error(Code::kNotFound, "Only a server with the simulated runtime has this operation.",
                 "InvalidAction.NotFound");
  }
  if (context.caller.type != identity::PrincipalType::kRoot) {
    return Error(Code::kPermissionDenied, "Only the main account may turn the clock.",
                 "NoPermission");
  }
  return Ok();
}

std::string NowAnswer(const Context& context) {
  return Answer(context, wire::ClockAnswer{.Now = FormatMillis(context.services.clock.Wall())},
                EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetClock(Context& context) {
  ATELIER_CO_RETURN_IF_ERROR(CheckAdmin(context));
  co_return NowAnswer(context);
}

Task<Result<std::string>> AdvanceClock(Context& context) {
  ATELIER_CO_RETURN_IF_ERROR(CheckAdmin(context));
  ATELIER_CO_TRY(const auto request, FromJson<wire::AdvanceRequest>(context.body));
  if (request.Milliseconds < 0 || request.Milliseconds > kMostAdvanceMs)
    co_return Error(Code::kInvalidArgument, "Milliseconds must be from 0 to a year.");
  context.services.adjustable_clock->Advance(Duration(request.Milliseconds));
  co_return NowAnswer(context);
}

}  // namespace

std::span<const Operation> EmulatorOperations() {
  static const auto kRows = std::to_array<Operation>({
      {.product = Product::kAtelier,
       .name = "GetClock",
       .method = "GET",
       .path = "/atelier/v1/clock",
       .handler = GetClock,
       .answer = AnswerSchema<wire::ClockAnswer, EnvelopeForm::kRequestId>,
       .doc = "Tells the emulator's time."},
      {.product = Product::kAtelier,
       .name = "AdvanceClock",
       .method = "POST",
       .path = "/atelier/v1/clock/advance",
       .handler = AdvanceClock,
       .mutates = true,
       .body = BodySchema<wire::AdvanceRequest>,
       .answer = AnswerSchema<wire::ClockAnswer, EnvelopeForm::kRequestId>,
       .doc = "Moves the emulator's time forward."},
  });
  return kRows;
}

}  // namespace atelier::api
