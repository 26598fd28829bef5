#include "store/tally.h"

#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "store/quarantine.h"

namespace atelier::store {

std::string EntryOf(const Record& record) {
  return fmt::format("R {} {} {} {}\n", static_cast<int>(record.kind), record.revision,
                     record.key.size(), record.body.size());
}

std::string KindInWords(Kind kind) {
  const std::string_view name = NameOf(kind);
  return name.empty() ? fmt::format("kind {}", static_cast<int>(kind)) : std::string(name);
}

Status TallyMaker::Add(const Record& record) {
  const auto wrong = [&](std::string_view what) {
    return Error(Code::kDataLoss,
                 fmt::format("The {} {} {}.", KindInWords(record.kind), record.key, what));
  };
  if (count_ > 0 && record.kind == kind_ && record.key == key_) return wrong("is there twice");
  if (count_ > 0 && std::pair(record.kind, record.key) < std::pair(kind_, key_))
    return wrong("is out of order");
  if (record.revision < 1 || record.revision > head_) {
    return wrong(
        fmt::format("has the revision {}, and the store is at {}", record.revision, head_));
  }
  if (record.kind != kind_) EndKind();
  kind_ = record.kind;
  key_ = record.key;
  ++count_;
  ++now_.count;
  digest_.Add(EntryOf(record));
  digest_.Add(record.key);
  digest_.Add(record.body);
  digest_.Add("\n");
  return Ok();
}

void TallyMaker::EndKind() {
  if (now_.count == 0) return;
  now_.sha256 = Hex(digest_.Finish());
  tally_[kind_] = std::exchange(now_, {});
}

Tally TallyMaker::Finish() {
  EndKind();
  return std::move(tally_);
}

}  // namespace atelier::store
