#include "http/routes/requests/requests.hpp"

#include "actors/audit/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/both_sides.hpp"
#include "http/routes/deliveries/history.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "http/routes/uploads/given_files.hpp"

namespace caravan::http {

namespace {

constexpr EntityKind request = EntityKind::request;

/// Trips that fit a request, best first, and what scored them.
struct MatchList {
  static constexpr std::string_view record_name = "MatchList";
  std::vector<RequestTripMatch> items;
  std::string matched_by;                   // "model" or "rules"
  std::optional<std::string> next_cursor;   // unused: the contract has it, and all matches come at once
  std::optional<NearestMiss> nearest_miss;  // where nothing fits
  bool model_failed = false;                // it was to rank, and could not
  std::vector<NearestTrip> nearest;         // where nothing fits: at most three, nearest first
  static constexpr auto fields() {
    return std::array{field<&MatchList::items>(1, "items"),
                      field<&MatchList::matched_by>(2, "matchedBy"),
                      field<&MatchList::next_cursor>(3, "nextCursor"),
                      field<&MatchList::nearest_miss>(4, "nearestMiss"),
                      field<&MatchList::model_failed>(5, "modelFailed"),
                      field<&MatchList::nearest>(6, "nearest")};
  }
};

/// What an edit changes of a stop. A point alone is a pin.
struct StopEdit {
  static constexpr std::string_view record_name = "StopEdit";
  std::optional<std::string> address;
  std::optional<double> lat, lng;
  std::optional<std::string> contact_name, contact_phone, instructions;
  static constexpr auto fields() {
    return std::array{field<&StopEdit::address>(1, "address", length(1, 300)),
                      field<&StopEdit::lat>(2, "lat", between_real(-90, 90)),
                      field<&StopEdit::lng>(3, "lng", between_real(-180, 180)),
                      field<&StopEdit::contact_name>(4, "contactName", length(1, 100)),
                      field<&StopEdit::contact_phone>(5, "contactPhone", format(schema::Format::phone)),
                      field<&StopEdit::instructions>(6, "instructions", length(0, 500))};
  }
};

struct RequestEdit {
  static constexpr std::string_view record_name = "RequestEdit";
  std::optional<std::string> title;
  std::optional<StopEdit> pickup, dropoff;
  std::optional<Item> item;
  std::optional<Urgency> urgency;
  std::optional<Price> max_price;
  std::optional<Time> pickup_from, deliver_by;
  std::optional<bool> cover;
  static constexpr auto fields() {
    return std::array{field<&RequestEdit::title>(1, "title", length(1, 120)),
                      field<&RequestEdit::pickup>(2, "pickup"),
                      field<&RequestEdit::dropoff>(3, "delivery"),
                      field<&RequestEdit::item>(4, "item"),
                      field<&RequestEdit::urgency>(5, "urgency"),
                      field<&RequestEdit::max_price>(6, "maxPrice", between(1, most_price_units)),
                      field<&RequestEdit::pickup_from>(7, "pickupFrom"),
                      field<&RequestEdit::deliver_by>(8, "deliverBy"),
                      field<&RequestEdit::cover>(9, "cover")};
  }
};

/// The stop as the edit leaves it. It keeps its point unless the edit gives another, or another address.
std::optional<Stop> edited(const StopShown& before, const std::optional<StopEdit>& edit, const std::string& field) {
  if (!edit) return std::nullopt;
  if (edit->lat.has_value() != edit->lng.has_value())
    throw Problem{.code = "validation_failed",
                  .errors = {{field + (edit->lat ? ".lng" : ".lat"), "required", "a point has both"}}};
  Stop out{before.address,
           before.lat,
           before.lng,
           before.contact_name.value_or(""),
           before.contact_phone.value_or(""),
           before.instructions,
           before.uncertainty_meters};
  if (edit->address && edit->address != before.address) {
    out.address = *edit->address;
    out.lat.reset();  // for the geocoder
    out.lng.reset();
  }
  if (edit->lat) {
    out.lat = edit->lat;
    out.lng = edit->lng;
    out.uncertainty_meters = 0;
  }
  if (edit->contact_name) out.contact_name = *edit->contact_name;
  if (edit->contact_phone) out.contact_phone = *edit->contact_phone;
  if (edit->instructions) out.instructions = edit->instructions;
  return out;
}

/// The terms of the request in the path, for its owner alone.
RequestTerms own_terms(Call& call) {
  const Reply reply = call.ask_query({request, call.path_uuid("requestId")}, ViewTerms{});
  const auto& terms = call.resource<RequestTerms>(reply);
  const Caller& caller = call.caller();
  if (!caller.is_user(terms.customer_id) && !caller.is_admin() && !caller.is_service()) throw Problem{"not_owner"};
  return terms;
}

Response edit(Call& call) {
  const auto& body = call.body<RequestEdit>();
  const Address address{request, call.path_uuid("requestId")};
  EditRequest command{body.title, {}, {}, body.item, body.urgency, body.max_price, body.pickup_from, body.deliver_by};
  command.cover = body.cover;
  if (body.pickup || body.dropoff) {
    const Reply known = call.ask_query(address, ViewRequest{});
    const auto& before = call.resource<RequestResource>(known);
    if (!call.caller().is_user(before.customer_id)) throw Problem{"not_owner"};
    command.pickup = edited(before.pickup, body.pickup, "pickup");
    command.dropoff = edited(before.dropoff, body.dropoff, "delivery");
    add_facts(call, command);
  }
  if (body.title || body.item || command.pickup || command.dropoff) {
    const RequestTerms terms = own_terms(call);
    command.crosses_border = crosses_customs(call, command.pickup ? command.pickup->at() : terms.pickup,
                                             command.dropoff ? command.dropoff->at() : terms.dropoff);
    command.customs_required = call.services().settings.customs_required;
  }
  return call.answer(call.ask(address, std::move(command), ViewRequest{}));
}

Response matches(Call& call) {
  const RequestTerms terms = own_terms(call);
  Matches found = match(call, call.path<RequestId>("requestId"), terms);
  MatchList out;
  out.matched_by = std::move(found.matched_by);
  out.items = std::move(found.items);
  out.nearest_miss = std::move(found.nearest_miss);
  out.model_failed = found.model_failed;
  out.nearest = std::move(found.nearest);
  return call.answer(AnyRecord(std::move(out)));
}

Response price(Call& call) {
  const auto recommended = recommend(call, call.path<RequestId>("requestId"), own_terms(call));
  if (!recommended) throw Problem{"invalid_currency", "There is no price level for the request's currency."};
  return call.answer(AnyRecord(*recommended));
}

/// The picture itself, or an upload made before.
Response add_photo(Call& call) {
  const Address owner{request, call.path_uuid("requestId")};
  GivenFiles files(call, call.user(), owner);
  const UploadId id = files.in_body(UploadPurpose::item);
  const Reply reply = call.ask(owner, AddRequestPhoto{id}, ViewRequest{});
  files.keep(reply);
  return call.answer(reply);
}

Response request_history(Call& call) {
  own_terms(call);
  return history_page(call, {request, call.path_uuid("requestId")});
}

bool is_look_at_request(const Caller& by, const AnyRecord& request) {
  const auto* shown = request.get_if<RequestResource>();
  return shown && shown->pickup.contact_name && (by.is_acting() || !by.is_user(shown->customer_id));
}

/// What ties an administrator to the sides of a request that they end: its customer, and who has offered.
void add_office(Call& call, CancelRequest& command) {
  if (!call.caller().may(Permission::deliveries)) return;
  const auto sides = sides_of(call.door(), {request, call.path_uuid("requestId")});
  if (!sides.empty() && !call.caller().is_user(sides.front()))
    command.office = find_appointment(call.door(), call.caller(), PermissionName::deliveries, sides);
}

}  // namespace

std::vector<Route> request_routes(Services&) {
  return {
      post("/delivery-requests", customer, "Post; answers matches and price recommendation")
          .command<PostRequest>(created(request), add_facts)
          .names_places()
          .answers<RequestResource>(201),
      get("/delivery-requests/:requestId", user, "One request (contacts hidden until accepted)")
          .view<ViewRequest>(by_path(request))
          .shows_private(PrivateThing::contacts, is_look_at_request)
          .answers<RequestResource>(),
      patch("/delivery-requests/:requestId", user, "Edit; open offers on changed terms expire")
          .may_ask_step_up("whoever changes a place, or whom to call there")
          .body<RequestEdit>()
          .names_places()
          .answers<RequestResource>()
          .handle(edit),
      post("/delivery-requests/:requestId/cancel", user, "Cancel; closes its offers")
          .may_ask_step_up("an administrator who is no party")
          .command<CancelRequest>(by_path(request), add_office)
          .then<ViewRequest>()
          .shows_private(PrivateThing::contacts, is_look_at_request)
          .answers<RequestResource>(),
      get("/delivery-requests/:requestId/matches", user,
          "Trips that fit, scored, with the reasons and the model that scored")
          .answers<MatchList>()
          .rated(RateClass::search)
          .handle(matches),
      get("/delivery-requests/:requestId/price", user, "Price recommendation and its parts")
          .answers<PriceRecommendation>()
          .handle(price),
      post("/delivery-requests/:requestId/photos", user, "Picture of the item: its bytes, or {\"uploadId\"} as JSON")
          .uploads_or_names()
          .answers<RequestResource>(201)
          .handle(add_photo),
      get("/delivery-requests/:requestId/history", user, "Events, oldest first")
          .query<PageQuery>()
          .lists_own<HistoryItem>()
          .handle(request_history),
  };
}

}  // namespace caravan::http
