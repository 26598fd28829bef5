#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/codec.h"
#include "model/instance.h"

namespace atelier::model {

/// A machine type that users pick with EcsSpec (ListEcsSpecs). From the configuration.
struct EcsSpec {
  std::string InstanceType;  // for example ecs.c6.large
  AcceleratorType Accelerator = AcceleratorType::CPU;
  std::int64_t Cpu = 0;  // vCPUs
  double MemoryGb = 0;
  std::int64_t Gpu = 0;
  std::string GpuType;
  double GpuMemoryGb = 0;  // of ONE GPU
  std::int64_t SystemDiskGb = 0;
  double Price = 0;  // an hour; 0 on one's own hardware unless configured
  std::string Currency;
};
BOOST_DESCRIBE_STRUCT(EcsSpec, (),
                      (InstanceType, Accelerator, Cpu, MemoryGb, Gpu, GpuType, GpuMemoryGb,
                       SystemDiskGb, Price, Currency))

/// A named local environment that the process driver starts instances from.
struct Image {
  std::string ImageId;    // for example image-jupyterlab
  std::string ImageName;  // for example jupyterlab:4-py311
  std::string ImageUrl;   // for example local/jupyterlab:4-py311
  std::string Prefix;  // absolute path of a Python virtual environment with bin/jupyter-lab; unused
                       // by simulated
  std::map<std::string, std::string> Labels = {};  // LabelsOf adds what is always true
};
BOOST_DESCRIBE_STRUCT(Image, (), (ImageId, ImageName, ImageUrl, Prefix, Labels))

/// A machine type of the configuration that this host cannot give.
struct WithheldSpec {
  std::string instance_type;
  std::string why;  // a sentence for users
};

/// What instances can be made of. Read once at start from the catalogue file
/// (docs/configuration.md).
struct Catalogue {
  std::vector<EcsSpec> Specs;
  std::vector<Image> Images;
  std::vector<WithheldSpec> withheld = {};  // not in Specs, and not in the file

  /// Moves the machine types that `fits` refuses to `withheld`, with its message.
  void Withhold(const std::function<Status(const EcsSpec&)>& fits);
  /// Why there is no such machine type to be had: one sentence for users.
  std::string WhyNoSpec(std::string_view instance_type) const;

  const EcsSpec* FindSpec(std::string_view instance_type) const;
  /// By ImageId, or by ImageUrl.
  const Image* FindImage(std::string_view id_or_url) const;
  /// "X is not offered: offered are A, B and 3 more (...).": for an image that FindImage does not
  /// find.
  std::string WhyNoImage(std::string_view id_or_url) const;
};
BOOST_DESCRIBE_STRUCT(Catalogue, (), (Specs, Images))

/// Its own labels over what is true of every image of a catalogue, in the words of the documented
/// keys: it is the operator's (system.official), notebooks and services may start from it
/// (system.supported.dsw, system.supported.eas), and it needs no GPU (system.chipType).
std::map<std::string, std::string> LabelsOf(const Image& image);

Capacity CapacityOf(const EcsSpec& spec);

/// InvalidArgument: a spec or image without a name, twice the same, or with impossible numbers.
Result<Catalogue> ParseCatalogue(std::string_view json_text);

}  // namespace atelier::model
