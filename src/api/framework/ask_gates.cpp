#include "api/framework/ask_gates.h"

#include <algorithm>

#include "api/framework/ram_gate.h"
#include "api/framework/recent_sign_in.h"
#include "api/framework/served.h"

namespace atelier::api {

namespace {

constexpr std::string_view kCluster = "ClusterId";

}  // namespace

std::string_view SubjectOf(const Operation& operation) {
  const auto found = std::ranges::find_if(operation.params(), [](const Param& param) {
    return param.in_path && param.name != kCluster;
  });
  return found == operation.params().end() ? std::string_view() : found->name;
}

Status AskGates(const GateQuestion& question) {
  static const http::RequestHead kNoHead;
  static const std::string kNoRequest;
  const auto& [services, options, caller, operation, subject, list_items] = question;
  const RawParams path = {{std::string(kCluster), options.region},
                          {std::string(SubjectOf(operation)), subject}};
  ATELIER_RETURN_IF_ERROR(CheckSignedInLately(services, operation, caller));
  RamGate gate;
  ATELIER_RETURN_IF_ERROR(
      Authorise(services, options, {operation, caller, path, RawParams()}, gate));
  if (operation.handler == nullptr) return Refusal(operation);
  const Context asked{.services = services,
                      .dsw = services.dsw,
                      .eas = services.eas,
                      .airec = services.airec,
                      .options = options,
                      .caller = caller,
                      .gate = gate,
                      .request_id = kNoRequest,
                      .operation = operation.name,
                      .form = operation.form,
                      .access = operation.second_gate.access,
                      .head = kNoHead,
                      .args = {},
                      .body = {},
                      .url_base = {},
                      .apart = {},
                      .buffer = {},
                      .list_items = list_items};
  if (operation.second_gate.pass != nullptr)
    ATELIER_RETURN_IF_ERROR(operation.second_gate.pass(asked, subject));
  return gate.forgotten() ? PassRam(asked, {}) : Ok();
}

}  // namespace atelier::api
