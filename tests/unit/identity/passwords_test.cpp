// Passwords are kept as hashes that take their time (RFC 9106), and no more at once than may be.
#include "identity/passwords.h"

#include <chrono>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "support/run.h"

namespace atelier::identity {
namespace {

class PasswordsTest : public ::testing::Test {
 protected:
  Result<std::string> Hash(const std::string& password) {
    return test::Run(io_, passwords_.Hash(password));
  }
  bool Fits(const std::string& password, const std::string& hash) {
    return *test::Run(io_, passwords_.Fits(password, hash));
  }

  asio::io_context io_;
  Pool pool_{2};
  std::unique_ptr<Random> random_ = MakeSeededRandom(7);
  Passwords passwords_{pool_, *random_};
};

TEST_F(PasswordsTest, AHashFitsItsPasswordAlone) {
  const std::string hash = *Hash("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_EQ(hash.find("correct"), std::string::npos);
  EXPECT_TRUE(Fits("correct horse", hash));
  for (const char* other : {"", "correct hors", "correct horse ", "Correct horse"})
    EXPECT_FALSE(Fits(other, hash)) << other;
  EXPECT_NE(*Hash("correct horse"), hash) << "salted";
  // Of another program, with other costs.
  EXPECT_FALSE(Fits("x", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"));
}

TEST_F(PasswordsTest, Promise8NobodysPasswordFitsNothing) {
  for (const std::string& password : {std::string(), std::string("x"), std::string(4000, 'x')})
    EXPECT_FALSE(Fits(password, "")) << password.size();
  EXPECT_FALSE(Fits("x", "garbage"));
}

TEST_F(PasswordsTest, TheirLengthIsBounded) {
  EXPECT_EQ(Hash("1234567").error().reason(), "InvalidPassword");
  EXPECT_EQ(Hash(std::string(129, 'x')).error().reason(), "InvalidPassword");
  EXPECT_EQ(Hash("ends with a line\n").error().reason(), "InvalidPassword");
  EXPECT_TRUE(Hash("12345678"));
  EXPECT_TRUE(Hash(std::string(128, 'x')));
}

TEST_F(PasswordsTest, Promise10TwoAreCheckedAtATime) {
  int refused = 0;
  int done = 0;
  for (int i = 0; i < 5; ++i) {
    asio::co_spawn(io_, passwords_.Fits("x", ""),
                   [&](const std::exception_ptr& /*error*/, const Result<bool>& fits) {
                     ++done;
                     if (!fits)
                       refused += static_cast<int>(fits.error().reason() == "Throttling.User");
                   });
  }
  io_.run();
  EXPECT_EQ(done, 5);
  EXPECT_EQ(refused, 3);
  io_.restart();
  EXPECT_FALSE(Fits("x", ""));
}

}  // namespace
}  // namespace atelier::identity
