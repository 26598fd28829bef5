#include "base/config.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Config, TheManualInTheDocumentsIsThatOfTheTable) {
  const std::ifstream file(ATELIER_TEST_DATA "/../../docs/configuration.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), ConfigManual())
      << "atelier serve --manual > docs/configuration.md writes it again";
}

TEST(Config, EveryOptionHasItsOwnFlagAndVariableAndSaysWhatItDoes) {
  std::set<std::string_view> flags;
  std::set<std::string_view> variables;
  for (const ConfigOption& option : ConfigOptions()) {
    EXPECT_TRUE(flags.insert(option.flag).second) << option.flag;
    EXPECT_TRUE(variables.insert(option.environment).second) << option.environment;
    EXPECT_FALSE(option.doc.empty()) << option.flag;
    if (std::holds_alternative<std::int64_t ServerConfig::*>(option.member)) {
      EXPECT_LT(option.min, option.max) << option.flag;
    }
  }
}

TEST(Config, ACertificateNeedsItsKey) {
  ServerConfig config;
  EXPECT_TRUE(ValidateConfig(config));
  config.tls_certificate = "certificate.pem";
  EXPECT_FALSE(ValidateConfig(config));
  config.tls_key = "key.pem";
  EXPECT_TRUE(ValidateConfig(config));
}

TEST(Config, ThePublicUrlHasASchemeAndNoSlashAtItsEnd) {
  ServerConfig config;
  for (const char* good : {"", "http://atelier.example:8080", "https://lab.example/base"}) {
    config.public_url = good;
    EXPECT_TRUE(ValidateConfig(config)) << good;
  }
  for (const char* bad : {"atelier.example", "ftp://x", "https://lab.example/"}) {
    config.public_url = bad;
    EXPECT_FALSE(ValidateConfig(config)) << bad;
  }
}

TEST(Config, AnIpv6AddressIsBracketedInAUrl) {
  EXPECT_EQ(UrlHost("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(UrlHost("lab.example"), "lab.example");
  EXPECT_EQ(UrlHost("::1"), "[::1]");
}

TEST(Config, TheServerListensOnAnIpAddress) {
  ServerConfig config;
  for (const char* good : {"127.0.0.1:0", "0.0.0.0:80", "[::1]:8080", "[fe80::1%eth0]:8080"}) {
    config.listen = good;
    EXPECT_TRUE(ValidateConfig(config)) << good;
  }
  for (const char* bad : {"localhost:8080", "127.1:80", "8080", ":8080", "127.0.0.1"}) {
    config.listen = bad;
    EXPECT_FALSE(ValidateConfig(config)) << bad;
  }
}

TEST(Config, HostAndPortAreReadFromTheRight) {
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

}  // namespace
}  // namespace atelier
