#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/run/cli_environment.h"
#include "cli/run/command_line.h"

namespace atelier::cli {

namespace {

Exit ExitOf(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return Exit::kUsage;
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
      return Exit::kUnreachable;
    case Code::kAborted:
      return Exit::kNotReached;
    case Code::kNotFound:
      return Exit::kNotFound;
    default:
      return Exit::kRefused;
  }
}

/// What to do next. By the server's code where there is one, else by what failed here.
std::string_view HintFor(const Error& error) {
  struct Hint {
    std::string_view reason;
    std::string_view text;
  };
  static constexpr auto kHints = std::to_array<Hint>({
      {"InvalidAccessKeyId.NotFound",
       "The server does not know this access key: check --credentials and --endpoint."},
      {"InvalidAccessKeyId.Inactive",
       "Ask an administrator to enable the key: atelier key enable ID --user NAME"},
      {"SignatureDoesNotMatch",
       "The secret does not belong to this access key: check the credentials file."},
      {"InvalidTimeStamp.Expired",
       "Set this machine's clock; it differs from the server's by more than 15 minutes."},
      {"NoPermission",
       "Ask an administrator to attach a policy: atelier policy attach NAME --user YOU"},
      {"NoPermissionError",
       "Only its owner, or an administrator of its workspace, may. To join a workspace: "
       "atelier workspace add-member ID YOU"},
      {"InternalError", "See which instances there are: atelier instance list"},
      {"InvalidService.NotFound", "See which services there are: atelier service list"},
      {"InstanceNotExist", "See which recommenders there are: atelier recommender list"},
      {"DataSetNotExist", "See which versions there are: atelier recommender get ID"},
      {"InvalidWorkspace.NotFound", "See which workspaces there are: atelier workspace list"},
      {"EntityNotExist.User", "See which users there are: atelier user list"},
      {"EntityNotExist.Policy", "See which policies there are: atelier policy list"},
      {"CertificateNotTrusted",
       "Name the file of the certificate, or of the authority that issued it, with --ca-file."},
      {"CertificateNotValid", "Check the clocks, or renew the certificate of the server."},
      {"CertificateOfOtherHost", "Use a name in --endpoint that the certificate has."},
      {"NoTls", "Begin the endpoint with http:// instead of https://."},
      {"InvalidGateway.NotFound", "See which gateways there are: atelier gateway list"},
      {"InvalidResource.NotFound", "See which resources there are: atelier resource list"},
      {"InvalidGroup.NotFound", "See which groups there are: atelier service group list"},
      {"EntityNotExist.Role", "See which roles there are: atelier role list"},
      {"ServiceUnavailable", "The server cannot do this now; try again in a moment."},
  });
  for (const Hint& hint : kHints) {
    // InternalError is "not found" only with a 404 (docs/contract/errors.md section 5).
    const bool other_meaning = hint.reason == "InternalError" && error.code() != Code::kNotFound;
    if (hint.reason == error.reason() && !other_meaning) return hint.text;
  }
  if (error.code() == Code::kUnavailable)
    return "Is it running, and is http:// or https:// right? Start it with: atelier serve; or name "
           "another with --endpoint.";
  return {};
}

/// `hint`: what to do next.
void PrintError(const Error& error, std::string_view hint, CliEnvironment& env) {
  // An instance's reason may end with the last lines of its output.
  std::string_view rest = error.message();
  std::string_view lead = "atelier: ";
  while (!rest.empty() || !lead.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    env.err << std::exchange(lead, "") << Printable(rest.substr(0, end)) << '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!hint.empty()) env.err << hint << '\n';
  env.err.flush();
}

void PrintError(const Error& error, CliEnvironment& env) { PrintError(error, HintFor(error), env); }

/// Its errors say themselves what to do: no server has answered.
Exit RunOnHost(const Plan& plan, CliEnvironment& env) {
  const Status done = plan.on_host(env);
  env.out.flush();
  if (done) return Exit::kDone;
  PrintError(done.error(), {}, env);
  return ExitOf(done.error().code());
}

Task<void> RunCommand(const Plan& plan, const Connection& connection, http::Client& client,
                      CliEnvironment& env, asio::io_context& io, Status& outcome) {
  ApiClient api(client, connection, env);
  CommandContext context{.env = env, .api = api, .format = plan.format, .ids_only = plan.ids_only};
  outcome = co_await plan.command(context);
  io.stop();  // idle connections of the client would keep it busy
}

}  // namespace

Exit Run(std::vector<std::string> arguments, CliEnvironment& env) {
  const auto plan = ParseCommandLine(std::move(arguments), env.server_options);
  if (!plan) {
    env.err << plan.error().message();
    return Exit::kUsage;
  }
  if (plan->local) return plan->local(plan->connection, env);
  if (plan->on_host) return RunOnHost(*plan, env);
  if (!plan->command) {
    env.out << plan->print;
    return Exit::kDone;
  }
  const auto connection = FindConnection(plan->connection, env);
  if (!connection) {
    PrintError(connection.error(), env);
    return ExitOf(connection.error().code());
  }
  asio::io_context io{1};
  const auto client = http::MakeClient({}, io.get_executor(), env.clock);
  Status outcome;
  Spawn(io.get_executor(), "command", RunCommand(*plan, *connection, *client, env, io, outcome));
  io.run();
  env.out.flush();
  if (outcome) return Exit::kDone;
  PrintError(outcome.error(), env);
  return ExitOf(outcome.error().code());
}

}  // namespace atelier::cli
