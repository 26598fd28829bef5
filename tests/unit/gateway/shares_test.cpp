// Promise 8 and 10: who may open a notebook or call a service takes no more of the connections than
// are left for others.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "unit/gateway/gateway_world.h"
#include "unit/gateway/service_world.h"

namespace atelier::gateway {
namespace {

using test::RawClient;

TEST(GatewayShares, OfThePlacesNobodyTakesMoreThanAreLeftForOthers) {
  Upstream upstream("jupyter");
  GatewayWorld world(upstream.port(),
                     {.upstream_timeout = Duration(20'000), .shares = std::make_shared<Shares>(4)});
  const auto send = [&](RawClient& client, const std::string& user, const std::string& page) {
    client.Send("GET /dsw-a" + page + " HTTP/1.1\r\nHost: gate\r\n" + world.Cookie("dsw-a", user) +
                "\r\n");
  };
  std::vector<std::unique_ptr<RawClient>> held;
  const auto hold = [&](const std::string& user) {
    held.push_back(std::make_unique<RawClient>(world.port()));
    send(*held.back(), user, "/hold");
    const int expected = static_cast<int>(held.size());
    ASSERT_TRUE(world.server().io().Eventually([&] { return upstream.arrived() == expected; }));
  };
  const auto status = [&](const std::string& user) {
    RawClient client(world.port());
    send(client, user, "/hold");
    return client.Read().status;
  };
  hold("201");
  hold("201");
  EXPECT_EQ(status("201"), 503);
  hold("203");
  EXPECT_EQ(status("203"), 503);
  upstream.LetGo();
  for (const auto& client : held) EXPECT_EQ(client->Read().status, 200);
  EXPECT_EQ(status("201"), 200) << "they are given back";
}

class ServiceShares : public ServiceGatewayTest {
 protected:
  ServiceShares() : ServiceGatewayTest({.shares = std::make_shared<Shares>(2)}) {}
};

TEST_F(ServiceShares, WhoWaitsCountsToo) {
  PutReplica("a", a_.port());
  std::thread held([&] { EXPECT_EQ(Ask("foo/hold").status, 200); });
  ASSERT_TRUE(server_.io().Eventually([&] { return a_.arrived() == 1; }));
  EXPECT_EQ(Ask("foo").status, 429);
  a_.LetGo();
  held.join();
  EXPECT_EQ(Ask("foo").status, 200);
}

}  // namespace
}  // namespace atelier::gateway
