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

}  // namespace
}  // namespace atelier::model
