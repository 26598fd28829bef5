#include "serve/options.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/host_port.h"
#include "http/message.h"
#include "http/origin.h"
#include "http/trusted_proxies.h"
#include "store/postgres.h"

namespace atelier::serve {

namespace {

constexpr auto kOptions = std::to_array<ConfigOption>({
    {.flag = "data",
     .member = &ServerConfig::data,
     .doc = "Folder for everything the server keeps: the store, the key file, the credentials of "
            "the first start, and the instances. Made with mode 0700 when it is not there."},
    {.flag = "store",
     .member = &ServerConfig::store,
     .doc = "Where the records are kept. `sqlite`: in the data folder. "
            "`postgres://user@host:5432/database`: in PostgreSQL 15 or later, one server at a time "
            "(docs/operating.md). Never with a password: it comes from the file that PGPASSFILE "
            "names, or from PGPASSWORD."},
    {.flag = "store-dsn-file",
     .member = &ServerConfig::store_dsn_file,
     .doc = "File whose first line is the `postgres://` address, in place of `store`. It may have "
            "the password in it; then only the server's user may read it."},
    {.flag = "listen",
     .member = &ServerConfig::listen,
     .doc = "IP address and port to serve on, `host:port`. Port 0 takes any free one. Keep it on "
            "loopback unless TLS is on or a proxy terminates it."},
    {.flag = "public-url",
     .member = &ServerConfig::public_url,
     .doc = "Base of the URLs in answers (JupyterlabUrl and so on), without a trailing slash. "
            "Empty: the Host of each request, or where no signature covers it the address that the "
            "connection reached."},
    {.flag = "apps-listen",
     .member = &ServerConfig::apps_listen,
     .doc = "IP address and port for notebooks and services, which so have an origin of their own: "
            "no page of theirs is served at `listen` then, and no page of the console there. Port "
            "0 takes any free one. Empty: everything is served at `listen`, and browsers cannot "
            "sign in (docs/security.md)."},
    {.flag = "apps-url",
     .member = &ServerConfig::apps_url,
     .doc = "Base of the URLs of notebooks and services in answers, without a trailing slash: what "
            "`public-url` is for `listen`, for `apps-listen`. With a `*` for the first label of "
            "its host (`https://*.apps.example.org`) each instance has a name and an origin of its "
            "own, at `listen` as well as at `apps-listen`."},
    {.flag = "trusted-proxies",
     .member = &ServerConfig::trusted_proxies,
     .doc = "Addresses and ranges of the reverse proxies in front of the server, separated by "
            "commas (`127.0.0.1,10.0.0.0/8`). What they say in X-Forwarded-For and "
            "X-Forwarded-Proto is believed: they must set both, whatever their client sends. From "
            "all others these headers mean nothing."},
    {.flag = "allow-shared-origin",
     .member = &ServerConfig::allow_shared_origin,
     .doc = "Lets browsers sign in although notebooks share the origin, so that JavaScript in any "
            "of them can act as whoever looks at it."},
    {.flag = "passwords",
     .member = &ServerConfig::passwords,
     .doc = "Lets users sign a browser in with a password that an administrator has set, too."},
    {.flag = "oidc-issuer",
     .member = &ServerConfig::oidc_issuer,
     .doc = "URL of an OpenID provider by which users sign in, letter for letter as its discovery "
            "document names it (docs/openid.md). Empty: there is none."},
    {.flag = "oidc-client-id",
     .member = &ServerConfig::oidc_client_id,
     .doc = "Name of this server at the provider. Its redirect URI there is "
            "`<public-url>/atelier/v1/sign-in/callback`; so `public-url` must be set."},
    {.flag = "oidc-client-secret-file",
     .member = &ServerConfig::oidc_client_secret_file,
     .doc = "File whose first line is the client's secret. Empty: a public client."},
    {.flag = "oidc-ca",
     .member = &ServerConfig::oidc_ca,
     .doc = "PEM file with the authorities that the provider's certificate is of, in place of the "
            "system's."},
    {.flag = "oidc-name",
     .member = &ServerConfig::oidc_name,
     .doc = "What the sign-in page calls the provider. Empty: its host."},
    {.flag = "oidc-scopes",
     .member = &ServerConfig::oidc_scopes,
     .doc = "Scopes that are asked for, with blanks between them; `openid` is one."},
    {.flag = "oidc-user-claim",
     .member = &ServerConfig::oidc_user_claim,
     .doc = "Claim of the ID token that is the user's login name. The provider must not let people "
            "choose it."},
    {.flag = "oidc-groups-claim",
     .member = &ServerConfig::oidc_groups_claim,
     .doc = "Claim of the ID token with the names of the user's groups."},
    {.flag = "oidc-make-users",
     .member = &ServerConfig::oidc_make_users,
     .doc = "Makes a user at their first sign-in by the provider. Otherwise only those whom an "
            "administrator has made are let in."},
    {.flag = "oidc-rules",
     .member = &ServerConfig::oidc_rules,
     .doc =
         "JSON file of what groups give: `{\"Rules\": [{\"Group\": \"ml\", \"Workspace\": "
         "\"vision\", \"Roles\": [\"AlgoDeveloper\"]}, {\"Group\": \"*\", \"Policies\": "
         "[\"AliyunPAIFullAccess\"]}]}`. At each sign-in the user gets and loses what it names."},
    {.flag = "region",
     .member = &ServerConfig::region,
     .doc = "Region id, as it appears in resource names."},
    {.flag = "region-aliases",
     .member = &ServerConfig::region_aliases,
     .doc = "Further names of the region, comma separated, that `ClusterId` may have in the paths "
            "of EAS, such as `cn-hangzhou`; `*`: any. Resource names keep `region`."},
    {.flag = "zone",
     .member = &ServerConfig::zone,
     .doc = "Zone of the region that this host is in, such as `local-a`: the `Zone` of the service "
            "instances that run here. Empty: it has no name."},
    {.flag = "runtime",
     .member = &ServerConfig::runtime,
     .values = "process,simulated",
     .doc =
         "What runs instances: sandboxed local processes, or a simulated world for tests and CI."},
    {.flag = "catalogue",
     .member = &ServerConfig::catalogue,
     .doc =
         "JSON file with the machine types (Specs) and images (Images) that instances are made of. "
         "Empty: `catalogue.json` in the data folder if it is there, else, with the simulated "
         "runtime, simulated images. Without Specs: built-in CPU types from 1 to 64 vCPUs. Types "
         "that the host is too small for are not offered; the log names them."},
    {.flag = "shared-folders",
     .member = &ServerConfig::shared_folders,
     .doc = "Folders of the host, comma separated, that services may be shown parts of, read-only "
            "(model_path, processor_path, storage[].path). Relative paths begin at the first. "
            "Empty: `models` in the data folder."},
    {.flag = "default-environment",
     .member = &ServerConfig::default_environment,
     .doc =
         "File with lines `NAME=value`: environment variables of every instance and every service "
         "instance from its next start on, such as a proxy or a package index. Its own variables "
         "win. See docs/operating.md."},
    {.flag = "tls-certificate",
     .member = &ServerConfig::tls_certificate,
     .doc = "PEM file with the certificate chain. Set with tls-key to serve HTTPS. Both are read "
            "again on SIGHUP."},
    {.flag = "tls-key",
     .member = &ServerConfig::tls_key,
     .doc = "PEM file with the private key of the certificate."},
    {.flag = "log-level",
     .member = &ServerConfig::log_level,
     .values = "debug,info,warn,error",
     .doc = "Least level that is logged to standard error."},
    {.flag = "account-name",
     .member = &ServerConfig::account_name,
     .doc = "Name of the main account that the first start makes."},
    {.flag = "allow-roa-signature",
     .member = &ServerConfig::allow_roa_signature,
     .doc =
         "Accept the older ROA HMAC-SHA1 signatures (aliyun CLI, Terraform, the PAI SDK). They do "
         "not protect the body without Content-MD5; turn them off when every client signs with "
         "ACS3."},
    {.flag = "roa-content-md5",
     .member = &ServerConfig::roa_content_md5,
     .values = "require,accept",
     .doc =
         "What becomes of a body under an older ROA signature without Content-MD5, which the PAI "
         "SDK and Terraform do not send. `require`: it is refused. `accept`: it is taken, and "
         "whoever can change a request on its way can change its body. Empty: `require` for what "
         "comes from other hosts without TLS, unless `public-url` has TLS or the runtime is "
         "`simulated`, else `accept`."},
    {.flag = "console",
     .member = &ServerConfig::console,
     .values = "on,off",
     .doc = "Whether the web console is served at `/console/`, where `/` leads browsers."},
    {.flag = "isolation",
     .member = &ServerConfig::isolation,
     .values = "require,prefer,off",
     .doc =
         "What the process runtime asks of the host. `require`: a network and a user of the kernel "
         "of their own, a filter of system calls and limits for all instances, or the server does "
         "not start. `prefer`: what the host allows; the rest is in `/readyz`, `/metrics` and the "
         "log. `off`: likewise, but instances share the host's network. Empty: `prefer` where "
         "`listen` and `apps-listen` are on loopback, else `require`."},
    {.flag = "share-recommenders",
     .member = &ServerConfig::share_recommenders,
     .doc = "Let every identity of the account change, fill and query every recommender. Otherwise "
            "they are for their creator and for those whom RAM allows `airec:<operation>`."},
    {.flag = "max-body-kib",
     .member = &ServerConfig::max_body_kib,
     .range = {1, 65'536},
     .doc = "Largest body of an API request, in KiB. Larger ones are answered 413."},
    {.flag = "max-connections",
     .member = &ServerConfig::max_connections,
     .range = {1, 1'000'000},
     .doc =
         "Most connections at once; with `apps-listen` half of them at each address. A further one "
         "takes the place of an idle one, or is answered 503."},
    {.flag = "max-requests",
     .member = &ServerConfig::max_requests,
     .range = {1, 100'000},
     .doc = "Most API requests under way at once. Further ones are answered 503."},
    {.flag = "max-streams",
     .member = &ServerConfig::max_streams,
     .range = {0, 1'000'000},
     .doc = "Most live streams at once: one for each browser that shows the console. At most half "
            "of the connections. Further ones are answered 503, and their pages ask now and then."},
    {.flag = "max-streams-per-user",
     .member = &ServerConfig::max_streams_per_user,
     .range = {0, 1'000'000},
     .doc = "Most of them of one user, or of all sessions of one role. Further ones are answered "
            "429."},
    {.flag = "request-threads",
     .member = &ServerConfig::request_threads,
     .range = {1, 64},
     .doc = "Threads that answer requests. With more than one, `GetInstance` and `ListInstances` "
            "are answered on all of them, and whatever else comes to one of the further threads is "
            "handed to the first and costs more than there."},
    {.flag = "max-instances",
     .member = &ServerConfig::max_instances,
     .range = {1, 100'000'000},
     .doc = "Most instances of the installation. Creating more is refused."},
    {.flag = "max-running-per-user",
     .member = &ServerConfig::max_running_per_user,
     .range = {0, 1'000'000},
     .doc = "Most instances and service instances of one user that run at once. 0: no such limit. "
            "Starting "
            "more is refused; more service instances wait."},
    {.flag = "max-cpus-per-user",
     .member = &ServerConfig::max_cpus_per_user,
     .range = {0, 1'000'000'000},
     .doc = "Most vCPUs of all that runs of one user. 0: no such limit."},
    {.flag = "max-memory-gib-per-user",
     .member = &ServerConfig::max_memory_gib_per_user,
     .range = {0, 1'000'000'000},
     .doc = "Most GiB of memory of all that runs of one user. 0: no such limit."},
    {.flag = "max-running-per-workspace",
     .member = &ServerConfig::max_running_per_workspace,
     .range = {0, 1'000'000},
     .doc = "Most instances and service instances of one workspace that run at once. 0: no such "
            "limit."},
    {.flag = "max-cpus-per-workspace",
     .member = &ServerConfig::max_cpus_per_workspace,
     .range = {0, 1'000'000'000},
     .doc = "Most vCPUs of all that runs of one workspace. 0: no such limit."},
    {.flag = "max-memory-gib-per-workspace",
     .member = &ServerConfig::max_memory_gib_per_workspace,
     .range = {0, 1'000'000'000},
     .doc = "Most GiB of memory of all that runs of one workspace. 0: no such limit."},
    {.flag = "cpu-overcommit-percent",
     .member = &ServerConfig::cpu_overcommit_percent,
     .range = {10, 100'000},
     .doc = "How many vCPUs are given out, in percent of those the host has. What runs shares the "
            "host's; "
            "starting what would need more is refused until something stops."},
    {.flag = "memory-overcommit-percent",
     .member = &ServerConfig::memory_overcommit_percent,
     .range = {10, 100'000},
     .doc = "The same for memory. Above 100 the host may run out of it, if all use what they were "
            "given."},
    {.flag = "simulated-cpus",
     .member = &ServerConfig::simulated_cpus,
     .range = {1, 1'000'000'000},
     .doc = "vCPUs of the simulated world."},
    {.flag = "simulated-memory-gib",
     .member = &ServerConfig::simulated_memory_gib,
     .range = {1, 1'000'000'000},
     .doc = "GiB of memory of the simulated world."},
    {.flag = "simulated-gpus",
     .member = &ServerConfig::simulated_gpus,
     .range = {0, 1'000'000'000},
     .doc = "GPUs of the simulated world, of whatever type is asked for."},
    {.flag = "allocate-deadline",
     .member = &ServerConfig::allocate_deadline_s,
     .range = {1, 86'400},
     .doc =
         "Seconds until an instance that was asked for has its folders, limits and namespaces, or "
         "is Failed."},
    {.flag = "max-services",
     .member = &ServerConfig::max_services,
     .range = {1, 1'000'000},
     .doc = "Most services of the installation. Creating more is refused."},
    {.flag = "max-recommenders",
     .member = &ServerConfig::max_recommenders,
     .range = {1, 100'000},
     .doc = "Most recommenders of the installation. Creating more is refused."},
    {.flag = "training-mib",
     .member = &ServerConfig::training_mib,
     .range = {16, 65'536},
     .doc =
         "Most MiB that the training of a recommender takes, beside its data. It takes one core."},
    {.flag = "start-deadline",
     .member = &ServerConfig::start_deadline_s,
     .range = {1, 86'400},
     .doc = "Seconds an instance may take from its process to its readiness before it is Failed."},
    {.flag = "service-deadline",
     .member = &ServerConfig::ready_deadline_s,
     .range = {1, 86'400},
     .doc = "Seconds a service may take until all its instances are ready, before it is Failed or "
            "runs with those it has."},
    {.flag = "prepare-deadline",
     .member = &ServerConfig::prepare_deadline_s,
     .range = {1, 86'400},
     .doc = "Seconds a start script (UserCommand.OnStart) may run before the instance is Failed."},
    {.flag = "stop-deadline",
     .member = &ServerConfig::stop_deadline_s,
     .range = {1, 86'400},
     .doc = "Seconds a stop may take before it is forced."},
    {.flag = "sample-every",
     .member = &ServerConfig::sample_every_s,
     .range = {1, 3'600},
     .doc = "Seconds between two samples of an instance's CPU, memory and network."},
    {.flag = "answer-timeout",
     .member = &ServerConfig::answer_timeout_s,
     .range = {1, 604'800},
     .doc = "Seconds that a notebook, an app behind its `/proxy/`, or a service without "
            "`rpc.keepalive` may take to begin its answer, and to go on with it. A later one is "
            "answered 504; one that stops is cut."},
    {.flag = "websocket-idle",
     .member = &ServerConfig::websocket_idle_s,
     .range = {1, 604'800},
     .doc = "Seconds without a byte in either direction after which a WebSocket of a notebook or "
            "a service is closed."},
    {.flag = "idle-minutes",
     .member = &ServerConfig::idle_minutes,
     .range = {0, 527'040},
     .doc = "Minutes without use after which new instances are stopped, unless their workspace has "
            "an idle rule of its own. 0: no such rule. Each can be given another or none."},
    {.flag = "idle-cpu-percent",
     .member = &ServerConfig::idle_cpu_percent,
     .range = {1, 100},
     .doc = "CPU use, in percent of its vCPUs, from which an instance counts as used by that rule. "
            "An executing kernel counts as use, too."},
    {.flag = "webhook",
     .member = &ServerConfig::webhook,
     .doc = "URL that the events of instances are posted to as JSON, warnings of idle rules among "
            "them, signed with the secret of `webhook-secret-file` (docs/operating.md). Empty: "
            "none is posted."},
    {.flag = "webhook-secret-file",
     .member = &ServerConfig::webhook_secret_file,
     .doc = "File with the secret that signs what goes to `webhook`, 16 to 4,096 bytes."},
    {.flag = "shutdown-grace",
     .member = &ServerConfig::shutdown_grace_s,
     .range = {0, 600},
     .doc = "Seconds that requests under way get when the server is asked to end."},
    {.flag = "keep-audit-days",
     .member = &ServerConfig::keep_audit_days,
     .range = {1, 36'500},
     .doc = "Days that audit records are kept."},
});

std::string DefaultText(const ConfigOption& option) {
  static const ServerConfig kStandard;
  return std::visit(
      [](auto member) -> std::string {
        const auto& value = kStandard.*member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>)
          return value ? "true" : "false";
        else if constexpr (std::is_same_v<Value, std::string>)
          return value.empty() ? "(empty)" : value;
        else
          return std::to_string(value);
      },
      option.member);
}

/// With a zone ("fe80::1%eth0") or without.
bool IsIpAddress(const std::string& host) {
  in6_addr any{};
  const std::string plain = host.substr(0, host.find('%'));
  return ::inet_pton(AF_INET, host.c_str(), &any) == 1 ||
         ::inet_pton(AF_INET6, plain.c_str(), &any) == 1;
}

Status CheckAddress(std::string_view flag, const std::string& text) {
  ATELIER_TRY(const HostPort address, ParseHostPort(text));
  if (IsIpAddress(address.host)) return Ok();
  return Error(Code::kInvalidArgument,
               fmt::format("{} must be an IP address and a port, such as 127.0.0.1:8080 or "
                           "[::1]:8080; '{}' is no IP address.",
                           flag, address.host));
}

Status CheckUrl(std::string_view flag, std::string_view url) {
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
    return Error(Code::kInvalidArgument,
                 fmt::format("{} must begin with http:// or https://.", flag));
  }
  if (url.ends_with('/'))
    return Error(Code::kInvalidArgument, fmt::format("{} must not end with a slash.", flag));
  return Ok();
}

std::string SpacesAsCommas(std::string text) {
  std::ranges::replace(text, ' ', ',');
  return text;
}

Status CheckOidc(const ServerConfig& config) {
  if (config.oidc_issuer.empty() != config.oidc_client_id.empty()) {
    return Error(Code::kInvalidArgument,
                 "oidc-issuer and oidc-client-id go together: set both or neither.");
  }
  if (config.oidc_issuer.empty()) return Ok();
  if (config.public_url.empty())
    return Error(Code::kInvalidArgument, "oidc-issuer needs public-url, to which users come back.");
  const auto issuer = http::ParseUrl(config.oidc_issuer);
  if (!issuer || issuer->target.find('?') != std::string::npos ||
      !http::IsConfidential(issuer->origin)) {
    return Error(
        Code::kInvalidArgument,
        "oidc-issuer must be an https:// URL without a query, or an http:// one of this host.");
  }
  if (!http::ListHas(SpacesAsCommas(config.oidc_scopes), "openid"))
    return Error(Code::kInvalidArgument, "oidc-scopes must have openid.");
  return Ok();
}

/// Where notebooks and services are, against where the console is.
Status CheckApps(const ServerConfig& config) {
  const bool named = config.apps_url.find('*') != std::string::npos;
  if (named) {
    const auto hosts = http::NamedHosts::Parse(config.apps_url);
    if (!hosts) {
      return Error(Code::kInvalidArgument,
                   "In apps-url a * is the first label of the host, as in https://*.apps.example.");
    }
    const auto console = http::ParseOrigin(config.public_url);
    if (console && hosts->LabelOf(console->host)) {
      return Error(Code::kInvalidArgument,
                   "public-url is one of the hosts of apps-url: pages of notebooks would share the "
                   "console's origin.");
    }
    return Ok();
  }
  if (config.apps_listen.empty() && !config.apps_url.empty()) {
    return Error(Code::kInvalidArgument,
                 "apps-url is the address of apps-listen: set it, too, or give each instance a "
                 "name with a *, as in https://*.apps.example.");
  }
  if (!config.apps_listen.empty() && config.apps_url.empty() != config.public_url.empty()) {
    return Error(Code::kInvalidArgument,
                 "With apps-listen, public-url and apps-url go together: set both or neither.");
  }
  if (!config.apps_url.empty() &&
      http::ParseOrigin(config.apps_url) == http::ParseOrigin(config.public_url)) {
    return Error(Code::kInvalidArgument, "public-url and apps-url are the same origin.");
  }
  return Ok();
}

}  // namespace

std::string ConfigOption::environment() const {
  std::string name = "ATELIER_" + ToUpper(flag);
  std::ranges::replace(name, '-', '_');
  return name;
}

std::span<const ConfigOption> ConfigOptions() { return kOptions; }

std::vector<std::string> OptionNames() {
  std::vector<std::string> names = {"--config", "--manual", "--recover-key", "--help"};
  for (const ConfigOption& option : kOptions) names.push_back("--" + std::string(option.flag));
  return names;
}

std::string ConfigManual() {
  std::string out =
      "# Configuration\n\n"
      "Every option of `atelier serve`: a flag, an environment variable, or a line `flag = value` "
      "in the file\n"
      "named by `--config`. A flag wins over the environment, the environment over the file. This "
      "page is\n"
      "printed by `atelier serve --manual`.\n\n"
      "| flag | environment | default | allowed | what it does |\n|---|---|---|---|---|\n";
  for (const ConfigOption& option : ConfigOptions()) {
    std::string allowed(option.values);
    if (std::holds_alternative<bool ServerConfig::*>(option.member)) allowed = "true, false";
    if (std::holds_alternative<std::int64_t ServerConfig::*>(option.member)) {
      allowed = fmt::format("{} to {}", option.range.min, option.range.max);
    }
    out += fmt::format("| `--{}` | `{}` | `{}` | {} | {} |\n", option.flag, option.environment(),
                       DefaultText(option), allowed, option.doc);
  }
  return out;
}

Status ValidateConfig(const ServerConfig& config) {
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return Error(Code::kInvalidArgument,
                 "tls-certificate and tls-key go together: set both or neither.");
  }
  ATELIER_RETURN_IF_ERROR(CheckAddress("listen", config.listen));
  if (!config.apps_listen.empty())
    ATELIER_RETURN_IF_ERROR(CheckAddress("apps-listen", config.apps_listen));
  if (config.store != "sqlite") {
    if (!config.store_dsn_file.empty())
      return Error(Code::kInvalidArgument, "Set store or store-dsn-file, not both.");
    if (const Status is = store::CheckPostgresAddress(config.store, false); !is) {
      return Error(
          Code::kInvalidArgument,
          fmt::format("store is `sqlite` or the address of a database. {}", is.error().message()));
    }
  }
  if (config.webhook.empty() != config.webhook_secret_file.empty()) {
    return Error(Code::kInvalidArgument,
                 "webhook and webhook-secret-file go together: set both or neither.");
  }
  if (const auto proxies = http::TrustedProxies::Parse(config.trusted_proxies); !proxies) {
    return Error(Code::kInvalidArgument,
                 fmt::format("trusted-proxies: {}", proxies.error().message()));
  }
  ATELIER_RETURN_IF_ERROR(CheckOidc(config));
  ATELIER_RETURN_IF_ERROR(CheckUrl("public-url", config.public_url));
  ATELIER_RETURN_IF_ERROR(CheckUrl("apps-url", config.apps_url));
  return CheckApps(config);
}

}  // namespace atelier::serve
