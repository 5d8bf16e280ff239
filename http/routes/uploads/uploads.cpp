#include "http/routes/uploads/uploads.hpp"

#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/user/queries.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/uploads/given_files.hpp"
#include "storage/uploads/uploads.hpp"

namespace caravan::http {

namespace {

struct UploadQuery {
  static constexpr std::string_view record_name = "UploadQuery";
  UploadPurpose purpose = UploadPurpose::proof;
  static constexpr auto fields() { return std::array{field<&UploadQuery::purpose>(1, "purpose")}; }
};

enum class UploadSize : std::uint8_t { whole, thumb };
constexpr auto enum_labels(UploadSize) { return std::to_array<std::string_view>({"whole", "thumb"}); }

struct UploadView {
  static constexpr std::string_view record_name = "UploadView";
  std::optional<UploadSize> size;  // absent: whole
  static constexpr auto fields() { return std::array{field<&UploadView::size>(1, "size")}; }
};

Response upload(Call& call) {
  const UserId owner = call.user();
  const std::string_view bytes = file_in_body(call);
  const Uuid id = call.new_entity_id();
  return call.answer(
      AnyRecord(store_file(call, owner, id, call.query<UploadQuery>().purpose, bytes, "", Stores::the_request)));
}

/// Does the entity that the file hangs on show it to the caller?
bool is_shown(Call& call, const UploadFound& found) {
  const StoredUpload& upload = found.upload;
  // A key may be found by somebody else, and what they have read of somebody's papers no reset takes back.
  if (upload.purpose == UploadPurpose::verification && call.caller().api_key && !call.caller().is_admin()) return false;
  if (call.caller().is_user(found.owner)) return true;
  const auto shows = [&](auto query) {
    return call.try_query(upload.kept_by, std::move(query)).outcome == Outcome::done;
  };
  switch (upload.kept_by.kind) {
    case EntityKind::user:
      if (upload.purpose == UploadPurpose::avatar) return true;
      return (!call.caller().is_service() || call.looks_in()) && shows(ViewVerification{});
    case EntityKind::request: {
      const Reply reply = call.try_query(upload.kept_by, ViewRequest{});
      const auto* request = reply.resource.get_if<RequestResource>();
      return request && std::ranges::find(request->item.photos, upload.upload_id) != request->item.photos.end();
    }
    case EntityKind::delivery: {
      // As whom to call: for the two sides, and for whoever may look at what is private.
      const Reply reply = call.try_query(upload.kept_by, ViewDelivery{});
      const auto* delivery = reply.resource.get_if<DeliveryResource>();
      return delivery && delivery->pickup.contact_name;
    }
    case EntityKind::dispute:
      return (!call.caller().is_service() || call.looks_in()) && shows(ViewDispute{});
    default:
      return false;
  }
}

/// Before it is shown: papers, proof and evidence are private; pictures of people and of what is sent are not.
void record_look(Call& call, const UploadFound& found) {
  const Address on = found.upload.kept_by;
  if (call.caller().is_user(found.owner) && !call.caller().is_acting()) return;
  if (on.kind == EntityKind::delivery) return record_look_at(call, PrivateThing::upload, on);
  if (on.kind == EntityKind::dispute) {
    const Reply reply = call.ask_query(on, ViewDispute{});
    const auto& dispute = call.resource<DisputeResource>(reply);
    return call.record_look(PrivateThing::upload, on, {dispute.customer, dispute.traveler});
  }
  const bool is_open = on.kind == EntityKind::request || found.upload.purpose == UploadPurpose::avatar;
  if (!is_open) call.record_look(PrivateThing::upload, on.kind == EntityKind::none ? files_of(found.owner) : on);
}

UploadFound found_upload(Call& call) {
  const Uuid id = call.path_uuid("uploadId");
  const Address owner = call.locate(id);
  if (owner.kind != EntityKind::files) throw Problem{"not_found"};
  const Reply reply = call.try_query_as(edge_caller(), owner, ViewUpload{id.text()});
  const auto* found = reply.resource.get_if<UploadFound>();
  if (!found) throw Problem{"not_found"};
  return *found;
}

Response show(Call& call) {
  const UploadFound found = found_upload(call);
  if (!is_shown(call, found)) throw Problem{"not_found"};
  record_look(call, found);
  const bool is_picture = found.upload.width.has_value();
  const bool small = is_picture && call.query<UploadView>().size == UploadSize::thumb;
  const std::string tag = '"' + found.upload.upload_id + (small ? "-thumb" : "") + '"';
  // A file never changes. Whether it is still shown is asked each time.
  std::vector<std::pair<std::string, std::string>> headers{
      {"ETag", tag},
      {"Cache-Control", "private, no-cache"},
      {"X-Content-Type-Options", "nosniff"},
      {"Content-Security-Policy", "default-src 'none'; sandbox"},
      {"Content-Disposition", is_picture ? "inline" : "attachment; filename=\"" + found.upload.upload_id + ".pdf\""}};
  const auto known = call.request().list_header("If-None-Match");
  if (std::ranges::any_of(known, [&](std::string_view one) { return one == tag || one == "*"; }))
    return {304, {}, {}, std::move(headers)};
  if (!call.services().uploads) throw Problem{"unavailable", "This node has no uploads."};
  auto bytes =
      call.services().uploads->read(found.upload.upload_id, small ? Uploads::Part::thumb : Uploads::Part::whole);
  if (!bytes) throw Problem{"not_found"};
  Response response = call.bytes(found.upload.content_type, *std::move(bytes));
  response.headers = std::move(headers);
  return response;
}

Response remove(Call& call) {
  const UploadFound found = found_upload(call);
  if (!call.caller().is_user(found.owner)) throw Problem{is_shown(call, found) ? "not_owner" : "not_found"};
  call.ask(files_of(found.owner), DropUpload{found.upload.upload_id});
  return call.nothing();
}

constexpr std::string_view other_file_types[] = {"image/png", "image/webp", "application/pdf"};

}  // namespace

std::vector<Route> upload_routes(Services&) {
  return {
      post("/uploads", user, "A picture or paper, for a purpose")
          .query<UploadQuery>()
          .uploads()
          .answers<UploadResource>(201)
          .handle(upload),
      get("/uploads/:uploadId", user, "The file, for whoever may see what it hangs on")
          .query<UploadView>()
          .answers_media("image/jpeg")
          .or_media(other_file_types)
          .handle(show),
      del("/uploads/:uploadId", user, "Remove one that is not in use").answers_nothing().handle(remove),
  };
}

}  // namespace caravan::http
