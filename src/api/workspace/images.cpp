// AIWorkSpace: the images of the catalogue, as clients look them up before CreateInstance. Shapes
// as in the official aiworkspace-20210204 SDK.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/paging.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"

namespace atelier::api {

namespace {

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

bool HasAll(const Labels& labels, const std::vector<std::string>& conditions) {
  return std::ranges::all_of(
      conditions, [&](const std::string& condition) { return HasLabel(labels, condition); });
}

/// One label can meet one condition at most.
bool HasAny(const Labels::value_type& label, const std::vector<std::string>& conditions) {
  return std::ranges::any_of(conditions, [&](const std::string& condition) {
    return HasLabel(std::array{label}, condition);
  });
}

bool Matches(const Args& args, const model::Image& image) {
  if (args.Text("Accessibility") == "PRIVATE") return false;
  if (args.Has("ImageUri") && args.Text("ImageUri") != image.ImageUrl) return false;
  if (args.Has("Query") && !ContainsIgnoreCase(image.ImageName, args.Text("Query"))) return false;
  if (args.Has("Name")) {
    const std::string& name = args.Text("Name");
    const std::vector<std::string>& options = args.List("Options");
    const bool exact = std::ranges::find(options, "ExactMatchName") != options.end();
    if (exact ? name != image.ImageName : !ContainsIgnoreCase(image.ImageName, name)) return false;
  }
  return HasAll(model::LabelsOf(image), args.List("Labels"));
}

Task<Result<std::string>> ListImages(Context& context) {
  const bool verbose = context.args.Boolean("Verbose");
  std::vector<wire::ImageItem> found;
  for (const model::Image& image : context.services.catalogue.Images) {
    if (!Matches(context.args, image)) continue;
    wire::ImageItem& item = found.emplace_back();
    static_cast<wire::ImageFields&>(item) = FieldsOf(image, verbose);
    item.ImageId = image.ImageId;
  }
  if (context.args.Text("Order") == "DESC") std::ranges::reverse(found);
  const auto total = static_cast<std::int64_t>(found.size());
  co_return Answer(
      context,
      wire::ListImagesAnswer{.Images = PageOf(std::move(found), context.args), .TotalCount = total},
      EnvelopeForm::kRequestId);
}

Task<Result<std::string>> GetImage(Context& context) {
  const std::string& id = context.args.Text("ImageId");
  const model::Image* image = context.services.catalogue.FindImage(id);
  if (image == nullptr || image->ImageId != id) {
    co_return Error(Code::kNotFound, "The image does not exist.", "UnknownImage");
  }
  co_return Answer(context, FieldsOf(*image, context.args.Boolean("Verbose")),
                   EnvelopeForm::kRequestId);
}

/// The labels that an image has, of all images each once.
Task<Result<std::string>> ListImageLabels(Context& context) {
  const Args& args = context.args;
  const std::string& id = args.Text("ImageId");
  const std::vector<std::string>& keys = args.List("LabelKeys");
  std::set<std::pair<std::string, std::string>> found;
  for (const model::Image& image : context.services.catalogue.Images) {
    if (!id.empty() && id != image.ImageId) continue;
    for (const auto& label : model::LabelsOf(image)) {
      const bool named =
          !args.Has("LabelKeys") || std::ranges::find(keys, label.first) != keys.end();
      const bool fits = !args.Has("LabelFilter") || HasAny(label, args.List("LabelFilter"));
      if (named && fits) found.emplace(label);
    }
  }
  const auto total = static_cast<std::int64_t>(found.size());
  std::vector<wire::LabelItem> labels;
  labels.reserve(found.size());
  for (const auto& [key, value] : found) labels.push_back({.Key = key, .Value = value});
  co_return Answer(context,
                   wire::ListImageLabelsAnswer{.Labels = std::move(labels), .TotalCount = total},
                   EnvelopeForm::kRequestId);
}

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

constexpr auto kOperations = std::to_array<Operation>({
    {.product = Product::kWorkspace,
     .name = "ListImages",
     .version = kWorkspaceVersion,
     .method = "GET",
     .path = "/api/v1/images",
     .params = kListParams,
     .also_actions = "paiimage:ListImages",
     .open_to_all = true,
     .handler = &ListImages,
     .answer = &AnswerSchema<wire::ListImagesAnswer, EnvelopeForm::kRequestId>,
     .doc = "Lists the images instances can start from."},
    {.product = Product::kWorkspace,
     .name = "GetImage",
     .version = kWorkspaceVersion,
     .method = "GET",
     .path = "/api/v1/images/{ImageId}",
     .params = kGetParams,
     .also_actions = "paiimage:GetImage",
     .open_to_all = true,
     .handler = &GetImage,
     .answer = &AnswerSchema<wire::ImageFields, EnvelopeForm::kRequestId>,
     .doc = "Shows an image."},
    {.product = Product::kWorkspace,
     .name = "ListImageLabels",
     .version = kWorkspaceVersion,
     .method = "GET",
     .path = "/api/v1/image/labels",
     .params = kLabelParams,
     .also_actions = "paiimage:ListImageLabels",
     .open_to_all = true,
     .handler = &ListImageLabels,
     .answer = &AnswerSchema<wire::ListImageLabelsAnswer, EnvelopeForm::kRequestId>,
     .doc = "Lists the labels that images have."},
});

}  // namespace

std::span<const Operation> ImageOperations() { return kOperations; }

}  // namespace atelier::api
