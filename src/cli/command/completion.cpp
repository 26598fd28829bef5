#include "cli/command/completion.h"

#include <fmt/format.h>

namespace atelier::cli {

namespace {

/// One line a command: what may follow it. Options of the root hold for every client command.
void AppendBashCases(std::string& out, const CommandNode& node, const std::string& path,
                     const std::string& global) {
  std::string words = node.is_client ? global : "";
  const auto add = [&words](const std::string& word) {
    words += (words.empty() ? "" : " ") + word;
  };
  for (const std::string& option : node.options) add(option);
  for (const CommandNode& child : node.children) add(child.name);
  // What follows a command that has no commands of its own are its arguments.
  const std::string arguments = node.children.empty() ? fmt::format(" | \"{} \"*", path) : "";
  out += fmt::format("    \"{}\"{}) words=\"{}\" ;;\n", path, arguments, words);
  for (const CommandNode& child : node.children)
    AppendBashCases(out, child, path + " " + child.name, global);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string BashScript(const CommandNode& root) {
  // The path of a command is its first three words that are no options.
  std::string out =
      "_atelier() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} path=\"\" words=\"\" word i depth=0\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    case $word in -*) continue ;; esac\n"
      "    [ $depth -lt 3 ] && path=\"$path $word\"\n"
      "    depth=$((depth + 1))\n"
      "  done\n"
      "  case \"$path\" in\n";
  CommandNode top = root;
  const std::string global = Joined(root.options);
  top.options.clear();
  AppendBashCases(out, top, "", global);
  out += fmt::format(
      "    *) words=\"{}\" ;;\n"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
      "}}\n"
      "complete -o default -F _atelier atelier\n",
      global);
  return out;
}

/// For single quotes in fish.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// What may follow `node`, which is the word before the one of number `depth`; `seen` holds then.
void AppendFish(std::string& out, const CommandNode& node, const std::string& seen, int depth) {
  for (const std::string& option : node.options)
    out += fmt::format("complete -c atelier -n '{}' -l {}\n", seen, option.substr(2));
  for (const CommandNode& child : node.children) {
    out += fmt::format(
        "complete -c atelier -n '{}; and test (count (commandline -opc)) -eq {}' -a {} -d {}\n",
        seen, depth, child.name, Quoted(child.help));
    AppendFish(out, child, seen + "; and __fish_seen_subcommand_from " + child.name, depth + 1);
  }
}

std::string FishScript(const CommandNode& root) {
  std::string out = "complete -c atelier -f\n";
  std::string servers;  // commands that the client's options are not for
  for (const CommandNode& group : root.children) {
    if (!group.is_client) servers += " " + group.name;
  }
  for (const std::string& option : root.options) {
    out += fmt::format("complete -c atelier -n 'not __fish_seen_subcommand_from{}' -l {}\n",
                       servers, option.substr(2));
  }
  for (const CommandNode& group : root.children) {
    out += fmt::format("complete -c atelier -n __fish_use_subcommand -a {} -d {}\n", group.name,
                       Quoted(group.help));
    AppendFish(out, group, "__fish_seen_subcommand_from " + group.name, 2);
  }
  return out;
}

}  // namespace

std::string CompletionScript(std::string_view shell, const CommandNode& root) {
  if (shell == "fish") return FishScript(root);
  if (shell == "zsh")
    return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" +
           BashScript(root);
  return BashScript(root);
}

}  // namespace atelier::cli
