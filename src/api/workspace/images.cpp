// AIWorkSpace: the images of the catalogue, as clients look them up before CreateInstance. Shapes
// as in the official aiworkspace-20210204 SDK.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"
#include "base/ascii.h"
#include "model/catalogue.h"

namespace atelier::api {

namespace {

constexpr Param kVerbose = {
    .name = "Verbose", .type = Param::Type::kBoolean, .standard = 0, .doc = "Show labels as well."};

constexpr std::array kListParams = {
    kPageNumber,
    kPageSize,
    Param{.name = "Name", .doc = "Part of the name, in any case."},
    Param{.name = "Options",
          .type = Param::Type::kList,
          .doc = "ExactMatchName: Name must be equal."},
    Param{.name = "Query", .doc = "Part of the name, in any case."},
    Param{.name = "ImageUri", .doc = "Exact."},
    Param{.name = "Accessibility",
          .type = Param::Type::kEnum,
          .values = "PUBLIC,PRIVATE",
          .doc = "All images of this server are PUBLIC."},
    Param{.name = "Labels",
          .type = Param::Type::kList,
          .doc = "Has all of these, each as Key=Value, or Key=* for any value."},
    Param{.name = "SortBy",
          .type = Param::Type::kEnum,
          .values = "GmtCreateTime",
          .doc = "Catalogue order."},
    Param{.name = "Order", .type = Param::Type::kEnum, .values = "ASC,DESC", .doc = "Default ASC."},
    Param{.name = "WorkspaceId", .doc = "Accepted; images are the same in every workspace."},
    kVerbose,
};
constexpr std::array kGetParams = {
    Param{.name = "ImageId", .in_path = true, .required = true, .doc = "Image id."},
    kVerbose,
};

constexpr std::array kLabelParams = {
    Param{.name = "ImageId", .doc = "Labels of this image alone."},
    Param{.name = "LabelKeys", .type = Param::Type::kList, .doc = "With one of these keys."},
    Param{.name = "LabelFilter",
          .type = Param::Type::kList,
          .doc = "Any of these, each as Key=Value, or Key=* for any value."},
    Param{.name = "Region", .doc = "Accepted; there is one."},
    Param{.name = "WorkspaceId", .doc = "Accepted; images are the same in every workspace."},
};

using Labels = std::map<std::string, std::string>;

std::vector<wire::LabelItem> Encode(const Labels& labels) {
  std::vector<wire::LabelItem> items;
  for (const auto& [key, value] : labels) items.push_back({.Key = key, .Value = value});
  return items;
}

/// Images come from the configuration: no user made them, in no workspace, at no recorded time.
wire::ImageFields FieldsOf(const model::Image& image, bool verbose) {
  return {.Name = image.ImageName,
          .Description = "",
          .ImageUri = image.ImageUrl,
          .Accessibility = "PUBLIC",
          .GmtCreateTime = "",
          .GmtModifiedTime = "",
          .SourceType = "",
          .SourceId = "",
          .UserId = "",
          .ParentUserId = "",
          .WorkspaceId = "",
          .Labels = verbose ? std::optional(Encode(model::LabelsOf(image))) : std::nullopt};
}

bool HasLabels(const model::Image& image, const ArgValues::Value& asked) {
  const Labels labels = model::LabelsOf(image);
  return std::ranges::all_of(
      asked.list, [&](const std::string& condition) { return HasLabel(labels, condition); });
}

constexpr std::string_view kPublic = "PUBLIC";

constexpr auto kFilters = std::to_array<Filter<kListParams, model::Image>>({
    {"Accessibility", AllAre<kPublic>},
    {"ImageUri", Is<&model::Image::ImageUrl>},
    {"Query", Part<&model::Image::ImageName>},
    {"Labels", HasLabels},
});

Answered<wire::ListImagesAnswer> ListImages(Context& context, Args<kListParams> args) {
  const bool verbose = args.Boolean("Verbose");
  const auto& options = args.List("Options");
  const bool exact = std::ranges::find(options, "ExactMatchName") != options.end();
  List list(context.services.catalogue.Images);
  list.Keep(args, kFilters).KeepIf([&](const model::Image& image) {
    const std::string& name = args.Text("Name");
    return exact && !name.empty() ? image.ImageName == name
                                  : ContainsIgnoreCase(image.ImageName, name);
  });
  wire::ListImagesAnswer answer;
  list.Reverse(args.Text("Order") == "DESC")
      .Fill(answer, answer.Images, PagingOf(args), [verbose](const model::Image& image) {
        return wire::ImageItem{FieldsOf(image, verbose), image.ImageId};
      });
  co_return Answer(context, answer);
}

Answered<wire::ImageFields> GetImage(Context& context, Args<kGetParams> args) {
  const std::string& id = args.Text("ImageId");
  const model::Image* image = context.services.catalogue.FindImage(id);
  if (image == nullptr || image->ImageId != id) {
    co_return Error(Code::kNotFound, "The image does not exist.", "UnknownImage");
  }
  co_return Answer(context, FieldsOf(*image, args.Boolean("Verbose")));
}

using Label = std::pair<std::string, std::string>;

bool MeetsOneOf(const Label& label, const ArgValues::Value& asked) {
  return std::ranges::any_of(asked.list, [&](const std::string& condition) {
    return HasLabel(std::array{label}, condition);
  });
}

constexpr auto kLabelFilters = std::to_array<Filter<kLabelParams, Label>>(
    {{"LabelKeys", IsOneOf<&Label::first>}, {"LabelFilter", MeetsOneOf}});

/// The labels that an image has, of all images each once.
Answered<wire::ListImageLabelsAnswer> ListImageLabels(Context& context, Args<kLabelParams> args) {
  const std::string& id = args.Text("ImageId");
  std::set<Label> found;
  for (const model::Image& image : context.services.catalogue.Images) {
    const Labels labels = model::LabelsOf(image);
    if (id.empty() || id == image.ImageId) found.insert(labels.begin(), labels.end());
  }
  List list(std::vector<Label>(found.begin(), found.end()));
  wire::ListImageLabelsAnswer answer{};
  list.Keep(args, kLabelFilters).Fill(answer, answer.Labels, kWhole, [](const Label& label) {
    return wire::LabelItem{.Key = label.first, .Value = label.second};
  });
  co_return Answer(context, answer);
}

constexpr auto kOperations = std::to_array<Operation>({
    Row<ListImages>(kWorkspaceApi, "ListImages", "GET", "/api/v1/images",
                    "Lists the images instances can start from.")
        .OpenToAll()
        .Also("paiimage:ListImages"),
    Row<GetImage>(kWorkspaceApi, "GetImage", "GET", "/api/v1/images/{ImageId}", "Shows an image.")
        .OpenToAll()
        .Also("paiimage:GetImage"),
    Row<ListImageLabels>(kWorkspaceApi, "ListImageLabels", "GET", "/api/v1/image/labels",
                         "Lists the labels that images have.")
        .OpenToAll()
        .Also("paiimage:ListImageLabels"),
});

}  // namespace

std::span<const Operation> ImageOperations() { return kOperations; }

}  // namespace atelier::api
