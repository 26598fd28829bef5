// What no program can be given is refused where it is configured (execve(2), bubblewrap's 9,000
// words), not when it starts, again and again.
#include <gtest/gtest.h>

#include "model/service_spec.h"

namespace atelier::model {
namespace {

constexpr std::size_t kString = 131'071;  // MAX_ARG_STRLEN, 128 KiB, less the NUL

json::object Container(const json::object& members) {
  return {{"name", "abc"}, {"containers", json::array{members}}};
}

std::string ProblemOf(const json::object& config) {
  const auto spec = ParseServiceSpec(config);
  return spec ? "" : spec.error().message();
}

json::object Env(std::string value) {
  return Container({{"script", "x"},
                    {"env", json::array{json::object{{"name", "A"}, {"value", "b"}},
                                        json::object{{"name", "LONG"}, {"value", value}}}}});
}

TEST(ServiceLimits, AVariableIsAtMost128KiBWithItsName) {
  EXPECT_EQ(ProblemOf(Env(std::string(kString - 5, 'x'))), "");
  EXPECT_EQ(ProblemOf(Env(std::string(kString - 4, 'x'))),
            "containers[0].env[1].value must have at most 131071 bytes with its name: no program "
            "can be given more.");
  EXPECT_EQ(ProblemOf(Env(std::string("a\0b", 3))),
            "containers[0].env[1].value must not contain a null character.");
}

TEST(ServiceLimits, AllVariablesTogetherAreAtMostOneMiB) {
  json::array env;
  for (int i = 0; i < 10; ++i)
    env.push_back(
        json::object{{"name", "V" + std::to_string(i)}, {"value", std::string(110'000, 'x')}});
  const std::string problem = ProblemOf(Container({{"script", "x"}, {"env", env}}));
  EXPECT_NE(problem.find("containers[0].env and the program's words must have at most 1 MiB"),
            std::string::npos)
      << problem;
  env.resize(9);
  EXPECT_EQ(ProblemOf(Container({{"script", "x"}, {"env", env}})), "");
  env.clear();
  for (int i = 0; i < 1001; ++i)
    env.push_back(json::object{{"name", "V" + std::to_string(i)}, {"value", ""}});
  EXPECT_EQ(ProblemOf(Container({{"script", "x"}, {"env", env}})),
            "containers[0].env must have at most 1000 members.");
}

TEST(ServiceLimits, AScriptIsOneWordOfItsShell) {
  EXPECT_EQ(ProblemOf(Container({{"script", std::string(kString, 'x')}})), "");
  EXPECT_EQ(ProblemOf(Container({{"script", std::string(kString + 1, 'x')}})),
            "containers[0].script must have at most 131071 bytes, none of them NUL: no program can "
            "be given more.");
}

TEST(ServiceLimits, SoIsEachWordOfACommand) {
  const json::string over(kString + 1, 'x');
  const std::string refused =
      "containers[0].command and args: each of their words must have at most 131071 bytes, none of "
      "them NUL: no program can be given more.";
  EXPECT_EQ(ProblemOf(Container({{"command", json::array{"a", over}}})), refused);
  EXPECT_EQ(ProblemOf(Container({{"command", "a"}, {"args", json::array{over}}})), refused);
  EXPECT_EQ(ProblemOf(Container({{"command", json::array{json::string("a\0b", 3)}}})), refused);
  json::array many(4001, "x");
  EXPECT_EQ(ProblemOf(Container({{"command", many}})),
            "containers[0].command and args must have at most 4000 words.");
}

TEST(ServiceLimits, APathIsAtMost4095Bytes) {
  const std::string over(4096, 'x');
  json::object config = Container({{"script", "x"}});
  config["model_path"] = over;
  EXPECT_EQ(ProblemOf(config), "model_path must have at most 4095 bytes, none of them NUL.");
  config.erase("model_path");
  config["storage"] = json::array{json::object{{"path", "a"}, {"mount_path", "/" + over}}};
  EXPECT_EQ(ProblemOf(config),
            "storage[0].mount_path must have at most 4095 bytes, none of them NUL.");
  config["storage"] = json::array(101, json::object{{"path", "a"}, {"mount_path", "/a"}});
  EXPECT_EQ(ProblemOf(config), "storage must have at most 100 members.");
}

TEST(ServiceLimits, WhatWasAcceptedBeforeIsReadAgain) {
  EXPECT_TRUE(ReadStoredSpec(Env(std::string(kString, 'x'))));
}

TEST(ServiceLimits, ACommandOfOneLineEndsItsWordsAtAnyLineEnd) {
  const auto spec = ParseServiceSpec(Container({{"command", "python3\r\napp.py\r\n"}}));
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->command, (std::vector<std::string>{"python3", "app.py"}));
}

}  // namespace
}  // namespace atelier::model
