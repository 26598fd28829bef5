#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace atelier::serve {

/// Everything `atelier serve` can be told. The table in options.cpp gives each its flag,
/// environment variable, default, bounds and manual entry.
struct ServerConfig {
  std::string data = "data";
  std::string store = "sqlite";
  std::string store_dsn_file;
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  std::string apps_listen;
  std::string apps_url;
  std::string trusted_proxies;
  bool allow_shared_origin = false;
  bool passwords = false;
  std::string oidc_issuer;
  std::string oidc_client_id;
  std::string oidc_client_secret_file;
  std::string oidc_ca;
  std::string oidc_name;
  std::string oidc_scopes = "openid profile email";
  std::string oidc_user_claim = "preferred_username";
  std::string oidc_groups_claim = "groups";
  bool oidc_make_users = false;
  std::string oidc_rules;
  std::string region = "local";
  std::string region_aliases;
  std::string zone;
  std::string runtime = "process";
  std::string catalogue;
  std::string shared_folders;
  std::string default_environment;
  std::string tls_certificate;
  std::string tls_key;
  std::string log_level = "info";
  std::string account_name = "atelier";
  std::string isolation;
  std::string console = "on";
  bool allow_roa_signature = true;
  std::string roa_content_md5;
  bool share_recommenders = false;
  std::int64_t max_body_kib = 1024;
  std::int64_t max_connections = 10'000;
  std::int64_t max_requests = 512;
  std::int64_t max_streams = 2'000;
  std::int64_t max_streams_per_user = 20;
  std::int64_t request_threads = 1;
  std::int64_t max_instances = 1'000'000;
  std::int64_t max_running_per_user = 0;
  std::int64_t max_cpus_per_user = 0;
  std::int64_t max_memory_gib_per_user = 0;
  std::int64_t max_running_per_workspace = 0;
  std::int64_t max_cpus_per_workspace = 0;
  std::int64_t max_memory_gib_per_workspace = 0;
  std::int64_t cpu_overcommit_percent = 1'600;
  std::int64_t memory_overcommit_percent = 300;
  std::int64_t simulated_cpus = 1'000'000'000;
  std::int64_t simulated_memory_gib = 1'000'000'000;
  std::int64_t simulated_gpus = 1'000'000'000;
  std::int64_t allocate_deadline_s = 60;
  std::int64_t max_services = 10'000;
  std::int64_t max_recommenders = 1'000;
  std::int64_t training_mib = 256;
  std::int64_t ready_deadline_s = 600;
  std::int64_t start_deadline_s = 120;
  std::int64_t prepare_deadline_s = 600;
  std::int64_t stop_deadline_s = 60;
  std::int64_t sample_every_s = 15;
  std::int64_t answer_timeout_s = 300;
  std::int64_t websocket_idle_s = 600;
  std::int64_t idle_minutes = 0;
  std::int64_t idle_cpu_percent = 10;
  std::string webhook;
  std::string webhook_secret_file;
  std::int64_t shutdown_grace_s = 10;
  std::int64_t keep_audit_days = 90;
};

/// One option of the server.
struct ConfigOption {
  struct Range {
    std::int64_t min = 0;
    std::int64_t max = 0;
  };
  std::string_view flag;  // without the dashes; also the key in the configuration file
  std::variant<std::string ServerConfig::*, bool ServerConfig::*, std::int64_t ServerConfig::*>
      member;
  Range range = {};              // of integers
  std::string_view values = {};  // "a,b": the only texts allowed; empty: any
  std::string_view doc = {};

  /// "ATELIER_MAX_SERVICES" of "max-services".
  std::string environment() const;
};

std::span<const ConfigOption> ConfigOptions();

/// The flags, dashes and those without a value included: for the completion of shells.
std::vector<std::string> OptionNames();

/// The manual page of all options as Markdown: docs/configuration.md is this text, checked by a
/// test.
std::string ConfigManual();

/// Cross-field rules: a certificate needs its key, `listen` and `apps_listen` are IP addresses and
/// ports, public_url has a scheme.
Status ValidateConfig(const ServerConfig& config);

}  // namespace atelier::serve
