#include "serve/options.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "serve/wiring/oidc.h"
#include "support/temp_dir.h"

namespace atelier::serve {
namespace {

TEST(Config, TheManualInTheDocumentsIsThatOfTheTable) {
  const std::ifstream file(ATELIER_TEST_DATA "/../../docs/configuration.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), ConfigManual())
      << "atelier serve --manual > docs/configuration.md writes it again";
}

TEST(Config, EveryOptionHasItsOwnFlagAndSaysWhatItDoes) {
  std::set<std::string_view> flags;
  for (const ConfigOption& option : ConfigOptions()) {
    EXPECT_TRUE(flags.insert(option.flag).second) << option.flag;
    EXPECT_FALSE(option.doc.empty()) << option.flag;
    if (std::holds_alternative<std::int64_t ServerConfig::*>(option.member)) {
      EXPECT_LT(option.range.min, option.range.max) << option.flag;
    }
  }
}

TEST(Config, AVariableIsNamedAsItsFlagIs) {
  EXPECT_EQ((ConfigOption{.flag = "max-memory-gib-per-user", .member = &ServerConfig::data}
                 .environment()),
            "ATELIER_MAX_MEMORY_GIB_PER_USER");
}

TEST(Config, EveryFlagIsNamedForCompletion) {
  const std::vector<std::string> names = OptionNames();
  EXPECT_EQ(names.size(), ConfigOptions().size() + 4);
  for (const char* name :
       {"--config", "--manual", "--recover-key", "--help", "--listen", "--keep-audit-days"})
    EXPECT_EQ(std::ranges::count(names, name), 1) << name;
}

TEST(Config, ACertificateNeedsItsKey) {
  ServerConfig config;
  EXPECT_TRUE(ValidateConfig(config));
  config.tls_certificate = "certificate.pem";
  EXPECT_FALSE(ValidateConfig(config));
  config.tls_key = "key.pem";
  EXPECT_TRUE(ValidateConfig(config));
}

TEST(Config, Promise9TheStoreIsSqliteOrAnAddressWithoutAPassword) {
  ServerConfig config;
  for (const char* good :
       {"sqlite", "postgres://ada@db.example/atelier", "postgresql:///atelier"}) {
    config.store = good;
    EXPECT_TRUE(ValidateConfig(config)) << good;
  }
  for (const char* bad : {"", "memory", "mysql://db.example/atelier", "postgres://ada:hush@h/db"}) {
    config.store = bad;
    const Status refused = ValidateConfig(config);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().message().find("hush"), std::string::npos);
  }
  config.store = "postgres://ada@db.example/atelier";
  config.store_dsn_file = "/etc/atelier/dsn";
  EXPECT_FALSE(ValidateConfig(config)) << "one of the two";
  config.store = "sqlite";
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

TEST(Config, TheSecondOriginIsNamedWhereTheFirstIs) {
  const auto good = [](std::string listen, std::string url, std::string public_url) {
    ServerConfig config;
    config.apps_listen = std::move(listen);
    config.apps_url = std::move(url);
    config.public_url = std::move(public_url);
    return ValidateConfig(config).has_value();
  };
  EXPECT_TRUE(good("127.0.0.1:0", "", ""));
  EXPECT_TRUE(good("127.0.0.1:0", "https://apps.example", "https://lab.example"));
  EXPECT_FALSE(good("127.0.0.1:0", "", "https://lab.example"));
  EXPECT_FALSE(good("127.0.0.1:0", "https://apps.example", ""));
  EXPECT_FALSE(good("", "https://apps.example", "https://lab.example"));
  EXPECT_FALSE(good("localhost:1", "", ""));
  EXPECT_FALSE(good("127.0.0.1:0", "apps.example", "https://lab.example"));
  EXPECT_FALSE(good("127.0.0.1:0", "https://apps.example/", "https://lab.example"));
  EXPECT_FALSE(good("127.0.0.1:0", "https://lab.example", "https://lab.example:443"));
  // A name for each instance needs no second door, and is none of the console's.
  EXPECT_TRUE(good("", "https://*.apps.example", ""));
  EXPECT_TRUE(good("127.0.0.1:0", "https://*.apps.example", "https://lab.example"));
  EXPECT_FALSE(good("", "https://*.example", "https://lab.example"));
  EXPECT_FALSE(good("", "https://*.example", "https://LAB.example:8443"));
  EXPECT_FALSE(good("", "https://apps.*.example", "https://lab.example"));
  EXPECT_FALSE(good("", "https://*", "https://lab.example"));
}

TEST(Config, AnOpenIdProviderIsAskedByHttpsAndLeadsBackToTheNamedAddress) {
  ServerConfig named;
  named.public_url = "https://lab.example";
  named.apps_url = "https://*.apps.example";
  named.oidc_issuer = "https://id.example/realms/main";
  named.oidc_client_id = "atelier";
  EXPECT_TRUE(ValidateConfig(named));
  const auto good = [&](std::string ServerConfig::* option, std::string value) {
    ServerConfig config = named;
    config.*option = std::move(value);
    return ValidateConfig(config).has_value();
  };
  for (const char* issuer : {"https://id.example:8443", "http://127.0.0.1:5556/dex",
                             "http://localhost:5556", "http://[::1]:5556"})
    EXPECT_TRUE(good(&ServerConfig::oidc_issuer, issuer)) << issuer;
  for (const char* issuer :
       {"", "id.example", "http://id.example", "http://localhost.example", "https://",
        "https://id.example/?a=b", "https://id.example/#a", "https://a@id.example"})
    EXPECT_FALSE(good(&ServerConfig::oidc_issuer, issuer)) << issuer;
  EXPECT_FALSE(good(&ServerConfig::oidc_client_id, ""));
  EXPECT_FALSE(good(&ServerConfig::public_url, ""));
  EXPECT_TRUE(good(&ServerConfig::oidc_scopes, "openid"));
  EXPECT_FALSE(good(&ServerConfig::oidc_scopes, "profile email"));
  EXPECT_FALSE(good(&ServerConfig::oidc_scopes, ""));
}

TEST(Config, TheFilesOfAnOpenIdProviderAreRead) {
  const test::TempDir dir;
  const auto file = [&](const std::string& name, const std::string& text) {
    std::ofstream(dir.path() + "/" + name) << text;
    return dir.path() + "/" + name;
  };
  ServerConfig config;
  EXPECT_TRUE(OidcOf(config)->issuer.empty());
  config.oidc_issuer = "https://id.example:8443/realms/main";
  config.oidc_client_id = "atelier";
  config.oidc_client_secret_file = file("secret", "hush hush\r\nsecond line");
  config.oidc_rules = file("rules", R"({"Rules":[{"Group":"*","Policies":["P"]}]})");
  const auto oidc = OidcOf(config);
  ASSERT_TRUE(oidc) << oidc.error().message();
  EXPECT_EQ(oidc->client_secret, "hush hush");
  EXPECT_EQ(oidc->name, "id.example");
  EXPECT_EQ(oidc->rules.Rules.size(), 1U);
  config.oidc_name = "Example ID";
  EXPECT_EQ(OidcOf(config)->name, "Example ID");
  for (const std::string& secret : {file("empty", ""), file("line", "\nx"), dir.path() + "/none"}) {
    ServerConfig bad = config;
    bad.oidc_client_secret_file = secret;
    EXPECT_FALSE(OidcOf(bad)) << secret;
  }
  config.oidc_rules = file("wrong", R"({"Rules":[{"Group":"g"}]})");
  EXPECT_FALSE(OidcOf(config));
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

}  // namespace
}  // namespace atelier::serve
