#include "serve/wiring/default_environment.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier::serve {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

TEST(DefaultEnvironment, TakesLinesAsTheyStand) {
  const auto read = ParseDefaultEnvironment(
      "# proxies\n\nhttps_proxy=http://proxy:3128\nNO_PROXY=localhost,.corp\nEMPTY=\n"
      "PIP_INDEX_URL=https://u:p=w@mirror/simple  \n_x1=a b # c",
      "env");
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(*read, (Variables{{"https_proxy", "http://proxy:3128"},
                              {"NO_PROXY", "localhost,.corp"},
                              {"EMPTY", ""},
                              {"PIP_INDEX_URL", "https://u:p=w@mirror/simple  "},
                              {"_x1", "a b # c"}}));
}

TEST(DefaultEnvironment, TakesFilesOfOtherSystems) {
  const auto read = ParseDefaultEnvironment("\xEF\xBB\xBF#\r\nA=1\r\n\r\nB=2\r\n", "env");
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(*read, (Variables{{"A", "1"}, {"B", "2"}}));
}

TEST(DefaultEnvironment, NamesTheLineOfWhatItRefusesAndNoValue) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"A=1\nno equals hunter2\n",
       "env, line 2: must be NAME=value, the name of letters, digits and underscores."},
      {"\n=hunter2", "env, line 2: must be NAME=value"},
      {"export A=hunter2", "env, line 1: must be NAME=value"},
      {"1A=hunter2", "env, line 1: must be NAME=value"},
      {"A =hunter2", "env, line 1: must be NAME=value"},
      {"#\nHOME=/hunter2", "env, line 2: sets HOME, which the server sets itself in each sandbox."},
      {"JUPYTER_TOKEN=hunter2", "env, line 1: sets JUPYTER_TOKEN"},
      {"ATELIER_X=hunter2", "env, line 1: sets ATELIER_X"},
      {"PATH=/hunter2", "env, line 1: sets PATH"},
      {"A=1\nA=hunter2", "env, line 2: sets A a second time."},
      {"A=\"hunter2\"", "env, line 1: gives A a value in quotes"},
      {"A='hunter2'\r\n", "env, line 1: gives A a value in quotes"},
      {std::string("A=hunter2\0", 10), "env, line 1: gives A a null character."},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = ParseDefaultEnvironment(text, "env");
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code(), Code::kInvalidArgument);
    EXPECT_TRUE(read.error().message().starts_with(expected)) << read.error().message();
    EXPECT_EQ(read.error().message().find("hunter2"), std::string::npos);
  }
}

TEST(DefaultEnvironment, HasTheLimitsOfAnInstancesOwn) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "A" + std::to_string(i) + "=\n";
  EXPECT_TRUE(ParseDefaultEnvironment(many, "env").has_value());
  EXPECT_FALSE(ParseDefaultEnvironment(many + "B=\n", "env").has_value());
  EXPECT_TRUE(ParseDefaultEnvironment("A=" + std::string(65'535, 'x'), "env").has_value());
  EXPECT_FALSE(ParseDefaultEnvironment("A=" + std::string(65'536, 'x'), "env").has_value());
  EXPECT_FALSE(ParseDefaultEnvironment(std::string(129, 'A') + "=", "env").has_value());
}

class CertificatesOfDefaults : public ::testing::Test {
 protected:
  Result<DefaultEnvironment> Load(const std::string& text) const {
    const std::string path = dir_.path() + "/env";
    std::ofstream(path) << text;
    return LoadDefaultEnvironment(path);
  }
  std::string File(const std::string& name, fs::perms mode) const {
    std::string path = dir_.path() + "/" + name;
    std::ofstream(path) << "-----BEGIN CERTIFICATE-----";
    fs::permissions(path, mode);
    return path;
  }
  atelier::test::TempDir dir_;
};

TEST_F(CertificatesOfDefaults, AreFilesThatEverybodyMayRead) {
  const std::string ca = File("ca.pem", fs::perms{0644});
  const auto read = Load("SSL_CERT_FILE=" + ca + "\nPIP_CERT=" + ca + "\nOTHER=" + ca + "/x\n");
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(read->variables.at("SSL_CERT_FILE"), ca);
  EXPECT_EQ(read->files, std::vector<std::string>{ca});
}

TEST_F(CertificatesOfDefaults, AreRefusedWhereNobodyInsideCouldReadThem) {
  std::vector<std::string> values = {dir_.path() + "/absent.pem", "ca.pem"};
  if (::geteuid() == 0) values.push_back(File("closed.pem", fs::perms{0600}));
  for (const std::string& value : values) {
    const auto read = Load("REQUESTS_CA_BUNDLE=" + value + "\n");
    ASSERT_FALSE(read.has_value()) << value;
    EXPECT_NE(read.error().message().find("REQUESTS_CA_BUNDLE must name a file"),
              std::string::npos);
  }
}

TEST_F(CertificatesOfDefaults, NoFileIsNoEnvironmentAndAnAbsentOneIsAnError) {
  EXPECT_TRUE(LoadDefaultEnvironment("")->variables.empty());
  for (const std::string& path : {dir_.path() + "/absent", dir_.path()}) {
    const auto read = LoadDefaultEnvironment(path);
    ASSERT_FALSE(read.has_value()) << path;
    EXPECT_EQ(read.error().code(), Code::kNotFound) << path;
  }
}

}  // namespace
}  // namespace atelier::serve
