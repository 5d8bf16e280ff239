#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

/// crash_test SERVER_BINARY [ROUNDS [SEED]]
///
/// Writers send messages and accept offers all the time; the server is killed (SIGKILL) in the middle of it and started
/// again on the same data, round after round. Then must hold: what was acknowledged is there, once; what was not is
/// there once after its repetition with the same key; every accepted offer has one delivery and one hold; the ledger
/// balances.
namespace {

using namespace caravan::testing;

constexpr int message_writers = 6;
constexpr int accepting_writers = 2;
constexpr int offers_a_round = 12;  // for each accepting writer

/// What one writer did: the texts (or offers) it sent, and whether they were acknowledged.
struct Written {
  std::vector<std::string> acknowledged;
  std::string unknown;       // sent when the server died: may be there or not
  std::string refused = {};  // an answer that should not come
};

struct Stage {
  MarketPerson customer, traveler;
};

/// One delivery that a writer sends its messages to, and those that must be there.
struct Conversation {
  std::string delivery;
  std::map<std::string, int> expected = {};
};

std::string text_body(const std::string& text) { return R"({"text":")" + text + R"("})"; }

/// Sends messages until the server is gone.
void write_messages(int port, const Stage& stage, const std::string& delivery, const std::string& prefix,
                    Written& written) {
  Market market(port);
  for (int i = 0;; ++i) {
    const std::string text = prefix + std::to_string(i);
    written.unknown = text;
    const HttpAnswer answer = market.attempt("POST", "/deliveries/" + delivery + "/messages", stage.customer.token,
                                             text_body(text), "key-" + text);
    if (answer.status == 0) return;
    if (answer.status != 201) {
      written.refused = std::to_string(answer.status) + ' ' + answer.body;
      return;
    }
    written.acknowledged.push_back(text);
    written.unknown.clear();
  }
}

HttpAnswer accept(Market& market, const Stage& stage, const std::string& offer) {
  return market.attempt("POST", "/offers/" + offer + "/accept", stage.customer.token,
                        R"({"paymentMethodId":")" + stage.customer.card + R"("})", "accept-" + offer);
}

/// Accepts one offer after the other until the server is gone.
void accept_offers(int port, const Stage& stage, const std::vector<MarketDelivery>& offers, Written& written) {
  Market market(port);
  for (const MarketDelivery& offered : offers) {
    written.unknown = offered.offer;
    const HttpAnswer answer = accept(market, stage, offered.offer);
    if (answer.status == 0) return;
    if (answer.status != 200) {
      written.refused = std::to_string(answer.status) + ' ' + answer.body;
      return;
    }
    written.acknowledged.push_back(offered.offer + ' ' + json_at(answer.body, "deliveryId"));
    written.unknown.clear();
  }
}

int faults = 0;
void fault(const std::string& text) {
  std::printf("  FAULT %s\n", text.c_str());
  ++faults;
}

/// All texts of a conversation with how often each is there.
std::map<std::string, int> texts_of(Market& market, const Stage& stage, const std::string& delivery) {
  std::map<std::string, int> count;
  std::string cursor;
  do {
    const std::string path =
        "/deliveries/" + delivery + "/messages?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor);
    const HttpAnswer page = market.call("GET", path, stage.customer.token);
    for (const std::string& text : json_column(page.body, "text")) ++count[text];
    cursor = json_at(page.body, "nextCursor");
  } while (!cursor.empty() && cursor != "null");
  return count;
}

void check_texts(Market& market, const Stage& stage, const Conversation& conversation) {
  const auto there = texts_of(market, stage, conversation.delivery);
  for (const auto& [text, times] : conversation.expected) {
    const auto found = there.find(text);
    if (found == there.end())
      fault("acknowledged, but lost: " + text);
    else if (found->second != times)
      fault("there " + std::to_string(found->second) + " times: " + text);
  }
  if (there.size() != conversation.expected.size())
    fault(std::to_string(there.size()) + " messages, expected " + std::to_string(conversation.expected.size()));
}

/// Repeats the message that was cut off, and looks for all of them.
std::size_t check_messages(Market& market, const Stage& stage, Conversation& conversation, Written& written) {
  if (!written.refused.empty()) fault("a message was refused: " + written.refused);
  for (const std::string& text : written.acknowledged) conversation.expected[text] = 1;
  if (!written.unknown.empty()) {
    market.call("POST", "/deliveries/" + conversation.delivery + "/messages", stage.customer.token,
                text_body(written.unknown), "key-" + written.unknown);
    conversation.expected[written.unknown] = 1;
  }
  check_texts(market, stage, conversation);
  return written.acknowledged.size();
}

/// Repeats what was cut off, and returns how many offers are accepted now.
std::size_t check_accepts(Market& market, const Stage& stage, Written& written) {
  if (!written.refused.empty()) fault("an acceptance was refused: " + written.refused);
  if (!written.unknown.empty()) {
    const HttpAnswer answer = accept(market, stage, written.unknown);
    if (answer.status == 200)
      written.acknowledged.push_back(written.unknown + ' ' + json_at(answer.body, "deliveryId"));
    else
      fault("an acceptance cannot be repeated after the crash: " + std::to_string(answer.status) + ' ' + answer.body);
  }
  for (const std::string& pair : written.acknowledged) {
    const std::string offer = pair.substr(0, pair.find(' '));
    const std::string delivery = pair.substr(pair.find(' ') + 1);
    const HttpAnswer seen = market.call("GET", "/offers/" + offer, stage.customer.token);
    if (json_at(seen.body, "deliveryId") != delivery) fault("offer " + offer + " lost its delivery: " + seen.body);
    const HttpAnswer one = market.call("GET", "/deliveries/" + delivery, stage.customer.token);
    if (json_at(one.body, "status") != "accepted") fault("delivery " + delivery + " is " + one.body);
  }
  return written.acknowledged.size();
}

void check_ledger(Market& market, std::size_t holds) {
  const std::string token = market.admin_token();
  std::string last;
  for (int i = 0; i < 500; ++i) {
    last = market.call("GET", "/admin/finance/ledger-check", token).body;
    if (json_at(last, "balanced") != "true") break;
    if (json_at(last, "openHolds") == std::to_string(holds)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  fault("the ledger: expected balance and " + std::to_string(holds) + " open holds, found " + last);
}

Stage set_stage(int port) {
  Market market(port);
  Stage stage;
  stage.customer = market.person("ana");
  stage.traveler = market.person("ben");
  return stage;
}

/// What one round writes to: fresh deliveries to talk about, and offers to accept.
struct Round {
  std::vector<Conversation> conversations;
  std::vector<std::vector<MarketDelivery>> offers;  // for each accepting writer

  Round(int port, const Stage& stage) : offers(accepting_writers) {
    Market market(port);
    const std::string trip = market.trip(stage.traveler);
    for (int i = 0; i < message_writers; ++i) {
      MarketDelivery offered = market.offered(stage.customer, stage.traveler, trip);
      conversations.push_back({market.accept(stage.customer, offered)});
    }
    for (auto& own : offers)
      for (int i = 0; i < offers_a_round; ++i) own.push_back(market.offered(stage.customer, stage.traveler, trip));
  }
};

/// Writes until the server is killed, at a moment that `random` chooses.
void write_and_kill(ServerProcess& server, const Stage& stage, const Round& round, int number, std::mt19937& random,
                    std::vector<Written>& messages, std::vector<Written>& accepts) {
  std::vector<std::jthread> writers;
  for (std::size_t i = 0; i < messages.size(); ++i)
    writers.emplace_back([&, i] {
      const std::string prefix = "r" + std::to_string(number) + "w" + std::to_string(i) + "-";
      write_messages(server.port(), stage, round.conversations[i].delivery, prefix, messages[i]);
    });
  for (std::size_t i = 0; i < accepts.size(); ++i)
    writers.emplace_back([&, i] { accept_offers(server.port(), stage, round.offers[i], accepts[i]); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 500));
  server.crash();
}

int run(const std::string& binary, int rounds, unsigned seed) {
  TemporaryFolder folder("crash");
  ServerProcess server(binary, folder.path());
  server.start();
  const Stage stage = set_stage(server.port());
  std::vector<Conversation> earlier;
  std::size_t holds = 0;
  std::mt19937 random(seed);
  std::printf("seed %u\n", seed);
  for (int number = 1; number <= rounds; ++number) {
    Round round(server.port(), stage);
    std::vector<Written> messages(message_writers), accepts(accepting_writers);
    write_and_kill(server, stage, round, number, random, messages, accepts);
    server.start();
    Market after(server.port());
    std::size_t written = 0, accepted = 0;
    for (std::size_t i = 0; i < messages.size(); ++i)
      written += check_messages(after, stage, round.conversations[i], messages[i]);
    for (Written& own : accepts) accepted += check_accepts(after, stage, own);
    for (const Conversation& conversation : earlier) check_texts(after, stage, conversation);
    earlier.insert(earlier.end(), round.conversations.begin(), round.conversations.end());
    holds += accepted + round.conversations.size();
    check_ledger(after, holds);
    std::printf("round %d of %d: %zu messages and %zu acceptances acknowledged, killed, checked: %d faults\n", number,
                rounds, written, accepted, faults);
    std::fflush(stdout);
  }
  if (faults > 0) folder.keep();
  if (faults > 0) std::printf("data and log: %s\n", folder.path().c_str());
  return faults == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: crash_test SERVER_BINARY [ROUNDS [SEED]]\n");
    return 2;
  }
  try {
    const int rounds = count > 2 ? std::atoi(words[2]) : 3;
    const unsigned seed = count > 3 ? static_cast<unsigned>(std::atoi(words[3])) : std::random_device{}();
    return run(words[1], rounds, seed);
  } catch (const std::exception& error) {
    std::printf("FAULT %s\n", error.what());
    return 1;
  }
}
