#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace atelier::cli {

/// The commands and their options, as a completion script needs them.
struct CommandNode {
  std::string name;
  std::string help;
  std::vector<std::string> options;  // "--all"
  std::vector<CommandNode> children;
  bool is_client = true;  // takes the options of the root
};

/// `shell`: bash, zsh or fish.
std::string CompletionScript(std::string_view shell, const CommandNode& root);

}  // namespace atelier::cli
