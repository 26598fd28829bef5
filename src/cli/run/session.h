#pragma once
#include <ostream>

#include "cli/client/api_client.h"
#include "cli/output/render.h"
#include "cli/run/surroundings.h"

namespace atelier::cli {

/// What one command works with.
struct Session {
  Surroundings& around;
  ApiClient& api;
  Format format = Format::table;

  /// The answer as it came in JSON or YAML, or `table` for people.
  void Print(const json::value& answer, const Table& table) {
    switch (format) {
      case Format::table:
        around.out << RenderTable(table);
        return;
      case Format::json:
        around.out << RenderJson(answer);
        return;
      case Format::yaml:
        around.out << RenderYaml(answer);
        return;
    }
  }
  /// The same where people get one line, for example the id of what was made.
  void PrintLine(const json::value& answer, std::string_view line) {
    if (format == Format::table)
      around.out << Printable(line) << '\n';
    else
      Print(answer, {});
  }
  /// For people beside the output: never mixed into what scripts read.
  void Note(std::string_view line) { around.err << Printable(line) << std::endl; }
};

}  // namespace atelier::cli
