#include "http/routes/uploads/given_files.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>

#include "http/access/accounts.hpp"
#include "http/json/read.hpp"
#include "http/outcome.hpp"
#include "http/pictures/pictures.hpp"
#include "http/server/header_text.hpp"
#include "storage/uploads/uploads.hpp"

namespace caravan::http {

namespace {

/// The body of a row that takes a file, where the file is an upload already.
struct NamedUpload {
  static constexpr std::string_view record_name = "NamedUpload";
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&NamedUpload::upload_id>(1, "uploadId", length(1, 64))}; }
};

[[noreturn]] void refuse(const UploadRefused& refused, std::string_view field) {
  using Why = UploadRefused::Why;
  if (refused.why == Why::too_large) throw Problem{"payload_too_large", refused.what(), std::string(field)};
  if (refused.why == Why::wrong_type && field.empty()) throw Problem{"unsupported_media_type", refused.what()};
  throw Problem{.code = "validation_failed",
                .errors = {{field.empty() ? "file" : std::string(field), "invalid_picture", refused.what()}}};
}

Uploads& uploads_of(Call& call) {
  if (!call.services().uploads) throw Problem{"unavailable", "This node takes no uploads."};
  return *call.services().uploads;
}

CleanFile clean(Call& call, UploadPurpose purpose, std::string_view bytes, std::string_view field) {
  const Uploads& uploads = uploads_of(call);
  try {
    if (bytes.size() > uploads.max_bytes())
      throw UploadRefused(UploadRefused::Why::too_large,
                          "the file has more than " + std::to_string(uploads.max_bytes()) + " bytes");
    const bool takes_papers = purpose == UploadPurpose::verification || purpose == UploadPurpose::evidence;
    Pictures* pictures = call.services().pictures;
    return pictures ? pictures->clean(bytes, takes_papers) : clean_file(bytes, takes_papers);
  } catch (const UploadRefused& refused) {
    refuse(refused, field);
  }
}

/// The first part of a multipart form that has a file name (RFC 7578); nothing where there is none, or it is cut off.
std::optional<std::string_view> file_in_form(std::string_view form, const std::string& boundary) {
  if (boundary.empty()) return std::nullopt;
  const std::string line = "--" + boundary, next_line = "\r\n" + line;
  std::size_t at = form.starts_with(line) ? line.size() : form.find(next_line);
  if (at == std::string_view::npos) return std::nullopt;
  if (at != line.size()) at += next_line.size();
  while (form.substr(at).starts_with("\r\n")) {
    const std::size_t head_end = form.find("\r\n\r\n", at);
    const std::size_t end = head_end == std::string_view::npos ? head_end : form.find(next_line, head_end + 4);
    if (end == std::string_view::npos) return std::nullopt;
    std::string head(form.substr(at, head_end - at));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (head.find("filename=") != std::string::npos) return form.substr(head_end + 4, end - head_end - 4);
    at = end + next_line.size();
  }
  return std::nullopt;
}

}  // namespace

std::string_view file_in_body(Call& call) {
  const std::string_view type = call.request().header("Content-Type");
  const std::string_view body = call.request().body;
  if (media_type(type) != "multipart/form-data") return body;
  const auto file = file_in_form(body, media_parameter(type, "boundary").value_or(""));
  if (!file)
    throw Problem{.code = "validation_failed", .errors = {{"file", "required", "the form has no whole file in it"}}};
  return *file;
}

UploadResource store_file(Call& call, UserId owner, const Uuid& id, UploadPurpose purpose, std::string_view bytes,
                          std::string_view field, Stores stores) {
  const CleanFile file = clean(call, purpose, bytes, field);
  const Address files = files_of(owner);
  const StoreUpload command{id.text(),  purpose,    file.content_type, static_cast<std::int64_t>(file.bytes.size()),
                            file.width, file.height};
  Reply reply;
  if (stores == Stores::the_request) {
    reply = call.ask(files, command);
  } else {
    // Not under the client's Idempotency-Key: that belongs to the command which the file comes with.
    reply = call.door().ask(
        {.to = files, .command = command, .origin = {.caller = edge_caller(), .trace_id = call.request().trace_id}});
    require_done(reply);
  }
  const UploadResource stored = call.resource<UploadResource>(reply);
  // A repeat may come when the file is long gone.
  const bool is_known = !reply.is_replay ||
                        call.try_query_as(edge_caller(), files, ViewUpload{stored.upload_id}).outcome == Outcome::done;
  if (is_known) uploads_of(call).put(stored.upload_id, file.bytes, file.thumb);
  call.remember_part(id, files);
  return stored;
}

void check_upload(Call& call, const UploadId& id, UploadPurpose purpose, const Address& by, std::string_view field) {
  const auto refuse_as = [&](const char* code, const char* detail) { throw Problem{code, detail, std::string(field)}; };
  const auto uuid = Uuid::parse(id);
  const auto owner = uuid && call.services().locate ? call.services().locate(*uuid) : std::nullopt;
  if (!owner || owner->kind != EntityKind::files) return refuse_as("upload_unknown", "No file has this id.");
  const Reply reply = call.try_query_as(edge_caller(), *owner, ViewUpload{uuid->text()});
  const auto* found = reply.resource.get_if<UploadFound>();
  if (!found) return refuse_as("upload_unknown", "No file has this id; one that is not used goes after a day.");
  if (found->owner != call.user()) return refuse_as("upload_not_yours", "Only its owner can use a file.");
  const StoredUpload& upload = found->upload;
  if (upload.purpose != purpose)
    return refuse_as("upload_wrong_purpose", "Upload it again for this purpose: a file is used for its own alone.");
  // The same request again, under its key, is for the entity to answer as before.
  const bool may_be_repeat = upload.kept_by == by && !call.request().header("Idempotency-Key").empty();
  if (upload.is_kept() && !may_be_repeat) return refuse_as("upload_used", "A file is used once.");
  if (!upload.is_kept() && call.door().now() > upload.created_at + files_policy::unused_life)
    return refuse_as("upload_unknown", "It was not used for a day.");
}

std::optional<UploadId> GivenFiles::take(const std::optional<Bytes>& bytes, const std::optional<UploadId>& upload,
                                         UploadPurpose purpose, const std::string& field) {
  if (bytes && upload)
    throw Problem{.code = "validation_failed",
                  .errors = {{field + "UploadId", "invalid_value", "give the picture itself or an upload, not both"}}};
  if (upload) {
    check_upload(call_, *upload, purpose, by_, field + "UploadId");
    return upload;
  }
  if (!bytes) return std::nullopt;
  const UploadResource stored =
      store_file(call_, owner_, call_.fresh_uuid(), purpose, bytes->value, field, Stores::what_it_brings);
  stored_.push_back(stored.upload_id);
  return stored.upload_id;
}

UploadId GivenFiles::in_body(UploadPurpose purpose) {
  if (media_type(call_.request().header("Content-Type")) == "application/json") {
    const auto body = record_from_json(call_.request().body, schema::type_of<NamedUpload>());
    const UploadId id = static_cast<const NamedUpload*>(body.get())->upload_id;
    check_upload(call_, id, purpose, by_, "uploadId");
    return id;
  }
  const UploadResource stored =
      store_file(call_, owner_, call_.fresh_uuid(), purpose, file_in_body(call_), "", Stores::what_it_brings);
  stored_.push_back(stored.upload_id);
  return stored.upload_id;
}

GivenFiles::~GivenFiles() {
  for (const UploadId& id : stored_) try {
      call_.door().ask({.to = files_of(owner_), .command = DropUpload{id}, .origin = {.caller = edge_caller()}});
    } catch (const std::exception& error) {
      spdlog::warn("an upload that was not taken stays for a day: {}", error.what());
    }
}

}  // namespace caravan::http
