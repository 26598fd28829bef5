// containers[].resources: the quantities of Kubernetes ("Quantity" of its API reference).
#include <gtest/gtest.h>

#include "model/service_spec.h"
#include "model/spec/resources.h"

namespace atelier::model {
namespace {

std::optional<std::int64_t> Thousandths(std::string_view json) {
  return ParseQuantity(*ParseJson(json));
}

TEST(Quantity, IsANumberOrTextWithASuffix) {
  EXPECT_EQ(Thousandths("2"), 2000);
  EXPECT_EQ(Thousandths("0.3"), 300);
  EXPECT_EQ(Thousandths(R"("1.5")"), 1500);
  EXPECT_EQ(Thousandths(R"(".5")"), 500);
  EXPECT_EQ(Thousandths(R"("500m")"), 500);
  EXPECT_EQ(Thousandths(R"("2k")"), 2'000'000);
  EXPECT_EQ(Thousandths(R"("1e3")"), 1'000'000);
  EXPECT_EQ(Thousandths(R"("512Mi")"), 536'870'912'000);
  EXPECT_EQ(Thousandths(R"("1G")"), 1'000'000'000'000);
  EXPECT_EQ(Thousandths(R"("1Gi")"), 1'073'741'824'000);
}

TEST(Quantity, IsNothingElse) {
  for (const std::string_view json :
       {R"("")", R"("x")", R"("1 Gi")", R"("1gi")", R"("1MB")", R"("inf")", R"("nan")", R"("-1")",
        "-1", "true", "null", "{}", R"("99999999P")", R"("Mi")"}) {
    EXPECT_EQ(Thousandths(json), std::nullopt) << json;
  }
}

/// A service whose container asks for `resources`, with `more` members beside it.
Result<ServiceSpec> Asking(std::string_view resources, std::string_view more = "") {
  return ParseServiceSpec(R"({"name":"abc",)" + std::string(more) +
                          R"("containers":[{"script":"x","resources":)" + std::string(resources) +
                          "}]}");
}

std::string ProblemOf(const Result<ServiceSpec>& spec) {
  return spec ? "(none)" : spec.error().message();
}

TEST(Resources, LimitsBoundWhatAReplicaMayUse) {
  const auto spec = Asking(R"({"limits":{"cpu":"500m","memory":"256Mi"}})",
                           R"("metadata":{"cpu":2,"memory":1024},)");
  ASSERT_TRUE(spec) << spec.error().message();
  const Capacity capacity = CapacityOf(*spec, nullptr);
  EXPECT_EQ(capacity.milli_cpu, 500);
  EXPECT_EQ(capacity.memory_mib, 256);
}

TEST(Resources, AreTheSizeWhereMetadataSaysNone) {
  const Capacity limited = CapacityOf(*Asking(R"({"limits":{"cpu":3,"memory":"1G"}})"), nullptr);
  EXPECT_EQ(limited.milli_cpu, 3000);
  EXPECT_EQ(limited.memory_mib, 953) << "10^9 bytes, never more than was said";
  const Capacity asked =
      CapacityOf(*Asking(R"({"requests":{"cpu":"2","memory":"64Mi"}})"), nullptr);
  EXPECT_EQ(asked.milli_cpu, 2000);
  EXPECT_EQ(asked.memory_mib, 0) << "a request is no limit";
  EXPECT_EQ(CapacityOf(*Asking(R"({"requests":{"cpu":"100m"}})"), nullptr).milli_cpu, 1000);
  EXPECT_EQ(CapacityOf(*Asking("{}"), nullptr).milli_cpu, 1000);
}

TEST(Resources, AMachineGivesNoMoreThanItHas) {
  EcsSpec machine;
  machine.Cpu = 2;
  machine.MemoryGb = 4;
  const auto spec = Asking(R"({"limits":{"cpu":1}})",
                           R"("cloud":{"computing":{"instance_type":"ecs.c6.large"}},)");
  const Capacity capacity = CapacityOf(*spec, &machine);
  EXPECT_EQ(capacity.milli_cpu, 1000);
  EXPECT_EQ(capacity.memory_mib, 4096);
}

TEST(Resources, WhatCannotBeGivenIsRefused) {
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"cpu":"2"}})", R"("metadata":{"cpu":1},)")),
            "containers[0].resources must ask for at most metadata.cpu.");
  EXPECT_EQ(ProblemOf(Asking(R"({"requests":{"memory":"2Gi"}})", R"("metadata":{"memory":1024},)")),
            "containers[0].resources must ask for at most metadata.memory.");
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"cpu":1},"requests":{"cpu":"1500m"}})")),
            "containers[0].resources.requests.cpu must be at most limits.cpu.");
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"memory":"64Mi"},"requests":{"memory":"65Mi"}})")),
            "containers[0].resources.requests.memory must be at most limits.memory.");
}

TEST(Resources, WhatIsMalformedOrUnknownIsNamed) {
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"cpu":"two"}})")),
            "containers[0].resources.limits.cpu must be a quantity of vCPUs from 1m to 1024.");
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"memory":512}})")),
            "containers[0].resources.limits.memory must be a quantity of bytes from 1Mi to 16Ti.");
  EXPECT_EQ(ProblemOf(Asking(R"({"limits":{"nvidia.com/gpu":1}})")),
            "containers[0].resources.limits.nvidia.com/gpu is not supported by this server yet.");
  EXPECT_EQ(ProblemOf(Asking(R"({"claims":[{"name":"a"}]})")),
            "containers[0].resources.claims is not supported by this server yet.");
  EXPECT_EQ(ProblemOf(Asking(R"([1])")), "containers[0].resources must be an object.");
}

}  // namespace
}  // namespace atelier::model
