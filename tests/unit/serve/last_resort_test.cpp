#include "serve/last_resort.h"

#include <chrono>
#include <csignal>
#include <unistd.h>

#include <gtest/gtest.h>

namespace atelier::serve {
namespace {

using std::chrono::seconds;
using testing::ExitedWithCode;

/// A process that never ends by itself.
[[noreturn]] void Hang() {
  for (;;) ::pause();
}

class LastResortTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(LastResortTest, ASignalEndsAStart) {
  EXPECT_EXIT(
      {
        const LastResort resort{seconds(60)};
        ::kill(::getpid(), SIGTERM);
        Hang();
      },
      ExitedWithCode(143), "serve.forced signal=15");
}

TEST_F(LastResortTest, ASecondSignalEndsAShutdown) {
  EXPECT_EXIT(
      {
        LastResort resort{seconds(60)};
        resort.Serving();
        ::kill(::getpid(), SIGTERM);
        ::kill(::getpid(), SIGHUP);
        ::kill(::getpid(), SIGINT);
        Hang();
      },
      // Whichever of the two arrives second.
      [](int status) { return ExitedWithCode(130)(status) || ExitedWithCode(143)(status); },
      "serve.forced signal=");
}

TEST_F(LastResortTest, AShutdownThatHangsIsEndedInTime) {
  EXPECT_EXIT(
      {
        LastResort resort{seconds(1)};
        resort.Serving();
        ::kill(::getpid(), SIGTERM);
        Hang();
      },
      ExitedWithCode(1), "serve.forced not_ended_within_s=1");
}

TEST_F(LastResortTest, TheFirstSignalAloneEndsNothing) {
  LastResort resort{seconds(60)};
  resort.Serving();
  ::kill(::getpid(), SIGTERM);
}

}  // namespace
}  // namespace atelier::serve
