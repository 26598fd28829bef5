#include "base/random.h"

#include <array>
#include <random>
#include <sys/random.h>
#include <vector>

#include "base/ascii.h"
#include "base/check.h"
#include "base/encoding.h"

namespace atelier {

namespace {

class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> out) override {
    // Buffered per thread: a request needs a UUID, and a system call each would show in the hot
    // path.
    static thread_local std::array<std::uint8_t, 256> buffer;
    static thread_local std::size_t used = buffer.size();
    for (std::uint8_t& byte : out) {
      if (used == buffer.size()) {
        const ssize_t got = ::getrandom(buffer.data(), buffer.size(), 0);
        ATELIER_CHECK(got == static_cast<ssize_t>(buffer.size()),
                      "getrandom of up to 256 bytes never fails once the kernel is seeded");
        used = 0;
      }
      byte = buffer.at(used);
      buffer.at(used++) = 0;
    }
  }
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void Fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace

std::string Random::LowerAlnum(std::size_t length) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  static constexpr std::uint8_t kLimit = 252;  // the largest multiple of 36 in a byte: no bias
  std::string out;
  while (out.size() < length) {
    std::uint8_t byte = 0;
    Fill({&byte, 1});
    if (byte < kLimit) out += kAlphabet[byte % kAlphabet.size()];
  }
  return out;
}

std::string Random::Hex(std::size_t bytes) {
  std::vector<std::uint8_t> raw(bytes);
  Fill(raw);
  return atelier::Hex(raw);
}

std::string Random::Uuid() {
  std::array<std::uint8_t, 16> raw{};
  Fill(raw);
  raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0FU) | 0x40U);
  raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3FU) | 0x80U);
  std::string out(36, '-');
  std::size_t at = 0;
  for (const std::uint8_t byte : raw) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    out[at++] = kUpperHexDigits[byte >> 4U];
    out[at++] = kUpperHexDigits[byte & 15U];
  }
  return out;
}

std::unique_ptr<Random> MakeSystemRandom() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> MakeSeededRandom(std::uint64_t seed) {
  return std::make_unique<SeededRandom>(seed);
}

}  // namespace atelier
