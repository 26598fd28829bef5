#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "api/api.h"
#include "api/world.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/encoding.h"
#include "base/random.h"
#include "control/airec/recommender_engine.h"
#include "control/airec/recommender_imports.h"
#include "control/airec/recommenders.h"
#include "control/core/admission.h"
#include "control/dsw/bulk_jobs.h"
#include "control/dsw/instances.h"
#include "control/dsw/reconciler.h"
#include "control/eas/service_groups.h"
#include "control/eas/service_scaler.h"
#include "control/eas/services.h"
#include "directory/bulk_job_directory.h"
#include "directory/directory.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"
#include "directory/service_directory.h"
#include "directory/traffic_history.h"
#include "identity/authenticator.h"
#include "identity/identity_service.h"
#include "identity/key_uses.h"
#include "identity/passwords.h"
#include "identity/request_signer.h"
#include "identity/sessions.h"
#include "identity/token_signer.h"
#include "identity/workspace_claim.h"
#include "model/catalogue.h"
#include "runtime/simulated.h"
#include "store/store.h"
#include "support/fake_exchange.h"
#include "support/recorded_log.h"
#include "support/run.h"
#include "support/temp_dir.h"

namespace atelier::test {

struct Reply {
  int status = 0;
  http::Headers headers;
  std::string text;
  json::object body;  // of a JSON answer

  std::string Text(std::string_view name) const {
    const json::value* value = body.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string("(no text)");
  }
  std::string code() const { return Text("Code"); }
  std::string message() const { return Text("Message"); }
};

/// What a request may add to the usual.
struct Extra {
  std::vector<std::pair<std::string, std::string>> query = {};
  std::string body = {};
  std::string version = "2022-01-01";
  std::string host = "workshop.test:8080";
  std::string action = "Anything";  // RPC style operations are told apart by it
};

/// The Api over a store in memory, the simulated driver and a clock that only tests turn. The
/// reconciler does not run: instances stay in the state they were put in. 2024-05-01T12:00:00Z is
/// now.
class ApiWorld {
 public:
  /// `room_in`: what may run; without it everything.
  explicit ApiWorld(api::Options options = {}, bool emulator = true,
                    std::optional<control::AdmissionOptions> room_in = {})
      : random(options.threads > 1 ? MakeSystemRandom() : MakeSeededRandom(7)),
        room(std::move(room_in)),
        api(Parts(emulator), std::move(options)) {
    store->AddListener(world);
    store->AddListener(services);
    if (admission) store->AddListener(*admission);
    store->AddListener(bulk_directory);
    store->AddListener(bulk_jobs);
    store->AddListener(recommenders);
    store->AddListener(recommender_data);
    store->AddListener(recommender_engine);
    root = Value(Run(io, identity.Bootstrap("workshop")));
    account = identities.account()->id;
    workspace = *identities.DefaultWorkspaceOf(model::UserId(account.str()));
    api.SetReady();
  }
  ApiWorld(const ApiWorld&) = delete;
  ApiWorld& operator=(const ApiWorld&) = delete;
  ~ApiWorld() = default;

  /// What the api is made of, for another one over the same world.
  api::Services Parts(bool emulator) {
    return {.dsw = {.directory = instances,
                    .control = control,
                    .reconciler = reconciler,
                    .bulk_directory = bulk_directory,
                    .bulk_jobs = bulk_jobs},
            .eas = {.directory = services,
                    .control = service_control,
                    .groups = service_groups,
                    .scaler = service_scaler,
                    .traffic = service_traffic},
            .airec = {.directory = recommenders,
                      .control = recommender_control,
                      .data = recommender_data,
                      .imports = recommender_imports,
                      .engine = recommender_engine},
            .workloads = workloads,
            .driver = *driver,
            .store = *store,
            .identities = identities,
            .identity = identity,
            .authenticator = authenticator,
            .sessions = sessions,
            .key_uses = key_uses,
            .openings = openings,
            .passwords = passwords,
            .signer = signer,
            .catalogue = catalogue,
            .clock = clock,
            .real_clock = clock,
            .adjustable_clock = emulator ? &clock : nullptr,
            .random = *random,
            .log = log,
            .world = &world};
  }

  /// A signed call. `target_path` is sent as it is.
  Reply Call(const identity::NewKey& key, std::string_view method, std::string_view target_path,
             const Extra& extra = {}) {
    return Send(Signed(key, method, target_path, extra), extra.body);
  }
  http::RequestHead Signed(const identity::NewKey& key, std::string_view method,
                           std::string_view target_path, const Extra& extra = {}) {
    const std::string nonce = std::to_string(++nonces_);
    identity::SigningInput input;
    input.access_key_id = key.id;
    input.access_key_secret = key.secret;
    input.security_token = key.security_token;
    input.method = method;
    input.host = extra.host;
    input.path = target_path;
    input.query = extra.query;
    input.body = extra.body;
    input.action = extra.action;
    input.version = extra.version;
    input.date = clock.Wall();
    input.nonce = nonce;
    http::RequestHead head = Head(method, target_path, extra.query);
    for (auto& [name, value] : identity::SignAcs3(input)) head.headers.Add(name, value);
    return head;
  }
  Reply Get(const identity::NewKey& key, std::string_view path,
            std::vector<std::pair<std::string, std::string>> query = {}) {
    return Call(key, "GET", path, {.query = std::move(query)});
  }

  Reply Send(http::RequestHead head, std::string body = {}) {
    FakeExchange exchange(std::move(head), std::move(body));
    return Send(exchange);
  }
  Reply Send(FakeExchange& exchange) {
    Run(io, api.Handle(exchange));
    if (!exchange.response()) throw std::runtime_error("no answer");
    return ReplyOf(*exchange.response());
  }
  static Reply ReplyOf(const http::Response& response) {
    Reply reply{.status = response.status,
                .headers = response.headers,
                .text = std::string(response.content()),
                .body = {}};
    if (const auto value = ParseJson(reply.text); value && value->is_object())
      reply.body = value->get_object();
    return reply;
  }
  static http::RequestHead Head(
      std::string_view method, std::string_view path,
      const std::vector<std::pair<std::string, std::string>>& query = {}) {
    http::RequestHead head;
    head.method = method;
    head.target = path;
    if (!query.empty()) head.target += "?" + EncodeQuery(query);
    head.source_ip = "192.0.2.7";
    return head;
  }

  /// A user with a key, an attached policy (empty: none) and roles in workspaces.
  struct Person {
    model::UserId id;
    identity::NewKey key;
  };
  using Roles = std::vector<std::pair<model::WorkspaceId, model::WorkspaceRole>>;
  Person MakeUser(const std::string& name, const std::string& policy, const Roles& roles = {}) {
    Person person;
    person.id = Value(Run(io, identity.CreateUser(name, name, actor))).id;
    person.key = Value(Run(io, identity.CreateAccessKey(person.id, actor)));
    if (!policy.empty()) Check(Run(io, identity.AttachPolicyToUser(policy, name, actor)));
    for (const auto& [where, role] : roles) {
      model::Member member{.workspace = where, .user = person.id, .roles = {role}, .created = {}};
      Check(Run(io, identity.PutMembers(where, {member}, actor)));
    }
    return person;
  }
  /// A custom policy; `statements`: JSON objects, separated by commas.
  void MakePolicy(std::string name, const std::string& statements) {
    Value(Run(io,
              identity.CreatePolicy(std::move(name), "",
                                    R"({"Version":"1","Statement":[)" + statements + "]}", actor)));
  }
  void Attach(std::string policy, std::string user) {
    Check(Run(io, identity.AttachPolicyToUser(std::move(policy), std::move(user), actor)));
  }
  void Detach(std::string policy, std::string user) {
    Check(Run(io, identity.DetachPolicyFromUser(std::move(policy), std::move(user), actor)));
  }
  /// A role that the whole account may assume, with an attached policy (empty: none) and roles in
  /// workspaces.
  void MakeRole(const std::string& name, const std::string& policy, const Roles& roles = {}) {
    const std::string trust = R"({"Version":"1","Statement":[{"Effect":"Allow",)"
                              R"("Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::)" +
                              account.str() + R"(:root"}}]})";
    Value(Run(io, identity.CreateRole(name, trust, 43'200, actor)));
    if (!policy.empty()) Check(Run(io, identity.AttachPolicyToRole(policy, name, actor)));
    for (const auto& [where, role] : roles) {
      const model::Member member{
          .workspace = where, .user = model::UserId(name), .roles = {role}, .created = {}};
      Check(Run(io, identity.PutMembers(where, {member}, actor)));
    }
  }
  /// A session of the role, with its temporary key. `policy`: the session policy, JSON text.
  identity::NewKey Assume(const std::string& role, std::string session = "visit",
                          std::string policy = "",
                          std::chrono::seconds life = std::chrono::hours(1)) {
    if (identities.FindUserByName("assumer") == nullptr) MakeUser("assumer", "AdministratorAccess");
    const auto assumer = identity::CallerOf(identities, identities.FindUserByName("assumer")->id);
    return Value(
        Run(io, identity.AssumeRole(*assumer, "acs:ram::" + account.str() + ":role/" + role,
                                    std::move(session), life.count(), std::move(policy), actor)));
  }
  model::WorkspaceId MakeWorkspace(const std::string& name) {
    return Value(Run(io, identity.CreateWorkspace(name, name, "", {"prod"},
                                                  model::UserId(account.str()), actor)))
        .id;
  }

  /// An instance of the main account in the first workspace, for tests to change and Put.
  model::Instance Sample(std::string id) const {
    model::Instance instance;
    instance.id = model::InstanceId(std::move(id));
    instance.workspace = workspace;
    instance.owner = model::UserId(account.str());
    instance.name = "training_data";
    instance.ecs_spec = "ecs.c6.large";
    instance.image_id = "image-lab";
    instance.image_url = "local/lab:4-py311";
    instance.image_name = "lab:4-py311";
    instance.capacity = {
        .milli_cpu = 2000, .memory_mib = 4096, .milli_gpu = 0, .gpu_memory_mib = 0, .gpu_type = {}};
    instance.status = model::InstanceStatus::Running;
    instance.created = clock.Wall() - std::chrono::hours(2);
    instance.modified = clock.Wall() - std::chrono::hours(1);
    instance.running_since = clock.Wall() - std::chrono::hours(1);
    return instance;
  }
  void Put(const model::Instance& instance) {
    Write(store::Kind::kInstance, instance.id.str(), ToJson(instance));
  }
  void Write(store::Kind kind, std::string key, std::string body) {
    Value(Run(io, store->Commit({store::Write::Put(kind, std::move(key), std::move(body))})));
  }

  static model::Catalogue MakeCatalogue() {
    model::EcsSpec small;
    small.InstanceType = "ecs.c6.large";
    small.Cpu = 2;
    small.MemoryGb = 4;
    model::EcsSpec large;
    large.InstanceType = "ecs.g6.xlarge";
    large.Cpu = 4;
    large.MemoryGb = 16;
    model::EcsSpec gpu;
    gpu.InstanceType = "ecs.gn7i-c8g1.2xlarge";
    gpu.Accelerator = model::AcceleratorType::GPU;
    gpu.Cpu = 8;
    gpu.MemoryGb = 30;
    gpu.Gpu = 1;
    gpu.GpuType = "NVIDIA A10";
    gpu.GpuMemoryGb = 24;
    model::Image image;
    image.ImageId = "image-lab";
    image.ImageName = "lab:4-py311";
    image.ImageUrl = "local/lab:4-py311";
    image.Prefix = "/opt/lab";
    return {.Specs = {small, large, gpu}, .Images = {image}};
  }

  template <class T>
  static T Value(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().ToString());
    return *std::move(result);
  }
  static void Check(const Status& status) {
    if (!status) throw std::runtime_error(status.error().ToString());
  }

  asio::io_context io{1};
  ManualClock clock{*ParseIso8601("2024-05-01T12:00:00Z")};
  std::unique_ptr<Random> random;  // the same in each run, unless there are several threads
  RecordedLog log;
  std::unique_ptr<store::Store> store = store::MakeMemoryStore(io.get_executor());
  identity::SealedBox box = identity::SealedBox::ForTest();
  identity::IdentityDirectory identities{box};
  directory::InstanceDirectory instances;
  api::World world{{&identities, &instances}};
  identity::IdentityService identity{*store, identities, box, clock, *random};
  identity::TokenSigner signer{"a secret of at least thirty-two bytes"};
  identity::Authenticator authenticator{identities, clock, clock, {}};
  identity::Sessions sessions{*store, identities, clock, *random};
  identity::KeyUses key_uses{*store, identities, clock};
  identity::Tickets openings{clock, *random};
  Pool pool{1};
  identity::Passwords passwords{pool, *random};
  model::Catalogue catalogue = MakeCatalogue();
  control::ClaimWorkspace claim = [this](const model::WorkspaceId& id) {
    return identity::ClaimWorkspace(identities, id);
  };
  directory::ServiceDirectory services{[this](std::string_view sealed, std::string_view context) {
    return box.OpenBox(sealed, context).value_or("");
  }};
  std::optional<control::AdmissionOptions> room;
  std::unique_ptr<control::Admission> admission =
      room ? std::make_unique<control::Admission>(instances, services, catalogue, *room) : nullptr;
  control::Instances control{*store, instances, catalogue,
                             clock,  *random,   {.admission = admission.get(), .claim = claim}};
  std::unique_ptr<runtime::SimulatedDriver> driver =
      runtime::MakeSimulatedDriver({}, io.get_executor(), clock);
  control::SealToken seal_token = [this](std::string_view token, std::string_view context) {
    return box.Seal(token, context, *random);
  };
  control::Services service_control{*store, services, catalogue,
                                    clock,  *random,  {.seal = seal_token, .claim = claim}};
  control::ServiceGroups service_groups{*store, services, clock, *random, seal_token, claim};
  directory::RecommenderDirectory recommenders;
  test::TempDir models;
  Pool recommending{1};
  directory::RecommenderData recommender_data{recommending};
  control::Recommenders recommender_control{*store, recommenders, recommender_data,
                                            clock,  *random,      {}};
  control::HeldShards shards{clock};
  control::RecommenderEngine recommender_engine{
      *store, shards, recommenders,      recommender_data,
      clock,  log,    io.get_executor(), {.folder = models.path()}};
  control::RecommenderImports recommender_imports{*store, recommenders, recommender_data,
                                                  recommender_engine, clock};
  directory::TrafficHistory service_traffic{services, clock};
  control::ServiceScaler service_scaler{*store, shards, services,          catalogue, *driver,
                                        clock,  log,    io.get_executor(), {}};
  control::Workloads workloads{*store, shards, *driver, clock, *random, log, io.get_executor(), {}};
  control::Reconciler reconciler{workloads, instances, catalogue, {}, "notebook secret"};
  directory::BulkJobDirectory bulk_directory;
  control::BulkJobs bulk_jobs{{.store = *store,
                               .shards = shards,
                               .jobs = bulk_directory,
                               .instances = instances,
                               .control = control,
                               .clock = clock,
                               .random = *random,
                               .log = log,
                               .io = io.get_executor()}};
  model::Actor actor{.principal = "test", .request_id = "R", .source_ip = "", .operation = "Test"};
  identity::NewKey root;
  model::AccountId account;
  model::WorkspaceId workspace;
  api::Api api;

 private:
  std::uint64_t nonces_ = 0;
};

}  // namespace atelier::test
