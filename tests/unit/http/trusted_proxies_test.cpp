// Promise 8: who asks is who connected, or whom a proxy that the operator named speaks for; what a
// client writes into these headers itself changes nothing.
#include "http/trusted_proxies.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace atelier::http {
namespace {

struct Case {
  const char* why;
  const char* peer;
  std::vector<const char*> forwarded_for;
  const char* client;
};

RequestHead HeadFrom(const char* peer) {
  RequestHead head;
  head.source_ip = peer;
  return head;
}

TEST(TrustedProxies, Promise8TheClientIsTheRightMostAddressThatIsNoProxys) {
  const auto proxies = TrustedProxies::Parse("127.0.0.1, 10.0.0.0/8,2001:db8:1::/48").value();
  const std::vector<Case> cases = {
      {"one proxy", "10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
      {"what the client claims stands left",
       "10.0.0.1",
       {"198.51.100.1, 203.0.113.9"},
       "203.0.113.9"},
      {"it claims to be a proxy", "10.0.0.1", {"10.0.0.7, 203.0.113.9"}, "203.0.113.9"},
      {"it claims to be on this host", "10.0.0.1", {"127.0.0.1, 203.0.113.9"}, "203.0.113.9"},
      {"two proxies in a row", "10.0.0.1", {"203.0.113.9, 10.2.3.4"}, "203.0.113.9"},
      {"two fields are one list", "10.0.0.1", {"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
      {"all are proxies: the first of them asks", "10.0.0.1", {"10.2.3.4"}, "10.2.3.4"},
      {"no field", "10.0.0.1", {}, "10.0.0.1"},
      {"an empty field", "10.0.0.1", {""}, "10.0.0.1"},
      {"no address", "10.0.0.1", {"203.0.113.9, unknown"}, "10.0.0.1"},
      {"no address behind a proxy", "10.0.0.1", {"unknown, 10.2.3.4"}, "10.2.3.4"},
      {"a range is no address", "10.0.0.1", {"203.0.113.0/24"}, "10.0.0.1"},
      {"with a port", "10.0.0.1", {"203.0.113.9:4711"}, "203.0.113.9"},
      {"IPv6", "2001:db8:1::5", {"2001:db8:2::9"}, "2001:db8:2::9"},
      {"IPv6 with a port", "10.0.0.1", {"[2001:db8:2::9]:443"}, "2001:db8:2::9"},
      {"IPv6 in another spelling", "10.0.0.1", {"2001:0DB8:2:0::9"}, "2001:db8:2::9"},
      {"IPv4 in IPv6", "::ffff:10.0.0.1", {"::ffff:203.0.113.9"}, "203.0.113.9"},
      {"a peer that is not named", "192.0.2.7", {"203.0.113.9"}, "192.0.2.7"},
      {"loopback of another host", "10.0.0.1", {"127.0.0.1"}, "10.0.0.1"},
      {"the same in IPv6", "10.0.0.1", {"::ffff:127.0.0.1"}, "10.0.0.1"},
      {"the same, not named", "10.0.0.1", {"::1"}, "10.0.0.1"},
      {"loopback of this host", "127.0.0.1", {"127.0.0.1"}, "127.0.0.1"},
      {"a proxy on this host", "127.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
  };
  for (const Case& one : cases) {
    RequestHead head = HeadFrom(one.peer);
    for (const char* value : one.forwarded_for) head.headers.Add("x-forwarded-for", value);
    proxies.Apply(head);
    EXPECT_EQ(head.source_ip, one.client) << one.why;
  }
}

TEST(TrustedProxies, Promise8ALongListIsReadUpToABound) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/8").value();
  RequestHead head = HeadFrom("10.0.0.1");
  std::string hops = "203.0.113.9";
  for (int i = 0; i < 16; ++i) hops += ", 10.0.0.2";
  head.headers.Add("X-Forwarded-For", hops);
  proxies.Apply(head);
  EXPECT_EQ(head.source_ip, "10.0.0.2");
}

TEST(TrustedProxies, Promise8TlsIsWhatEveryProxySaysThatItWas) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/8").value();
  struct Said {
    const char* peer;
    bool own_tls;
    std::vector<const char*> schemes;
    bool tls;
  };
  const std::vector<Said> all = {
      {"10.0.0.1", false, {"https"}, true},
      {"10.0.0.1", false, {"HTTPS"}, true},
      {"10.0.0.1", true, {"http"}, false},
      {"10.0.0.1", false, {"https, http"}, false},
      {"10.0.0.1", false, {"http, https"}, false},
      {"10.0.0.1", false, {"https", "http"}, false},
      {"10.0.0.1", false, {"https", "https"}, true},
      {"10.0.0.1", false, {"wss"}, false},
      {"10.0.0.1", true, {}, true},
      {"10.0.0.1", false, {}, false},
      {"192.0.2.7", false, {"https"}, false},
      {"192.0.2.7", true, {"http"}, true},
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    RequestHead head = HeadFrom(all[i].peer);
    head.tls = all[i].own_tls;
    for (const char* scheme : all[i].schemes) head.headers.Add("X-Forwarded-Proto", scheme);
    proxies.Apply(head);
    EXPECT_EQ(head.tls, all[i].tls) << "case " << i;
  }
}

TEST(TrustedProxies, NothingIsBelievedOfWhatComesFromInsideAnInstance) {
  const auto proxies = TrustedProxies::Parse("0.0.0.0/0,::/0").value();
  RequestHead head = HeadFrom("dsw-a");
  head.inside = true;
  head.headers.Add("X-Forwarded-For", "203.0.113.9");
  proxies.Apply(head);
  EXPECT_EQ(head.source_ip, "dsw-a");
}

TEST(TrustedProxies, AListThatCannotBeReadIsRefused) {
  EXPECT_TRUE(TrustedProxies::Parse("").value().empty());
  for (const std::string_view list : {"proxy.example", "10.0.0.0/33", "10.0.0.1;10.0.0.2", "*"}) {
    const auto read = TrustedProxies::Parse(list);
    ASSERT_FALSE(read) << list;
    EXPECT_EQ(read.error().code(), Code::kInvalidArgument) << list;
  }
}

}  // namespace
}  // namespace atelier::http
