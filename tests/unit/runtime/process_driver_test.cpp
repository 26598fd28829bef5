#include "process_world.h"

namespace atelier::runtime {
namespace {

class ProcessDriver : public test::ProcessWorld {};

TEST_F(ProcessDriver, StartsIsReadyIsSampledAndStops) {
  const auto began = clock_.Mono();
  ASSERT_TRUE(Ensure(Server("dsw-a")).has_value());
  Await("dsw-a", Phase::kReady);
  const auto took = std::chrono::duration_cast<Duration>(clock_.Mono() - began);
  RecordProperty("start_to_ready_ms", static_cast<int>(took.count()));
  std::fprintf(stderr, "ready after %d ms\n%s", static_cast<int>(took.count()),
               LogOf("dsw-a").c_str());
}

}  // namespace
}  // namespace atelier::runtime
