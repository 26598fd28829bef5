#include "cli/output/render.h"

#include <gtest/gtest.h>

namespace atelier::cli {
namespace {

json::value Parse(std::string_view text) { return *ParseJson(text); }

TEST(RenderTable, AlignsColumnsAndLeavesNoBlanksAtTheEndsOfLines) {
  EXPECT_EQ(RenderTable({.header = {"ID", "NAME", "STATUS"},
                         .rows = {{"dsw-1", "a_longer_name", "Running"}, {"dsw-22", "b", ""}}}),
            "ID      NAME           STATUS\n"
            "dsw-1   a_longer_name  Running\n"
            "dsw-22  b\n");
}

TEST(RenderTable, CountsCharactersNotBytes) {
  EXPECT_EQ(RenderTable({.header = {"NAME", "X"}, .rows = {{"Zoë", "1"}, {"abcde", "2"}}}),
            "NAME   X\n"
            "Zoë    1\n"
            "abcde  2\n");
}

TEST(RenderTable, ShowsOnlyTheHeaderWhenThereIsNothing) {
  EXPECT_EQ(RenderTable({.header = {"ID", "NAME"}, .rows = {}}), "ID  NAME\n");
}

TEST(RenderTable, DoesNotLetNamesSteerTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31mred\nb\x7f"), "a?[31mred?b?");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "?31m");  // the one-character form of the same
  EXPECT_EQ(Printable("é\tü"), "é\tü");
}

TEST(RenderJson, IndentsAndKeepsEmptyContainersShort) {
  EXPECT_EQ(RenderJson(Parse(R"({"A":1,"B":[],"C":{"D":["x",null]},"E":{}})")),
            "{\n"
            "  \"A\": 1,\n"
            "  \"B\": [],\n"
            "  \"C\": {\n"
            "    \"D\": [\n"
            "      \"x\",\n"
            "      null\n"
            "    ]\n"
            "  },\n"
            "  \"E\": {}\n"
            "}\n");
}

TEST(RenderYaml, WritesBlocksAndQuotesWhatIsNotAPlainWord) {
  EXPECT_EQ(
      RenderYaml(Parse(
          R"({"Name":"demo","Id":"12","Yes":"yes","On":true,"List":[{"K":"a","V":"b c"},{"K":"d"}],"None":[],"Z":null})")),
      "Name: demo\n"
      "Id: \"12\"\n"
      "\"Yes\": \"yes\"\n"
      "\"On\": true\n"
      "List:\n"
      "  - K: a\n"
      "    V: \"b c\"\n"
      "  - K: d\n"
      "None: []\n"
      "Z: null\n");
}

TEST(RenderYaml, NestsListsInLists) {
  EXPECT_EQ(RenderYaml(Parse(R"({"L":[["a","b"],["c"]]})")),
            "L:\n"
            "  - - a\n"
            "    - b\n"
            "  - - c\n");
}

TEST(RenderYaml, QuotesTextsThatYamlWouldReadAsSomethingElse) {
  for (const char* text : {"", "true", "1.5", "2026-01-01T00:00:00Z", "a: b", "- a", "#x", "~",
                           "null", "line\nbreak"}) {
    const std::string out = RenderYaml(json::string(text));
    EXPECT_TRUE(out.starts_with('"') && out.ends_with("\"\n")) << out;
  }
  EXPECT_EQ(RenderYaml(json::string("ecs.c6.large")), "ecs.c6.large\n");
}

}  // namespace
}  // namespace atelier::cli
