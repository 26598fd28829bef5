#include "cli/output/list_printer.h"

#include <sstream>

#include <gtest/gtest.h>

namespace atelier::cli {
namespace {

json::object Answer(std::initializer_list<json::value_ref> rows) {
  return {{"RequestId", "r"}, {"TotalCount", 3}, {"Rows", json::array(rows)}};
}

std::string Printed(Format format, const std::vector<json::object>& pages) {
  std::ostringstream out;
  ListPrinter printer(out, format, "Rows");
  for (const json::object& page : pages) {
    Table table{.header = {"ID", "NAME"}, .rows = {}};
    for (const json::value& row : page.at("Rows").as_array())
      table.rows.push_back({std::string(row.at("Id").as_string()), "x"});
    printer.Add(page, table);
  }
  printer.End();
  return out.str();
}

TEST(ListPrinter, PagesReadAsTheOneAnswerTheyAre) {
  const json::object one = {{"Id", "a"}, {"Labels", {{{"Key", "k"}, {"Value", "v w"}}}}};
  const json::object two = {{"Id", "b"}, {"Labels", json::array()}};
  const json::object three = {{"Id", "c"}};
  const std::vector<json::object> pages = {Answer({one, two}), Answer({three})};
  const json::object whole = Answer({one, two, three});
  EXPECT_EQ(Printed(Format::json, pages), RenderJson(whole));
  EXPECT_EQ(Printed(Format::yaml, pages), RenderYaml(whole));
  EXPECT_EQ(Printed(Format::table, pages), "ID  NAME\na   x\nb   x\nc   x\n");
}

TEST(ListPrinter, AnEmptyListIsWrittenAsOne) {
  const std::vector<json::object> pages = {Answer({})};
  EXPECT_EQ(Printed(Format::json, pages), RenderJson(Answer({})));
  EXPECT_EQ(Printed(Format::yaml, pages), RenderYaml(Answer({})));
  EXPECT_EQ(Printed(Format::table, pages), "ID  NAME\n");
}

}  // namespace
}  // namespace atelier::cli
