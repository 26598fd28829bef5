#include "serve/installation.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "http/client.h"
#include "serve/wiring/foundation.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::serve {
namespace {

/// A server of the simulated runtime on a free port, as `atelier serve` makes one.
class Served {
 public:
  explicit Served(ServerConfig config)
      : base_(std::move(config), "/proc/self/exe", MakeNullLogger()) {}
  ~Served() {
    base_.io.restart();
    base_.io.run();
    base_.Join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  Status Start() { return test::Run(base_.io, installation_.Start()); }
  void Stop() { test::Run(base_.io, installation_.Stop()); }
  std::string endpoint() const { return installation_.endpoint(); }

  /// The status of GET `path`; 0: nobody answers.
  int Get(std::string host, std::uint16_t port, std::string path) {
    return test::Run(base_.io, Ask(std::move(host), port, std::move(path)));
  }

 private:
  Task<int> Ask(std::string host, std::uint16_t port, std::string path) {
    const auto client = http::MakeClient({}, base_.executor(), base_.real_clock);
    http::RequestHead head;
    head.method = "GET";
    head.target = path;
    head.headers.Add("Host", "atelier.test");
    const http::Address address{
        .unix_path = {}, .host = host, .port = port, .tls = false, .tls_ca = {}};
    const auto answer = co_await client->Fetch(address, std::move(head), "", 1U << 20U,
                                               base_.real_clock.In(Duration(10'000)));
    co_return answer ? answer->status : 0;
  }

  Foundation base_;
  Installation installation_{base_};
};

class InstallationTest : public ::testing::Test {
 protected:
  ServerConfig Config() const {
    ServerConfig config;
    config.data = dir_.path() + "/data";
    config.listen = "127.0.0.1:0";
    config.runtime = "simulated";
    return config;
  }
  /// What the operator reads when `config` cannot be served.
  static std::string WhyNot(const ServerConfig& config) {
    Served served(config);
    const Status started = served.Start();
    if (!started) return started.error().message();
    served.Stop();
    return "it started";
  }
  static std::uint16_t PortOf(const std::string& endpoint) {
    return static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }

  test::TempDir dir_;
};

TEST_F(InstallationTest, ItServesFromStartToStop) {
  Served served(Config());
  const Status started = served.Start();
  ASSERT_TRUE(started) << started.error().message();
  const std::uint16_t port = PortOf(served.endpoint());
  EXPECT_EQ(served.endpoint(), "http://127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(served.Get("127.0.0.1", port, "/readyz"), 200);
  std::ifstream file(Config().data + "/credentials.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto credentials = ParseJson(text);
  ASSERT_TRUE(credentials) << text;
  EXPECT_EQ(credentials->at("endpoint").as_string(), served.endpoint());
  served.Stop();
  EXPECT_EQ(served.Get("127.0.0.1", port, "/readyz"), 0);
}

TEST_F(InstallationTest, TheEndpointOfAnIpv6AddressIsAUrl) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor probe(io);
  boost::system::error_code none;
  probe.open(boost::asio::ip::tcp::v6(), none);
  if (!none) probe.bind({boost::asio::ip::address_v6::loopback(), 0}, none);
  if (none) GTEST_SKIP() << "this host has no IPv6";
  ServerConfig config = Config();
  config.listen = "[::1]:0";
  Served served(config);
  const Status started = served.Start();
  ASSERT_TRUE(started) << started.error().message();
  const std::uint16_t port = PortOf(served.endpoint());
  EXPECT_EQ(served.endpoint(), "http://[::1]:" + std::to_string(port));
  EXPECT_EQ(served.Get("::1", port, "/readyz"), 200);
  served.Stop();
}

TEST_F(InstallationTest, AStageThatFailsIsNamed) {
  ServerConfig config = Config();
  config.data = dir_.path() + "/file";
  std::ofstream(config.data) << "not a folder";
  EXPECT_EQ(WhyNot(config), "Opening the data folder failed: The data folder " + config.data +
                                " cannot be made or is not yours.");

  config = Config();
  config.catalogue = dir_.path() + "/nothing.json";
  EXPECT_EQ(WhyNot(config),
            "Reading the catalogue failed: The file " + config.catalogue + " cannot be read.");

  config = Config();
  config.tls_certificate = config.tls_key = dir_.path() + "/nothing.pem";
  EXPECT_TRUE(WhyNot(config).starts_with("Listening failed: ")) << WhyNot(config);
}

TEST_F(InstallationTest, TwoServersOfOneFolderOrOnePortDoNotStart) {
  Served first(Config());
  ASSERT_TRUE(first.Start());
  EXPECT_EQ(WhyNot(Config()),
            "Opening the store failed: Another process uses the data folder. Stop it, or choose "
            "another folder.");
  ServerConfig other = Config();
  other.data = dir_.path() + "/other";
  other.listen = first.endpoint().substr(std::string("http://").size());
  EXPECT_EQ(WhyNot(other), "Listening failed: Cannot listen on 127.0.0.1 port " +
                               std::to_string(PortOf(first.endpoint())) +
                               ": Address already in use");
  first.Stop();
}

TEST_F(InstallationTest, AStartThatFailedHasLetGoOfItsFolder) {
  ServerConfig config = Config();
  config.tls_certificate = config.tls_key = dir_.path() + "/nothing.pem";
  EXPECT_NE(WhyNot(config), "it started");
  EXPECT_EQ(WhyNot(Config()), "it started");
}

}  // namespace
}  // namespace atelier::serve
