// AIWorkSpace: the images of the catalogue, as clients look them up before CreateInstance. Shapes
// as in the official aiworkspace-20210204 SDK.
#include <algorithm>
#include <array>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/paging.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"

namespace atelier::api {

namespace {

/// What is true of every image of the catalogue, in the words of the documented label keys.
const std::vector<wire::ImageLabel>& Labels() {
  static const std::vector<wire::ImageLabel> labels = {
      {.Key = "system.supported.dsw", .Value = "true"}};
  return labels;
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
          .Labels = verbose ? std::optional(Labels()) : std::nullopt};
}

/// `condition` is Key=Value.
bool HasLabel(std::string_view condition) {
  return std::ranges::any_of(Labels(), [&](const wire::ImageLabel& label) {
    return condition == label.Key + "=" + label.Value;
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
  return std::ranges::all_of(args.List("Labels"), HasLabel);
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
          .doc = "Has all of these, each as Key=Value."},
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
});

}  // namespace

std::span<const Operation> ImageOperations() { return kOperations; }

}  // namespace atelier::api
