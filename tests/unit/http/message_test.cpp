#include "http/message.h"

#include <gtest/gtest.h>

namespace atelier::http {
namespace {

TEST(Headers, NamesCompareWithoutCaseAndKeepTheirSpelling) {
  Headers headers;
  headers.Add("X-Acs-Date", "1");
  headers.Add("x-acs-date", "2");
  EXPECT_EQ(headers.Get("X-ACS-DATE"), "1");
  EXPECT_EQ(headers.entries()[1].first, "x-acs-date");
  headers.Set("X-ACS-date", "3");
  ASSERT_EQ(headers.entries().size(), 1U);
  EXPECT_EQ(headers.Get("x-acs-date"), "3");
  headers.Remove("x-Acs-Date");
  EXPECT_FALSE(headers.Has("x-acs-date"));
}

TEST(Headers, ClearedFieldsLeaveNothingToSee) {
  Headers headers;
  headers.Add("x-acs-security-token", std::string(40, 't'));
  headers.Add("Host", std::string(1000, 'h'));
  headers.Clear();
  EXPECT_TRUE(headers.entries().empty());
  EXPECT_FALSE(headers.Has("x-acs-security-token"));
  headers.AddCopy("a", "1");
  headers.AddCopy("b", "");
  headers.AddCopy("c", "3");
  const std::vector<Headers::Entry> expected{{"a", "1"}, {"b", ""}, {"c", "3"}};
  EXPECT_EQ(headers.entries(), expected);
}

TEST(Headers, ListValuesAreSearchedItemByItem) {
  EXPECT_TRUE(ListHas("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(ListHas("upgrade", "upgrade"));
  EXPECT_TRUE(ListHas(" ,\tupgrade ,", "upgrade"));
  EXPECT_FALSE(ListHas("upgrade-insecure", "upgrade"));
  EXPECT_FALSE(ListHas("", "upgrade"));
}

TEST(RequestHead, TargetIsSplitAtTheFirstQuestionMark) {
  RequestHead head{.method = "GET", .target = "/a%2Fb?x=1?y", .headers = {}, .source_ip = {}};
  EXPECT_EQ(head.path(), "/a%2Fb");
  EXPECT_EQ(head.query(), "x=1?y");
  head.target = "/plain";
  EXPECT_EQ(head.path(), "/plain");
  EXPECT_EQ(head.query(), "");
}

TEST(RequestHead, BodyIsToldByItsFramingHeaders) {
  RequestHead head;
  EXPECT_FALSE(head.has_body());
  head.headers.Add("content-length", "0");
  EXPECT_FALSE(head.has_body());
  head.headers.Set("content-length", "10");
  EXPECT_TRUE(head.has_body());
  head.headers.Remove("content-length");
  head.headers.Add("Transfer-Encoding", "chunked");
  EXPECT_TRUE(head.has_body());
}

TEST(IsLoopback, IsTheHostItself) {
  for (const char* own : {"127.0.0.1", "127.9.9.9", "::1"}) EXPECT_TRUE(IsLoopback(own)) << own;
  for (const char* other : {"", "12.7.0.1", "192.0.2.7", "2001:db8::1", "::", "dsw-127"})
    EXPECT_FALSE(IsLoopback(other)) << other;
}

TEST(NetworkOf, IsTheAddressOrTheNetworkOfAnIpv6Client) {
  EXPECT_EQ(NetworkOf("192.0.2.7"), "192.0.2.7");
  EXPECT_NE(NetworkOf("192.0.2.7"), NetworkOf("192.0.2.8"));
  EXPECT_EQ(NetworkOf("2001:db8:1:2::a"), NetworkOf("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_EQ(NetworkOf("2001:db8:1:200::a"), NetworkOf("2001:db8:1:2ff::a")) << "what one home gets";
  EXPECT_NE(NetworkOf("2001:db8:1:200::a"), NetworkOf("2001:db8:1:300::a"));
  EXPECT_EQ(NetworkOf("fe80::1%eth0"), NetworkOf("fe80::2"));
  EXPECT_EQ(NetworkOf(""), "");
}

}  // namespace
}  // namespace atelier::http
