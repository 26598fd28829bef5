#pragma once
#include <ostream>

#include "cli/client/api_client.h"
#include "cli/output/render.h"
#include "cli/run/cli_environment.h"

namespace atelier::cli {

/// What one command works with.
struct CommandContext {
  CliEnvironment& env;
  ApiClient& api;
  Format format = Format::table;
  bool ids_only = false;  // of lists

  /// The answer as it came in JSON or YAML, or `table` for people.
  void Print(const json::value& answer, const Table& table) {
    if (ids_only) {
      env.out << RenderIds(table);
      return;
    }
    switch (format) {
      case Format::csv:
        env.out << RenderCsv(table);
        return;
      case Format::table:
        env.out << RenderTable(table);
        return;
      case Format::json:
        env.out << RenderJson(answer);
        return;
      case Format::yaml:
        env.out << RenderYaml(answer);
        return;
    }
  }
  /// The same where people get one line, for example the id of what was made.
  void PrintLine(const json::value& answer, std::string_view line) {
    if (ForPeople())
      env.out << Printable(line) << '\n';
    else
      Print(answer, {});
  }
  /// Neither JSON nor YAML.
  bool ForPeople() const { return format == Format::table || format == Format::csv; }
  /// For people beside the output: never mixed into what scripts read.
  void Note(std::string_view line) { env.err << Printable(line) << std::endl; }
};

}  // namespace atelier::cli
