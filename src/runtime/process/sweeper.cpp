#include "runtime/process/sweeper.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "runtime/process/files.h"
#include "runtime/process/procfs.h"

namespace atelier::runtime::process {
namespace fs = std::filesystem;
using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace):
                                                          // the only way to its ||

namespace {

constexpr Duration kFirstPause{1'000};
constexpr Duration kMaxPause{3'600'000};
constexpr int kMaxDoublings = 12;
constexpr Duration kSlack{10'000};  // for a process whose time is up to be gone
constexpr Duration kFirstPoll{5};   // at one that was killed
constexpr Duration kSlowestPoll{1'000};
constexpr std::size_t kMaxWords = 200;

struct Helper {
  int pid = 0;
  UniqueFd exit;    // readable once it is gone
  UniqueFd output;  // what it said
};

Result<Helper> Start(const std::string& program, const std::string& tree) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError(Code::kUnavailable, "make a pipe", errno);
  Helper helper;
  helper.output.Reset(ends[0]);
  const UniqueFd said(ends[1]);
  std::string path = program;
  std::string word = "sweep";
  std::string where = tree;
  char* const argv[] = {path.data(), word.data(), where.data(), nullptr};
  std::string language = "LANG=C.UTF-8";
  char* const envp[] = {language.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, said.get(), STDOUT_FILENO);
  const int error = ::posix_spawn(&helper.pid, path.c_str(), &actions, nullptr, argv, envp);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return SystemError(Code::kUnavailable, "start a process that deletes", error);
  if (const auto self = RefOf(helper.pid)) helper.exit = OpenPidfd(*self);
  return helper;
}

/// How it ended; nullopt: it has not, or not been seen to. Once it is told, its pid means nothing.
std::optional<int> Reap(const Helper& helper) {
  int status = 0;
  return ::waitpid(helper.pid, &status, WNOHANG) == helper.pid ? std::optional(status)
                                                               : std::nullopt;
}

/// Why it failed; empty: it did what it was told; nullopt: its time was up.
std::optional<std::string> Outcome(const Helper& helper, int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return std::nullopt;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  char text[kMaxWords];
  ::fcntl(helper.output.get(), F_SETFL, O_NONBLOCK);
  const ssize_t size = ::read(helper.output.get(), text, sizeof text);
  std::string why(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (why.ends_with('\n')) why.pop_back();
  return why.empty() ? "the process that deletes was killed" : why;
}

}  // namespace

Sweeper::Sweeper(std::string trash, std::string program, asio::any_io_executor io, Pool& blocking,
                 Clock& clock, Logger& log)
    : trash_(std::move(trash)),
      program_(std::move(program)),
      io_(std::move(io)),
      blocking_(blocking),
      clock_(clock),
      log_(log),
      wanted_(io_) {}

void Sweeper::Stop() {
  stopped_ = true;
  wanted_.Set();
  if (exit_) exit_->cancel();
}

Leftovers Sweeper::leftovers() const {
  const auto failing =
      std::ranges::count_if(trees_, [](const auto& entry) { return entry.second.failures > 0; });
  return {.waiting = trees_.size(), .failing = static_cast<std::size_t>(failing)};
}

Task<void> Sweeper::Run(Gate::Pass /*pass*/) {
  while (!stopped_) {
    co_await List();
    if (stopped_) co_return;
    const auto first =
        std::ranges::min_element(trees_, {}, [](const auto& entry) { return entry.second.next; });
    if (first == trees_.end() || first->second.next > clock_.Mono()) {
      co_await wanted_.Wait(clock_, first == trees_.end() ? MonoTime::max() : first->second.next);
    } else {
      co_await Delete(first->first);
    }
  }
}

Task<void> Sweeper::List() {
  const auto names = co_await RunOn(blocking_, [trash = trash_] {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator it(trash, error), end; !error && it != end; it.increment(error)) {
      found.push_back(it->path().filename().string());
    }
    return found;
  });
  std::map<std::string, Tree> now;
  for (const std::string& name : names) {
    const auto known = trees_.find(name);
    now[name] = known == trees_.end() ? Tree() : known->second;
  }
  trees_ = std::move(now);
}

Task<void> Sweeper::Delete(std::string name) {
  auto helper = co_await RunOn(
      blocking_, [program = program_, tree = trash_ + "/" + name] { return Start(program, tree); });
  if (!helper) {
    Postpone(name, helper.error().message());
    co_return;
  }
  if (helper->exit && !stopped_) {
    exit_ = std::make_shared<Descriptor>(io_, helper->exit.Release());
    co_await (exit_->async_wait(Descriptor::wait_read, kNoThrow) ||
              clock_.SleepUntil(clock_.In(kSweepSlice + kSlack)));
    exit_.reset();
  }
  // One that has not ended by itself is at its deadline, cannot be watched, or we are to stop. One
  // that the kernel does not let go of holds up the others: so there is never more than one.
  std::optional<int> status = Reap(*helper);
  for (Duration pause = kFirstPoll; !status; pause = std::min(pause * 2, kSlowestPoll)) {
    ::kill(helper->pid, SIGKILL);
    co_await clock_.Sleep(pause);
    status = Reap(*helper);
    if (stopped_ && pause >= kSlowestPoll) break;  // whoever adopts it reaps it
  }
  if (stopped_ || !status) co_return;
  const auto why = Outcome(*helper, *status);
  if (why && why->empty()) {
    trees_.erase(name);
  } else if (why) {
    Postpone(name, *why);
  } else if (const auto tree = trees_.find(name); tree != trees_.end()) {
    tree->second.next = clock_.Mono();  // after all that have not had their turn
  }
}

void Sweeper::Postpone(const std::string& name, const std::string& why) {
  Tree& tree = trees_[name];
  const Duration pause =
      std::min(kMaxPause, kFirstPause * (1 << std::min(tree.failures++, kMaxDoublings)));
  tree.next = clock_.In(pause);
  log_.Warn(
      "process.trash.left",
      {{"name", name}, {"error", why}, {"attempts", tree.failures}, {"next_in_ms", pause.count()}});
}

}  // namespace atelier::runtime::process
