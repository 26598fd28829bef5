#pragma once
#include <span>

#include <CLI/CLI.hpp>

#include "cli/run/command_line.h"
#include "cli/verb/verb.h"

/// The commands, their options and their help. Each adds a group, or a command of its own, to
/// `root`; the command that a line names goes to `plan`, which outlives the parsing.
namespace atelier::cli {

/// The rows of a table (verb/verb.h). A verb of two words goes into the group that its first word
/// names.
void AddVerbs(CLI::App& group, Plan& plan, std::span<const Verb> verbs);

void AddInstances(CLI::App& root, Plan& plan);
void AddServices(CLI::App& root, Plan& plan);
void AddRecommenders(CLI::App& root, Plan& plan);
void AddWorkspaces(CLI::App& root, Plan& plan);
void AddUsers(CLI::App& root, Plan& plan);
void AddKeys(CLI::App& root, Plan& plan);
void AddPolicies(CLI::App& root, Plan& plan);
void AddStatus(CLI::App& root, Plan& plan);
void AddOrphans(CLI::App& root, Plan& plan);
void AddCatalogue(CLI::App& root, Plan& plan);
void AddStore(CLI::App& root, Plan& plan);
void AddLocal(CLI::App& root, Plan& plan);

}  // namespace atelier::cli
