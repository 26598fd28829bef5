#include "cli/command/browser.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atelier::cli {

Status OpenInBrowser(const std::string& link) {
  std::string program = "xdg-open";
  std::string argument = link;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t pid = 0;
  int status = 0;
  if (::posix_spawnp(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0 ||
      ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error(Code::kAborted, "No browser could be opened here; open the link above by hand.");
  }
  return Ok();
}

}  // namespace atelier::cli
