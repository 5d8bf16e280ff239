#include "actors/delivery/policy.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_shares_test {

using namespace caravan;
using namespace caravan::delivery_stages;
using std::chrono::days;
using std::chrono::hours;

namespace {

const Caller edge = entity({EntityKind::account, sender.value});

/// The link that this side makes.
ShareResource made(Given<Delivery>& delivery, UserId by, const ShareDelivery& command = {}) {
  REQUIRE(delivery.as(user(by)).when(command) == "delivery.shared");
  const auto* link = delivery.last.reply.get_if<ShareResource>();
  REQUIRE(link);
  REQUIRE(link->token);
  return *link;
}

/// What the edge finds by the token; nothing where the link shows nothing.
std::optional<OpenedShare> opened(Given<Delivery>& delivery, const ShareResource& link) {
  const Answer answer = delivery.as(edge).ask(ViewShared{*link.token});
  const auto* found = answer.resource.get_if<OpenedShare>();
  return found ? std::optional(*found) : std::nullopt;
}

std::size_t listed(Given<Delivery>& delivery, UserId by) {
  const Answer answer = delivery.as(user(by)).ask(ListShares{});
  const auto* page = answer.resource.get_if<DeliveryPage<ShareResource>>();
  REQUIRE(page);
  for (const ShareResource& link : page->items) CHECK_FALSE(link.token);
  return page->items.size();
}

}  // namespace

TEST_CASE("shares: a side makes a link whose token the delivery does not keep, and which ends by itself") {
  Given<Delivery> delivery = accepted();
  const ShareResource link = made(delivery, sender);
  CHECK(link.by == sender);
  CHECK_FALSE(link.shows.position);
  CHECK_FALSE(link.shows.people);
  CHECK(link.expires_at == delivery.now + hours{72});
  REQUIRE(delivery.state.shares.size() == 1);
  CHECK(delivery.state.shares[0].token_hash.size() == 64);
  CHECK(delivery.state.shares[0].token_hash != *link.token);
  CHECK(delivery.state.timeline.back().type == "shared");
  REQUIRE(opened(delivery, link));
  CHECK(opened(delivery, link)->link.share_id == link.share_id);
  CHECK_FALSE(opened(delivery, link)->link.token);
  const ShareResource brief = made(delivery, carrier, {1, SharedThings{true, true}});
  CHECK(opened(delivery, brief)->link.shows.position);
  CHECK(opened(delivery, brief)->link.shows.people);
  CHECK(listed(delivery, sender) == 2);
  CHECK(listed(delivery, carrier) == 2);
  delivery.now += hours{1};
  CHECK_FALSE(opened(delivery, brief));
  CHECK(opened(delivery, link));
  CHECK(listed(delivery, sender) == 1);
  delivery.now += hours{71};
  CHECK_FALSE(opened(delivery, link));
  // What has expired makes room for the next one.
  made(delivery, sender);
  CHECK(delivery.state.shares.size() == 1);
}

TEST_CASE("shares: a link names towns, and no street") {
  Given<Delivery> delivery = accepted();
  delivery.state.terms.pickup.area = "New York, NY";
  const ShareResource link = made(delivery, sender);
  const auto seen = opened(delivery, link);
  REQUIRE(seen);
  CHECK(seen->from == "New York, NY");
  CHECK(seen->to.starts_with("near "));
}

TEST_CASE("shares: only the two sides make links; nobody but the edge opens one; another token opens nothing") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(stranger)).when(ShareDelivery{}) == "! not_found");
  CHECK(delivery.as(admin(stranger, Permission::deliveries)).when(ShareDelivery{}) == "! forbidden");
  CHECK(delivery.as(service()).when(ShareDelivery{}) == "! forbidden");
  Caller acting = user(sender);
  acting.service = test_id<UserId>(50).value;
  CHECK(delivery.as(acting).when(ShareDelivery{}) == "! forbidden");
  const ShareResource link = made(delivery, sender);
  for (const Caller& caller : {user(sender), user(stranger), service()})
    CHECK(delivery.as(caller).ask(ViewShared{*link.token}).rejection);
  ShareResource other = link;
  other.token->back() = other.token->back() == 'A' ? 'B' : 'A';
  CHECK_FALSE(opened(delivery, other));
  CHECK(delivery.as(user(stranger)).ask(ListShares{}).rejection->code == "not_found");
  Given<Delivery> running = reserved();
  CHECK(running.as(user(sender)).when(ShareDelivery{}) == "! not_found");
}

TEST_CASE("shares: the customer ends any link, the traveler their own, each once") {
  Given<Delivery> delivery = accepted();
  const ShareResource of_sender = made(delivery, sender), of_carrier = made(delivery, carrier),
                      second = made(delivery, carrier);
  CHECK(delivery.as(user(carrier)).when(EndShare{of_sender.share_id}) == "! forbidden");
  CHECK(delivery.as(user(stranger)).when(EndShare{of_sender.share_id}) == "! not_found");
  CHECK(delivery.as(service()).when(EndShare{of_sender.share_id}) == "! forbidden");
  CHECK(delivery.as(user(carrier)).when(EndShare{second.share_id}) == "delivery.shares_ended");
  CHECK(delivery.as(user(sender)).when(EndShare{of_carrier.share_id}) == "delivery.shares_ended");
  CHECK(delivery.state.timeline.back().by == "customer");
  CHECK(delivery.as(user(sender)).when(EndShare{of_sender.share_id}) == "delivery.shares_ended");
  CHECK(delivery.as(user(sender)).when(EndShare{of_sender.share_id}) == "! not_found");
  for (const ShareResource& link : {of_sender, of_carrier, second}) CHECK_FALSE(opened(delivery, link));
}

TEST_CASE("shares: a delivery has ten links at most, and those that ended do not count") {
  Given<Delivery> delivery = accepted();
  ShareResource last;
  for (std::ptrdiff_t i = 0; i < delivery_policy::max_shares; ++i) last = made(delivery, i % 2 ? sender : carrier, {1});
  CHECK(delivery.as(user(sender)).when(ShareDelivery{}) == "! limit_reached");
  delivery.when(EndShare{last.share_id});
  made(delivery, sender, {1});
  CHECK(delivery.when(ShareDelivery{}) == "! limit_reached");
  delivery.now += hours{1};
  made(delivery, sender);
  CHECK(delivery.state.shares.size() == 1);
  // Nor does the timeline grow with each.
  for (int i = 0; i < 300; ++i) delivery.when(EndShare{made(delivery, sender).share_id});
  CHECK(delivery.state.timeline.size() <= 2 * static_cast<std::size_t>(delivery_policy::max_alike) + 10);
}

TEST_CASE("shares: a link ends a day after its delivery, and none is made of one that is over") {
  Given<Delivery> delivery = in_transit();
  const ShareResource link = made(delivery, sender, {30 * 24, {}}), brief = made(delivery, sender, {2, {}});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  REQUIRE(delivery.state.status == DeliveryStatus::delivered);
  CHECK(delivery.as(user(sender)).when(ShareDelivery{}) == "! delivery_closed");
  REQUIRE(opened(delivery, link));
  CHECK(opened(delivery, link)->link.expires_at == delivery.state.end() + hours{24});
  delivery.now += hours{2};
  CHECK_FALSE(opened(delivery, brief));
  delivery.now = delivery.state.end() + hours{24};
  CHECK_FALSE(opened(delivery, link));
  CHECK(listed(delivery, sender) == 0);
  CHECK(delivery.as(user(sender)).when(EndShare{link.share_id}) == "! not_found");
}

TEST_CASE("shares: a key makes no link, and whose link it is hears of it, by mail where a thief may have the session") {
  Given<Delivery> delivery = accepted();
  Caller by_key = user(sender);
  by_key.api_key = test_id<UserId>(51).value;
  CHECK(delivery.as(by_key).when(ShareDelivery{}) == "! forbidden");
  Caller stale = user(carrier);
  stale.stepped_up = false;
  REQUIRE(delivery.as(stale).when(ShareDelivery{}) == "delivery.shared");
  const Notify* notice = delivery.told(carrier);
  REQUIRE(notice);
  CHECK(notice->template_id == "tracking_link_made");
  CHECK(notice->subject == parcel.id);
  CHECK(notice->channels.empty());
  CHECK_FALSE(delivery.told(sender));
  CHECK(template_rule("tracking_link_made").mandatory);
  Caller known = user(carrier);
  known.stepped_up = true;
  REQUIRE(delivery.as(known).when(ShareDelivery{}) == "delivery.shared");
  CHECK(delivery.sent<Notify>()->channels == std::vector{Channel::in_app});
}

TEST_CASE("shares: another password or the end of all sessions ends links alone, and no code") {
  Given<Delivery> delivery = accepted();
  const ShareResource of_sender = made(delivery, sender), of_carrier = made(delivery, carrier);
  CHECK(delivery.as(edge).when(RenewCodes{sender, true}) == "delivery.shares_ended");
  CHECK_FALSE(opened(delivery, of_sender));
  CHECK(opened(delivery, of_carrier));
  CHECK(delivery.when(RenewCodes{sender, true}) == "(nothing)");
  CHECK(delivery.when(RenewCodes{carrier, true}) == "delivery.shares_ended");
  CHECK_FALSE(opened(delivery, of_carrier));
}

TEST_CASE("shares: with a side's new credentials the links go that a thief may have made, and no others") {
  Given<Delivery> delivery = accepted();
  const ShareResource of_sender = made(delivery, sender), of_carrier = made(delivery, carrier);
  Given<Delivery> other = delivery;
  CHECK(delivery.as(edge).when(RenewCodes{sender}) ==
        "qr.revoked, qr.generated, qr.revoked, qr.generated, delivery.shares_ended");
  REQUIRE(delivery.sent<Notify>());
  CHECK(delivery.sent<Notify>()->variables.contains("endedLinks"));
  CHECK_FALSE(opened(delivery, of_sender));
  CHECK(opened(delivery, of_carrier));
  CHECK(delivery.state.timeline.back().by == "platform");
  CHECK(other.as(edge).when(RenewCodes{carrier}) == "delivery.shares_ended");
  CHECK(opened(other, of_sender));
  CHECK_FALSE(opened(other, of_carrier));
  CHECK(other.as(edge).when(RenewCodes{carrier}) == "(nothing)");
  CHECK(other.when(RenewCodes{stranger}) == "(nothing)");
}

TEST_CASE("shares: of a delivery that is over the links end with their maker's credentials too, and no code is made") {
  for (const bool links_only : {false, true}) {
    Given<Delivery> delivery = in_transit();
    const ShareResource of_sender = made(delivery, sender), of_carrier = made(delivery, carrier);
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
    REQUIRE(delivery.state.status == DeliveryStatus::delivered);
    REQUIRE(opened(delivery, of_sender));
    CHECK(delivery.as(edge).when(RenewCodes{sender, links_only}) == "delivery.shares_ended");
    CHECK_FALSE(opened(delivery, of_sender));
    CHECK(opened(delivery, of_carrier));
    CHECK(delivery.when(RenewCodes{sender, links_only}) == "(nothing)");
    CHECK(delivery.when(RenewCodes{carrier, links_only}) == "delivery.shares_ended");
    CHECK_FALSE(opened(delivery, of_carrier));
  }
}

}  // namespace delivery_shares_test
