#include "base/thread_name.h"

#include <array>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/named_pool.h"
#include "support/run.h"

namespace atelier {
namespace {

std::string NameOfThisThread() {
  std::array<char, 16> name{};
  EXPECT_EQ(::pthread_getname_np(::pthread_self(), name.data(), name.size()), 0);
  return name.data();
}

Task<std::string> NameOn(Pool& pool) {
  co_return co_await RunOn(pool, [] { return NameOfThisThread(); });
}

TEST(ThreadName, IsTheCallingThreadsAlone) {
  const std::string own = NameOfThisThread();
  std::string named;
  std::thread([&named] {
    NameThread("fifteen-bytes--");
    named = NameOfThisThread();
  }).join();
  EXPECT_EQ(named, "fifteen-bytes--");
  EXPECT_EQ(NameOfThisThread(), own);
}

TEST(ThreadName, OfAPoolIsOfEachOfItsThreadsAndNotOfWhoMakesIt) {
  const std::string own = NameOfThisThread();
  asio::io_context io;
  Pool pool = MakePool("kitchen", 2);
  EXPECT_EQ(NameOfThisThread(), own);
  EXPECT_EQ(test::Run(io, NameOn(pool)), "kitchen");
  EXPECT_EQ(test::Run(io, NameOn(pool)), "kitchen");
}

}  // namespace
}  // namespace atelier
