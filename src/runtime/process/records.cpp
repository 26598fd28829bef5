#include "runtime/process/records.h"

#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {
constexpr std::size_t kMaxRecord = 4 << 20;
}  // namespace

template <class T>
Result<T> ReadRecord(const std::string& path) {
  ATELIER_TRY(const std::string text, ReadFile(path, kMaxRecord));
  return FromRecord<T>(text);
}

template <class T>
Status WriteRecord(const std::string& path, const T& record) {
  return ReplaceFile(path, ToJson(record));
}

template Result<Spec> ReadRecord(const std::string&);
template Result<SandboxRecord> ReadRecord(const std::string&);
template Result<Outcome> ReadRecord(const std::string&);
template Result<ProcessRef> ReadRecord(const std::string&);
template Status WriteRecord(const std::string&, const Spec&);
template Status WriteRecord(const std::string&, const SandboxRecord&);
template Status WriteRecord(const std::string&, const Outcome&);
template Status WriteRecord(const std::string&, const ProcessRef&);

}  // namespace atelier::runtime::process
