#include "serve/wiring/catalogue.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"

namespace atelier::serve {

namespace {

constexpr std::size_t kMaxFile = 4U << 20U;

Result<std::string> ReadFile(const std::string& path) {
  if (auto text = ReadWholeFile(path, kMaxFile)) return *std::move(text);
  return Error(Code::kNotFound, fmt::format("The file {} cannot be read, or has more than {} MiB.",
                                            path, kMaxFile >> 20U));
}

struct Size {
  std::string_view name;
  std::int64_t cpu;
  double memory;
};

/// From a laptop's to a large server's; the host's own size takes out what it cannot give. The
/// first is what a command takes that names none. Names and sizes are the vendor's.
constexpr auto kSizes = std::to_array<Size>({
    {"ecs.c6.large", 2, 4},       {"ecs.g6.large", 2, 8},       {"ecs.r6.large", 2, 16},
    {"ecs.c6.xlarge", 4, 8},      {"ecs.g6.xlarge", 4, 16},     {"ecs.r6.xlarge", 4, 32},
    {"ecs.c6.2xlarge", 8, 16},    {"ecs.g6.2xlarge", 8, 32},    {"ecs.r6.2xlarge", 8, 64},
    {"ecs.c6.4xlarge", 16, 32},   {"ecs.g6.4xlarge", 16, 64},   {"ecs.r6.4xlarge", 16, 128},
    {"ecs.c6.8xlarge", 32, 64},   {"ecs.g6.8xlarge", 32, 128},  {"ecs.r6.8xlarge", 32, 256},
    {"ecs.c7.16xlarge", 64, 128}, {"ecs.g7.16xlarge", 64, 256}, {"ecs.r7.16xlarge", 64, 512},
    {"ecs.t6-c1m1.large", 2, 2},  {"ecs.t5-lc1m2.small", 1, 2}, {"ecs.t5-lc1m1.small", 1, 1},
});

std::vector<model::EcsSpec> BuiltInSpecs() {
  std::vector<model::EcsSpec> specs;
  for (const Size& size : kSizes) {
    model::EcsSpec spec;
    spec.InstanceType = size.name;
    spec.Cpu = size.cpu;
    spec.MemoryGb = size.memory;
    specs.push_back(std::move(spec));
  }
  return specs;
}

/// The standard image under its own names first, so that what is written for one runtime runs on
/// the other.
std::vector<model::Image> SimulatedImages() {
  return {{.ImageId = "image-jupyterlab",
           .ImageName = "jupyterlab:4",
           .ImageUrl = "local/jupyterlab:4",
           .Prefix = "/nonexistent"},
          {.ImageId = "image-simulated",
           .ImageName = "simulated:1",
           .ImageUrl = "local/simulated:1",
           .Prefix = "/nonexistent"}};
}

/// What can be seen in the image, where the file says nothing.
void LabelPython(model::Image& image) {
  if (image.Prefix.empty()) return;
  constexpr std::string_view kFolder = "python";
  std::error_code failed;  // an image that is not there has no label
  for (const auto& entry : std::filesystem::directory_iterator(image.Prefix + "/lib", failed)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(kFolder) && name.find('.') != std::string::npos)
      image.Labels.try_emplace("system.pythonVersion", name.substr(kFolder.size()));
  }
}

}  // namespace

Result<model::Catalogue> LoadCatalogue(const std::string& named, const std::string& standard,
                                       bool with_image) {
  std::string path = named;
  if (path.empty() && std::filesystem::exists(standard)) path = standard;
  model::Catalogue catalogue;
  if (path.empty()) {
    if (with_image) catalogue.Images = SimulatedImages();
  } else {
    ATELIER_TRY(const std::string text, ReadFile(path));
    ATELIER_TRY(catalogue, model::ParseCatalogue(text));
  }
  for (model::Image& image : catalogue.Images) LabelPython(image);
  if (catalogue.Specs.empty()) catalogue.Specs = BuiltInSpecs();
  return catalogue;
}

}  // namespace atelier::serve
