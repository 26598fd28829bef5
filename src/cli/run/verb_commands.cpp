// The rows of verb/ as commands.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"
#include "cli/verb/request.h"

namespace atelier::cli {

namespace {

bool IsFlag(Take take) { return take == Take::kYes || take == Take::kNo; }

bool TakesSeveral(Take take) {
  return take == Take::kTexts || take == Take::kPairs || take == Take::kLabels ||
         take == Take::kMembers || take == Take::kInstances || take == Take::kServices ||
         take == Take::kWorkspaces;
}

/// `moves`: with --query it may stand for the next one, so that it is checked later.
void AddField(CLI::App& app, const Field& field, bool several, bool moves,
              std::vector<std::string>& values) {
  const std::string flags(field.flags);
  const std::string help(field.help);
  if (IsFlag(field.take)) {
    app.add_flag_callback(flags, [&values] { values = {"true"}; }, help);
    return;
  }
  CLI::Option* option = nullptr;
  if (several) {
    option = app.add_option(flags, values, help);
    if (flags.starts_with('-')) option->allow_extra_args(false)->take_all();
  } else {
    option = app.add_option_function<std::string>(
        flags, [&values](const std::string& text) { values = {text}; }, help);
  }
  if (moves) return;
  if (field.required) option->required();
  if (field.max > field.min)
    option->check(CLI::Range(static_cast<double>(field.min), static_cast<double>(field.max)));
  if (!field.values.empty()) option->check(CLI::IsMember(SplitList(field.values)));
}

/// By name or by query.
void AddChoice(CLI::App& app, const Verb& verb, VerbInput& input) {
  app.add_option("--query", input.query,
                 "All that these conditions find, instead of names (docs/query.md)")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.empty() ? std::string("needs a condition") : std::string();
          },
          ""));
  app.add_flag("--dry-run", input.dry_run, "Show them and change nothing");
  if (verb.change.is_final || !verb.bulk.empty())
    app.add_flag("-y,--yes", input.yes, "Do it to all that --query finds, without a question");
}

void AddVerb(CLI::App& group, const std::string& name, Plan& plan, const Verb& verb) {
  Subcommand<VerbInput> subcommand(group, name, std::string(verb.help));
  VerbInput& input = subcommand.options();
  input.values.resize(verb.fields.size());
  const bool has_words = std::ranges::count_if(verb.fields, IsPositional) > 1;
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    const Field& field = verb.fields[i];
    const bool named = verb.many != nullptr && i == 0;  // words after names would be names
    AddField(subcommand.app(), field, TakesSeveral(field.take) || (named && !has_words),
             verb.many != nullptr && IsPositional(field), input.values[i]);
  }
  if (verb.many != nullptr) AddChoice(subcommand.app(), verb, input);
  if (verb.goal != Goal::kNone) AddWait(subcommand.app(), input.wait);
  if (!verb.list.empty()) AddQuiet(subcommand.app(), plan);
  subcommand.Runs(plan,
                  [&verb](CommandContext& s, const VerbInput& o) { return RunVerb(s, verb, o); });
}

}  // namespace

void AddVerbs(CLI::App& group, Plan& plan, std::span<const Verb> verbs) {
  for (const Verb& verb : verbs) {
    const auto [first, second, found] = Cut(verb.words, ' ');
    if (!found) {
      AddVerb(group, std::string(first), plan, verb);
      continue;
    }
    CLI::App* inner = group.get_subcommand(std::string(first));
    AddVerb(*inner, std::string(second), plan, verb);
  }
}

}  // namespace atelier::cli
