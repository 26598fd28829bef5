// The emulator's clock: tests of users skip hours with it. Exists only under `--runtime simulated`.
#include "base/clock.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <boost/asio/post.hpp>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/emulator.h"
#include "api/world.h"
#include "control/core/workloads.h"
#include "control/dsw/reconciler.h"

namespace atelier::api {

constexpr std::int64_t kMaxAdvanceMs = 366LL * 86'400'000;  // a year at a time
template <>
inline constexpr auto kRules<wire::AdvanceRequest> =
    std::to_array<FieldRule>({{.name = "Milliseconds", .min = 0, .max = kMaxAdvanceMs}});

namespace {

// Time that jumps in one step shows no sample in between, so no idle rule could ever fire: the end
// of each jump is lived through, sample by sample.
constexpr Duration kWalk = std::chrono::hours(12);
constexpr int kMaxSteps = 2880;  // 12 hours of the default sampling interval
// Real time. A walk stays below the 10 seconds after which SDKs give up and ask again, which would
// turn the clock twice; what it does not get to is jumped over.
constexpr Duration kMaxWalk{8'000};
constexpr Duration kMaxStep{20};  // a scripted hang or a slow disk keeps the reconciler busy
// Turns of the I/O loop in one step. Quiet ones: without work, after which none is on its way (a
// sleeper that became due needs about five to bring its instance to the reconciler's queue). Least:
// so that a host too busy to run us is not taken for a reconciler that hangs. Most: should the real
// clock stand still as well.
constexpr int kQuietTurns = 20;
constexpr int kMinTurns = 1'000;
constexpr int kMaxTurns = 100'000;

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

/// Lets the reconcilers act on the time that has passed.
Task<void> WaitUntilIdle(const Services& services) {
  const auto executor = co_await asio::this_coro::executor;
  const Deadline by = services.real_clock.In(kMaxStep);
  int quiet = 0;
  for (int turn = 0; turn < kMaxTurns && quiet < kQuietTurns; ++turn) {
    co_await asio::post(executor, asio::use_awaitable);
    quiet = services.workloads.Idle() ? quiet + 1 : 0;
    if (turn >= kMinTurns && services.real_clock.Mono() >= by) co_return;
  }
}

/// No thread reads the clock meanwhile.
void Advance(const Services& services, Duration length) {
  const auto lock = services.world != nullptr ? services.world->Change() : World::Changing();
  services.adjustable_clock->Advance(length);
}

/// Moves the clock by exactly `length`, the last part of it in steps.
Task<void> Pass(const Services& services, Duration length) {
  const Duration step = services.dsw.reconciler.sample_every();
  Duration left = std::min({length, kWalk, kMaxSteps * step});
  if (length > left) {
    Advance(services, length - left);
    co_await WaitUntilIdle(services);
  }
  const Deadline by = services.real_clock.In(kMaxWalk);
  while (left > Duration{0} && services.real_clock.Mono() < by) {
    const Duration next = std::min(step, left);
    Advance(services, next);
    left -= next;
    co_await WaitUntilIdle(services);
  }
  if (left > Duration{0}) Advance(services, left);
}

Encoded<wire::ClockAnswer> NowAnswer(const Context& context) {
  return Answer(context, wire::ClockAnswer{.Now = FormatMillis(context.services.clock.Wall())});
}

Answered<wire::ClockAnswer> GetClock(Context& context) {
  ATELIER_CO_RETURN_IF_ERROR(CheckAdmin(context));
  co_return NowAnswer(context);
}

Answered<wire::ClockAnswer> AdvanceClock(Context& context) {
  ATELIER_CO_RETURN_IF_ERROR(CheckAdmin(context));
  ATELIER_CO_TRY(const auto request, BodyOf<wire::AdvanceRequest>(context));
  co_await Pass(context.services, Duration(request.Milliseconds));
  co_return NowAnswer(context);
}

}  // namespace

std::span<const Operation> EmulatorOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<GetClock>(kAtelierApi, "GetClock", "GET", "/atelier/v1/clock",
                    "Tells the emulator's time."),
      Row<AdvanceClock>(kAtelierApi, "AdvanceClock", "POST", "/atelier/v1/clock/advance",
                        "Moves the emulator's time forward.", BodySchema<wire::AdvanceRequest>),
  });
  return kRows;
}

}  // namespace atelier::api
