#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "identity/caller.h"
#include "identity/delegation.h"
#include "identity/identity_directory.h"
#include "identity/tickets.h"
#include "model/audit.h"
#include "model/session.h"
#include "store/writer.h"

namespace atelier::identity {

struct SessionLimits {
  Duration idle = std::chrono::hours(12);
  Duration total = std::chrono::days(7);
  /// Of one user: a further one ends the one that was used least recently.
  std::size_t per_user = 50;
};

/// Browsers that are signed in: what they hold is a random text, of which the store has the hash
/// alone, so a session can be listed and ended, and outlives the process (docs/decisions/0047).
/// It lets in whom it was made for as they are today, and no longer than the access key that
/// vouched for them. Threads: the I/O thread.
class Sessions {
 public:
  /// Everything outlives this. `clock`: the workshop's.
  Sessions(store::Store& store, const IdentityDirectory& directory, Clock& clock, Random& random,
           SessionLimits limits = {});

  /// For a sign-in as `user`, vouched for by this access key.
  Tickets::Ticket MakeTicket(model::UserId user, std::string key) {
    return tickets_.Make({.user = std::move(user), .key = std::move(key)});
  }

  /// What is known of a browser.
  struct Browser {
    std::string address;  // of the peer
    std::string agent;    // what it says it is
  };
  struct Opened {
    std::string secret;  // for the browser alone
    model::Session session;
  };
  /// A new session, with its audit record; the ticket is used up whatever happens. Unauthenticated/
  /// SignInFailed: no ticket, too old, used, or of somebody who is not there any more (it does not
  /// say which). `actor`: its principal is filled in here.
  Task<Result<Opened>> SignIn(std::string ticket, Browser browser, model::Actor actor);
  /// The same for a user whose password was found right, by this hash of it: if it has changed
  /// since, it opens nothing.
  Task<Result<Opened>> SignInByPassword(model::UserId user, std::string hash, Browser browser,
                                        model::Actor actor);
  /// The same for a user whom an OpenID provider has named (IdentityService::AdmitSubject).
  Task<Result<Opened>> SignInByProvider(model::UserId user, Browser browser, model::Actor actor);
  static Error Refused();
  /// Leaves an audit record of what changes nothing that is stored: a ticket that is made.
  Task<Status> Note(model::Actor actor, std::string target);
  /// The same of a sign-in that failed, of nobody knows whom.
  Task<Status> NoteRefused(model::Actor actor);

  /// Who holds `secret`, as they are today. Unauthenticated/InvalidSession: nobody, or the session
  /// is over.
  Result<Caller> Identify(std::string_view secret, const Origin& origin) const;
  static Error Nobody();  // Unauthenticated/InvalidSession
  /// Keeps it from running out for want of use; writes once in some minutes.
  Task<void> NoteUse(std::string id);

  /// Of those that are not over.
  std::vector<model::Session> SessionsOf(const model::UserId& user) const;
  std::vector<model::Session> All() const;
  bool IsOver(const model::Session& session) const;
  /// NotFound/UnknownSession.
  Task<Status> End(std::string id, model::Actor actor);
  /// Removes those that are over; called now and then.
  Task<Status> Sweep();

 private:
  /// `hash`: of the password; empty: another method.
  Task<Result<Opened>> Open(Tickets::Grant who, model::SignInMethod method, std::string hash,
                            Browser browser, model::Actor actor);
  bool HasPassword(const model::UserId& user, std::string_view hash) const;
  std::vector<model::Session> Live(std::vector<model::Session> sessions) const;

  store::Writer writer_;
  const IdentityDirectory& directory_;
  Clock& clock_;
  Random& random_;
  const SessionLimits limits_;
  Tickets tickets_;               // to sign in
  std::set<std::string> noting_;  // ids whose use is being written down
};

}  // namespace atelier::identity
