#include "store/sqlite/log_end.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace atelier::store::sqlite {

namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kSalts = 8;             // bytes of both
constexpr std::uint32_t kMagic = 0x377f0682;  // its last bit: checksums are of big-endian words
constexpr std::uint32_t kMinPage = 512;
constexpr std::uint32_t kMaxPage = 65'536;

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8U | static_cast<std::uint8_t>(bytes[i]);
  return word;
}

std::uint32_t LittleEndian(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8U | static_cast<std::uint8_t>(bytes[i]);
  return word;
}

/// Goes on from frame to frame.
class Checksum {
 public:
  explicit Checksum(bool big_endian) : big_endian_(big_endian) {}

  void Add(std::string_view bytes) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      first_ += Word(bytes) + second_;
      second_ += Word(bytes.substr(4)) + first_;
    }
  }
  bool Is(std::string_view stored) const {
    return first_ == BigEndian(stored) && second_ == BigEndian(stored.substr(4));
  }

 private:
  std::uint32_t Word(std::string_view bytes) const {
    return big_endian_ ? BigEndian(bytes) : LittleEndian(bytes);
  }

  const bool big_endian_;
  std::uint32_t first_ = 0;
  std::uint32_t second_ = 0;
};

}  // namespace

std::size_t CommitsCut(const std::string& log) {
  std::ifstream file(log, std::ios::binary);
  std::array<char, kHeader> head{};
  if (!file.read(head.data(), kHeader)) return 0;
  const std::string_view header(head.data(), kHeader);
  const std::uint32_t magic = BigEndian(header);
  const std::uint32_t page = BigEndian(header.substr(8));
  if ((magic & ~1U) != kMagic || page < kMinPage || page > kMaxPage) return 0;
  Checksum sum((magic & 1U) != 0);
  sum.Add(header.substr(0, 24));
  if (!sum.Is(header.substr(24))) return 0;  // not begun: nothing of it counts

  const std::string_view salts = header.substr(16, kSalts);
  std::string bytes(kFrameHeader + page, '\0');
  bool damaged = false;
  std::size_t behind = 0;
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    const std::string_view frame = bytes;
    // Other salts: left over from an earlier round through the file.
    const bool ours = frame.substr(8, kSalts) == salts && BigEndian(frame) != 0;
    if (!damaged) {
      sum.Add(frame.substr(0, 8));
      sum.Add(frame.substr(kFrameHeader));
      damaged = !ours || !sum.Is(frame.substr(16));
    }
    const bool commit = BigEndian(frame.substr(4)) != 0;
    if (damaged && ours && commit) ++behind;
  }
  return behind > 1 ? behind : 0;
}

Status EmptyLog(const Connection& writer) {
  return writer.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace atelier::store::sqlite
