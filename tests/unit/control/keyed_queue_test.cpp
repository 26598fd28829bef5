#include "control/core/keyed_queue.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "model/ids.h"

namespace atelier::control {
namespace {

TEST(KeyedQueue, FiftyThousandKeysWithNothingToDoNeedNoStack) {
  asio::io_context io;
  Gate gate;
  std::size_t worked = 0;
  KeyedQueue<model::InstanceId> queue(
      io.get_executor(), "test", 4, gate, [] { return std::shared_ptr<void>(); },
      [&](model::InstanceId, WorkerSlot&) -> Task<void> {
        ++worked;
        co_return;
      });
  static constexpr std::size_t kKeys = 50'000;
  for (std::size_t i = 0; i < kKeys; ++i) queue.Add(model::InstanceId(std::to_string(i)));
  queue.Open();
  io.run();
  EXPECT_EQ(worked, kKeys);
  EXPECT_EQ(gate.inside(), 0U);
}

}  // namespace
}  // namespace atelier::control
