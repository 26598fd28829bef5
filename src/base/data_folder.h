#pragma once
#include <string>
#include <utility>

#include "base/result.h"
#include "base/server_file.h"

namespace atelier {

/// Where the server keeps what it keeps (docs/install.md):
///
///     catalogue.json       what instances can be made of; the operator's
///     store/               the database; *.moved-N in it: one that was moved away from
///     store.new/           one that is being moved in
///     secret.key           opens the secrets in the store
///     credentials.json     the first access key
///     credentials.pending  it must be written yet
///     metrics.token        opens the part of /metrics that has names
///     server.json          who listens, and where, while it does (base/server_file.h)
///     nonces               of the requests that were accepted; written under the store's lock
///     instances/           what runs, of notebooks and of model services
///     services/            of model services, from servers that kept them apart: taken over
///     instances/.store-mark  how far the store had come
///     models/              what services may be shown, unless the options say otherwise
///     recommenders/        what recommenders have learnt
class DataFolder {
 public:
  /// Makes the folder (mode 0700) unless it is there. FailedPrecondition: it cannot be made, is
  /// not a folder, is not ours, or cannot be written.
  static Result<DataFolder> Open(const std::string& path);
  /// One that is there. NotFound.
  static Result<DataFolder> Find(const std::string& path);

  std::string Catalogue() const { return path_ + "/catalogue.json"; }
  std::string Store() const { return path_ + "/store"; }
  std::string SecretKey() const { return path_ + "/secret.key"; }
  std::string Credentials() const { return path_ + "/credentials.json"; }
  std::string CredentialsPending() const { return path_ + "/credentials.pending"; }
  std::string MetricsToken() const { return path_ + "/metrics.token"; }
  std::string ServerFile() const { return path_ + "/" + kServerFileName; }
  std::string Nonces() const { return path_ + "/nonces"; }
  std::string Instances() const { return path_ + "/instances"; }
  std::string StoreMark() const { return Instances() + "/.store-mark"; }
  std::string Services() const { return path_ + "/services"; }
  std::string Models() const { return path_ + "/models"; }
  std::string Recommenders() const { return path_ + "/recommenders"; }
  const std::string& path() const { return path_; }

 private:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;  // absolute
};

}  // namespace atelier
