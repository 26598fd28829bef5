#include "model/catalogue.h"

#include <gtest/gtest.h>

namespace atelier::model {
namespace {

TEST(Catalogue, WhatDoesNotFitIsNeitherListedNorFoundAndSaysWhy) {
  EcsSpec small;
  small.InstanceType = "ecs.small";
  small.Cpu = 2;
  EcsSpec large = small;
  large.InstanceType = "ecs.large";
  large.Cpu = 64;
  Catalogue catalogue{.Specs = {large, small}, .Images = {}};
  catalogue.Withhold([](const EcsSpec& spec) -> Status {
    if (spec.Cpu <= 2) return Ok();
    return Error(Code::kInvalidArgument, "It has more than two.");
  });
  ASSERT_EQ(catalogue.Specs.size(), 1U);
  EXPECT_EQ(catalogue.Specs.front().InstanceType, "ecs.small");
  EXPECT_EQ(catalogue.FindSpec("ecs.large"), nullptr);
  EXPECT_EQ(catalogue.WhyNoSpec("ecs.large"),
            "ecs.large is not offered here: It has more than two.");
  EXPECT_EQ(catalogue.WhyNoSpec("ecs.huge"), "ecs.huge is not offered.");
}

TEST(Catalogue, AnImageThatIsNotThereNamesSomeThatAre) {
  const auto why = [](int images) {
    Catalogue catalogue;
    for (int i = 0; i < images; ++i) {
      Image image;
      image.ImageId = "image-" + std::to_string(i);
      catalogue.Images.push_back(image);
    }
    return catalogue.WhyNoImage("docker.io/x:1");
  };
  const std::string tail =
      " (`atelier image list`, ListImages of AIWorkSpace); none is pulled from a registry.";
  EXPECT_EQ(why(0), "docker.io/x:1 is not offered: offered are none" + tail);
  EXPECT_EQ(why(1), "docker.io/x:1 is not offered: offered is image-0" + tail);
  EXPECT_EQ(
      why(5),
      "docker.io/x:1 is not offered: offered are image-0, image-1, image-2 and 2 more" + tail);
}

TEST(Catalogue, AnImageHasTheLabelsOfTheFileOverThoseThatAreAlwaysTrue) {
  const auto catalogue = ParseCatalogue(
      R"({"Images":[{"ImageId":"a","ImageUrl":"local/a"},)"
      R"({"ImageId":"b","ImageUrl":"local/b","Labels":{"system.chipType":"GPU","mine":"x=y"}}]})");
  ASSERT_TRUE(catalogue) << catalogue.error().ToString();
  using Labels = std::map<std::string, std::string>;
  EXPECT_EQ(LabelsOf(catalogue->Images.at(0)), (Labels{{"system.chipType", "CPU"},
                                                       {"system.official", "true"},
                                                       {"system.supported.dsw", "true"},
                                                       {"system.supported.eas", "true"}}));
  EXPECT_EQ(LabelsOf(catalogue->Images.at(1)), (Labels{{"mine", "x=y"},
                                                       {"system.chipType", "GPU"},
                                                       {"system.official", "true"},
                                                       {"system.supported.dsw", "true"},
                                                       {"system.supported.eas", "true"}}));
}

TEST(Catalogue, ALabelThatNoConditionCouldNameIsRefused) {
  for (const char* labels : {R"({"":"x"})", R"({"a,b":"x"})", R"({"a=b":"x"})", R"({"a":"x,y"})"}) {
    const auto catalogue =
        ParseCatalogue(R"({"Images":[{"ImageId":"a","ImageUrl":"local/a","Labels":)" +
                       std::string(labels) + "}]}");
    ASSERT_FALSE(catalogue) << labels;
    EXPECT_EQ(catalogue.error().code(), Code::kInvalidArgument);
    EXPECT_NE(catalogue.error().message().find("a.Labels"), std::string::npos);
  }
}

}  // namespace
}  // namespace atelier::model
