#pragma once
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/raii.h"

namespace atelier::store {

inline constexpr int kKilled = 137;

struct ChildEnded {
  int status = 0;      // minus the signal that ended it
  std::string output;  // its standard output
};

/// Runs the program of store_child_main.cpp, which `failpoint` kills.
inline ChildEnded RunStoreChild(std::vector<std::string> arguments, const std::string& failpoint) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const UniqueFd out(ends[0]);
  UniqueFd in(ends[1]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDOUT_FILENO);
  arguments.insert(arguments.begin(), ATELIER_STORE_CHILD);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  std::string plan = "ATELIER_FAILPOINT=" + failpoint;
  std::array<char*, 2> environment{plan.data(), nullptr};
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, pointers[0], &actions, nullptr, pointers.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start the child");
  in.Reset();

  ChildEnded ended;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(out.get(), buffer.data(), buffer.size())) > 0;) {
    ended.output.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended;
}

}  // namespace atelier::store
