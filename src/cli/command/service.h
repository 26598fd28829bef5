#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/command/instance.h"
#include "cli/run/session.h"

/// `atelier service ...`. Services go by their names.
namespace atelier::cli {

struct CreateServiceOptions {
  std::string file;  // with the service JSON
  WaitOptions wait;
};
Task<Status> CreateService(Session& session, CreateServiceOptions options);

struct ListServicesOptions {
  std::string name;  // part of it
  std::string status;
};
Task<Status> ListServices(Session& session, ListServicesOptions options);

Task<Status> GetService(Session& session, std::string name);

struct ScaleServiceOptions {
  std::string name;
  int instances = 0;
  WaitOptions wait;
};
Task<Status> ScaleService(Session& session, ScaleServiceOptions options);

struct DeleteServicesOptions {
  std::vector<std::string> names;
  WaitOptions wait;
};
Task<Status> DeleteServices(Session& session, DeleteServicesOptions options);

Task<Status> ListServiceInstances(Session& session, std::string name);
Task<Status> ShowServiceEvents(Session& session, std::string name);

struct ServiceLogsOptions {
  std::string name;
  std::string instance;   // empty: all
  bool previous = false;  // of the run before the present one
};
Task<Status> ShowServiceLogs(Session& session, ServiceLogsOptions options);

struct CallServiceOptions {
  std::string name;
  std::string path = "/";
  std::string data;  // sent as a POST; "@file": the file's content
};
/// Calls the model with the service's own token and prints the answer's body.
Task<Status> CallService(Session& session, CallServiceOptions options);

}  // namespace atelier::cli
