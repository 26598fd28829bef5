#include <chrono>
#include <deque>
#include <set>

#include <gtest/gtest.h>

#include "directory/index/search.h"

namespace atelier::directory {
namespace {

constexpr WallTime At(int seconds, int millis = 0) {
  return WallTime{std::chrono::seconds(1'700'000'000 + seconds)} + Duration(millis);
}

/// A hand-made population; answers are the numbers of the instances in ascending order.
class FiltersTest : public testing::Test {
 protected:
  model::Instance& Add(int number) {
    model::Instance& instance = instances_.emplace_back();
    instance.id = model::InstanceId("dsw-" + std::to_string(number));
    return instance;
  }
  using Numbers = std::set<int>;
  Numbers Found(const InstanceQuery& query) const {
    Index index;
    for (const model::Instance& instance : instances_) {
      index.Put(instance, 1);
    }
    Viewer root;
    root.sees_all = true;
    Numbers numbers;
    for (const Slot slot : Search(index, root, query).page) {
      numbers.insert(std::stoi(std::string(index.table()[slot].id().substr(4))));
    }
    return numbers;
  }
  Numbers Named(std::string part) const {
    InstanceQuery query;
    query.name_contains = std::move(part);
    return Found(query);
  }

 private:
  std::deque<model::Instance> instances_;
};

TEST_F(FiltersTest, NameIsASubstringWhateverTheCase) {
  Add(1).name = "Training_Data";
  Add(2).name = "train";
  Add(3).name = "rain_again";
  EXPECT_EQ(Named(""), (Numbers{1, 2, 3}));
  EXPECT_EQ(Named("RAIN"), (Numbers{1, 2, 3}));
  EXPECT_EQ(Named("tRaIn"), (Numbers{1, 2}));
  EXPECT_EQ(Named("g_d"), (Numbers{1}));
  EXPECT_EQ(Named("_"), (Numbers{1, 3}));
  EXPECT_EQ(Named("train_"), (Numbers{}));
}

TEST_F(FiltersTest, NameHasNoWildcardsAndAllItsPartsMustBeOneRun) {
  Add(1).name = "abcd_bcde";  // has abc, bcd and cde, yet not abcde
  Add(2).name = "xabcdex";
  EXPECT_EQ(Named("abcde"), (Numbers{2}));
  EXPECT_EQ(Named("a%e"), (Numbers{}));
  EXPECT_EQ(Named("a*e"), (Numbers{}));
}

TEST_F(FiltersTest, ImageNameIsTheNameOrTheLastPathPartOfTheUrl) {
  Add(1).image_name = "modelscope:1.9.4";
  Add(2).image_url = "registry.example/ns/modelscope:1.9.4";
  Add(3).image_url = "modelscope:1.9.4";
  Add(4).image_url = "registry.example/ns/other-modelscope:1.9.4";
  Add(5).image_url = "registry.example/modelscope:1.9.4/other";
  Add(6).image_name = "ModelScope:1.9.4";
  InstanceQuery query;
  query.image_name = "modelscope:1.9.4";
  EXPECT_EQ(Found(query), (Numbers{1, 2, 3}));
  query.image_name = "ns/modelscope:1.9.4";
  EXPECT_EQ(Found(query), (Numbers{}));
}

TEST_F(FiltersTest, GpuTypeIsEqualityWhateverTheCaseAndOwnerIsExact) {
  Add(1).capacity.gpu_type = "NVIDIA A10";
  Add(2).capacity.gpu_type = "nvidia a10";
  Add(3).capacity.gpu_type = "NVIDIA A100";
  InstanceQuery gpu;
  gpu.gpu_type = "Nvidia A10";
  EXPECT_EQ(Found(gpu), (Numbers{1, 2}));

  Add(4).owner = model::UserId("abc");
  Add(5).owner = model::UserId("ABC");
  InstanceQuery owner;
  owner.owner = model::UserId("abc");
  EXPECT_EQ(Found(owner), (Numbers{4}));
}

TEST_F(FiltersTest, EmptyResourceIdMeansPayAsYouGoOnly) {
  Add(1);
  auto& subscribed = Add(2);
  subscribed.payment = model::PaymentType::Subscription;
  subscribed.resource_id = "quota-a";
  auto& other = Add(3);
  other.payment = model::PaymentType::Subscription;
  other.resource_id = "quota-b";
  InstanceQuery query;
  EXPECT_EQ(Found(query), (Numbers{1, 2, 3}));
  query.resource_id = "";
  EXPECT_EQ(Found(query), (Numbers{1}));
  query.resource_id = "quota-a";
  EXPECT_EQ(Found(query), (Numbers{2}));
  query.resource_id = "quota";
  EXPECT_EQ(Found(query), (Numbers{}));
}

TEST_F(FiltersTest, CpuAndGpuBoundsIncludeBothEnds) {
  Add(1).capacity = {.milli_cpu = 999, .milli_gpu = 999, .gpu_type = ""};
  Add(2).capacity = {.milli_cpu = 1000, .milli_gpu = 1000, .gpu_type = ""};
  Add(3).capacity = {.milli_cpu = 1001, .milli_gpu = 1001, .gpu_type = ""};
  using Bound = std::optional<double> InstanceQuery::*;
  const std::pair<Bound, Bound> kBounds[] = {
      {&InstanceQuery::min_milli_cpu, &InstanceQuery::max_milli_cpu},
      {&InstanceQuery::min_milli_gpu, &InstanceQuery::max_milli_gpu},
  };
  for (const auto& [min, max] : kBounds) {
    InstanceQuery query;
    query.*min = 1000;
    EXPECT_EQ(Found(query), (Numbers{2, 3}));
    query.*max = 1000;
    EXPECT_EQ(Found(query), (Numbers{2}));
    query.*min = std::nullopt;
    EXPECT_EQ(Found(query), (Numbers{1, 2}));
    query.*min = 1000.5;
    query.*max = 1001;
    EXPECT_EQ(Found(query), (Numbers{3}));
    query.*min = 1002;
    query.*max = 1001;
    EXPECT_EQ(Found(query), (Numbers{})) << "Min > Max is valid and matches nothing";
  }
}

TEST_F(FiltersTest, MemoryBoundsAreGigabytesAndIncludeBothEnds) {
  Add(1).capacity = {.memory_mib = 512, .gpu_memory_mib = 512, .gpu_type = ""};
  Add(2).capacity = {.memory_mib = 8192, .gpu_memory_mib = 8192, .gpu_type = ""};
  Add(3).capacity = {.memory_mib = 8193, .gpu_memory_mib = 8193, .gpu_type = ""};
  using Bound = std::optional<double> InstanceQuery::*;
  const std::pair<Bound, Bound> kBounds[] = {
      {&InstanceQuery::min_memory_gb, &InstanceQuery::max_memory_gb},
      {&InstanceQuery::min_gpu_memory_gb, &InstanceQuery::max_gpu_memory_gb},
  };
  for (const auto& [min, max] : kBounds) {
    InstanceQuery query;
    query.*min = 0.5;
    query.*max = 8;
    EXPECT_EQ(Found(query), (Numbers{1, 2}));
    query.*min = 0.51;
    EXPECT_EQ(Found(query), (Numbers{2}));
    query.*min = 8;
    query.*max = std::nullopt;
    EXPECT_EQ(Found(query), (Numbers{2, 3}));
  }
}

TEST_F(FiltersTest, AnInstanceWithoutGpuHasZeroGpuMemory) {
  Add(1);
  Add(2).capacity = {.milli_gpu = 1000, .gpu_memory_mib = 24 * 1024, .gpu_type = "NVIDIA A10"};
  InstanceQuery at_least;
  at_least.min_gpu_memory_gb = 0.001;
  EXPECT_EQ(Found(at_least), (Numbers{2}));
  InstanceQuery at_most;
  at_most.max_gpu_memory_gb = 16;
  EXPECT_EQ(Found(at_most), (Numbers{1}));
}

TEST_F(FiltersTest, CreationBoundsIncludeTheSecondThatAnswersShow) {
  Add(1).created = At(9, 999);
  Add(2).created = At(10, 500);  // shown as second 10
  Add(3).created = At(11);
  InstanceQuery query;
  query.created_after = At(10);
  EXPECT_EQ(Found(query), (Numbers{2, 3}));
  query.created_before = At(10);
  EXPECT_EQ(Found(query), (Numbers{2}));
  query.created_after = std::nullopt;
  EXPECT_EQ(Found(query), (Numbers{1, 2}));
  query.created_after = At(10, 1);
  query.created_before = At(11, 999);
  EXPECT_EQ(Found(query), (Numbers{3}));
  query.created_before = At(9);
  EXPECT_EQ(Found(query), (Numbers{})) << "After > Before is valid and matches nothing";
}

TEST_F(FiltersTest, LabelsMustAllBeEqualAndTagsAreAnotherSet) {
  Add(1).labels = {{"team", "vision"}, {"stage", "dev"}};
  Add(2).labels = {{"team", "vision"}};
  Add(3).labels = {{"team", "visions"}};
  Add(4).tags = {{"team", "vision"}};
  InstanceQuery query;
  query.labels = {{"team", "vision"}};
  EXPECT_EQ(Found(query), (Numbers{1, 2}));
  query.labels.push_back({"stage", "dev"});
  EXPECT_EQ(Found(query), (Numbers{1}));
  query.labels = {{"teamv", "ision"}};
  EXPECT_EQ(Found(query), (Numbers{})) << "key and value are not run together";
}

TEST_F(FiltersTest, ATagWithoutValueMatchesTheKeyAlone) {
  Add(1).tags = {{"team", "vision"}};
  Add(2).tags = {{"team", ""}};
  Add(3).tags = {{"teams", "vision"}};
  Add(4).labels = {{"team", "vision"}};
  InstanceQuery query;
  query.tags = {{.key = "team", .value = std::nullopt}};
  EXPECT_EQ(Found(query), (Numbers{1, 2}));
  query.tags = {{.key = "team", .value = ""}};
  EXPECT_EQ(Found(query), (Numbers{2}));
  query.tags = {{.key = "team", .value = "vision"}};
  EXPECT_EQ(Found(query), (Numbers{1}));
}

TEST_F(FiltersTest, OversoldFiltersDoNotMatchAnInstanceThatHasNone) {
  Add(1);
  Add(2).oversold_info = model::OversoldInfo::ForbiddenQuotaOverSold;
  Add(3).oversold_type = model::OversoldType::ForceQuotaOverSold;
  InstanceQuery info;
  info.oversold_info = model::OversoldInfo::ForbiddenQuotaOverSold;
  EXPECT_EQ(Found(info), (Numbers{2}));
  InstanceQuery type;
  type.oversold_type = model::OversoldType::ForceQuotaOverSold;
  EXPECT_EQ(Found(type), (Numbers{3}));
}

TEST_F(FiltersTest, StatusAndIdListsMeanAnyOfThemAndEmptyListsFilterNothing) {
  Add(1).status = model::InstanceStatus::Running;
  Add(2).status = model::InstanceStatus::Failed;
  Add(3).status = model::InstanceStatus::Deleting;
  InstanceQuery query;
  query.status = {model::InstanceStatus::Running, model::InstanceStatus::Deleting};
  EXPECT_EQ(Found(query), (Numbers{1, 3}));
  query.ids = {model::InstanceId("dsw-1"), model::InstanceId("dsw-2"), model::InstanceId("dsw-9")};
  EXPECT_EQ(Found(query), (Numbers{1}));
  query.status = std::set<model::InstanceStatus>{};
  EXPECT_EQ(Found(query), (Numbers{1, 2}));
  query.ids = std::set<model::InstanceId>{};
  EXPECT_EQ(Found(query), (Numbers{1, 2, 3}));
}

}  // namespace
}  // namespace atelier::directory
