#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/session.h"

/// `atelier instance ...`. Options come by value: each struct is what the command line said.
namespace atelier::cli {

/// Whether to wait until what was asked for is so. Default: yes on a terminal.
struct WaitOptions {
  std::optional<bool> wait;
  int timeout_seconds = 900;
};

struct CreateOptions {
  std::string name;
  std::string spec;       // empty: the first of the catalogue
  std::string image;      // empty: the first of the catalogue
  std::string workspace;  // empty: the default one
  bool is_public = false;
  int priority = 0;              // 0: the server's default
  std::vector<std::string> env;  // NAME=VALUE
  std::string env_file;  // lines NAME=VALUE: for values that must not show in a process list
  std::vector<std::string> labels;  // KEY=VALUE
  std::string start_script;         // file
  std::string client_token;         // empty: a random one
  WaitOptions wait;
};
Task<Status> CreateInstance(Session& session, CreateOptions options);

struct ListOptions {
  bool all = false;  // every page
  int page = 1;
  int page_size = 50;
  std::string workspace;  // empty: all
  std::string status;
  std::string name;
  std::string owner;
  std::vector<std::string> labels;  // KEY=VALUE
  std::string query;                // docs/query.md
};
Task<Status> ListInstances(Session& session, ListOptions options);

Task<Status> GetInstance(Session& session, std::string id);

struct ChangeOptions {
  std::vector<std::string> ids;
  WaitOptions wait;
};
Task<Status> StartInstances(Session& session, ChangeOptions options);
Task<Status> StopInstances(Session& session, ChangeOptions options);
Task<Status> DeleteInstances(Session& session, ChangeOptions options);

struct OpenOptions {
  std::string id;
  int expire_seconds = 8 * 3600;  // a working day: the browser session ends with its link
  bool browser = false;
};
Task<Status> OpenInstance(Session& session, OpenOptions options);

Task<Status> ShowEvents(Session& session, std::string id, int most);
/// `type` empty: the latest value of every metric.
Task<Status> ShowMetrics(Session& session, std::string id, std::string type);
Task<Status> ShowLogs(Session& session, std::string id);

}  // namespace atelier::cli
