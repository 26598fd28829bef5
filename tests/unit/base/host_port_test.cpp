#include "base/host_port.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(HostPort, HostAndPortAreReadFromTheRight) {
  const auto v4 = ParseHostPort("127.0.0.1:8080");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 8080);
  const auto v6 = ParseHostPort("[::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 0);
  for (const char* bad : {"", "8080", ":8080", "host:", "host:65536", "host:80x", "host:-1"}) {
    EXPECT_FALSE(ParseHostPort(bad)) << bad;
  }
}

TEST(HostPort, AnIpv6AddressIsBracketedInAUrl) {
  EXPECT_EQ(UrlHost("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(UrlHost("lab.example"), "lab.example");
  EXPECT_EQ(UrlHost("::1"), "[::1]");
}

}  // namespace
}  // namespace atelier
