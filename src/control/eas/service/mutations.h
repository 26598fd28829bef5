#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/admission.h"
#include "control/core/seal_token.h"
#include "control/eas/service/drafts.h"
#include "directory/service_directory.h"
#include "model/catalogue.h"
#include "model/service_spec.h"

/// What requests about services have in common: who may have one, and what it changes.
namespace atelier::control {

/// FailedPrecondition/WrongState: the present state does not accept `trigger`. `operation` is named
/// in the message.
Status Accepting(const model::Service& service, model::ServiceTrigger trigger,
                 std::string_view operation);

/// FailedPrecondition/Locked. `ends`: the change stops or deletes the service.
Status Unlocked(const model::Service& service, bool ends);

/// InvalidArgument: the image or the machine type is none of this server's.
Status Offered(const model::ServiceSpec& spec, const model::Catalogue& catalogue);

/// InvalidArgument: there is never room for so many replicas. `admission` may be null.
Status Fits(const model::ServiceSpec& spec, std::int64_t replicas,
            const model::Catalogue& catalogue, const Admission* admission);

void SetLabels(std::vector<model::Label>& present,
               const std::map<std::string, std::string>& labels);

/// The record of the present version, for the transaction that makes it.
store::Write VersionWrite(const model::Service& service, WallTime now);

// The state must accept these.

/// `cause`: for the event, where it was not the user who asked.
void ApplyScale(ServiceDraft& draft, std::int64_t replicas, std::vector<std::string> leave_first,
                Reason cause = {"Scaling", ""});
/// Makes `config` the present configuration, as version `number`, everywhere.
void ApplyVersion(ServiceDraft& draft, const json::object& config, const model::ServiceSpec& spec,
                  std::int64_t number);

/// A warning among the events about keys of `config` that nothing knows (SayUnknownKeys).
void NoteUnknownKeys(ServiceDraft& draft, const json::object& config);

/// What a change of the configuration is measured by.
struct ChangeTerms {
  const model::Catalogue& catalogue;
  std::string_view token;  // the present one
  const SealToken& seal;
  const Admission* admission;  // may be null
};
/// The configuration that UpdateService makes, named as the present one is.
json::object ChangedConfig(const model::Service& present, const json::object& change, bool replace);

/// UpdateService: a scaling, a new token, a new version, or nothing. InvalidArgument, and the
/// errors above.
Status ChangeConfig(ServiceDraft& draft, const json::object& change, bool replace,
                    const ChangeTerms& terms);

/// Services::Release, and the group's going by weights with it.
Status ReleaseWeight(ServiceDraft& draft, std::optional<std::int64_t> weight,
                     std::optional<bool> grouping, const directory::ServiceDirectory& directory);

}  // namespace atelier::control
