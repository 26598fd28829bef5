// The rows of verb/ as commands.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/run/commands.h"
#include "cli/run/subcommand.h"

namespace atelier::cli {

namespace {

bool IsFlag(Take take) { return take == Take::kYes || take == Take::kNo; }

bool TakesSeveral(Take take) {
  return take == Take::kTexts || take == Take::kPairs || take == Take::kLabels ||
         take == Take::kInstances || take == Take::kWorkspaces;
}

void AddField(CLI::App& app, const Field& field, bool several, std::vector<std::string>& values) {
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
  if (field.required) option->required();
  if (field.max > field.min)
    option->check(CLI::Range(static_cast<double>(field.min), static_cast<double>(field.max)));
  if (!field.values.empty()) option->check(CLI::IsMember(SplitList(field.values)));
}

void AddVerb(CLI::App& group, const std::string& name, Plan& plan, const Verb& verb) {
  Subcommand<VerbInput> subcommand(group, name, std::string(verb.help));
  VerbInput& input = subcommand.options();
  input.values.resize(verb.fields.size());
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    const Field& field = verb.fields[i];
    AddField(subcommand.app(), field, TakesSeveral(field.take) || (verb.many && i == 0),
             input.values[i]);
  }
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
