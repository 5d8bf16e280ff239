#include "actors/dispute/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/http/people.hpp"
#include "tests/storage/story.hpp"

namespace leaving_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("people: a price that was named for an offer in somebody's name means nothing after their reset") {
  People people;
  Story story;
  people.edge.services.read_models = &story.models;
  const UserId mia = people.active("mia@example.org");
  const Address request{EntityKind::request, test_id<RequestId>(30).value};
  const OfferId offer = test_id<OfferId>(31);
  const Time later = test_start + std::chrono::hours{48};
  const Money price{5'999, *Currency::parse("USD")};
  auto& state = people.edge.door.state<caravan::Request>(request.id);
  const auto tell = [&](auto event) {
    evolve(state, event);
    story.tell(request, event);
  };
  tell(RequestCreated{mia, {}, later, test_start});
  tell(OfferSubmitted{offer, test_id<TripId>(32), test_id<UserId>(92), mia, price, {}, later, test_start});
  tell(OfferCountered{offer, OfferSide::customer, price, {}, later, test_start, 1});
  REQUIRE(state.find(offer)->is_open());
  people.post("/auth/password/forgot", R"({"email":"mia@example.org"})");
  people.deliver();
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})")
            ->status == 204);
  CHECK(state.find(offer)->status == OfferStatus::expired);
}

TEST_CASE("people: a debt, or a dispute that may make one, is not left behind with the account") {
  People people;
  Story story;
  people.edge.services.read_models = &story.models;
  const UserId mia = people.active("mia@example.org"), ben = test_id<UserId>(92);
  const auto leave = [&] { return people.client.Delete("/api/v1/users/me", people.edge.as(mia)); };
  auto& wallet = people.edge.door.state<Wallet>(mia.value);
  wallet.debts.push_back({45'000, *Currency::parse("USD")});
  auto refused = leave();
  CHECK(people.code_of(refused) == "wallet_in_debt");
  wallet.debts.clear();
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(20).value});
  const DeliveryId parcel = test_id<DeliveryId>(21);
  dispute.as(user(ben)).when(
      OpenDispute{parcel, "damaged", "broken", {}, {}, ben, mia, ben, {3'500, *Currency::parse("USD")}});
  for (const AnyRecord& event : dispute.last.events) story.tell(dispute.self, event);
  refused = leave();
  CHECK(people.code_of(refused) == "dispute_open");
  CHECK(refused->body.find(parcel.text()) != std::string::npos);
}

}  // namespace leaving_test
