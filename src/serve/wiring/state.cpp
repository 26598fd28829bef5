#include "serve/wiring/state.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/json.hpp>

#include "base/codec.h"
#include "base/file.h"
#include "serve/wiring/open_store.h"
#include "store/move.h"

namespace atelier::serve {

State::State(ServerContext& base, const DataFolder& folder, identity::SealedBox opener,
             std::unique_ptr<store::Store> opened)
    : box(opener),
      store(std::move(opened)),
      mark(folder.StoreMark(), store->GetOpening(), base.executor(), base.blocking, base.real_clock,
           *base.log),
      identities(box, base.log.get()),
      instances(base.log.get()),
      services(
          [this](std::string_view sealed, std::string_view context) {
            return box.OpenBox(sealed, context).value_or("");
          },
          base.log.get()),
      bulk_jobs(base.log.get()),
      changes(instances, services, store->GetOpening().revision),
      recommenders(base.log.get()),
      recommender_data(base.recommending, base.log.get()),
      shards(base.real_clock),
      identity(*store, identities, box, base.clock(), *base.random),
      sessions(*store, identities, base.clock(), *base.random),
      key_uses(*store, identities, base.clock()),
      openings(base.clock(), *base.random),
      passwords(base.blocking, *base.random) {
  store->AddListener(changes);  // before what it asks how it was before
  store->AddListener(world);
  store->AddListener(services);
  store->AddListener(bulk_jobs);
  store->AddListener(recommenders);
  store->AddListener(recommender_data);
  store->AddListener(mark);
  store->AddListener(shards);
}

Status State::Load(control::RecommenderEngine& engine, LoadProgress& progress) {
  ATELIER_RETURN_IF_ERROR(shards.LoadBlocking(*store));
  ATELIER_RETURN_IF_ERROR(identities.Load(*store));
  ATELIER_RETURN_IF_ERROR(services.Load(*store));
  ATELIER_RETURN_IF_ERROR(bulk_jobs.Load(*store));
  ATELIER_RETURN_IF_ERROR(recommenders.Load(*store));
  ATELIER_RETURN_IF_ERROR(recommender_data.Load(*store));
  engine.LoadModels();
  return instances.Load(
      *store, {.threads = std::max(1U, std::thread::hardware_concurrency()),
               .progress = [&](std::size_t done, std::size_t all) { progress.Note(done, all); }});
}

std::size_t State::quarantined() const {
  return identities.quarantine().size() + instances.quarantined() + services.quarantined() +
         bulk_jobs.quarantine().size() + recommenders.quarantine().size() +
         recommender_data.quarantine().size();
}

Result<std::unique_ptr<State>> OpenState(ServerContext& base, const DataFolder& folder,
                                         std::function<void(const Error& why)> lost) {
  ATELIER_TRY(auto store, OpenStore(base, folder, std::move(lost)));
  bool has_secrets = false;  // then a new key would open none of them
  ATELIER_RETURN_IF_ERROR(store->LoadBlocking(
      store::Kind::kAccount, [&](const auto& /*account*/) { has_secrets = true; }));
  ATELIER_TRY(const identity::SealedBox box,
              identity::SealedBox::Open(folder.SecretKey(), !has_secrets, *base.random));
  return std::make_unique<State>(base, folder, box, std::move(store));
}

Task<Status> WriteFirstCredentials(DataFolder folder, std::string account_name,
                                   std::string endpoint, State& state) {
  const identity::IdentityDirectory& identities = state.identities;
  if (identities.account() == nullptr) {
    ATELIER_CO_RETURN_IF_ERROR(WriteFileDurably(folder.CredentialsPending(), ""));
    ATELIER_CO_RETURN_IF_ERROR(co_await state.identity.Bootstrap(account_name));
  }
  if (!std::filesystem::exists(folder.CredentialsPending())) co_return Ok();
  const model::Account* account = identities.account();
  const auto keys = identities.KeysOf(model::UserId(account->id.str()));
  const auto lasting = std::ranges::find_if(keys, [](const auto& key) { return !key.expires; });
  const identity::KeyEntry* key = lasting == keys.end() ? nullptr : identities.FindKey(lasting->id);
  if (key == nullptr) co_return Error(Code::kInternal, "The main account has no access key.");
  const json::object credentials{{"account_id", account->id.str()},
                                 {"access_key_id", key->key.id},
                                 {"access_key_secret", key->secret},
                                 {"endpoint", endpoint}};
  ATELIER_CO_RETURN_IF_ERROR(
      WriteFileDurably(folder.Credentials(), json::serialize(credentials) + "\n"));
  std::error_code ignored;  // a mark that stays only makes the next start write the same file again
  std::filesystem::remove(folder.CredentialsPending(), ignored);
  co_return Ok();
}

namespace {

/// What the credentials say already, or else what the options do.
std::string EndpointOf(const ServerContext& base, const DataFolder& folder) {
  constexpr std::size_t kMaxFile = 64U << 10U;  // it has half a kilobyte
  const auto before = ParseJson(ReadWholeFile(folder.Credentials(), kMaxFile).value_or(""));
  if (before && before->is_object()) {
    const json::value* endpoint = before->get_object().if_contains("endpoint");
    if (endpoint != nullptr && endpoint->is_string()) return std::string(endpoint->get_string());
  }
  return (base.tls() ? "https://" : "http://") + base.config.listen;
}

/// The same mark as at the first start: a crash right behind the commit leaves a key that the next
/// start writes out.
Task<Result<std::string>> RecoverKeyOf(const ServerContext& base, DataFolder folder, State& state) {
  ATELIER_CO_RETURN_IF_ERROR(state.identities.Load(*state.store));
  if (state.identities.account() != nullptr)
    ATELIER_CO_RETURN_IF_ERROR(WriteFileDurably(folder.CredentialsPending(), ""));
  ATELIER_CO_TRY(const identity::NewKey key, co_await state.identity.RecoverMainKey());
  ATELIER_CO_RETURN_IF_ERROR(co_await WriteFirstCredentials(folder, base.config.account_name,
                                                            EndpointOf(base, folder), state));
  co_return key.id;
}

}  // namespace

Task<Result<std::string>> RecoverKey(ServerContext& base, const DataFolder& folder) {
  ATELIER_CO_TRY(const std::string address, AddressOf(base.config));
  {
    // Looked for first: who opens a store makes it.
    ATELIER_CO_TRY(
        const auto there,
        store::OpenSnapshotAt({.folder = folder.Store(), .address = address}, base.real_clock));
  }
  ATELIER_CO_TRY(const std::unique_ptr<State> state,
                 OpenState(base, folder, [](const Error& /*why*/) {}));
  Result<std::string> id = co_await RecoverKeyOf(base, folder, *state);
  co_await state->store->Stop();
  co_return id;
}

}  // namespace atelier::serve
