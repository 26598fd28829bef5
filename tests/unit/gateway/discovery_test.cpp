// Where clients that look for a service's instances find them: at the gateway.
#include <string>

#include <gtest/gtest.h>

#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawResponse;

const std::string kPython = "/api/v1/servicediscovery/upstreams/";
const std::string kGoAndJava = "/exported/apis/eas.alibaba-inc.k8s.io/v1/upstreams/";

class DiscoveryTest : public ServiceGatewayTest {
 protected:
  RawResponse Get(const std::string& path, const std::string& host = "gate.example:8080") {
    return RawClient(server_.port()).Ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }
};

TEST_F(DiscoveryTest, TheGatewayIsTheOnlyInstance) {
  for (const std::string& path :
       {kPython + "foo", kPython + "foo?internal=true", kGoAndJava + "foo?internal=false"}) {
    const RawResponse answer = Get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body,
              R"({"endpoints":{"items":[{"ip":"gate.example","port":8080,"weight":100}]}})");
  }
}

TEST_F(DiscoveryTest, ItIsFoundWhereTheClientFoundIt) {
  EXPECT_EQ(Get(kPython + "foo", "gate.example").body,
            R"({"endpoints":{"items":[{"ip":"gate.example","port":80,"weight":100}]}})");
  EXPECT_EQ(Get(kPython + "foo", "[::1]:8080").body,
            R"({"endpoints":{"items":[{"ip":"[::1]","port":8080,"weight":100}]}})");
  // A name that is none: the address that the connection reached.
  EXPECT_EQ(Get(kPython + "foo", "a\"b").body,
            R"({"endpoints":{"items":[{"ip":"127.0.0.1","port":)" + std::to_string(server_.port()) +
                R"(,"weight":100}]}})");
}

TEST_F(DiscoveryTest, StrangersLearnNothing) {
  const std::string of_none = Get(kPython + "nobody").body;
  EXPECT_EQ(Get(kPython + "foo").body, of_none);
  PutReplica("a", a_.port());
  EXPECT_EQ(Get(kPython + "foo").body, of_none);
  EXPECT_EQ(a_.arrived(), 0);
}

TEST(Discovery, OwnsItsPathsAlone) {
  EXPECT_TRUE(ServiceGateway::Owns(kPython + "foo"));
  EXPECT_TRUE(ServiceGateway::Owns(kGoAndJava + "grp.foo"));
  for (const std::string& path : {kPython, kGoAndJava, std::string("/api/v1/servicediscovery"),
                                  std::string("/api/v1/workspaces/1")}) {
    EXPECT_FALSE(ServiceGateway::Owns(path)) << path;
  }
}

}  // namespace
}  // namespace atelier::gateway
