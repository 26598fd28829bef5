#pragma once
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "http/client.h"
#include "runtime/process.h"
#include "runtime/process/files.h"
#include "runtime/process/run.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::runtime::test {

inline constexpr Duration kPatience{20'000};

/// Reads until `done` or patience runs out: for what no event tells.
inline bool Eventually(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

/// The processes of the host with `mark` in their command line, this one excepted.
inline std::vector<int> Named(const std::string& mark) {
  std::vector<int> found;
  for (const int pid : process::AllPids()) {
    const auto line = process::ReadFile("/proc/" + std::to_string(pid) + "/cmdline");
    if (line && pid != ::getpid() && line->find(mark) != std::string::npos) found.push_back(pid);
  }
  return found;
}

/// A server on the workload's socket that answers every GET: 200, one busy and one idle kernel, and
/// that kernels were started again three times.
inline constexpr const char* kServer = R"(
import http.server, os, socketserver
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'[{"execution_state":"busy"},{"execution_state":"idle"}]'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Atelier-Kernel-Restarts', '3')
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *rest): pass
    def address_string(self): return 'unix'
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): pass
Server('/run/atelier/http.sock', Answer).serve_forever()
)";

/// Of the servers that this test started.
inline const std::string kServerMark = "server-of-" + std::to_string(::getpid());

/// A driver on a folder of its own, and short ways to say what it is told.
class ProcessWorld : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::access("/usr/bin/bwrap", X_OK) != 0) GTEST_SKIP() << "this host lacks bubblewrap";
    Open();
  }

  void TearDown() override {
    if (!driver_) return;
    Run(StopAll());
    Close();
  }

  void Open(bool isolate_network = true) {
    ProcessOptions options{.folder = dir_.path() + folder_,
                           .earlier_folder = earlier_folder_,
                           .program = ATELIER_SHIM,
                           .isolation = isolate_network ? Isolation::kPrefer : Isolation::kOff,
                           .shared_folders = shared_folders_,
                           .environment = environment_,
                           .shown_files = shown_files_};
    auto tried = TryHost(options, *log_);
    ASSERT_TRUE(tried.has_value()) << tried.error().ToString();
    controls_ = tried->controls;
    options.trial = *std::move(tried);
    auto made = MakeProcessDriver(options, io_.get_executor(), pool_, *client_, clock_, *log_);
    ASSERT_TRUE(made.has_value()) << made.error().ToString();
    driver_ = *std::move(made);
    driver_->SetWake([this] { bell_.cancel(); });
  }

  bool HostHas(std::string_view control) const {
    return std::ranges::any_of(controls_,
                               [&](const Control& one) { return one.name == control && one.on; });
  }

  void Close() {
    Run(driver_->Stop());
    driver_.reset();
  }

  template <class T>
  T Run(Task<T> task) {
    return atelier::test::Run(io_, std::move(task));
  }

  static Workload Shell(const std::string& id, const std::string& script) {
    Workload work;
    work.id = model::InstanceId(id);
    work.generation = 1;
    work.command = {"/bin/sh", "-c", script};
    work.socket_name = "http.sock";
    work.stop_grace = Duration{5'000};
    return work;
  }

  static Workload Server(const std::string& id) {
    Workload work = Shell(id, "");
    work.command = {"/usr/bin/python3", "-c", kServer, kServerMark};
    work.ready_path = "/api";
    work.activity_path = "/api/kernels";
    return work;
  }

  Deadline Soon() { return clock_.In(kPatience); }
  Status Ensure(Workload want) { return Run(driver_->Ensure(std::move(want), Soon())); }
  Status StopLife(const std::string& id, model::Generation generation = 1,
                  StopMode mode = StopMode::kGrace) {
    return Run(driver_->Stop(model::InstanceId(id), generation, mode, Soon()));
  }

  /// The state of a workload once it is in `phase`, or its last one.
  WorkloadState Await(const std::string& id, Phase phase) { return Run(DoAwait(id, phase)); }

  std::string LogOf(const std::string& id) {
    return Run(driver_->Logs(model::InstanceId(id), 65536, Soon())).value_or("");
  }

  process::RunPaths RunOf(const std::string& id, model::Generation generation = 1) const {
    return process::RunFolder(dir_.path() + folder_, model::InstanceId(id), generation);
  }

  /// What `script` says in a sandbox, once it is done. Each call is a life of dsw-a.
  std::string Say(const std::string& script, const std::function<void(Workload&)>& change = {}) {
    Workload work = Shell("dsw-a", script);
    work.generation = ++generation_;
    if (change) change(work);
    EXPECT_TRUE(Ensure(work).has_value());
    Await("dsw-a", Phase::kExited);
    return LogOf("dsw-a");
  }

  Task<WorkloadState> DoAwait(std::string id, Phase phase) {
    const Deadline by = Soon();
    for (;;) {
      WorkloadState last;
      auto seen = co_await driver_->Observe(Soon());
      for (WorkloadState& state : seen->workloads) {
        if (state.id.str() == id) last = std::move(state);
      }
      if (last.phase == phase && !last.id.empty()) co_return last;
      if (clock_.Mono() >= by || last.phase == Phase::kExited) {
        ADD_FAILURE() << id << " is in phase " << static_cast<int>(last.phase) << " " << last.reason
                      << last.log_tail;
        co_return last;
      }
      bell_.expires_after(std::chrono::milliseconds(100));
      co_await bell_.async_wait(kNoThrow);
    }
  }

  Task<void> StopAll() {
    auto seen = co_await driver_->Observe(Soon());
    for (const WorkloadState& state : seen->workloads) {
      if (state.phase == Phase::kExited) continue;
      EXPECT_TRUE((co_await driver_->Stop(state.id, state.generation, StopMode::kGrace, Soon()))
                      .has_value());
      co_await DoAwait(state.id.str(), Phase::kExited);
    }
  }

  atelier::test::TempDir dir_;
  std::vector<std::string> shared_folders_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> shown_files_;
  std::string folder_ = "/instances";  // in the folder of the test
  std::string earlier_folder_;
  std::vector<Control> controls_;
  asio::io_context io_;
  Pool pool_{2};
  SystemClock clock_;
  std::unique_ptr<Logger> log_ = MakeStderrLogger(LogLevel::kInfo);
  std::unique_ptr<http::Client> client_ = http::MakeClient({}, io_.get_executor(), clock_);
  asio::steady_timer bell_{io_};
  std::unique_ptr<Driver> driver_;
  model::Generation generation_ = 0;  // of dsw-a, by Say
};

}  // namespace atelier::runtime::test
