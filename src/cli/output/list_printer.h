#pragma once
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output/render.h"

namespace atelier::cli {

/// Prints a long list as its pages arrive, none of which it keeps: as one answer in JSON or YAML,
/// or as a table whose columns are as wide as the first page needs.
class ListPrinter {
 public:
  /// `list` is the answer's member that holds the rows. `ids_only`: the first cell of each row,
  /// whatever the format. `out` outlives the printer.
  ListPrinter(std::ostream& out, Format format, std::string_view list, bool ids_only = false)
      : out_(out), format_(format), ids_only_(ids_only), list_(list) {}

  /// One page. The other members of the first one stand before the list, those of later ones are
  /// dropped. `rows` is the page as a table, with the same header each time.
  void Add(const json::object& answer, const Table& rows);
  /// After the last page; at least one was added.
  void End();

 private:
  void Begin(const json::object& answer, const Table& rows);
  void AddItem(const json::value& item);

  std::ostream& out_;
  Format format_;
  bool ids_only_;
  std::string list_;
  std::vector<std::size_t> widths_;  // of the table's columns; empty before the first page
  bool begun_ = false;
  std::size_t items_ = 0;
};

}  // namespace atelier::cli
