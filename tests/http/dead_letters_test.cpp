#include "http/routes/operations/dead_letters.hpp"

#include <memory>

#include "actors/account/entity.hpp"
#include "actors/entity/outside.hpp"
#include "actors/escrow/entity.hpp"
#include "runtime/open_question.hpp"
#include "tests/http/edge.hpp"

/// Which requests to providers an operator may end.
namespace dead_letters_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

namespace {

constexpr auto ops = static_cast<std::uint32_t>(Permission::ops);
constexpr auto finance = static_cast<std::uint32_t>(Permission::finance);
const Address payer{EntityKind::escrow, test_id<EscrowId>(1).value};
const Address mailbox{EntityKind::inbox, test_id<UserId>(2).value};

/// A desk of operators, and one letter on it.
struct Desk {
  explicit Desk(OpenQuestion one)
      : letter(std::move(one)), edge([] {
          Edge none({});
          return dead_letter_routes(none.services);
        }()) {
    edge.services.stuck_effects = [this] { return std::vector{letter}; };
  }
  httplib::Result drop(std::uint32_t permissions) {
    const std::string name = letter.key.sender == payer ? "escrow-" : "inbox-";
    edge.door.end_next_ask_with({.outcome = Outcome::done});
    return client.Delete("/api/v1/admin/dead-letters/" + name + letter.key.sender.id.text() + "-9?reason=stuck",
                         edge.as(test_id<UserId>(3), "both", permissions));
  }
  bool was_dropped() const {
    return !edge.door.asked.empty() && edge.door.asked.back().command.get_if<DropEffect>() != nullptr;
  }

  OpenQuestion letter;
  Edge edge;
  httplib::Client client = edge.client();
};

OpenQuestion question(Address sender, EntityKind to, std::string request, std::string about, bool is_given_up) {
  OpenQuestion out;
  out.key = {sender, 9};
  out.to = to;
  out.request = std::move(request);
  out.asked_at = testkit::test_start;
  out.deadline = testkit::test_start + std::chrono::hours{24};
  out.is_given_up = is_given_up;
  out.about = std::move(about);
  return out;
}

std::string code_of(const httplib::Result& answer) { return field_of(answer->body, "code"); }

}  // namespace

TEST_CASE("dead letters: what a payment provider was asked ends by ops and finance together, once it was given up") {
  Desk early(question(payer, EntityKind::payments, "capture", "an-operation", false));
  CHECK(code_of(early.drop(ops)) == "permission_denied");
  CHECK(code_of(early.drop(finance)) == "permission_denied");
  CHECK(code_of(early.drop(ops | finance)) == "conflict");
  CHECK_FALSE(early.was_dropped());
  Desk over(question(payer, EntityKind::payments, "capture", "an-operation", true));
  CHECK(code_of(over.drop(ops)) == "permission_denied");
  CHECK_FALSE(over.was_dropped());
  CHECK(over.drop(ops | finance)->status == 204);
  REQUIRE(over.was_dropped());
  const DropEffect order = *over.edge.door.asked.back().command.get_if<DropEffect>();
  CHECK(order.number == 9);
  CHECK(order.reason == "stuck");
  CHECK(order.about == "capture an-operation");
}

TEST_CASE("dead letters: nobody drops a question about their own money, nor of whom permissions tie them to") {
  const UserId clerk = test_id<UserId>(3), customer = test_id<UserId>(4), traveler = test_id<UserId>(5);
  const auto desk_of = [&](UserId side) {
    auto desk = std::make_unique<Desk>(question(payer, EntityKind::payments, "capture", "an-operation", true));
    EscrowState& escrow = desk->edge.door.state<Escrow>(payer.id);
    escrow.status = EscrowStatus::held;
    escrow.customer = side;
    escrow.traveler = traveler;
    return desk;
  };
  CHECK(code_of(desk_of(clerk)->drop(ops | finance)) == "self_not_allowed");
  const auto tied = desk_of(customer);
  tied->edge.door.state<Account>(customer.value).registered = true;
  tied->edge.door.state<Account>(customer.value).grants = {{ops, clerk, testkit::test_start}};
  CHECK(code_of(tied->drop(ops | finance)) == "self_not_allowed");
  CHECK_FALSE(tied->was_dropped());
  CHECK(desk_of(customer)->drop(ops | finance)->status == 204);
}

TEST_CASE("dead letters: messages about an account's safety stay, others end once they were given up") {
  for (const char* kept : {"email_changed_undo_template", "payout_account_added", "phone_code_template", ""})
    for (const bool is_given_up : {false, true}) {
      CAPTURE(kept);
      Desk desk(question(mailbox, EntityKind::messages, "send_message", kept, is_given_up));
      CHECK(code_of(desk.drop(~0U)) == "conflict");
      CHECK_FALSE(desk.was_dropped());
    }
  Desk early(question(mailbox, EntityKind::messages, "send_message", "offer_received", false));
  CHECK(code_of(early.drop(ops)) == "conflict");
  Desk over(question(mailbox, EntityKind::messages, "send_message", "offer_received", true));
  const auto list = over.client.Get("/api/v1/admin/dead-letters", over.edge.as(test_id<UserId>(3), "both", ops));
  CHECK(field_of(list->body, "about") == "offer_received");
  CHECK(over.drop(ops)->status == 204);
  CHECK(over.was_dropped());
}

}  // namespace dead_letters_test
