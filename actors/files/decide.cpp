#include <algorithm>

#include "actors/files/entity.hpp"

namespace caravan {

using namespace files_policy;

namespace {

constexpr std::string_view closed_timer = "closed";

std::string unused_timer(const UploadId& id) { return "unused/" + id; }

const StoredUpload* find(const FilesState& state, const UploadId& id) {
  const auto found = std::ranges::find(state.uploads, id, &StoredUpload::upload_id);
  return found == state.uploads.end() ? nullptr : &*found;
}

UploadResource resource_of(const StoredUpload& upload) {
  return {upload.upload_id, upload.purpose, upload.content_type, upload.bytes,
          upload.width,     upload.height,  upload.created_at};
}

/// Why the person may not store one more of that size; empty where it fits.
std::string too_much(const FilesState& state, std::int64_t more) {
  std::size_t unused = 0;
  std::int64_t bytes = more, unused_bytes = more;
  for (const StoredUpload& upload : state.uploads) {
    bytes += upload.bytes;
    if (upload.is_kept()) continue;
    ++unused;
    unused_bytes += upload.bytes;
  }
  if (unused >= max_unused || unused_bytes > max_unused_bytes)
    return "At most 50 files and 100 MiB may wait to be used. Use or delete some; after a day they go by themselves.";
  if (state.uploads.size() >= max_files || bytes > max_bytes)
    return "At most 5,000 files and 2 GiB are kept of a person.";
  return {};
}

void remove(Decision& decision, const Context& context, std::vector<UploadId> ids, std::string reason) {
  if (ids.empty()) return;
  for (const UploadId& id : ids) decision.clear_timer(unused_timer(id));
  decision.send(file_store_address, RemoveFiles{ids});
  decision.emit(UploadsWereRemoved{std::move(ids), std::move(reason), context.now});
}

/// It belongs to two: the other side of a delivery may need it after its owner has gone.
bool is_shared(const StoredUpload& upload) {
  return upload.kept_by.kind == EntityKind::delivery || upload.kept_by.kind == EntityKind::dispute;
}

}  // namespace

Decision decide(const FilesState& state, const Context& context, const StoreUpload& command) {
  const UserId owner{context.self.id};
  if (!context.caller.is_user(owner) && !context.caller.is_platform()) return reject(FilesRejection::not_allowed);
  if (const StoredUpload* known = find(state, command.upload_id)) return Decision{}.answer(resource_of(*known));
  if (state.closed_at) return reject(FilesRejection::account_deleted);
  if (std::string why = too_much(state, command.bytes); !why.empty())
    return reject(FilesRejection::limit_reached, std::move(why));
  Decision decision;
  if (!state.exists()) decision.emit(FilesBegan{owner});
  const StoredUpload upload{command.upload_id, command.purpose, command.content_type, command.bytes,
                            command.width,     command.height,  context.now,          {}};
  decision.emit(UploadWasStored{upload});
  decision.set_timer(unused_timer(command.upload_id), context.now + unused_life + taking_grace);
  return decision.answer(resource_of(upload));
}

Decision decide(const FilesState& state, const Context& context, const KeepUpload& command) {
  if (!context.caller.is_platform()) return reject(FilesRejection::not_allowed);
  const StoredUpload* upload = find(state, command.upload_id);
  if (!upload || upload->is_kept()) return {};
  return Decision{}
      .emit(UploadWasKept{command.upload_id, context.caller.entity})
      .clear_timer(unused_timer(command.upload_id));
}

Decision decide(const FilesState& state, const Context& context, const DropUpload& command) {
  const Caller& caller = context.caller;
  const StoredUpload* upload = find(state, command.upload_id);
  if (!caller.is_user(state.owner) && !caller.is_platform()) return reject(FilesRejection::upload_unknown);
  if (!upload) return caller.is_platform() ? Decision{} : reject(FilesRejection::upload_unknown);
  if (upload->is_kept() && upload->kept_by != caller.entity)
    return caller.is_platform() ? Decision{} : reject(FilesRejection::upload_in_use);
  Decision decision;
  remove(decision, context, {command.upload_id}, "dropped");
  return decision;
}

Decision decide(const FilesState& state, const Context& context, const CloseFiles&) {
  if (!context.caller.is_platform()) return reject(FilesRejection::not_allowed);
  if (state.closed_at) return {};
  Decision decision;
  if (!state.exists()) decision.emit(FilesBegan{UserId{context.self.id}});
  std::vector<UploadId> own;
  for (const StoredUpload& upload : state.uploads)
    if (!is_shared(upload)) own.push_back(upload.upload_id);
  if (own.size() < state.uploads.size()) decision.set_timer(std::string(closed_timer), context.now + proofs_outlive);
  remove(decision, context, std::move(own), "user_deleted");
  return decision.emit(FilesWereClosed{context.now});
}

Decision decide(const FilesState&, const Context&, const FilesRemoved&) { return {}; }

Decision decide(const FilesState& state, const Context& context, const TimerFired& command) {
  if (!context.caller.is_platform()) return reject(FilesRejection::not_allowed);
  std::vector<UploadId> ids;
  for (const StoredUpload& upload : state.uploads)
    if (command.name == closed_timer || (command.name == unused_timer(upload.upload_id) && !upload.is_kept()))
      ids.push_back(upload.upload_id);
  Decision decision;
  remove(decision, context, std::move(ids), command.name == closed_timer ? "user_deleted" : "unused");
  return decision;
}

}  // namespace caravan
