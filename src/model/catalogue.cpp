#include "model/catalogue.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace atelier::model {

namespace {
constexpr double kMibPerGb = 1024;
constexpr std::size_t kMaxNamed = 3;  // images in a message
constexpr std::size_t kMaxImageLabels = 50;
std::int64_t ToMib(double gb) { return std::llround(gb * kMibPerGb); }
}  // namespace

const EcsSpec* Catalogue::FindSpec(std::string_view instance_type) const {
  for (const EcsSpec& spec : Specs) {
    if (spec.InstanceType == instance_type) return &spec;
  }
  return nullptr;
}

void Catalogue::Withhold(const std::function<Status(const EcsSpec&)>& fits) {
  std::erase_if(Specs, [&](const EcsSpec& spec) {
    const Status status = fits(spec);
    if (!status) withheld.push_back({spec.InstanceType, status.error().message()});
    return !status;
  });
}

std::string Catalogue::WhyNoSpec(std::string_view instance_type) const {
  const auto found = std::ranges::find(withheld, instance_type, &WithheldSpec::instance_type);
  const std::string why = found == withheld.end() ? "" : " here: " + found->why;
  return fmt::format("{} is not offered{}", instance_type, why.empty() ? "." : why);
}

const Image* Catalogue::FindImage(std::string_view id_or_url) const {
  for (const Image& image : Images) {
    if (image.ImageId == id_or_url || image.ImageUrl == id_or_url) return &image;
  }
  return nullptr;
}

std::string Catalogue::WhyNoImage(std::string_view id_or_url) const {
  std::string offered;
  for (std::size_t i = 0; i < std::min(Images.size(), kMaxNamed); ++i)
    offered += (i == 0 ? "" : ", ") + Images[i].ImageId;
  if (Images.size() > kMaxNamed) offered += fmt::format(" and {} more", Images.size() - kMaxNamed);
  return fmt::format(
      "{} is not offered: offered {} {} (`atelier image list`, ListImages of AIWorkSpace); none is "
      "pulled from a registry.",
      id_or_url, Images.size() == 1 ? "is" : "are", offered.empty() ? "none" : offered);
}

std::map<std::string, std::string> LabelsOf(const Image& image) {
  std::map<std::string, std::string> labels = image.Labels;
  labels.insert({{"system.official", "true"},
                 {"system.supported.dsw", "true"},
                 {"system.supported.eas", "true"},
                 {"system.chipType", "CPU"}});
  return labels;
}

Capacity CapacityOf(const EcsSpec& spec) {
  return Capacity{.milli_cpu = spec.Cpu * kMilli,
                  .memory_mib = ToMib(spec.MemoryGb),
                  .milli_gpu = spec.Gpu * kMilli,
                  .gpu_memory_mib = ToMib(spec.GpuMemoryGb),
                  .gpu_type = spec.GpuType};
}

Result<Catalogue> ParseCatalogue(std::string_view json_text) {
  ATELIER_TRY(const json::value value, ParseJson(json_text));
  Catalogue catalogue;
  Problems problems;
  DecodeJson(value, catalogue, "", Missing::kKeepDefault, problems);
  std::set<std::string_view> names;
  for (const EcsSpec& spec : catalogue.Specs) {
    if (spec.InstanceType.empty()) problems.Add("Specs[].InstanceType", "is required");
    if (!names.insert(spec.InstanceType).second) problems.Add(spec.InstanceType, "is there twice");
    if (spec.Cpu < 1 || spec.MemoryGb <= 0 || spec.Gpu < 0 || spec.GpuMemoryGb < 0) {
      problems.Add(spec.InstanceType, "needs Cpu >= 1, MemoryGb > 0 and no negative numbers");
    }
    if ((spec.Accelerator == AcceleratorType::GPU) != (spec.Gpu > 0)) {
      problems.Add(spec.InstanceType, "has Accelerator GPU exactly when Gpu is above 0");
    }
  }
  for (const Image& image : catalogue.Images) {
    if (image.ImageId.empty() || image.ImageUrl.empty())
      problems.Add("Images[]", "need ImageId and ImageUrl");
    if (image.Labels.size() > kMaxImageLabels)
      problems.Add(image.ImageId, "has more than 50 Labels");
    for (const auto& [key, text] : image.Labels) {
      // A filter is a comma list of Key=Value.
      if (key.empty() || (key + text).find(',') != std::string::npos ||
          key.find('=') != std::string::npos)
        problems.Add(image.ImageId + ".Labels", "cannot have a comma, nor '=' or nothing as a key");
    }
    if (!names.insert(image.ImageId).second) problems.Add(image.ImageId, "is there twice");
  }
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return catalogue;
}

}  // namespace atelier::model
