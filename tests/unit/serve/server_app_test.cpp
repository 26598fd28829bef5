#include "serve/server_app.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "base/raii.h"
#include "http/client.h"
#include "serve/wiring/server_context.h"
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

  Status Start() {
    ATELIER_RETURN_IF_ERROR(test::Run(base_.io, installation_.Start()));
    test::Run(base_.io, installation_.Open());
    return Ok();
  }
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

  ServerContext base_;
  ServerApp installation_{base_};
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

TEST_F(InstallationTest, ItServesOnSeveralThreadsFromStartToStop) {
  ServerConfig config = Config();
  config.request_threads = 3;
  Served served(config);
  const Status started = served.Start();
  ASSERT_TRUE(started) << started.error().message();
  const std::uint16_t port = PortOf(served.endpoint());
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(served.Get("127.0.0.1", port, "/readyz"), 200);
    EXPECT_EQ(served.Get("127.0.0.1", port, "/api/v2/instances"), 400) << "nobody signed it";
  }
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
                                " cannot be used: Not a directory. Give it to the user that runs "
                                "the server, or choose another one with --data.");

  config = Config();
  config.catalogue = dir_.path() + "/nothing.json";
  EXPECT_EQ(WhyNot(config), "Reading the catalogue failed: The file " + config.catalogue +
                                " cannot be read, or has more than 4 MiB.");

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

/// The bytes of a store that was stopped, to damage and to put back.
class DamagedStoreTest : public InstallationTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(WhyNot(Config()), "it started");
    sound_ = Read(Database());
    ASSERT_GT(sound_.size(), 3 * kPage);
  }
  std::string Database() const { return Config().data + "/store/atelier.db"; }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// What the operator reads when the database holds `bytes`.
  std::string WhyNotWith(const std::string& bytes) const {
    Write(Database(), bytes);
    return WhyNot(Config());
  }
  /// Runs SQL behind the store's back.
  void Execute(const char* sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(Database().c_str(), &handle), SQLITE_OK);
    const std::unique_ptr<sqlite3, Call<sqlite3_close_v2>> database(handle);
    ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
  }

  static constexpr std::size_t kPage = 8192;
  static constexpr std::string_view kWhatToDo =
      " Keep a copy of the data folder, then restore a backup as docs/operating.md says.";
  std::string sound_;
};

TEST_F(DamagedStoreTest, EachPageThatIsDamagedIsReportedWithWhatToDo) {
  const std::string key = Read(Config().data + "/credentials.json");
  int refused = 0;
  for (const char filler : {'\0', '\xff', '\x05'}) {
    for (std::size_t page = 0; page < sound_.size(); page += kPage) {
      std::string bytes = sound_;
      bytes.replace(page, kPage, kPage, filler);
      const std::string why = WhyNotWith(bytes);
      if (why == "it started") {  // nothing was on that page
        EXPECT_EQ(Read(Config().data + "/credentials.json"), key);
        continue;
      }
      ++refused;
      EXPECT_TRUE(why.ends_with(kWhatToDo)) << "page at " << page << ": " << why;
    }
  }
  EXPECT_GE(refused, 9);
  EXPECT_EQ(WhyNotWith(sound_), "it started");
}

TEST_F(DamagedStoreTest, AFileThatIsNoDatabaseIsReportedWithWhatToDo) {
  EXPECT_EQ(WhyNotWith(std::string(100'000, 'x')),
            "Opening the store failed: The store is damaged: file is not a database (26)." +
                std::string(kWhatToDo));
}

TEST_F(DamagedStoreTest, AFileThatWasCutIsReportedWithWhatToDo) {
  const std::string why = WhyNotWith(sound_.substr(0, sound_.size() / 2));
  EXPECT_TRUE(why.ends_with(kWhatToDo)) << why;
}

TEST_F(DamagedStoreTest, TheDatabaseOfAnotherProgramIsLeftAlone) {
  const std::string expected =
      "Opening the store failed: The file atelier.db in the data folder is the database of another "
      "program. Choose another data folder, or restore a backup of this one.";
  for (const char* sql : {"CREATE TABLE bookmarks(url TEXT)", "CREATE TABLE meta(k TEXT, v TEXT)",
                          "PRAGMA application_id=252006674"}) {
    std::filesystem::remove(Database());
    Execute(sql);
    const std::string before = Read(Database());
    EXPECT_EQ(WhyNot(Config()), expected) << sql;
    EXPECT_EQ(Read(Database()), before) << sql;
  }
}

TEST_F(DamagedStoreTest, ANewerStoreNeedsItsVersion) {
  Execute("UPDATE meta SET value=99 WHERE name='schema'");
  EXPECT_EQ(WhyNot(Config()),
            "Opening the store failed: The data folder was written by a newer version (schema 99, "
            "this program knows up to 1). Install that version again, or restore a backup from "
            "before it.");
}

// A new key would open none of the stored secrets.
TEST_F(DamagedStoreTest, AMissingKeyFileIsNotReplaced) {
  std::filesystem::remove(Config().data + "/secret.key");
  EXPECT_EQ(WhyNot(Config()),
            "Opening the store failed: The key file that opens the stored secrets is missing or "
            "cannot be read; restore it from your backup.");
  EXPECT_FALSE(std::filesystem::exists(Config().data + "/secret.key"));
}

/// What the operator reads whose server runs as somebody who may not use the folder.
class ForeignFolderTest : public InstallationTest {
 protected:
  static constexpr uid_t kNobody = 65534;
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0777));
  }
  /// In a child, as `user`.
  static std::string WhyNotAs(uid_t user, const ServerConfig& config) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string why = ::setresuid(user, user, user) == 0 ? WhyNot(config) : "still root";
      ::_exit(::write(writer.get(), why.data(), why.size()) < 0 ? 1 : 0);
    }
    writer.Reset();
    std::array<char, 1024> text{};
    const ssize_t size = ::read(reader.get(), text.data(), text.size());
    ::waitpid(child, nullptr, 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
};

TEST_F(ForeignFolderTest, AFolderOfSomebodyElseIsNamed) {
  std::filesystem::create_directory(Config().data);
  EXPECT_EQ(WhyNotAs(kNobody, Config()),
            "Opening the data folder failed: The data folder " + Config().data +
                " cannot be used: it belongs to user 0, and the server runs as user 65534. Give it "
                "to the user that runs the server, or choose another one with --data.");
}

// As after somebody looked into the database as root, say.
TEST_F(ForeignFolderTest, AFileOfSomebodyElseIsNamed) {
  ASSERT_EQ(WhyNotAs(kNobody, Config()), "it started");
  const std::string log = Config().data + "/store/atelier.db-wal";
  std::ofstream(log) << "";
  ASSERT_EQ(::chown(log.c_str(), 0, 0), 0);
  ASSERT_EQ(::chmod(log.c_str(), 0600), 0);
  EXPECT_EQ(WhyNotAs(kNobody, Config()),
            "Opening the store failed: Cannot write " + log +
                ": it belongs to user 0, and the server runs as user 65534. It must belong to the "
                "user that runs the server, on a disk that can be written.");
}

TEST_F(ForeignFolderTest, AFolderThatCannotBeMadeSaysWhy) {
  std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
  EXPECT_EQ(WhyNotAs(kNobody, Config()),
            "Opening the data folder failed: The data folder " + Config().data +
                " cannot be used: Permission denied. Give it to the user that runs the server, or "
                "choose another one with --data.");
}

}  // namespace
}  // namespace atelier::serve
