// What a request allocates, from its first byte to the last of its answer: a figure that is the
// same on every machine, busy or not.
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "base/log.h"
#include "http/server.h"
#include "support/api_world.h"
#include "support/http_raw.h"

#if __has_include(<sanitizer/allocator_interface.h>)
#include <sanitizer/allocator_interface.h>
#endif

namespace atelier::api {
namespace {

#if __has_feature(address_sanitizer)

thread_local std::size_t allocations = 0;

void OnMalloc(const volatile void* /*block*/, std::size_t /*size*/) { ++allocations; }
void OnFree(const volatile void* /*block*/) {}

class Allocations : public testing::Test {
 protected:
  static constexpr int kWarmUp = 300;
  static constexpr int kCounted = 200;

  static void SetUpTestSuite() {
    static const bool kHooked = __sanitizer_install_malloc_and_free_hooks(&OnMalloc, &OnFree) != 0;
    ASSERT_TRUE(kHooked);
  }

  Allocations() {
    for (int i = 0; i < 300; ++i) world_.Put(world_.Sample("dsw-" + std::to_string(100'000 + i)));
  }

  std::string Bytes(std::string_view path,
                    const std::vector<std::pair<std::string, std::string>>& query = {}) {
    const http::RequestHead head = world_.Signed(world_.root, "GET", path, {.query = query});
    std::string bytes = "GET " + head.target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : head.headers.entries()) bytes += name + ": " + value + "\r\n";
    return bytes + "Accept: application/json\r\nUser-Agent: AlibabaCloud (linux)\r\n\r\n";
  }

  /// Of one of many requests that are alike, in the mean.
  double Of(std::string_view path,
            const std::vector<std::pair<std::string, std::string>>& query = {}) {
    return Of(api_, path, query);
  }
  double Of(Api& api, std::string_view path,
            const std::vector<std::pair<std::string, std::string>>& query = {}) {
    std::vector<std::string> requests;
    for (int i = 0; i < kWarmUp + kCounted; ++i) requests.push_back(Bytes(path, query));
    const auto server = http::MakeServer({}, api, world_.io.get_executor(), clock_, *log_);
    EXPECT_TRUE(server->Start());
    std::size_t counted = 0;
    auto work = asio::make_work_guard(world_.io);
    world_.io.restart();
    std::thread thread([&] {
      asio::post(world_.io, [] {});
      world_.io.run();
      counted = allocations - counted;
    });
    test::RawClient client(server->port());
    for (int i = 0; i < kWarmUp + kCounted; ++i) {
      if (i == kWarmUp) {
        std::promise<void> noted;
        std::future<void> wait = noted.get_future();
        asio::post(world_.io, [&counted, noted = std::move(noted)]() mutable {
          counted = allocations;
          noted.set_value();
        });
        wait.wait();
      }
      EXPECT_EQ(client.Ask(requests.at(static_cast<std::size_t>(i))).status, 200);
    }
    client.Close();
    work.reset();
    world_.io.stop();
    thread.join();
    world_.io.restart();
    test::Run(world_.io, server->Stop(clock_.In(Duration(1000))));
    return static_cast<double>(counted) / kCounted;
  }

  test::ApiWorld world_;
  SystemClock clock_;
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  Api api_{Quiet(world_.Parts(true)), {}};

  /// The same parts without the log of the tests, which keeps every line.
  Services Quiet(const Services& parts) const {
    return {.dsw = parts.dsw,
            .eas = parts.eas,
            .airec = parts.airec,
            .workloads = parts.workloads,
            .driver = parts.driver,
            .store = parts.store,
            .mark = parts.mark,
            .identities = parts.identities,
            .identity = parts.identity,
            .authenticator = parts.authenticator,
            .sessions = parts.sessions,
            .key_uses = parts.key_uses,
            .openings = parts.openings,
            .passwords = parts.passwords,
            .signer = parts.signer,
            .catalogue = parts.catalogue,
            .clock = parts.clock,
            .real_clock = parts.real_clock,
            .adjustable_clock = parts.adjustable_clock,
            .random = parts.random,
            .log = *log_};
  }

 private:
  void SetUp() override { api_.SetReady(); }
};

TEST_F(Allocations, OfAnInstanceAreTwelveAtMost) {
  EXPECT_LE(Of("/api/v2/instances/dsw-100123"), 12.0);
}

/// As `make run` starts a server.
TEST_F(Allocations, OfAnInstanceWithAnAddressOfItsOwnAreTwelveAtMost) {
  Api api(Quiet(world_.Parts(true)), {.apps_port = [] { return std::uint16_t{8081}; }});
  api.SetReady();
  EXPECT_LE(Of(api, "/api/v2/instances/dsw-100123"), 12.0);
}

TEST_F(Allocations, OfAListOfTenAreTwentyAtMost) {
  EXPECT_LE(Of("/api/v2/instances", {{"PageSize", "10"}}), 20.0);
}

#endif

}  // namespace
}  // namespace atelier::api
