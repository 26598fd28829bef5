#include "identity/signing/used_nonces.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier::identity {
namespace {

constexpr std::size_t kLimit = 1U << 16U;
const WallTime kNow = *ParseIso8601("2024-05-01T12:00:00Z");

NonceUse Nonce(int number) { return UseOf("key", std::to_string(number), kNow); }

TEST(UsedNonces, OneIsGoodOnce) {
  ManualClock clock(kNow);
  UsedNonces nonces(kLimit, "", clock, nullptr);
  EXPECT_TRUE(nonces.Check(Nonce(1)));
  EXPECT_TRUE(nonces.Use(Nonce(1), "key"));
  EXPECT_EQ(nonces.Check(Nonce(1)).error().reason(), "SignatureNonceUsed");
  EXPECT_EQ(nonces.Use(Nonce(1), "key").error().reason(), "SignatureNonceUsed");
  EXPECT_EQ(nonces.size(), 1U);
}

/// Of four threads with the same nonces each is one's alone, in memory and in the file.
TEST(UsedNonces, OfSeveralThreadsWithTheSameOneOnlyOneHasIt) {
  constexpr int kNonces = 5'000;
  const test::TempDir dir;
  const std::string file = dir.path() + "/nonces";
  SystemClock clock;
  const WallTime now = clock.Wall();
  std::atomic<int> taken = 0;
  {
    UsedNonces nonces(kLimit, file, clock, nullptr);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < kNonces; ++n) {
          if (nonces.Use(UseOf("key", std::to_string(n), now), "key")) ++taken;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(taken, kNonces);
    EXPECT_EQ(nonces.size(), static_cast<std::size_t>(kNonces));
  }
  UsedNonces next(kLimit, file, clock, nullptr);
  EXPECT_EQ(next.size(), static_cast<std::size_t>(kNonces)) << "each was written once";
}

}  // namespace
}  // namespace atelier::identity
