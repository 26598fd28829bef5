#include <array>
#include <set>

#include "api/dsw/instance_common.h"
#include "api/dsw/instance_encoder.h"
#include "api/dsw/list_query.h"
#include "api/schema.h"
#include "api/wire/instance.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

constexpr auto kGetParams = std::to_array<Param>({
    kInstanceId,
    kToken,
    {.name = "Fields",
     .type = Param::Type::kList,
     .max = 128,
     .doc = "Top-level fields to return; InstanceId and the envelope always come."},
});

/// About what one instance takes in an answer: spares the answer's string its growth.
constexpr std::size_t kInstanceBytes = 3072;

/// `known` has an item for each instance that is nobody in the page.
Encoded<wire::ListInstancesAnswer> ListAnswer(Context& context, const directory::Page& page,
                                              std::span<const ListItems::Item* const> known) {
  std::string out = std::move(context.buffer);
  out.reserve(512 + page.instances.size() * kInstanceBytes);
  out += '{';
  bool first = true;
  AppendEnvelope(out, first, context.form, context.request_id);
  out += ",\"TotalCount\":";
  codec::AppendNumber(out, page.total);
  out += ",\"Instances\":[";
  InstanceEncoder encoder(context);
  for (std::size_t i = 0; i < page.instances.size(); ++i) {
    if (i > 0) out += ',';
    if (known[i] != nullptr)
      encoder.AppendListItem(out, *known[i]);
    else
      encoder.AppendListItem(out, page.instances[i]);
  }
  out += "],\"MigrationOptions\":{}}";
  return {std::move(out)};
}

AnsweredAnywhere<wire::ListInstancesAnswer> ListInstances(Context& context,
                                                          Args<kListInstancesParams> args) {
  ATELIER_TRY(directory::InstanceQuery query, BuildListQuery(args));
  ATELIER_TRY(WorkspaceChoice choice, ChooseWorkspace(context, args));
  if (choice.nothing) return ListAnswer(context, {}, {});
  query.workspace = std::move(choice.workspace);
  const directory::Viewer viewer = ViewerOf(context.services, context.caller);
  context.list_items.Refresh(context.services.identities.names_version());
  std::vector<const ListItems::Item*> known;
  known.reserve(query.page_size);
  const directory::Page page = context.dsw.directory.List(
      viewer, query, [&](directory::RowRef row, model::Revision revision) {
        known.push_back(context.list_items.Find(row, revision));
        return known.back() != nullptr;
      });
  return ListAnswer(context, page, known);
}

/// The present version, if an answer showed it lately and the caller may read it without anything
/// that only the record tells: what RAM asks of it, or a token. nullptr: the long way decides.
const ListItems::Item* KnownTo(Context& context, std::string_view id, std::string_view token) {
  if (!token.empty() || context.gate.waits()) return nullptr;
  const auto version = context.dsw.directory.VersionOf(id);
  if (!version) return nullptr;
  const ListItems::Item* item = context.list_items.Find(version->row, version->revision);
  if (item == nullptr || item->id.str() != id) return nullptr;
  const bool may = identity::WorkspaceAllows(context.services.identities, context.caller,
                                             context.access, item->access);
  return may ? item : nullptr;
}

AnsweredAnywhere<wire::GetInstanceAnswer> GetInstance(Context& context, Args<kGetParams> args) {
  const std::string& id = args.Text("InstanceId");
  const std::string& token = args.Text("Token");
  const std::vector<std::string>& names = args.List("Fields");
  context.list_items.Refresh(context.services.identities.names_version());
  const ListItems::Item* known = names.empty() ? KnownTo(context, id, token) : nullptr;
  directory::InstancePtr instance;
  if (known == nullptr) {
    ATELIER_TRY(instance, FindInstance(context, IdOf(args), token));
  }
  std::string out = std::move(context.buffer);
  out.reserve(512 + kInstanceBytes);
  out += '{';
  bool first = true;
  AppendEnvelope(out, first, context.form, context.request_id);
  InstanceEncoder encoder(context);
  if (known != nullptr)
    encoder.AppendGetMembers(out, *known);
  else if (names.empty())
    encoder.AppendGetMembers(out, instance);
  else
    encoder.AppendGetMembers(out, first, *instance, {names.begin(), names.end()});
  out += '}';
  return Encoded<wire::GetInstanceAnswer>{std::move(out)};
}

}  // namespace

std::span<const Operation> InstanceReadOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListInstances>(kDswApi, "ListInstances", "GET", "/api/v2/instances",
                         "Lists the instances the caller may see."),
      Row<GetInstance>(kDswApi, "GetInstance", "GET", "/api/v2/instances/{InstanceId}",
                       "Returns one instance.")
          .Passes(&PassInstance, identity::Access::kRead)
          .EnforcesRam(),
  });
  return kRows;
}

}  // namespace atelier::api
