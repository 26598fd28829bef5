// What the gateway tells the history of traffic.
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "directory/traffic_history.h"
#include "service_world.h"

namespace atelier::gateway {
namespace {

using directory::TrafficClass;
using directory::TrafficPoint;

class ServiceTrafficTest : public ServiceGatewayTest {
 protected:
  void Pass() {
    server_.io().Call([&] { traffic_clock_.Advance(std::chrono::seconds(10)); });
  }

  /// An answer is counted when it has ended, which is after the client has it.
  void Settle() {
    EXPECT_TRUE(server_.io().Eventually(
        [&] { return InFlightNow("easr-a") + InFlightNow("easr-b") == 0; }));
  }
  int InFlightNow(const char* id) { return gateway_->InFlight(model::InstanceId(id)); }
  /// The bucket that ends now.
  TrafficPoint Of(const std::string& id) {
    return server_.io().Call([&] {
      traffic_clock_.Advance(std::chrono::seconds(10));
      const auto points =
          history_.Get(id, WallTime(), traffic_clock_.Wall(), directory::TrafficHistory::kBucket);
      return points.empty() ? TrafficPoint() : points.back();
    });
  }
  static std::uint64_t Count(const TrafficPoint& point, TrafficClass outcome) {
    return point.requests[static_cast<std::size_t>(outcome)];
  }
  static std::uint64_t Answers(const TrafficPoint& point) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : point.latency) sum += count;
    return sum;
  }

  const std::string service_ = "eas-m-foo";
};

TEST_F(ServiceTrafficTest, AnswersCountForTheServiceAndForWhoGaveThem) {
  PutReplica("a", a_.port());
  PutReplica("b", b_.port());
  Pass();
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Ask("foo").status, 200);
  EXPECT_EQ(Ask("foo", "a stranger's").status, 401);  // nobody's
  Settle();
  const TrafficPoint all = Of(service_);
  EXPECT_EQ(Count(all, TrafficClass::k2xx), 4U);
  EXPECT_EQ(Count(all, TrafficClass::k4xx), 0U);
  EXPECT_EQ(Answers(all), 4U);
  for (const char* replica : {"easr-a", "easr-b"}) {
    const auto points = server_.io().Call([&] {
      return history_.Get(replica, WallTime(), traffic_clock_.Wall(),
                          directory::TrafficHistory::kBucket);
    });
    ASSERT_FALSE(points.empty()) << replica;
    EXPECT_EQ(Count(points.back(), TrafficClass::k2xx), 2U) << replica;
    EXPECT_EQ(Answers(points.back()), 2U) << replica;
  }
}

TEST_F(ServiceTrafficTest, WhatNoReplicaAnsweredCountsForTheServiceAlone) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":0}}})");
  EXPECT_EQ(Ask("foo").status, 503);
  Pass();
  PutReplica("a", a_.port());
  std::thread first([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  EXPECT_EQ(Ask("foo").status, 450);
  a_.LetGo();
  first.join();
  EXPECT_EQ(Ask("foo/drop", "secret", "POST", "x").status, 502);
  Settle();
  const TrafficPoint all = Of(service_);
  EXPECT_EQ(Count(all, TrafficClass::k2xx), 1U);
  EXPECT_EQ(Count(all, TrafficClass::k450), 1U);
  EXPECT_EQ(Count(all, TrafficClass::k5xx), 1U);
  EXPECT_EQ(Answers(all), 1U);
  const auto replica = server_.io().Call([&] {
    return history_.Get("easr-a", WallTime(), traffic_clock_.Wall(),
                        directory::TrafficHistory::kBucket);
  });
  ASSERT_FALSE(replica.empty());
  EXPECT_EQ(Count(replica.back(), TrafficClass::k2xx), 1U);
  EXPECT_EQ(Count(replica.back(), TrafficClass::k450), 0U);
  EXPECT_EQ(Count(replica.back(), TrafficClass::k5xx), 1U);  // it broke off
}

TEST_F(ServiceTrafficTest, WhatIsUnderWayAndWhatWaitsIsToldAsItGoes) {
  Put(R"({"name":"foo","containers":[{"script":"x"}],
          "metadata":{"rpc":{"worker_threads":1,"max_queue_size":9}}})");
  PutReplica("a", a_.port());
  Pass();
  std::thread first([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  std::thread second([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually(
      [&] { return gateway_->TrafficOf(model::ServiceId(service_)).waiting == 1; }));
  const TrafficPoint held = Of(service_);  // all of the ten seconds
  EXPECT_DOUBLE_EQ(held.under_way, 1);
  EXPECT_DOUBLE_EQ(held.waiting, 1);
  a_.LetGo();
  first.join();
  second.join();
  Settle();
  Of(service_);  // in it they ended
  const TrafficPoint after = Of(service_);
  EXPECT_DOUBLE_EQ(after.under_way, 0);
  EXPECT_DOUBLE_EQ(after.waiting, 0);
}

}  // namespace
}  // namespace atelier::gateway
