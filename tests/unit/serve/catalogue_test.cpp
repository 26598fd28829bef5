#include "serve/wiring/catalogue.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace atelier::serve {
namespace {

TEST(LoadCatalogue, LabelsAnImageWithTheVersionOfThePythonThatIsInIt) {
  const test::TempDir folder;
  const std::string& at = folder.path();
  std::filesystem::create_directories(at + "/found/lib/python3.11");
  std::filesystem::create_directories(at + "/found/lib/python3");
  std::filesystem::create_directories(at + "/told/lib/python3.11");
  std::ofstream(at + "/catalogue.json")
      << R"({"Images":[{"ImageId":"found","ImageUrl":"local/found","Prefix":")" + at +
             R"(/found"},{"ImageId":"told","ImageUrl":"local/told","Prefix":")" + at +
             R"(/told","Labels":{"system.pythonVersion":"3.9"}},)"
             R"({"ImageId":"gone","ImageUrl":"local/gone","Prefix":"/nonexistent"},)"
             R"({"ImageId":"none","ImageUrl":"local/none"}]})";
  const auto catalogue = LoadCatalogue(at + "/catalogue.json", "", false);
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  ASSERT_EQ(catalogue->Images.size(), 4U);
  using Labels = std::map<std::string, std::string>;
  EXPECT_EQ(catalogue->Images.at(0).Labels, (Labels{{"system.pythonVersion", "3.11"}}));
  EXPECT_EQ(catalogue->Images.at(1).Labels, (Labels{{"system.pythonVersion", "3.9"}}));
  EXPECT_TRUE(catalogue->Images.at(2).Labels.empty());
  EXPECT_TRUE(catalogue->Images.at(3).Labels.empty());
}

TEST(LoadCatalogue, RefusesAFileWithoutAnEnd) {
  const auto endless = LoadCatalogue("/dev/zero", "", false);
  ASSERT_FALSE(endless);
  EXPECT_NE(endless.error().message().find("/dev/zero"), std::string::npos);
}

}  // namespace
}  // namespace atelier::serve
