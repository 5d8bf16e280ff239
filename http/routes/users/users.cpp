#include "http/routes/users/users.hpp"

#include "actors/account/commands.hpp"
#include "actors/account/queries.hpp"
#include "actors/account/resources.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/user/queries.hpp"
#include "actors/wallet/commands.hpp"
#include "actors/wallet/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/access/authenticator.hpp"
#include "http/access/posing_names.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/admin/last_administrator.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/auth/shut_out.hpp"
#include "http/routes/location/unknown_place.hpp"
#include "http/routes/uploads/given_files.hpp"
#include "http/routes/users/user_bodies.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/money.hpp"

namespace caravan::http {

namespace {

/// A list that an entity keeps in its own state: its answer's items and cursor.
template <class List, class Query>
Response own_list(Call& call, Address of, Query query) {
  const Reply reply = call.ask_query(of, std::move(query));
  const auto& list = call.resource<List>(reply);
  return call.list(list.items, list.next_cursor);
}

Address own_profile(Call& call) { return user_address(call.user()); }

/// Where an address is, by the client's own coordinates or the geocoder.
Coordinates place_of(Call& call, const std::string& address, std::optional<double> lat, std::optional<double> lng) {
  if (lat && lng) return {*lat, *lng};
  return understood(call, *needed(call.services().places).geocoder, address, "", 1, "address").front().at();
}

void locate_new(Call& call, AddAddress& command) {
  command.location = place_of(call, command.address, command.lat, command.lng);
}

void locate_again(Call& call, EditAddress& command) {
  if (command.address || (command.lat && command.lng))
    command.location = place_of(call, command.address.value_or(""), command.lat, command.lng);
}

/// One part of a name may pose with the other one that stays.
void refuse_posing_change(Call& call, const UpdateProfile& command) {
  const auto& first = command.change.first_name;
  const auto& last = command.change.last_name;
  if (!first && !last) return;
  ProfileResource known;
  if (!first || !last)
    if (auto found = call.ask_query(own_profile(call), ViewProfile{}).resource.get_if<ProfileResource>())
      known = std::move(*found);
  refuse_posing_names(first.value_or(known.first_name), last.value_or(known.last_name));
}

/// A number that was proven is what codes go to, and what the account's level rests on: whoever changes it shows the
/// password first. A key or a service cannot.
void guard_change(Call& call, UpdateProfile& command) {
  refuse_posing_change(call, command);
  if (!command.change.phone_number) return;
  const Reply reply = call.try_query_as(edge_caller(), account_address(call.user()), ViewAccount{});
  const auto* account = reply.resource.get_if<AccountResource>();
  if (account && account->phone_verified && account->phone_number != command.change.phone_number)
    Authenticator::require_step_up(call.identity(), call.door().now());
}

Response create_profile(Call& call) {
  const auto& body = call.body<CreateProfileBody>();
  // A profile without an account would be a person whom nobody can sign out, suspend or delete.
  if (!exists(call.door(), account_address(body.user_id)))
    throw Problem{"not_found", "There is no account with this id.", "userId"};
  refuse_posing_names(body.first_name, body.last_name);
  NewProfile profile;
  profile.email = body.email;
  profile.first_name = body.first_name;
  profile.last_name = body.last_name;
  profile.user_type = body.user_type;
  profile.phone_number = body.phone_number;
  profile.preferred_language = body.preferred_language.value_or("en");
  profile.time_zone = body.time_zone.value_or("UTC");
  return call.answer(call.ask(user_address(body.user_id), CreateProfile{std::move(profile)}, ViewProfile{}));
}

/// A parcel on its way goes to its receiver, or back, before who carries or sends it may go: only they can say that it
/// came back, and only they hold its codes.
void check_nothing_under_way(Call& call) {
  if (!call.services().read_models) return;
  call.see_own_writes();
  const auto id = parcel_under_way(*call.services().read_models, call.user());
  if (!id) return;
  const Reply reply = call.ask_query({EntityKind::delivery, id->value}, ViewDelivery{});
  const auto& delivery = call.resource<DeliveryResource>(reply);
  const std::string which = delivery.delivery_number + " (" + id->text() + ")";
  if (delivery.traveler_id == call.user())
    throw Problem{"parcel_in_hand", "You carry the parcel of " + which + ": deliver it, or bring it back first."};
  throw Problem{"parcel_in_hand", "Your parcel of " + which + " is on its way: it arrives, or comes back first."};
}

/// Whoever deletes an account, a thief perhaps, must not make its money vanish: neither what is in its wallet, nor what
/// is held and may come back to it as the customer, or go to it as the traveler. Nor does it leave a debt, or a dispute
/// that may make one, behind.
void check_no_money(Call& call) {
  const Reply reply = call.ask_query({EntityKind::wallet, call.user().value}, ViewWallet{});
  for (const BalanceResource& balance : call.resource<WalletResource>(reply).balances) {
    if (balance.debt != 0)
      throw Problem{"wallet_in_debt",
                    "The wallet owes " + money_text({balance.debt, balance.currency}) + ": it is to be paid first."};
    if (balance.available != 0 || balance.pending != 0)
      throw Problem{"money_pending", "There is money in the wallet: wait for it, and have it paid out first."};
  }
  if (!call.services().read_models) return;
  if (const auto delivery = money_held_for(*call.services().read_models, call.user()))
    throw Problem{"money_pending",
                  "Money is held for the delivery " + delivery->text() + ": let it end, or cancel it first."};
  if (const auto delivery = cover_waits_for(*call.services().read_models, call.user()))
    throw Problem{"money_pending", "The cover of the delivery " + delivery->text() +
                                       " is still to pay you: wait for it, and have it paid out first."};
  if (const auto delivery = payment_owed_by(*call.services().read_models, call.user()))
    throw Problem{"payment_owed", "The payment for the delivery " + delivery->text() + " is still owed: pay it first."};
  // Also one about money that was released before: its end may make a debt, and needs both sides to be heard.
  if (const auto delivery = disputed_for(*call.services().read_models, call.user()))
    throw Problem{"dispute_open", "A dispute about the delivery " + delivery->text() + " is not decided yet."};
  // Nor what a later dispute may take back: nobody would owe it.
  const auto window = std::chrono::days{longest_dispute_days};
  const Time now = call.door().now();
  if (const auto paid = paid_delivery_of(*call.services().read_models, call.user(), now - window))
    throw Problem{"money_pending", "What you were paid for the delivery " + paid->delivery.text() +
                                       " may be disputed until " + to_rfc3339(paid->ended_at + window) +
                                       ": delete the account then."};
}

Response delete_me(Call& call) {
  // What the other side did a moment ago counts as well: they may have accepted an offer. What begins after this look
  // asks the account itself, and ends where it is closed.
  call.see_all_writes();
  check_nothing_under_way(call);
  check_no_money(call);
  keep_an_administrator(call, call.user(), [&] { call.ask(account_address(call.user()), DeleteAccount{}); });
  if (call.caller().permissions != 0) stop_services_of(call, call.user(), 0);
  return call.nothing();
}

/// The picture itself, or an upload made before.
Response set_avatar(Call& call) {
  const Address profile = own_profile(call);
  GivenFiles files(call, call.user(), profile);
  const UploadId id = files.in_body(UploadPurpose::avatar);
  const Reply reply = call.ask(profile, SetAvatar{id}, ViewProfile{});
  files.keep(reply);
  return call.answer(reply);
}

Response submit_verification(Call& call) {
  const auto& body = call.body<SubmitVerification>();
  for (std::size_t i = 0; i < body.documents.size(); ++i)
    if (const auto& upload = body.documents[i].upload_id)
      check_upload(call, *upload, UploadPurpose::verification, own_profile(call),
                   "documents[" + std::to_string(i) + "].uploadId");
  return call.answer(call.ask(own_profile(call), body, ViewVerification{}));
}

/// Throws Problem where caller and reviewed user are the two sides of the delivery: they may review, but it is not over
/// yet. Nobody else learns that.
void refuse_early_review(Call& call, DeliveryId id, UserId reviewed) {
  const Reply reply = call.try_query({EntityKind::delivery, id.value}, ViewDelivery{});
  const auto* delivery = reply.resource.get_if<DeliveryResource>();
  if (!delivery) return;
  const bool is_both = (call.caller().is_user(delivery->customer_id) && reviewed == delivery->traveler_id) ||
                       (call.caller().is_user(delivery->traveler_id) && reviewed == delivery->customer_id);
  if (is_both) throw Problem{"review_window_closed", "The delivery is not over yet.", "deliveryId"};
}

/// The delivery tells both sides that it is over a moment after the scan was answered: who reviews at once waits for
/// that moment.
Response review(Call& call) {
  constexpr std::chrono::milliseconds patience{1'000};
  const Address subject = user_address(call.path<UserId>("userId"));
  const SubmitReview command = call.body<SubmitReview>();
  const auto window = [&](const Reply& reply) {
    const auto* found = reply.resource.get_if<ReviewWindow>();
    return !found || found->known;
  };
  const Reply first = call.try_query_as(edge_caller(), subject, ViewReviewWindow{command.delivery_id});
  if (first.outcome == Outcome::done && !window(first) &&
      !window(call.door().await(subject, ViewReviewWindow{command.delivery_id}, edge_caller(), window, patience)))
    refuse_early_review(call, command.delivery_id, UserId{subject.id});
  return call.answer(call.ask(subject, command));
}

/// Takes away what goes with a deletion: it may still be taken back, and is nobody else's to see until then.
void show_as_deleted(ProfileResource& profile) {
  profile.first_name = name_of_deleted;
  profile.last_name.clear();
  profile.bio.reset();
  profile.avatar.reset();
  profile.verification_level = VerificationLevel::none;
}

/// One profile; to a person it also says whether that person blocks it, which the reader's own actor knows.
Response view_profile(Call& call) {
  const UserId whom = call.path<UserId>("userId");
  Reply reply = call.ask_query(user_address(whom), ViewProfile{});
  if (call.caller().is_admin() && call.resource<ProfileResource>(reply).email)
    call.record_look(PrivateThing::account, account_address(whom), {whom});
  if (call.caller().kind == Caller::Kind::user && !call.caller().is_user(whom)) {
    const bool is_hidden = !call.caller().may(Permission::users) && is_closing(call.door(), whom);
    const Reply asked = call.try_query_as(edge_caller(), own_profile(call), ViewStanding{whom});
    const auto* standing = asked.resource.get_if<Standing>();
    if (standing || is_hidden) {
      ProfileResource profile = call.resource<ProfileResource>(reply);
      if (is_hidden) show_as_deleted(profile);
      if (standing) profile.blocked = standing->blocks_other;
      // Without an ETag: it is made of what two actors answer, and an ETag is the version of one.
      return call.answer(AnyRecord(std::move(profile)));
    }
  }
  return call.answer(reply);
}

Response list_reviews(Call& call) {
  return own_list<ReviewList>(call, user_address(call.path<UserId>("userId")), call.query<ListReviews>());
}

template <class List, class Query>
Handler own_lister() {
  return [](Call& call) { return own_list<List>(call, own_profile(call), Query{}); };
}

std::vector<Route> profile_rows() {
  constexpr auto me = by_caller(EntityKind::user);
  return {
      post("/users/create-profile", service, "Profile, preferences and statistics of a new account")
          .body<CreateProfileBody>()
          .answers<ProfileResource>(201)
          .handle(create_profile),
      get("/users/me", user, "Own profile").view<ViewProfile>(me).answers<ProfileResource>(),
      patch("/users/me", user, "Edit the profile")
          .may_ask_step_up("whoever changes a proven phone number, or a name that papers proved")
          .command<UpdateProfile>(me, guard_change)
          .then<ViewProfile>()
          .answers<ProfileResource>(),
      del("/users/me", user,
          "Close the account: signed out everywhere, its keys void and what is open ended, as far as it may be left: "
          "not "
          "while money, a debt, a dispute or a parcel is open. After 7 days it is erased; until then the mailed link "
          "takes that back (POST /auth/undo)")
          .after_step_up()
          .answers_nothing()
          .handle(delete_me),
      get("/users/me/preferences", user, "Language, time zone, currency, channels, quiet hours")
          .view<ViewPreferences>(me)
          .answers<PreferencesResource>(),
      put("/users/me/preferences", user, "Replace them")
          .command<ReplacePreferences>(me)
          .then<ViewPreferences>()
          .answers<PreferencesResource>(),
      get("/users/me/addresses", user, "Saved addresses")
          .lists_own<AddressResource>()
          .handle(own_lister<AddressList, ListAddresses>()),
      post("/users/me/addresses", user, "Add one; geocoded")
          .names_places()
          .command<AddAddress>(me, locate_new)
          .answers<AddressResource>(201),
      patch("/users/me/addresses/:addressId", user, "Edit; geocoded again when the address changes")
          .names_places()
          .command<EditAddress>(me, locate_again)
          .answers<AddressResource>(),
      del("/users/me/addresses/:addressId", user, "Remove").command<RemoveAddress>(me).answers_nothing(),
      get("/users/me/verification", user, "Level, documents, state")
          .view<ViewVerification>(me)
          .answers<VerificationResource>(),
      post("/users/me/verification", user, "Submit documents for review")
          .may_ask_step_up("whoever has had another name for less than a week than their papers proved")
          .body<SubmitVerification>()
          .answers<VerificationResource>(201)
          .handle(submit_verification),
      put("/users/me/avatar", user, "Upload a picture: its bytes, or {\"uploadId\"} as JSON")
          .uploads_or_names()
          .answers<ProfileResource>()
          .handle(set_avatar),
      get("/users/me/reviews/pending", user, "Finished deliveries still to be reviewed")
          .lists_own<PendingReview>()
          .handle(own_lister<PendingReviewList, ListPendingReviews>()),
  };
}

}  // namespace

std::vector<Route> user_routes(Services&) {
  constexpr auto them = by_path(EntityKind::user, "userId");
  constexpr auto me = by_caller(EntityKind::user);
  std::vector<Route> rows = profile_rows();
  for (Route& row : std::vector<Route>{
           get("/users/:userId", user, "Public profile; a service or an admin sees more")
               .view<ViewProfile>(them)
               .answers<ProfileResource>()
               .handle(view_profile),
           get("/users/:userId/statistics", user, "Counts, ratings, completion rate")
               .view<ViewStatistics>(them)
               .answers<Statistics>(),
           get("/users/:userId/reviews", user, "Reviews received; each stays hidden until both sides wrote, or 7 days")
               .query<ListReviews>()
               .lists_own<ReviewResource>()
               .handle(list_reviews),
           post(
               "/users/:userId/reviews", user,
               "Review the other side of a finished delivery, once, within 14 days; at most 7 after the other side did")
               .body<SubmitReview>()
               .answers<ReviewResource>(201)
               .handle(review),
           post("/users/:userId/reviews/:reviewId/response", user, "Public answer to a review")
               .command<RespondToReview>(them)
               .then<ViewReview>()
               .answers<ReviewResource>(201),
           post("/users/:userId/report", user, "Report a person").command<ReportUser>(them).answers_nothing(),
           put("/users/:userId/block", user, "Block: no offers, no matches between the two")
               .command<BlockUser>(me)
               .answers_nothing(),
           del("/users/:userId/block", user, "Unblock").command<UnblockUser>(me).answers_nothing(),
       })
    rows.push_back(std::move(row));
  return rows;
}

}  // namespace caravan::http
