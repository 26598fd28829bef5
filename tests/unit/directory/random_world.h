#pragma once
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "directory/directory.h"

namespace atelier::directory {

/// Makes instances, viewers and queries whose values collide often, so that every filter keeps some
/// and drops some, and ties in every order are common.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine_);
  }
  bool Chance(int percent) { return Below(100) < static_cast<std::uint64_t>(percent); }

  model::Instance Instance(std::uint64_t number) {
    model::Instance i;
    i.id = model::InstanceId("dsw-" + std::to_string(number));
    i.workspace = AnyWorkspace();
    i.owner = AnyUser();
    i.created = AnyTime();
    Change(i);
    return i;
  }

  /// Anything that may change in the life of an instance.
  void Change(model::Instance& i) {
    i.name = AnyName();
    i.modified = AnyTime();
    i.priority = static_cast<std::int64_t>(Below(3)) + 1;
    i.status = static_cast<model::InstanceStatus>(Below(model::kInstanceStatusCount));
    i.accessibility = static_cast<model::Accessibility>(Below(2));
    i.accelerator = static_cast<model::AcceleratorType>(Below(2));
    i.payment = static_cast<model::PaymentType>(Below(2));
    i.resource_id =
        i.payment == model::PaymentType::Subscription ? AnyOf({"quota1", "quota2"}) : "";
    i.capacity = {.milli_cpu = AnyCount() * 1000,
                  .memory_mib = AnyCount() * 512,
                  .milli_gpu = AnyCount() * 500,
                  .gpu_memory_mib = AnyCount() * 8192,
                  .gpu_type = AnyOf({"", "NVIDIA A10", "nvidia a10", "V100"})};
    i.image_name = AnyOf({"", "torch:2.1", "jupyter:4"});
    i.image_url = AnyOf({"", "torch:2.1", "hub.example/ai/torch:2.1", "hub.example/ai/jupyter:4"});
    i.labels = AnyLabels();
    i.tags = AnyLabels();
    i.user_command_id = Chance(20) ? std::to_string(Below(6)) : "";
    i.oversold_info.reset();
    i.oversold_type.reset();
    if (Chance(50)) i.oversold_info = static_cast<model::OversoldInfo>(Below(3));
    if (Chance(50)) i.oversold_type = static_cast<model::OversoldType>(Below(3));
  }

  Viewer AnyViewer() {
    Viewer viewer;
    viewer.sees_all = Chance(40);
    viewer.user = AnyUser();
    while (Chance(50)) viewer.member_of.insert(AnyWorkspace());
    while (Chance(30)) viewer.administers.insert(AnyWorkspace());
    return viewer;
  }

  /// Zero to a few conditions out of all there are, any order, a page near the matches.
  InstanceQuery AnyQuery(std::uint64_t population) {
    InstanceQuery q;
    if (Chance(50)) q.workspace = AnyWorkspace();
    for (std::uint64_t conditions = Below(4); conditions > 0; --conditions)
      AddCondition(q, population);
    q.sort_by = static_cast<SortBy>(Below(3));
    q.order = static_cast<Order>(Below(2));
    q.page_size = Chance(80) ? Below(12) + 1 : 1000;
    q.page_number = Below(Chance(50) ? 2 : population / q.page_size + 2) + 1;
    return q;
  }

 private:
  std::string AnyOf(std::initializer_list<const char*> choices) {
    return *(choices.begin() + Below(choices.size()));
  }
  model::WorkspaceId AnyWorkspace() { return model::WorkspaceId(AnyOf({"1", "2", "3", "empty"})); }
  model::UserId AnyUser() { return model::UserId(AnyOf({"100", "200", "300", "400"})); }
  std::int64_t AnyCount() { return static_cast<std::int64_t>(Below(4)); }
  /// Within 8 seconds, at any millisecond: shared seconds, and bounds between them.
  WallTime AnyTime() {
    return WallTime{std::chrono::seconds(1'700'000'000)} + Duration(Below(8000));
  }
  std::string AnyName() {
    std::string name;
    for (std::uint64_t length = Below(9); length > 0; --length) name += "abAB_"[Below(5)];
    return name;
  }
  std::vector<model::Label> AnyLabels() {
    std::vector<model::Label> labels;
    for (const char* key : {"team", "stage", "te"}) {
      if (Chance(50)) labels.push_back({.key = key, .value = AnyOf({"x", "y", "amx"})});
    }
    return labels;
  }
  void Bounds(std::optional<double>& min, std::optional<double>& max, double unit) {
    if (Chance(60)) min = static_cast<double>(Below(9)) * unit / 2;
    if (Chance(60)) max = static_cast<double>(Below(9)) * unit / 2;
  }

  void AddCondition(InstanceQuery& q, std::uint64_t population) {
    switch (Below(21)) {
      case 0:
        q.name_contains = AnyName().substr(0, Below(6));
        break;
      case 1:
        q.resource_id = AnyOf({"", "quota1", "quota2", "unknown"});
        break;
      case 2:
        q.status.emplace();
        for (std::uint64_t n = Below(9); n > 0; --n) {
          q.status->insert(static_cast<model::InstanceStatus>(Below(model::kInstanceStatusCount)));
        }
        break;
      case 3:
        q.payment = static_cast<model::PaymentType>(Below(2));
        break;
      case 4:
        q.accessibility = static_cast<model::Accessibility>(Below(2));
        break;
      case 5:
        q.accelerator = static_cast<model::AcceleratorType>(Below(2));
        break;
      case 6:
        q.ids.emplace();
        for (std::uint64_t n = Below(6); n > 0; --n) {
          q.ids->insert(model::InstanceId("dsw-" + std::to_string(Below(population + 2))));
        }
        break;
      case 7:
        q.labels = AnyLabels();
        break;
      case 8:
        q.tags.push_back({.key = AnyOf({"team", "stage", "te", "no"}), .value = std::nullopt});
        break;
      case 9:
        q.tags.push_back({.key = AnyOf({"team", "te"}), .value = AnyOf({"x", "amx"})});
        break;
      case 10:
        q.owner = AnyUser();
        break;
      case 11:
        q.gpu_type = AnyOf({"NVIDIA A10", "nvidia A10", "v100", "T4"});
        break;
      case 12:
        q.image_name = AnyOf({"torch:2.1", "jupyter:4", "ai/torch:2.1"});
        break;
      case 13:
        Bounds(q.min_milli_cpu, q.max_milli_cpu, 1000);
        break;
      case 14:
        Bounds(q.min_milli_gpu, q.max_milli_gpu, 500);
        break;
      case 15:
        Bounds(q.min_memory_gb, q.max_memory_gb, 0.5);
        break;
      case 16:
        Bounds(q.min_gpu_memory_gb, q.max_gpu_memory_gb, 8);
        break;
      case 17:
        q.oversold_info = static_cast<model::OversoldInfo>(Below(3));
        break;
      case 18:
        q.oversold_type = static_cast<model::OversoldType>(Below(3));
        break;
      case 19:
        q.user_command = std::to_string(Below(6));
        break;
      default:
        if (Chance(70)) q.created_after = AnyTime();
        if (Chance(70)) q.created_before = AnyTime();
    }
  }

  std::mt19937_64 engine_;
};

}  // namespace atelier::directory
