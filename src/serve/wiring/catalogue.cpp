#include "serve/wiring/catalogue.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace atelier::serve {

namespace {

Result<std::string> ReadFile(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) return Error(Code::kNotFound, fmt::format("The file {} cannot be read.", path));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

model::Catalogue BuiltInCatalogue(bool with_image) {
  model::Catalogue catalogue;
  struct Size {
    const char* name;
    std::int64_t cpu;
    double memory;
  };
  for (const Size& size :
       {Size{"ecs.c6.large", 2, 4}, Size{"ecs.g6.large", 2, 8}, Size{"ecs.g6.xlarge", 4, 16}}) {
    model::EcsSpec spec;
    spec.InstanceType = size.name;
    spec.Cpu = size.cpu;
    spec.MemoryGb = size.memory;
    catalogue.Specs.push_back(std::move(spec));
  }
  if (with_image) {
    catalogue.Images.push_back({.ImageId = "image-simulated",
                                .ImageName = "simulated:1",
                                .ImageUrl = "local/simulated:1",
                                .Prefix = "/nonexistent"});
  }
  return catalogue;
}

}  // namespace

Result<model::Catalogue> LoadCatalogue(const std::string& named, const std::string& standard,
                                       bool with_image) {
  std::string path = named;
  if (path.empty() && std::filesystem::exists(standard)) path = standard;
  if (path.empty()) return BuiltInCatalogue(with_image);
  ATELIER_TRY(const std::string text, ReadFile(path));
  return model::ParseCatalogue(text);
}

}  // namespace atelier::serve
