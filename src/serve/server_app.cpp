#include "serve/server_app.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/data_folder.h"
#include "base/file.h"
#include "base/server_file.h"
#include "base/signal.h"
#include "base/version.h"
#include "control/core/time_zone.h"
#include "control/core/workloads.h"
#include "serve/wiring/admission.h"
#include "serve/wiring/catalogue.h"
#include "serve/wiring/drivers.h"
#include "serve/wiring/frontend.h"
#include "serve/wiring/load_progress.h"
#include "serve/wiring/model_services.h"
#include "serve/wiring/notebooks.h"
#include "serve/wiring/oidc.h"
#include "serve/wiring/recommenders.h"
#include "serve/wiring/server_context.h"
#include "serve/wiring/state.h"
#include "serve/wiring/webhook.h"
#include "store/audit_retention.h"
#include "store/retention.h"

namespace atelier::serve {

/// In the order they are made, a stage for each step that can fail; a later one refers to earlier
/// ones.
struct ServerApp::Parts {
  explicit Parts(ServerContext& foundation)
      : base(foundation), progress(*foundation.log), lost(foundation.executor()) {}

  Task<Status> OpenFolder();
  Task<Status> ReadCatalogue();
  Task<Status> OpenStore();
  Task<Status> PrepareRuntime();
  Task<Status> Assemble();
  Task<Status> Listen();
  Task<Status> Load();
  Task<Status> WriteCredentials();
  Task<Status> CompareMark();
  Task<void> StartWork();

  ServerContext& base;
  LoadProgress progress;
  Signal lost;  // why_lost is set
  std::optional<Error> why_lost;
  std::optional<DataFolder> folder;
  model::Catalogue catalogue;
  std::unique_ptr<State> state;
  std::unique_ptr<http::Client> client;
  Runtime runtime;
  std::unique_ptr<control::Admission> admission;
  std::unique_ptr<Notebooks> notebooks;
  std::unique_ptr<ModelServices> services;
  std::unique_ptr<Recommenders> recommenders;
  std::unique_ptr<Webhook> webhook;  // nullptr: none is set
  std::unique_ptr<control::Workloads> workloads;
  api::Oidc oidc;
  std::unique_ptr<Frontend> frontend;
};

Task<Status> ServerApp::Parts::OpenFolder() {
  ATELIER_CO_TRY(folder, DataFolder::Open(base.config.data));
  co_return Ok();
}

Task<Status> ServerApp::Parts::ReadCatalogue() {
  ATELIER_CO_TRY(catalogue,
                 LoadCatalogue(base.config.catalogue, folder->Catalogue(), base.simulated()));
  co_return Ok();
}

Task<Status> ServerApp::Parts::OpenStore() {
  ATELIER_CO_TRY(state, OpenState(base, *folder, [this](const Error& why) {
                   why_lost = why;
                   lost.Set();
                 }));
  // Before anything is written by a clock that may be wrong. What fails is asked for again.
  [[maybe_unused]] const auto began = co_await store::RetentionTime(*state->store, base.clock());
  co_return Ok();
}

Task<Status> ServerApp::Parts::PrepareRuntime() {
  client = http::MakeClient({}, base.executor(), base.real_clock);
  ATELIER_CO_TRY(runtime, MakeRuntime(base, *folder, *client));
  co_return Ok();
}

Task<Status> ServerApp::Parts::Assemble() {
  ATELIER_CO_TRY(const std::string sharing,
                 co_await state->identity.ServerSecret("sharing-tokens"));
  ATELIER_CO_TRY(std::string notebook, co_await state->identity.ServerSecret("notebooks"));
  admission = MakeAdmission(base, *state, catalogue, runtime.host);
  WithholdSpecs(catalogue, *admission, *base.log);
  workloads = std::make_unique<control::Workloads>(
      *state->store, state->shards, *runtime.driver, base.clock(), *base.random, *base.log,
      base.executor(), control::WorkloadsOptions{.admission = admission.get()});
  notebooks = std::make_unique<Notebooks>(base, *state, catalogue, *admission, *workloads,
                                          *runtime.driver, std::move(notebook));
  if (!base.config.webhook.empty()) {
    ATELIER_CO_TRY(auto target, ParseWebhook(base.config.webhook, base.config.webhook_secret_file));
    webhook = std::make_unique<Webhook>(std::move(target), state->instances, *client,
                                        base.real_clock, *base.random, *base.log, base.executor());
    state->store->AddListener(*webhook);
  }
  ATELIER_CO_TRY(oidc, OidcOf(base.config));
  services = std::make_unique<ModelServices>(base, *state, catalogue, *admission, *workloads,
                                             *runtime.driver, *client);
  state->store->AddListener(*workloads);
  state->store->AddListener(notebooks->bulk_jobs);
  recommenders = std::make_unique<Recommenders>(base, *state, *folder);
  frontend = std::make_unique<Frontend>(Dependencies{.base = base,
                                                     .folder = *folder,
                                                     .state = *state,
                                                     .catalogue = catalogue,
                                                     .runtime = runtime,
                                                     .workloads = *workloads,
                                                     .client = *client,
                                                     .notebooks = *notebooks,
                                                     .services = *services,
                                                     .recommenders = *recommenders,
                                                     .progress = progress,
                                                     .oidc = oidc},
                                        sharing);
  co_return Ok();
}

Task<Status> ServerApp::Parts::Listen() {
  ATELIER_CO_RETURN_IF_ERROR(frontend->Open());
  const ServerFile file{.pid = ::getpid(), .endpoint = frontend->Endpoint()};
  const Status told = WriteFileDurably(folder->ServerFile(), ToJson(file) + "\n");
  // One that nobody finds serves all the same, as on a full disk.
  if (!told) base.log->Warn("serve.not_told", {{"error", told.error().ToString()}});
  co_return Ok();
}

Task<Status> ServerApp::Parts::Load() {
  return RunOn(base.blocking, [this]() -> Status {
    ATELIER_RETURN_IF_ERROR(state->Load(recommenders->engine, progress));
    admission->Load();
    return Ok();
  });
}

Task<Status> ServerApp::Parts::WriteCredentials() {
  return WriteFirstCredentials(*folder, base.config.account_name, frontend->Endpoint(), *state);
}

Task<Status> ServerApp::Parts::CompareMark() {
  // An account belongs to one store for ever.
  co_await state->mark.Compare(state->identities.account()->id.str());
  co_return Ok();
}

Task<void> ServerApp::Parts::StartWork() {
  const bool own_network = std::ranges::any_of(
      runtime.controls, [](const auto& one) { return one.name == "network" && one.on; });
  notebooks->reconciler.SetEndpoint(frontend->EndpointInside(own_network),
                                    own_network ? control::kServerPort : std::uint16_t{0});
  runtime.driver->SetServe([this](const model::InstanceId& id, UniqueFd listening) {
    return frontend->ServeInside(id, std::move(listening));
  });
  workloads->Start();
  recommenders->engine.Start();
  services->scaler.Start();
  notebooks->bulk_jobs.Start();
  // The first list is true, too. A runtime that hangs does not keep the reads from everybody.
  static constexpr std::chrono::seconds kMost{5};
  co_await workloads->Adopted(base.clock().In(kMost));
  frontend->SetReady();
}

ServerApp::ServerApp(ServerContext& base) : base_(base), parts_(std::make_unique<Parts>(base)) {}
ServerApp::~ServerApp() = default;

Task<Status> ServerApp::Start() {
  struct Stage {
    std::string_view name;
    Task<Status> (Parts::*run)();
  };
  // It listens before the read models are there, so that who asks /readyz learns how far they are.
  static constexpr auto kStages = std::to_array<Stage>({
      {"Opening the data folder", &Parts::OpenFolder},
      {"Reading the catalogue", &Parts::ReadCatalogue},
      {"Opening the store", &Parts::OpenStore},
      {"Preparing the runtime", &Parts::PrepareRuntime},
      {"Reading the server's secrets", &Parts::Assemble},
      {"Listening", &Parts::Listen},
      {"Loading the store", &Parts::Load},
      {"Writing the first credentials", &Parts::WriteCredentials},
      {"Comparing the store with its mark", &Parts::CompareMark},
  });
  began_ = base_.real_clock.Mono();
  for (const Stage& stage : kStages) {
    const Status done = co_await (*parts_.*stage.run)();
    if (done) continue;
    co_await Stop();
    const Error& error = done.error();
    const std::string_view next =
        error.code() != Code::kDataLoss
            ? ""
            : " Keep a copy of the data folder, then restore a backup as docs/operating.md says.";
    co_return Error(error.code(), fmt::format("{} failed: {}{}", stage.name, error.message(), next),
                    error.reason(), error.where());
  }
  if (const auto zone = control::TimeZone::Find("Asia/Shanghai"); !zone)
    base_.log->Warn("time_zones.unreadable", {{"error", zone.error().message()}});
  co_return Ok();
}

Task<void> ServerApp::Open() {
  co_await parts_->StartWork();
  const auto took = std::chrono::duration_cast<Duration>(base_.real_clock.Mono() - began_);
  const State& state = *parts_->state;
  base_.log->Info("serve.ready", {{"version", kVersion},
                                  {"endpoint", endpoint()},
                                  {"runtime", base_.config.runtime},
                                  {"instances", state.instances.size()},
                                  {"services", state.services.size()},
                                  {"recommenders", state.recommenders.size()},
                                  {"quarantined", state.quarantined()},
                                  {"took_ms", took.count()}});
}

std::string ServerApp::endpoint() const { return parts_->frontend->Endpoint(); }

Status ServerApp::ReloadCertificate() { return parts_->frontend->ReloadCertificate(); }

Task<void> ServerApp::RunMaintenance() {
  // Temporary keys that ran out are removed now and then, for ever, by the clock they expire by.
  static constexpr std::chrono::minutes kEvery{5};
  store::AuditRetention audit(*parts_->state->store, base_.clock(),
                              std::chrono::days(base_.config.keep_audit_days));
  // One server of several is enough for what it sweeps for all.
  const auto sweeps = [&] { return parts_->state->shards.LeaseOf(control::kCommonShard); };
  for (;;) {
    if (sweeps()) {
      const auto removed = co_await audit.Sweep();
      if (!removed) base_.log->Warn("audit.not_swept", {{"error", removed.error().ToString()}});
    }
    co_await base_.clock().Sleep(kEvery);
    const Status noted = co_await parts_->state->key_uses.WriteDown();
    if (!noted) base_.log->Warn("key_uses.not_written", {{"error", noted.error().ToString()}});
    if (!sweeps()) continue;
    const Status swept = co_await parts_->state->identity.SweepExpiredKeys();
    const Status ended = co_await parts_->state->sessions.Sweep();
    if (!ended) base_.log->Warn("sessions.not_swept", {{"error", ended.error().ToString()}});
    if (!swept) base_.log->Warn("keys.not_swept", {{"error", swept.error().ToString()}});
  }
}

Task<Error> ServerApp::UntilStoreLost() {
  while (!parts_->why_lost)
    (void)co_await parts_->lost.Wait(base_.real_clock, base_.real_clock.In(std::chrono::hours(1)));
  co_return *parts_->why_lost;
}

Task<void> ServerApp::Stop() {
  Parts& parts = *parts_;
  if (parts.frontend != nullptr) {  // with them, all that is behind them
    const Deadline by = base_.real_clock.In(std::chrono::seconds(base_.config.shutdown_grace_s));
    co_await parts.frontend->Close(by);
    std::error_code ignored;  // who reads it compares the process
    std::filesystem::remove(parts.folder->ServerFile(), ignored);
    // What is lost shows a use as some minutes older.
    static_cast<void>(co_await parts.state->key_uses.WriteDown());
    co_await parts.notebooks->bulk_jobs.Stop();
    co_await parts.recommenders->engine.Stop();
    co_await parts.services->scaler.Stop();
    co_await parts.workloads->Stop();
    if (parts.webhook != nullptr) co_await parts.webhook->Stop();
  }
  if (parts.runtime.driver != nullptr) co_await parts.runtime.driver->Stop();
  if (parts.state != nullptr) {
    co_await parts.state->store->Stop();
    co_await parts.state->mark.Stop();
  }
  // What waits on io goes now, or io would never run out of work. The state stays: the pools may
  // still be at it.
  parts.frontend.reset();
  parts.workloads.reset();
  parts.recommenders.reset();
  parts.services.reset();
  parts.notebooks.reset();
  parts.runtime = {};
  // The webhook stays with the store, whose listener it is.
  parts.client.reset();
}

}  // namespace atelier::serve
