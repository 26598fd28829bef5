#include "http/wire/parser.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "http/wire/plain_head.h"

namespace atelier::http {
namespace {

constexpr std::size_t kLimit = 1024;

/// Gives the parser `text` in pieces of `step` bytes, as a connection would.
Status Feed(MessageParser& parser, const std::string& text, std::size_t step,
            std::string* body = nullptr) {
  std::string pending;
  std::size_t next = 0;
  std::array<char, 64> piece;
  while (!parser.complete()) {
    if (next == text.size()) return parser.PutEnd();
    const std::size_t size = std::min(step, text.size() - next);
    pending += text.substr(next, size);
    next += size;
    if (!parser.head_complete()) {
      ATELIER_TRY(const std::size_t used, parser.PutHead(pending));
      pending.erase(0, used);
      if (!parser.head_complete()) continue;
    }
    while (!parser.complete() && !pending.empty()) {
      ATELIER_TRY(const auto got, parser.PutBody(pending, piece));
      if (got.used == 0 && got.stored == 0) break;
      pending.erase(0, got.used);
      if (body != nullptr) body->append(piece.data(), got.stored);
    }
  }
  return Ok();
}

class ParserSteps : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(AnySplit, ParserSteps, testing::Values(1, 2, 3, 7, 4096));

TEST_P(ParserSteps, KeepsTargetAndHeadersAsTheyCame) {
  MessageParser parser(MessageParser::Kind::kRequest, kLimit);
  ASSERT_TRUE(Feed(parser,
                   "GET //a/../%2f?q=+%zz HTTP/1.1\r\nHost: http://127.0.0.1:1\r\nX-Acs-B: 2\r\n"
                   "x-acs-a:  1 \r\nX-Acs-B: 3\r\n\r\n",
                   GetParam()));
  EXPECT_EQ(parser.head().method, "GET");
  EXPECT_EQ(parser.head().target, "//a/../%2f?q=+%zz");
  const std::vector<Headers::Entry> expected{
      {"Host", "http://127.0.0.1:1"}, {"X-Acs-B", "2"}, {"x-acs-a", "1"}, {"X-Acs-B", "3"}};
  EXPECT_EQ(parser.head().headers.entries(), expected);
  EXPECT_TRUE(parser.keep_alive());
}

TEST(MessageParser, TakesTheAbsoluteFormOfATarget) {
  const auto target_of = [](const std::string& target) {
    MessageParser parser(MessageParser::Kind::kRequest, 1024);
    EXPECT_TRUE(parser.PutHead("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").has_value());
    return parser.head().target;
  };
  EXPECT_EQ(target_of("http://127.0.0.1:8080/a%2f?q=http://x/"), "/a%2f?q=http://x/");
  EXPECT_EQ(target_of("HTTPS://h/"), "/");
  EXPECT_EQ(target_of("http://h"), "/");
  EXPECT_EQ(target_of("http://h?q=1"), "/?q=1");
  EXPECT_EQ(target_of("/http://h/a"), "/http://h/a");
}

TEST_P(ParserSteps, OneMessageShowsNothingOfTheOneBefore) {
  MessageParser parser(MessageParser::Kind::kRequest, kLimit);
  ASSERT_TRUE(Feed(parser,
                   "DELETE /a/long/target/of/the/first HTTP/1.0\r\nHost: first\r\n"
                   "x-acs-security-token: of the first\r\nX-More: 1\r\n\r\n",
                   GetParam()));
  parser.Reset();
  ASSERT_TRUE(Feed(parser, "GET /b HTTP/1.1\r\nHost: b\r\n\r\n", GetParam()));
  EXPECT_EQ(parser.head().method, "GET");
  EXPECT_EQ(parser.head().target, "/b");
  EXPECT_TRUE(parser.head().http_1_1);
  const std::vector<Headers::Entry> expected{{"Host", "b"}};
  EXPECT_EQ(parser.head().headers.entries(), expected);
}

TEST_P(ParserSteps, ReadsChunkedBodiesAndDropsTrailers) {
  MessageParser parser(MessageParser::Kind::kRequest, kLimit);
  std::string body;
  ASSERT_TRUE(Feed(parser,
                   "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                   "5;x=y\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX-Admin: 1\r\n\r\n",
                   GetParam(), &body));
  EXPECT_EQ(body, "hello world");
  EXPECT_FALSE(parser.head().headers.Has("X-Admin"));
}

TEST_P(ParserSteps, ReadsBodiesByContentLength) {
  MessageParser parser(MessageParser::Kind::kRequest, kLimit);
  std::string body;
  ASSERT_TRUE(Feed(parser, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello worldGET",
                   GetParam(), &body));
  EXPECT_EQ(body, "hello world");
  EXPECT_EQ(parser.content_length(), 11U);
}

TEST_P(ParserSteps, RefusesWhatIsNotHttp) {
  for (const char* text : {
           "\x16\x03\x01\x02\x05\x01\r\n\r\n",
           "GET\r\n\r\n",
           "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\nHost: a\n\n",
           "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
           "G ET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
           "GET / HTTP/1.1\r\n: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
           // Two readings of where the body ends: request smuggling.
           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
           "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
       }) {
    MessageParser parser(MessageParser::Kind::kRequest, kLimit);
    const Status result = Feed(parser, text, GetParam());
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument) << text;
  }
}

TEST_P(ParserSteps, HeadOverTheLimitIsResourceExhausted) {
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  while (many.size() <= kLimit) many += "A: b\r\n";
  for (const std::string& text :
       {"GET /" + std::string(kLimit, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nB: " + std::string(kLimit, 'b') + "\r\n\r\n",
        many + "\r\n"}) {
    MessageParser parser(MessageParser::Kind::kRequest, kLimit);
    const Status result = Feed(parser, text, GetParam());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Code::kResourceExhausted);
  }
}

TEST_P(ParserSteps, AnEmptyBodyMayComeInChunks) {
  for (const char* body : {"0\r\n\r\n", "00\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nTrailer: a\r\n\r\n"}) {
    MessageParser parser(MessageParser::Kind::kRequest, kLimit);
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string received;
    ASSERT_TRUE(Feed(parser, head + body, GetParam(), &received)) << body;
    EXPECT_TRUE(parser.complete()) << body;
    EXPECT_EQ(received, "") << body;
  }
}

TEST_P(ParserSteps, BrokenChunksAreRefused) {
  for (const char* body : {"x\r\n", "5\r\nhello!\r\n", "-1\r\n", "5\nhello\n",
                           "fffffffffffffffff\r\n", "5 \r\nhello\r\n0\r\n\r\n"}) {
    MessageParser parser(MessageParser::Kind::kRequest, kLimit);
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const Status result = Feed(parser, head + body, GetParam());
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument) << body;
  }
}

TEST(Parser, TellsWhenAStreamEndsTooEarly) {
  MessageParser parser(MessageParser::Kind::kRequest, kLimit);
  EXPECT_FALSE(Feed(parser, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", 4096));
  parser.Reset();
  EXPECT_FALSE(parser.PutEnd());
}

TEST(Parser, ResponsesMayEndWithTheConnection) {
  MessageParser parser(MessageParser::Kind::kResponse, kLimit);
  std::string body;
  ASSERT_TRUE(Feed(parser, "HTTP/1.0 200 OK\r\n\r\nall of it", 3, &body));
  EXPECT_EQ(parser.head().status, 200);
  EXPECT_EQ(body, "all of it");
  EXPECT_FALSE(parser.keep_alive());
}

// What curl and Python's requests take from a server, and can be read in one way only: a replica is
// tested with them.
TEST_P(ParserSteps, AnswersAreTakenAsClientsTakeThem) {
  const std::string cl = "Content-Length: 2\r\n\r\nok";
  const std::string chunks = "\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  for (const std::string& text : {
           "HTTP/1.1 200\r\n" + cl,
           "HTTP/1.1 200 \r\n" + cl,
           "HTTP/1.1 200\t\r\n" + cl,
           "HTTP/1.1\t200\tOK\r\n" + cl,
           "HTTP/1.1  200  OK\r\n" + cl,
           "HTTP/1.1 200 \xe6\x88\x90\xe5\x8a\x9f\r\n" + cl,
           "HTTP/1.1 200 Pr\xe9t \x1b[0m\x01\r\n" + cl,
           "HTTP/1.0 200 OK\r\n" + cl,
           std::string("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
           std::string("HTTP/1.1 200\nContent-Length: 2\n\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok"),
           std::string("HTTP/1.1 200 OK\nContent-Length: 2\r\n\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: \t 2 \t \r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 002\r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
           "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n" + cl,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked " + chunks,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: ,chunked" + chunks,
           "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked" + chunks,
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked" + chunks,
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok"),
           std::string("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0002;a=b\r\nok\r\n"
                       "000;c=\"d e\"\r\nX: y\r\n\r\n"),
           "HTTP/1.1 200 OK\r\nX:\r\n" + cl,
       }) {
    MessageParser parser(MessageParser::Kind::kResponse, kLimit);
    std::string body;
    const Status result = Feed(parser, text, GetParam(), &body);
    ASSERT_TRUE(result) << text;
    EXPECT_EQ(parser.head().status, 200) << text;
    EXPECT_EQ(body, "ok") << text;
  }
}

TEST_P(ParserSteps, TheHeadersOfALenientAnswerAreStrict) {
  MessageParser parser(MessageParser::Kind::kResponse, 8192);
  const std::string large(5000, 'a');
  ASSERT_TRUE(Feed(parser,
                   "HTTP/1.1 999\nA : one\r\n two \n\t three\r\nB: \xe6\x88\x90 b\nC:\r\n c\n" +
                       ("D: " + large) + "\n " + large.substr(0, 10) + "\nContent-Length: 0\n\n",
                   GetParam()));
  EXPECT_EQ(parser.head().status, 999);
  const std::vector<Headers::Entry> expected{{"A", "one two three"},
                                             {"B", "\xe6\x88\x90 b"},
                                             {"C", "c"},
                                             {"D", large + " aaaaaaaaaa"},
                                             {"Content-Length", "0"}};
  EXPECT_EQ(parser.head().headers.entries(), expected);
}

TEST_P(ParserSteps, AnswersThatCouldBeReadInTwoWaysAreRefused) {
  const std::string chunks = "\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  for (const std::string& head : {
           std::string("http/1.1 200 OK"),
           std::string("HTTP/1.2 200 OK"),
           std::string("HTTP/2 200 OK"),
           std::string("ICY 200 OK"),
           std::string("HTTP/1.1 20 OK"),
           std::string("HTTP/1.1 2000 OK"),
           std::string("HTTP/1.1 099 OK"),
           std::string("HTTP/1.1 200OK"),
           std::string("HTTP/1.1200 OK"),
           std::string("HTTP/1.1 OK"),
           std::string("HTTP/1.1"),
           std::string("\r\nHTTP/1.1 200 OK"),
           std::string("HTTP/1.1 200 O\rK"),
           std::string("HTTP/1.1 200 O\0K", 16),
           std::string("HTTP/1.1 200 OK\r\nno colon"),
           std::string("HTTP/1.1 200 OK\r\n: no name"),
           std::string("HTTP/1.1 200 OK\r\n : no name"),
           std::string("HTTP/1.1 200 OK\r\n X: y"),
           std::string("HTTP/1.1 200 OK\r\nX Y: z"),
           std::string("HTTP/1.1 200 OK\r\nX(Y): z"),
           std::string("HTTP/1.1 200 OK\r\nX: a\rContent-Length: 2"),
           std::string("HTTP/1.1 200 OK\r\nX: a\r\r"),
           std::string("HTTP/1.1 200 OK\r\nX: a\0b", 23),
           std::string("HTTP/1.1 200 OK\r\nSet-Cookie: a\x01=b"),
           std::string("HTTP/1.1 200 OK\r\nX: a\x7f"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2, 3"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2,"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length:"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: +2"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: -2"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 0x2"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2 2"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length:\r\n 2"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked"),
           std::string("HTTP/1.1 200 OK\nTransfer-Encoding : chunked\nContent-Length : 2"),
           std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: identity"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked"),
           std::string(
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, chunked"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0b"
                       "chunked"),
       }) {
    MessageParser parser(MessageParser::Kind::kResponse, kLimit);
    const Status result = Feed(parser, head + chunks, GetParam());
    ASSERT_FALSE(result) << head;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument) << head;
  }
}

TEST_P(ParserSteps, AnswersOfAThousandHeadersAreTakenAndNotMore) {
  const auto answer = [](int headers) {
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 1; i < headers; ++i) text += "X-" + std::to_string(i) + ": y\r\n";
    return text + "Content-Length: 0\r\n\r\n";
  };
  MessageParser parser(MessageParser::Kind::kResponse, 64U << 10U);
  ASSERT_TRUE(Feed(parser, answer(1000), 4096));
  EXPECT_EQ(parser.head().headers.entries().size(), 1000U);
  parser.Reset();
  const Status one_more = Feed(parser, answer(1001), 4096);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code(), Code::kResourceExhausted);
  MessageParser small(MessageParser::Kind::kResponse, kLimit);
  const Status too_large = Feed(small, answer(200), GetParam());
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code(), Code::kResourceExhausted);
}

TEST(Parser, AConnectionThatSentChunksInHttp10IsNotUsedAgain) {
  MessageParser parser(MessageParser::Kind::kResponse, kLimit);
  ASSERT_TRUE(Feed(parser,
                   "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "0\r\n\r\n",
                   4096));
  EXPECT_FALSE(parser.keep_alive());
}

TEST(Parser, AnswerToHeadHasNoBodyWhateverItsLength) {
  MessageParser parser(MessageParser::Kind::kResponse, kLimit);
  parser.Reset(true);
  ASSERT_TRUE(Feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 4096));
  EXPECT_TRUE(parser.complete());
}

/// What a request means, or why it means nothing.
std::string MeaningOf(const std::string& text, std::size_t step, std::size_t limit = kLimit) {
  MessageParser parser(MessageParser::Kind::kRequest, limit);
  std::string body;
  if (const Status fed = Feed(parser, text, step, &body); !fed)
    return "refused: " + fed.error().message();
  std::string all = parser.head().method + " " + parser.head().target;
  all += parser.keep_alive() ? " kept" : " closed";
  all += parser.head().http_1_1 ? " 1.1" : " 1.0";
  for (const auto& [name, value] : parser.head().headers.entries())
    all.append("\n").append(name).append("=").append(value);
  return all + "\n" + body;
}

// What comes at once mostly takes a short way (plain_head.h), what comes byte by byte never does.
TEST(MessageParser, TheShortWayReadsNothingThatTheLongOneDoesNot) {
  const std::vector<std::string> seeds = {
      "GET /a?b=c HTTP/1.1\r\nHost: h\r\nx-acs-date: 2026\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nhost:h\r\nA:\r\nB: \t x \r\n\r\nGET /next HTTP/1.1\r\n"};
  // What a smuggled request is made of.
  const std::vector<std::string> bits = {"\r\n",
                                         "\n",
                                         "\r",
                                         " ",
                                         "\t",
                                         ":",
                                         ",",
                                         std::string(1, '\0'),
                                         "\x7f",
                                         "\x80",
                                         "\x0b",
                                         "\"",
                                         "%0d",
                                         "chunked",
                                         "close",
                                         "Content-Length: 1\r\n",
                                         "TE: x\r\n",
                                         "Connection: keep-alive\r\n",
                                         "Host: g\r\n",
                                         "HTTP/1.1",
                                         "HTTP/1.2",
                                         "Transfer-Encoding : chunked\r\n",
                                         "Upgrade: x\r\n",
                                         " folded\r\n",
                                         "//",
                                         "http://h/"};
  const auto random = MakeSeededRandom(1);
  const auto below = [&](std::size_t bound) {
    std::array<std::uint8_t, 2> bytes{};
    random->Fill(bytes);
    return (bytes[0] * 256U + bytes[1]) % bound;
  };
  int taken = 0;
  for (int n = 0; n < 4000; ++n) {
    std::string text = seeds.at(below(seeds.size()));
    for (std::size_t edits = below(4); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1);
      text.erase(at, below(3));
      if (below(2) == 0) text.insert(std::min(at, text.size()), bits.at(below(bits.size())));
    }
    const std::string whole = MeaningOf(text, text.size() + 1);
    const std::string by_bytes = MeaningOf(text, 1);
    // Of two faults each way may name the one that it meets first.
    if (whole.starts_with("refused"))
      ASSERT_TRUE(by_bytes.starts_with("refused")) << text;
    else
      ASSERT_EQ(whole, by_bytes) << text;
    taken += whole.starts_with("refused") ? 0 : 1;
  }
  EXPECT_GT(taken, 500);
}

// To the byte and to the header.
TEST(MessageParser, TheShortWayEndsWhereTheLongOneDoes) {
  const auto of_size = [](std::size_t size) {
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    return head + std::string(size - head.size() - 4, 'a') + "\r\n\r\n";
  };
  for (const std::size_t size : {kLimit - 1, kLimit, kLimit + 1}) {
    const std::string whole = MeaningOf(of_size(size), size + 1);
    EXPECT_EQ(whole, MeaningOf(of_size(size), 1)) << size;
    EXPECT_EQ(whole.starts_with("refused"), size > kLimit) << size;
    // What follows it belongs to the next request.
    EXPECT_EQ(whole, MeaningOf(of_size(size) + "GET / HTTP/1.1\r\n", 2 * size)) << size;
  }
  for (const std::size_t headers : {255U, 256U, 257U}) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (std::size_t n = 1; n < headers; ++n) text += "a: b\r\n";
    text += "\r\n";
    const std::string whole = MeaningOf(text, text.size() + 1, 1U << 16U);
    EXPECT_EQ(whole, MeaningOf(text, 1, 1U << 16U)) << headers;
    EXPECT_EQ(whole.starts_with("refused"), headers > 256) << headers;
  }
}

TEST(MessageParser, TheShortWayTakesNoRequestWithAWordAboutFraming) {
  const std::vector<std::string> lines = {"Content-Length: 5",     "content-LENGTH: 5",
                                          "Content-Length: 0",     "Transfer-Encoding: chunked",
                                          "Connection: close",     "Connection: upgrade",
                                          "Keep-Alive: timeout=5", "Upgrade: websocket",
                                          "TE: trailers",          "Trailer: X",
                                          "Expect: 100-continue",  "Proxy-Connection: close"};
  for (const std::string& line : lines) {
    const std::string text = "POST / HTTP/1.1\r\nHost: h\r\n" + line + "\r\n\r\n";
    ParsedHead head;
    EXPECT_EQ(ReadPlainHead(text, kLimit, head), 0U) << line;
  }
}

// RFC 9112: each of these has been read as two requests, or as another one, by somebody.
TEST(MessageParser, TheShortWayTakesNothingThatIsReadInTwoWays) {
  const std::vector<std::string> heads = {
      "GET / HTTP/1.1\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\n",
      "GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\tfolded\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nA(b): c\r\n\r\n",
      std::string("GET / HTTP/1.1\r\nHost: h\0\r\n\r\n", 28),
      "GET / HTTP/1.1\r\nHost: h\x7f\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n",
      "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
      "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
      "GET / http/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\r",
  };
  for (const std::string& text : heads) {
    ParsedHead head;
    EXPECT_EQ(ReadPlainHead(text, kLimit, head), 0U) << text;
  }
  // Plain, and refused by what both ways ask.
  for (const char* text :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"}) {
    EXPECT_TRUE(MeaningOf(text, 4096).starts_with("refused")) << text;
    EXPECT_EQ(MeaningOf(text, 4096), MeaningOf(text, 1)) << text;
  }
}

}  // namespace
}  // namespace atelier::http
