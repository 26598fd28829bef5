#include "identity/sessions.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "identity/service/records.h"
#include "store/audit.h"

namespace atelier::identity {

namespace {

using store::Kind;

constexpr std::size_t kMaxAgent = 256;
constexpr std::chrono::minutes kNoteEvery{5};
/// In the place of a caller in the audit record of an attempt: who it was is not known.
constexpr std::string_view kAnonymous = "acs:atelier::anonymous";

/// As what it is sent: printable ASCII.
std::string Cut(std::string_view agent) {
  std::string cut(agent.substr(0, kMaxAgent));
  std::ranges::replace_if(cut, [](char c) { return c < ' ' || c > '~'; }, '?');
  return cut;
}

std::string TargetOf(const std::string& id) { return "session/" + id; }

}  // namespace

Error Sessions::Nobody() {
  return {Code::kUnauthenticated, "You are not signed in, or your session has ended.",
          "InvalidSession"};
}

Error Sessions::Refused() {
  return {Code::kUnauthenticated,
          "This sign-in did not succeed. A link works once, within a minute: make another with "
          "`atelier console`.",
          "SignInFailed"};
}

Sessions::Sessions(store::Store& store, const IdentityDirectory& directory, Clock& clock,
                   Random& random, SessionLimits limits)
    : writer_(store, clock),
      directory_(directory),
      clock_(clock),
      random_(random),
      limits_(limits),
      tickets_(clock, random) {}

Task<Result<Sessions::Opened>> Sessions::SignIn(std::string ticket, Browser browser,
                                                model::Actor actor) {
  auto used = tickets_.Take(ticket);
  if (!used) co_return Refused();
  co_return co_await Open(*std::move(used), model::SignInMethod::Link, "", std::move(browser),
                          std::move(actor));
}

Task<Result<Sessions::Opened>> Sessions::SignInByPassword(model::UserId user, std::string hash,
                                                          Browser browser, model::Actor actor) {
  return Open({.user = std::move(user)}, model::SignInMethod::Password, std::move(hash),
              std::move(browser), std::move(actor));
}

Task<Result<Sessions::Opened>> Sessions::SignInByProvider(model::UserId user, Browser browser,
                                                          model::Actor actor) {
  return Open({.user = std::move(user)}, model::SignInMethod::Oidc, "", std::move(browser),
              std::move(actor));
}

bool Sessions::HasPassword(const model::UserId& user, std::string_view hash) const {
  const model::User* found = directory_.FindUser(user);
  return found != nullptr && found->password && ConstantTimeEqual(found->password->hash, hash);
}

Task<Result<Sessions::Opened>> Sessions::Open(Tickets::Grant who, model::SignInMethod method,
                                              std::string hash, Browser browser,
                                              model::Actor actor) {
  const std::optional<Caller> caller = CallerOf(directory_, who.user);
  if (!caller) co_return Refused();
  Opened opened{.secret = RandomSecret(random_), .session = {}};
  const WallTime now = clock_.Wall();
  opened.session = {.id = Hex(Sha256(opened.secret)),
                    .user = who.user,
                    .key = who.key,
                    .method = method,
                    .made = now,
                    .seen = now,
                    .ends = now + limits_.total,
                    .address = std::move(browser.address),
                    .agent = Cut(browser.agent)};
  if (IsOver(opened.session)) co_return Refused();
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Session& made = opened.session;
    if (!hash.empty() && !HasPassword(made.user, hash)) return Refused();
    store::Transaction next{.writes = {PutAsRead(directory_, Kind::kSession, made.id, made)}};
    std::vector<model::Session> mine = directory_.SessionsOf(made.user);
    std::ranges::sort(mine, {}, &model::Session::seen);
    for (std::size_t i = 0; i + limits_.per_user <= mine.size(); ++i)
      next.writes.push_back(store::Write::Delete(Kind::kSession, mine[i].id));
    return next;
  };
  actor.principal = caller->arn;
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer_.Commit(std::move(actor), {TargetOf(opened.session.id)}, plan));
  co_return opened;
}

Task<Status> Sessions::Note(model::Actor actor, std::string target) {
  const auto plan = [&]() -> Result<store::Transaction> {
    return store::Transaction{.writes = {store::Audit(actor, target, clock_.Wall())}};
  };
  co_return co_await writer_.Commit(std::nullopt, {target}, plan);
}

Task<Status> Sessions::NoteRefused(model::Actor actor) {
  actor.principal = kAnonymous;
  return Note(std::move(actor), TargetOf("refused"));
}

bool Sessions::IsOver(const model::Session& session) const {
  const WallTime now = clock_.Wall();
  return session.seen + limits_.idle <= now || SessionIsOver(directory_, session, now);
}

Result<Caller> Sessions::Identify(std::string_view secret, const Origin& origin) const {
  if (secret.size() != kSecretLength) return Nobody();
  const model::Session* session = directory_.FindSession(Hex(Sha256(secret)));
  if (session == nullptr || IsOver(*session)) return Nobody();
  std::optional<Caller> caller = CallerOf(directory_, session->user);
  if (!caller) return Nobody();
  caller->access_key_id = session->key;
  caller->session = session->id;
  caller->source_ip = origin.source_ip;
  caller->secure_transport = origin.secure_transport;
  return *std::move(caller);
}

Task<void> Sessions::NoteUse(std::string id) {
  const auto due = [&]() -> const model::Session* {
    const model::Session* session = directory_.FindSession(id);
    if (session == nullptr || IsOver(*session)) return nullptr;  // what is over stays so
    return session->seen + kNoteEvery <= clock_.Wall() ? session : nullptr;
  };
  if (due() == nullptr || !noting_.insert(id).second) co_return;
  const std::shared_ptr<void> done(nullptr, [&](void* /*none*/) { noting_.erase(id); });
  const auto plan = [&]() -> Result<store::Transaction> {
    const model::Session* session = due();
    if (session == nullptr) return store::Transaction{};
    model::Session next = *session;
    next.seen = clock_.Wall();
    return store::Transaction{.writes = {PutAsRead(directory_, Kind::kSession, id, next)}};
  };
  // A store that does not take it now lets the session run out sooner: the next use tries again.
  static_cast<void>(co_await writer_.Commit(std::nullopt, {TargetOf(id)}, plan));
}

std::vector<model::Session> Sessions::Live(std::vector<model::Session> sessions) const {
  std::erase_if(sessions, [this](const model::Session& session) { return IsOver(session); });
  return sessions;
}

std::vector<model::Session> Sessions::SessionsOf(const model::UserId& user) const {
  return Live(directory_.SessionsOf(user));
}

std::vector<model::Session> Sessions::All() const { return Live(directory_.Sessions()); }

Task<Status> Sessions::End(std::string id, model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    if (directory_.FindSession(id) == nullptr)
      return Error(Code::kNotFound, "There is no such session.", "UnknownSession");
    return store::Transaction{.writes = {DeleteAsRead(directory_, Kind::kSession, id)},
                              .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {TargetOf(id)}, plan);
}

Task<Status> Sessions::Sweep() {
  for (;;) {
    std::vector<std::string> over;
    for (const model::Session& session : directory_.Sessions()) {
      if (over.size() == kSweepBatch) break;
      if (IsOver(session) || !CallerOf(directory_, session.user)) over.push_back(session.id);
    }
    if (over.empty()) co_return Ok();
    const auto plan = [&]() -> Result<store::Transaction> {
      store::Transaction gone{.ends = true};
      for (const std::string& id : over)
        gone.writes.push_back(store::Write::Delete(Kind::kSession, id));
      return gone;
    };
    ATELIER_CO_RETURN_IF_ERROR(co_await writer_.Commit(std::nullopt, {"session/swept"}, plan));
  }
}

}  // namespace atelier::identity
