#include "cli/client/credentials.h"

#include <fstream>
#include <map>
#include <sstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier::cli {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  Result<Connection> Find(ConnectionOptions options = {}) { return FindConnection(options, env_); }

  std::string Write(const std::string& name, std::string_view text, mode_t mode = 0600) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  test::TempDir folder_;
  std::map<std::string, std::string> environment_ = {{"HOME", folder_.path()}};
  std::ostringstream out_;
  std::ostringstream err_;
  SystemClock clock_;
  std::unique_ptr<Random> random_ = MakeSeededRandom(1);
  CliEnvironment env_{.out = out_,
                      .err = err_,
                      .environment = [this](const char* name) -> std::optional<std::string> {
                        const auto found = environment_.find(name);
                        if (found == environment_.end()) return std::nullopt;
                        return found->second;
                      },
                      .clock = clock_,
                      .random = *random_};
};

constexpr std::string_view kFile =
    R"({"access_key_id":"LTAIfile","access_key_secret":"s1","endpoint":"http://127.0.0.1:9000","account_id":"1"})";

TEST_F(CredentialsTest, ReadsTheFileThatIsNamed) {
  const auto connection =
      Find({.endpoint = "", .credentials = Write("c.json", kFile), .ca_file = ""});
  ASSERT_TRUE(connection);
  EXPECT_EQ(connection->access_key_id, "LTAIfile");
  EXPECT_EQ(connection->access_key_secret, "s1");
  EXPECT_EQ(connection->host, "127.0.0.1:9000");
}

TEST_F(CredentialsTest, RefusesAFileThatOthersCanRead) {
  for (const mode_t mode : {0640U, 0604U, 0666U}) {
    const auto connection =
        Find({.endpoint = "", .credentials = Write("c.json", kFile, mode), .ca_file = ""});
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().code(), Code::kInvalidArgument);
    EXPECT_NE(connection.error().message().find("chmod 600"), std::string::npos);
  }
}

TEST_F(CredentialsTest, PrefersTheNamedFileThenTheEnvironmentThenTheFileItNamesThenHome) {
  ::mkdir((folder_.path() + "/.atelier").c_str(), 0700);
  Write(".atelier/credentials.json", R"({"access_key_id":"LTAIhome","access_key_secret":"s"})");
  EXPECT_EQ(Find()->access_key_id, "LTAIhome");

  environment_["ATELIER_CREDENTIALS"] = Write("c.json", kFile);
  EXPECT_EQ(Find()->access_key_id, "LTAIfile");

  environment_["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "STS.env";
  environment_["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "s2";
  environment_["ALIBABA_CLOUD_SECURITY_TOKEN"] = "t2";
  EXPECT_EQ(Find()->access_key_id, "STS.env");
  EXPECT_EQ(Find()->security_token, "t2");

  const ConnectionOptions named{
      .endpoint = "", .credentials = environment_["ATELIER_CREDENTIALS"], .ca_file = ""};
  EXPECT_EQ(Find(named)->access_key_id, "LTAIfile");
}

TEST_F(CredentialsTest, AFileThatIsNamedButNotThereIsAnError) {
  environment_["ATELIER_CREDENTIALS"] = folder_.path() + "/nowhere.json";
  EXPECT_EQ(Find().error().code(), Code::kInvalidArgument);
}

TEST_F(CredentialsTest, AFileThatIsNotCredentialsIsAnError) {
  for (const std::string_view text :
       {"", "no json", "[]", R"({"access_key_id":"a"})", R"({"access_key_id":1})"}) {
    EXPECT_FALSE(Find({.endpoint = "", .credentials = Write("c.json", text), .ca_file = ""}))
        << text;
  }
}

TEST_F(CredentialsTest, TheEndpointOfTheOptionWinsOverTheEnvironmentOverTheFile) {
  ConnectionOptions options{.endpoint = "", .credentials = Write("c.json", kFile), .ca_file = ""};
  EXPECT_EQ(Find(options)->host, "127.0.0.1:9000");
  environment_["ATELIER_ENDPOINT"] = "http://127.0.0.2:9001";
  EXPECT_EQ(Find(options)->host, "127.0.0.2:9001");
  options.endpoint = "https://atelier.example";
  EXPECT_EQ(Find(options)->host, "atelier.example");
  EXPECT_TRUE(Find(options)->address.tls);
}

TEST_F(CredentialsTest, ACredentialsFileIsWrittenForItsOwnerAloneAndNeverOverAnother) {
  Connection connection;
  connection.access_key_id = "LTAInew";
  connection.access_key_secret = "s3";
  connection.host = "127.0.0.1:9000";
  const std::string path = folder_.path() + "/new.json";
  ASSERT_TRUE(WriteCredentialsFile(path, connection));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(Find({.endpoint = "", .credentials = path, .ca_file = ""})->access_key_secret, "s3");
  EXPECT_FALSE(WriteCredentialsFile(path, connection));
}

struct EndpointCase {
  std::string_view text;
  std::string_view host;
  int port;
  bool tls;
};

TEST(ParseEndpoint, TakesUrlsAndBareHosts) {
  for (const EndpointCase& c : std::initializer_list<EndpointCase>{
           {"http://127.0.0.1:8080", "127.0.0.1", 8080, false},
           {"http://127.0.0.1:8080/", "127.0.0.1", 8080, false},
           {"https://atelier.example", "atelier.example", 443, true},
           {"http://atelier.example", "atelier.example", 80, false},
           {"localhost:8080", "localhost", 8080, false},
           {"atelier.example:8443", "atelier.example", 8443, true},
           {"http://[::1]:8080", "::1", 8080, false},
       }) {
    const auto address = ParseEndpoint(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(address->host, c.host);
    EXPECT_EQ(address->port, c.port);
    EXPECT_EQ(address->tls, c.tls);
  }
}

TEST(ParseEndpoint, RefusesWhatIsNoEndpoint) {
  for (const std::string_view text :
       {"", "http://", "http://h:", "http://h:0", "http://h:99999", "http://h:8a", "http://h/path",
        "http://user@h", "ftp://h", "[::1", "[::1]x"}) {
    EXPECT_FALSE(ParseEndpoint(text)) << text;
  }
}

}  // namespace
}  // namespace atelier::cli
