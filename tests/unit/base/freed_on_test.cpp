#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "base/pool.h"

namespace atelier {
namespace {

/// Tells where it was freed.
struct Large {
  explicit Large(std::thread::id& where) : freed_on(where) {}
  ~Large() { freed_on = std::this_thread::get_id(); }
  Large(const Large&) = delete;
  Large& operator=(const Large&) = delete;
  std::thread::id& freed_on;
};

TEST(FreedOn, APoolFreesWhatAnotherThreadLetsGoOf) {
  Pool pool(1);
  std::thread::id freed_on;
  auto large = FreedOn(pool, std::make_unique<Large>(freed_on));
  auto shared = large;
  large.reset();
  EXPECT_EQ(freed_on, std::thread::id()) << "somebody still has it";
  shared.reset();
  pool.join();
  EXPECT_NE(freed_on, std::thread::id());
  EXPECT_NE(freed_on, std::this_thread::get_id());
}

TEST(FreedOn, NothingIsLeftBehindByAPoolThatEnds) {
  std::thread::id freed_on;
  {
    Pool pool(1);
    pool.stop();
    FreedOn(pool, std::make_unique<Large>(freed_on)).reset();
  }
  EXPECT_NE(freed_on, std::thread::id());
}

}  // namespace
}  // namespace atelier
