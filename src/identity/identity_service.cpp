#include "identity/identity_service.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/service/records.h"
#include "store/retention.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::chrono::hours kExpiredKept{24};
constexpr std::size_t kSecretBytes = 32;

struct StoredSecret {
  std::string sealed;
};
BOOST_DESCRIBE_STRUCT(StoredSecret, (), (sealed))

}  // namespace

IdentityService::IdentityService(store::Store& store, const IdentityDirectory& directory,
                                 const SealedBox& box, Clock& clock, Random& random)
    : store_(store),
      writer_(store, clock, &directory.quarantine()),
      directory_(directory),
      box_(box),
      clock_(clock),
      random_(random) {}

model::Actor IdentityService::System(std::string operation) {
  return {.principal = "acs:atelier::system",
          .request_id = random_.Uuid(),
          .source_ip = "",
          .operation = std::move(operation)};
}

/// Decimal, without a leading zero.
std::string IdentityService::Digits(std::size_t length) {
  static constexpr std::uint8_t kLimit = 250;  // the largest multiple of 10 in a byte: no bias
  std::string out;
  while (out.size() < length) {
    std::uint8_t byte = 0;
    random_.Fill({&byte, 1});
    if (byte >= kLimit || (out.empty() && byte % 10 == 0)) continue;
    out += static_cast<char>('0' + byte % 10);
  }
  return out;
}

NewKey IdentityService::MakeKey(std::string_view prefix) {
  return {.id = std::string(prefix) + random_.LowerAlnum(20),
          .secret = random_.LowerAlnum(30),  // 155 bits
          .security_token = "",
          .expires = std::nullopt};
}

model::AccessKey IdentityService::KeyRecord(const NewKey& made, model::UserId user) const {
  model::AccessKey key;
  key.id = made.id;
  key.user = std::move(user);
  key.sealed_secret = box_.Seal(made.secret, "accesskey/" + made.id, random_);
  key.created = clock_.Wall();
  key.expires = made.expires;
  if (!made.security_token.empty()) key.token_hash = Hex(Sha256(made.security_token));
  return key;
}

/// Writes a record again as it is: two decisions that rest on it cannot both commit.
Result<store::Write> IdentityService::OwnerGuard(const model::UserId& user) const {
  const model::Account* account = directory_.account();
  if (account != nullptr && account->id.str() == user.str()) {
    return PutAsRead(directory_, Kind::kAccount, std::string(kAccountKey), *account);
  }
  const model::User* found = directory_.FindUser(user);
  if (found == nullptr) return NotThere("User", user.str());
  return PutAsRead(directory_, Kind::kUser, RecordKey(found->name), *found);
}

Task<Result<NewKey>> IdentityService::Bootstrap(std::string account_name) {
  if (account_name.empty() || account_name.size() > 128) {
    co_return Invalid("InvalidAccountName", "The account name must have 1 to 128 characters.");
  }
  const model::Account account{
      .id = model::AccountId(Digits(16)), .name = account_name, .created = clock_.Wall()};
  const model::UserId root(account.id.str());
  const NewKey made = MakeKey("LTAI");
  const model::AccessKey key = KeyRecord(made, root);
  const model::Workspace workspace = MakeWorkspace("default_workspace", root);
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.Holds(Kind::kAccount, kAccountKey)) {
      return Error(Code::kFailedPrecondition, "There is an account already.", "AccountExists");
    }
    store::Transaction made{
        .writes = {PutAsRead(directory_, Kind::kAccount, std::string(kAccountKey), account),
                   PutAsRead(directory_, Kind::kAccessKey, key.id, key)}};
    AppendWorkspace(made.writes, workspace);
    return made;
  };
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer_.Commit(System("Bootstrap"), {"account/" + account.id.str()}, plan));
  co_return made;
}

Task<Result<std::string>> IdentityService::ServerSecret(std::string name) {
  const std::string context = "secret/" + name;
  std::string secret;
  const auto plan = [&] { return PlanSecret(name, secret); };
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer_.Commit(System("CreateServerSecret"), {context}, plan));
  co_return secret;
}

/// Nothing to do if there is one; `secret`: the one that counts. The read model has none.
Task<Result<store::Transaction>> IdentityService::PlanSecret(const std::string& name,
                                                             std::string& secret) {
  const std::string context = "secret/" + name;
  const auto found = co_await store_.Get(Kind::kSecret, name);
  if (found) {
    ATELIER_CO_TRY(const auto stored, FromRecord<StoredSecret>(found->body));
    ATELIER_CO_TRY(secret, box_.OpenBox(stored.sealed, context));
    co_return store::Transaction{};
  }
  if (found.error().code() != Code::kNotFound) co_return found.error();
  secret.assign(kSecretBytes, '\0');
  random_.Fill({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  const StoredSecret stored{.sealed = box_.Seal(secret, context, random_)};
  co_return store::Transaction{
      .writes = {store::Write::Put(Kind::kSecret, name, ToJson(stored), 0)}};
}

Task<Status> IdentityService::SweepExpiredKeys() {
  while (true) {
    ATELIER_CO_TRY(const WallTime now, co_await store::RetentionTime(store_, clock_));
    const std::vector<std::string> expired =
        directory_.ExpiredKeys(now - kExpiredKept, kSweepBatch);
    if (expired.empty()) co_return Ok();
    std::string target;
    for (const std::string& id : expired) target += (target.empty() ? "accesskey/" : ",") + id;
    const auto plan = [&]() -> Result<store::Transaction> {
      store::Transaction gone;
      for (const std::string& id : expired)
        gone.writes.push_back(store::Write::Delete(Kind::kAccessKey, id));
      return gone;
    };
    ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Commit(System("SweepExpiredKeys"), {target}, plan));
  }
}

}  // namespace atelier::identity
