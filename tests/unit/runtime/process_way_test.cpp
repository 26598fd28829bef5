// A workload's way to the server (decision 0011): one port of its own loopback, for its whole life,
// and nobody else's.
#include <map>
#include <memory>
#include <string>
#include <sys/socket.h>

#include "process_world.h"

namespace atelier::runtime {
namespace {

constexpr std::uint16_t kPort = 7002;

/// What each of the connections to these ports inside is answered, a line each.
constexpr const char* kAsk = R"(
import socket, sys
for port in sys.argv[1:]:
    try:
        with socket.create_connection(('127.0.0.1', int(port)), timeout=20) as s:
            print(port, s.makefile().readline().strip(), flush=True)
    except OSError as error:
        print(port, type(error).__name__, flush=True)
)";

class ProcessWay : public test::ProcessWorld {
 protected:
  /// Listens as a server would, and remembers who was given what.
  void Serve() {
    driver_->SetServe([this](const model::InstanceId& id, UniqueFd listening) {
      doors_[id.str()] = std::make_shared<UniqueFd>(std::move(listening));
      bell_.cancel();
      return std::shared_ptr<void>(doors_[id.str()]);
    });
  }

  /// Takes the next connection of `id` and says a line to it.
  void Greet(const std::string& id) {
    ASSERT_TRUE(Run(Door(id))) << "no way of " << id;
    // The descriptor is shared with the shim's, which does not block either.
    ASSERT_TRUE(test::Eventually([&] {
      const UniqueFd guest(::accept(doors_[id]->get(), nullptr, nullptr));
      const std::string text = "hello " + id + "\n";
      return guest &&
             ::write(guest.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }));
  }

  Task<bool> Door(std::string id) {
    const Deadline by = Soon();
    while (!doors_.contains(id) && clock_.Mono() < by) co_await clock_.Sleep(Duration{10});
    if (!doors_.contains(id)) co_return false;
    int flags = ::fcntl(doors_[id]->get(), F_GETFL);
    co_return ::fcntl(doors_[id]->get(), F_SETFL, flags | O_NONBLOCK) == 0;
  }

  /// Waits for a file in its home, then asks.
  static Workload Asks(const std::string& id, const std::string& ports,
                       std::uint16_t server_port = kPort) {
    Workload work = Shell(id, "");
    work.command = {"/bin/sh", "-c",
                    "while [ ! -e go ]; do sleep 0.01; done; rm go; python3 -c \"$0\" " + ports +
                        "; echo done; sleep 1000",
                    kAsk};
    work.server_port = server_port;
    return work;
  }

  void Go(const std::string& id) {
    ASSERT_TRUE(
        process::ReplaceFile(dir_.path() + "/instances/" + id + "/home/go", "").has_value());
  }

  bool Said(const std::string& id, const std::string& text) {
    return test::Eventually([&] { return LogOf(id).find(text) != std::string::npos; });
  }

  std::map<std::string, std::shared_ptr<UniqueFd>> doors_;
};

TEST_F(ProcessWay, LeadsToTheServerFromOnePortAndFromNoOther) {
  if (!HostHas("network")) GTEST_SKIP() << "this host has no working pasta";
  Serve();
  ASSERT_TRUE(Ensure(Asks("dsw-a", "7002 7003")).has_value());
  ASSERT_TRUE(Ensure(Asks("dsw-b", "7002")).has_value());
  ASSERT_TRUE(Ensure(Asks("dsw-none", "7002", 0)).has_value());
  for (const char* id : {"dsw-a", "dsw-b", "dsw-none"}) {
    Await(id, Phase::kReady);
    Go(id);
  }
  Greet("dsw-a");
  Greet("dsw-b");
  EXPECT_TRUE(Said("dsw-a", "7002 hello dsw-a\n7003 ConnectionRefusedError\ndone\n"))
      << LogOf("dsw-a");
  EXPECT_TRUE(Said("dsw-b", "7002 hello dsw-b\ndone\n")) << LogOf("dsw-b");
  EXPECT_TRUE(Said("dsw-none", "7002 ConnectionRefusedError\ndone\n")) << LogOf("dsw-none");
  EXPECT_FALSE(doors_.contains("dsw-none"));
}

TEST_F(ProcessWay, TheAddressStaysAndCallsWaitWhileTheServerIsReplaced) {
  if (!HostHas("network")) GTEST_SKIP() << "this host has no working pasta";
  Serve();
  ASSERT_TRUE(Ensure(Asks("dsw-a", "7002")).has_value());
  Await("dsw-a", Phase::kReady);
  ASSERT_TRUE(Run(Door("dsw-a")));
  Close();
  doors_.clear();
  Go("dsw-a");  // asks while there is no server at all
  Open();
  Serve();
  Greet("dsw-a");
  EXPECT_TRUE(Said("dsw-a", "7002 hello dsw-a\ndone\n")) << LogOf("dsw-a");
}

TEST_F(ProcessWay, NobodyInsideCanTakeThePort) {
  if (!HostHas("network")) GTEST_SKIP() << "this host has no working pasta";
  Serve();
  Workload work = Shell("dsw-a", "");
  work.command = {"/usr/bin/python3", "-c",
                  "import socket, time\n"
                  "for at in ('127.0.0.1', '0.0.0.0'):\n"
                  "    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):\n"
                  "        s = socket.socket()\n"
                  "        s.setsockopt(socket.SOL_SOCKET, option, 1)\n"
                  "        try: s.bind((at, 7002)); s.listen(); print('taken', at, option)\n"
                  "        except OSError as e: print('refused')\n"
                  "print('done', flush=True); time.sleep(1000)"};
  work.server_port = kPort;
  ASSERT_TRUE(Ensure(std::move(work)).has_value());
  EXPECT_TRUE(Said("dsw-a", "refused\nrefused\nrefused\nrefused\ndone\n")) << LogOf("dsw-a");
}

TEST_F(ProcessWay, EndsWithTheLife) {
  if (!HostHas("network")) GTEST_SKIP() << "this host has no working pasta";
  Serve();
  ASSERT_TRUE(Ensure(Asks("dsw-a", "7002")).has_value());
  Await("dsw-a", Phase::kReady);
  ASSERT_TRUE(Run(Door("dsw-a")));
  const std::weak_ptr<UniqueFd> served = doors_["dsw-a"];
  doors_.clear();
  EXPECT_FALSE(served.expired()) << "the driver keeps it while the workload runs";
  ASSERT_TRUE(StopLife("dsw-a").has_value());
  Await("dsw-a", Phase::kExited);
  EXPECT_TRUE(served.expired());
}

TEST_F(ProcessWay, InTheHostsNetworkThereIsNone) {
  Close();
  Open(false);
  Serve();
  ASSERT_TRUE(Ensure(Asks("dsw-a", "")).has_value());
  Await("dsw-a", Phase::kReady);
  EXPECT_TRUE(doors_.empty());
  EXPECT_FALSE(process::Exists(RunOf("dsw-a").ServerDoor()));
}

}  // namespace
}  // namespace atelier::runtime
