#pragma once
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/instance.h"

namespace atelier::bench {

/// The population that issue "ListInstances over a million instances" asks for, at any size: 1,000
/// workspaces of which the largest holds a tenth of all, 50,000 creators, 30 images, 20 label keys,
/// 15 states. Instance number N is always the same, so that a program can make them one at a time.
class Population {
 public:
  static constexpr std::size_t kWorkspaces = 1000;
  static constexpr std::size_t kCreators = 50'000;
  static constexpr std::size_t kImages = 30;
  static constexpr std::size_t kLabelKeys = 20;

  explicit Population(std::size_t size) : size_(size) {
    double sum = 0;
    for (std::size_t i = 1; i < kWorkspaces; ++i) {
      sum += 1 / std::sqrt(static_cast<double>(i));
      share_.push_back(sum);
    }
  }

  std::size_t size() const { return size_; }

  static model::WorkspaceId Workspace(std::size_t number) {
    return model::WorkspaceId(std::to_string(100'000 + number));
  }
  static model::UserId Creator(std::size_t number) {
    return model::UserId(std::to_string(2'000'000'000'000'000ULL + number * 7919));
  }
  static std::string ImageName(std::size_t number) {
    return "notebook-image-" + std::to_string(number) + ":2.1-py311";
  }
  static std::string LabelKey(std::size_t number) { return "label-key-" + std::to_string(number); }
  static WallTime Epoch() { return WallTime{std::chrono::seconds(1'700'000'000)}; }
  static constexpr std::chrono::hours kAges{24 * 365};  // creations are spread over a year

  model::Instance At(std::size_t number) const {
    Dice dice{number * 0x9E3779B97F4A7C15ULL + 1};
    model::Instance i;
    i.id = IdOf(number);
    i.workspace = Workspace(AnyWorkspace(dice));
    i.owner = Creator(dice.Below(kCreators));
    i.name = Name(number, dice);
    const bool gpu = dice.Below(3) == 0;
    i.ecs_spec = gpu ? "ecs.gn7i-c8g1.2xlarge" : "ecs.g6.xlarge";
    const std::size_t image = dice.Below(kImages);
    i.image_id = "image-" + std::to_string(1'000'000 + image);
    i.image_name = ImageName(image);
    i.image_url = "registry.example/platform/" + i.image_name;
    i.accelerator = gpu ? model::AcceleratorType::GPU : model::AcceleratorType::CPU;
    i.accessibility =
        dice.Below(4) == 0 ? model::Accessibility::PUBLIC : model::Accessibility::PRIVATE;
    i.capacity = {.milli_cpu = gpu ? 8000 : 4000,
                  .memory_mib = gpu ? 30'720 : 16'384,
                  .milli_gpu = gpu ? 1000 : 0,
                  .gpu_memory_mib = gpu ? 24'576 : 0,
                  .gpu_type = gpu ? "NVIDIA A10" : ""};
    i.priority = static_cast<std::int64_t>(dice.Below(9)) + 1;
    i.environment = {{"DATASET_ROOT", "/mnt/data/" + std::to_string(dice.Below(100))},
                     {"LOG_LEVEL", "info"}};
    for (std::size_t n = 0; n < 3; ++n) {
      i.labels.push_back({.key = LabelKey(dice.Below(kLabelKeys)),
                          .value = "value-" + std::to_string(dice.Below(20))});
    }
    i.driver = "535.54.03";
    i.status = static_cast<model::InstanceStatus>(dice.Below(model::kInstanceStatusCount));
    const auto age = std::chrono::duration_cast<Duration>(kAges) *
                     static_cast<std::int64_t>(number) / static_cast<std::int64_t>(size_);
    i.created = Epoch() + age;
    i.modified = i.created + std::chrono::seconds(dice.Below(std::size_t{30} * 86'400));
    i.status_since = i.modified;
    i.accumulated_running_ms = static_cast<std::int64_t>(dice.Below(1'000'000'000));
    return i;
  }

  static model::InstanceId IdOf(std::size_t number) {
    static constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string id = "dsw-";
    Dice dice{number ^ 0x5DEECE66DULL};
    std::uint64_t high = dice.Next();
    std::uint64_t low = number;  // unique, whatever the dice say
    for (int digit = 0; digit < 8; ++digit, high /= 36) id += kAlphabet[high % 36];
    for (int digit = 0; digit < 8; ++digit, low /= 36) id += kAlphabet[low % 36];
    return model::InstanceId(std::move(id));
  }

  /// splitmix64: the same numbers everywhere, from any seed.
  struct Dice {
    std::uint64_t state;
    std::uint64_t Next() {
      std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
      z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
      z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
      return z ^ (z >> 31U);
    }
    std::size_t Below(std::size_t bound) { return Next() % bound; }
  };

 private:
  std::size_t AnyWorkspace(Dice& dice) const {
    if (dice.Below(10) == 0) return 0;
    const double at = static_cast<double>(dice.Next() >> 11U) / 0x1p53 * share_.back();
    const auto found = std::lower_bound(share_.begin(), share_.end(), at);
    return 1 + static_cast<std::size_t>(found - share_.begin());
  }

  static std::string Name(std::size_t number, Dice& dice) {
    static constexpr std::array<std::string_view, 8> kWhat = {
        "train", "eval", "notebook", "prepare", "serve", "sweep", "debug", "export"};
    static constexpr std::array<std::string_view, 16> kModel = {
        "resnet", "bert", "llama", "qwen",   "vit",  "clip",      "whisper", "yolo",
        "unet",   "t5",   "gpt",   "deepfm", "wide", "mobilenet", "swin",    "dlrm"};
    std::string name(kWhat[dice.Below(kWhat.size())]);
    name += '_';
    name += kModel[dice.Below(kModel.size())];
    name += '_';
    for (std::uint64_t tail = number * 2'654'435'761ULL, digit = 0; digit < 8; ++digit, tail /= 16)
      name += "0123456789abcdef"[tail % 16];
    return name;
  }

  std::size_t size_;
  std::vector<double> share_;  // of workspaces 1 to 999, added up
};

}  // namespace atelier::bench
