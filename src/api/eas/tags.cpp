// Tags of services, which are their labels: RPC style, as Terraform sets them.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/service_facts.h"
#include "base/clock.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
#include "directory/service_query.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

/// RAM is asked by the handler, of each service by its name.
constexpr ApiVersion kEasTagApi{
    .product = Product::kEas, .version = "2021-07-02", .open_to_all = true};
constexpr std::string_view kService = "service";
constexpr std::size_t kMaxServices = 50;
constexpr std::size_t kMaxTags = 20;

constexpr Param kRegionId{.name = "RegionId", .doc = "Not looked at: the ids name their services."};
constexpr Param kType{
    .name = "ResourceType", .type = Type::kEnum, .required = true, .values = "service"};
constexpr Param kIds{
    .name = "ResourceId", .type = Type::kList, .required = true, .doc = "ServiceUid of each."};

constexpr std::array kOfIds = {kIds};
constexpr std::array kOfTags = {Param{.name = "Tag", .type = Type::kJsonList}};
constexpr std::array kTagParams = {
    kRegionId, kType, kIds,
    Param{.name = "Tag", .type = Type::kJsonList, .required = true, .doc = "Key and Value."}};
constexpr std::array kUntagParams = {
    kRegionId, kType, kIds, Param{.name = "TagKey", .type = Type::kList},
    Param{.name = "All", .type = Type::kBoolean, .doc = "Without TagKey: every tag."}};
constexpr std::array kListParams = {
    kRegionId,
    kType,
    Param{.name = "ResourceId", .type = Type::kList, .doc = "ServiceUid of each; none: all."},
    Param{.name = "Tag", .type = Type::kJsonList, .doc = "Key, or Key and Value."},
    Param{.name = "NextToken", .doc = "That of the page before."},
    Param{.name = "MaxResult",
          .type = Type::kInteger,
          .min = 1,
          .max = 1000,
          .standard = 100,
          .doc = "Of a page, which ends between two services."}};

/// The RAM gate for one service; "*": for all.
Status Permitted(const Context& context, std::string_view service) {
  const std::vector<std::string> actions = {fmt::format("eas:{}", context.operation)};
  return context.gate.Enforce(
      identity::Evaluate(context.services.identities, context.caller, actions,
                         ResourceNameOf(context, service), {}, context.services.clock.Wall()),
      actions.front());
}

/// RAM, then the workspace, as for one service in a path; of what a caller may not know of, neither
/// tells that it is there.
Result<directory::ServicePtr> FindTagged(const Context& context, const std::string& id) {
  directory::ServicePtr service = context.eas.directory.FindById(model::ServiceId(id));
  if (service == nullptr || !MayKnow(context, service->workspace)) {
    return Error(Code::kNotFound, fmt::format("Service {} does not exist.", id), "UnknownService");
  }
  ATELIER_RETURN_IF_ERROR(Permitted(context, service->name));
  if (MayAccess(context, service->workspace, service->owner, context.access)) return service;
  return Error(Code::kPermissionDenied,
               fmt::format("No permission {} for service {}.", context.operation, id),
               "PrivilegeCheckFailed");
}

/// Of no service in particular: the right to all.
Status PassTagged(const Context& context, const std::string& id) {
  if (id.empty()) return Permitted(context, "*");
  ATELIER_RETURN_IF_ERROR(FindTagged(context, id));
  return Ok();
}

/// All of ResourceId, or the error of the first that is not to be had.
Result<std::vector<directory::ServicePtr>> FindAllTagged(const Context& context,
                                                         Args<kOfIds> args) {
  const auto& ids = args.List("ResourceId");
  if (ids.size() > kMaxServices)
    return Invalid(fmt::format("ResourceId must have at most {} members.", kMaxServices));
  std::vector<directory::ServicePtr> services;
  for (const std::string& id : ids) {
    ATELIER_TRY(directory::ServicePtr service, FindTagged(context, id));
    services.push_back(std::move(service));
  }
  return services;
}

Result<std::vector<wire::TagOfService>> ParseTags(Args<kOfTags> args) {
  std::vector<wire::TagOfService> tags;
  if (const json::value* given = args.Json("Tag")) {
    Problems problems;
    DecodeJson(*given, tags, "Tag", Missing::kProblem, problems);
    if (!problems.empty()) return Invalid(problems);
  }
  if (tags.size() > kMaxTags)
    return Invalid(fmt::format("Tag must have at most {} members.", kMaxTags));
  return tags;
}

Answered<NoFields> TagServices(Context& context, Args<kTagParams> args) {
  ATELIER_CO_TRY(const auto services, FindAllTagged(context, args));
  ATELIER_CO_TRY(const auto tags, ParseTags(args));
  std::map<std::string, std::string> labels;
  for (const wire::TagOfService& tag : tags) labels[tag.Key] = tag.Value.value_or("");
  ATELIER_CO_RETURN_IF_ERROR(CheckLabels(labels));
  for (const directory::ServicePtr& service : services) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await context.eas.control.PutLabels(service->name, labels, context.actor()));
  }
  co_return Answer(context, NoFields{});
}

Answered<NoFields> UntagServices(Context& context, Args<kUntagParams> args) {
  ATELIER_CO_TRY(const auto services, FindAllTagged(context, args));
  const auto& listed = args.List("TagKey");
  const bool all = listed.empty() && args.Boolean("All");
  if (listed.empty() && !all) co_return Invalid("TagKey is required, or All=true.");
  for (const directory::ServicePtr& service : services) {
    std::set<std::string> keys(listed.begin(), listed.end());
    if (all) {
      for (const model::Label& label : service->labels) keys.insert(label.key);
    }
    ATELIER_CO_RETURN_IF_ERROR(
        co_await context.eas.control.DeleteLabels(service->name, std::move(keys), context.actor()));
  }
  co_return Answer(context, NoFields{});
}

/// Has every tag that is asked for: the key, and the value where one is given.
bool HasTags(const model::Service& service, const std::vector<wire::TagOfService>& wanted) {
  return std::ranges::all_of(wanted, [&](const wire::TagOfService& tag) {
    return std::ranges::any_of(service.labels, [&](const model::Label& label) {
      return label.key == tag.Key && (!tag.Value || label.value == *tag.Value);
    });
  });
}

/// Those asked for, else those that the caller may see.
Result<std::vector<directory::ServicePtr>> ServicesToList(const Context& context,
                                                          Args<kListParams> args) {
  if (!args.List("ResourceId").empty()) return FindAllTagged(context, args);
  // Of no service in particular: the right to all.
  ATELIER_RETURN_IF_ERROR(Permitted(context, "*"));
  auto services = context.eas.directory.All();
  std::erase_if(services, [&](const directory::ServicePtr& service) {
    return !MayAccess(context, service->workspace, service->owner, identity::Access::kRead);
  });
  return services;
}

Answered<wire::ListTagResourcesAnswer> ListTagsOfServices(Context& context,
                                                          Args<kListParams> args) {
  ATELIER_CO_TRY(auto services, ServicesToList(context, args));
  ATELIER_CO_TRY(const auto wanted, ParseTags(args));
  List list(std::move(services));
  list.KeepIf([&](const model::Service& service) {
    return !service.labels.empty() && HasTags(service, wanted);
  });
  const auto next = list.PageAfter<&model::Service::name>(
      args.Text("NextToken"), *args.Integer("MaxResult"),
      [](const model::Service& service) { return std::ssize(service.labels); });
  wire::ListTagResourcesAnswer answer;
  answer.NextToken = next.value_or("");
  for (const directory::ServicePtr& service : list.items()) {
    for (const model::Label& label : service->labels) {
      answer.TagResources.TagResource.push_back({.ResourceId = service->id.str(),
                                                 .ResourceType = kService,
                                                 .TagKey = label.key,
                                                 .TagValue = label.value});
    }
  }
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceTagOperations() {
  static const auto kRows = std::to_array<Operation>({
      Rpc<TagServices>(kEasTagApi, "TagResources", "Sets tags of services, which are their labels.")
          .Passes(&PassTagged, identity::Access::kWrite),
      Rpc<UntagServices>(kEasTagApi, "UntagResources", "Removes tags of services by their keys.")
          .Passes(&PassTagged, identity::Access::kWrite),
      Rpc<ListTagsOfServices>(kEasTagApi, "ListTagResources", "Lists tags of services.")
          .Passes(&PassTagged, identity::Access::kRead)
          .ReadOnly(),
  });
  return kRows;
}

}  // namespace atelier::api
