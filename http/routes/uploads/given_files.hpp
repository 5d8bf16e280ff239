#pragma once

#include "actors/files/commands.hpp"
#include "http/call.hpp"

/// Files that a command of another domain refers to, or brings along.
namespace caravan::http {

inline constexpr std::size_t max_picture_bytes = 4U << 20;

/// The file in a body: its bytes, or those of the first file of a multipart form. Throws Problem where a form has none.
std::string_view file_in_body(Call& call);

/// Is the file what the request is about, or does the request bring it along for another entity?
enum class Stores : std::uint8_t { the_request, what_it_brings };

/// Cleans the bytes, and stores them as a file of that person's that nothing has taken yet. Throws Problem; `field` is
/// the one to blame.
UploadResource store_file(Call& call, UserId owner, const Uuid& id, UploadPurpose purpose, std::string_view bytes,
                          std::string_view field, Stores stores);

/// Throws Problem unless the caller may use the upload for that: 422 upload_unknown (also where it was not used for a
/// day), upload_not_yours, upload_wrong_purpose, or upload_used where an entity has taken it. One that `by` itself has
/// taken passes in a request with an Idempotency-Key, which may be a repeat.
void check_upload(Call& call, const UploadId& id, UploadPurpose purpose, const Address& by, std::string_view field);

/// The files of one command. Those that come as bytes are stored before the entity is asked, so that its answer can be
/// relied on, and are gone again where it did not take the command.
class GivenFiles {
 public:
  /// `owner`: whose the files are; `by`: the entity that is to take them.
  GivenFiles(Call& call, UserId owner, Address by) : call_(call), owner_(owner), by_(by) {}
  GivenFiles(const GivenFiles&) = delete;
  GivenFiles& operator=(const GivenFiles&) = delete;
  /// Drops what was stored, unless it was kept.
  ~GivenFiles();

  /// A file given as bytes or by the id of an upload; nothing where neither is given. Throws Problem, also for both.
  std::optional<UploadId> take(const std::optional<Bytes>& bytes, const std::optional<UploadId>& upload,
                               UploadPurpose purpose, const std::string& field);
  /// The file of a row whose body is one: the file itself, or {"uploadId"} as JSON.
  UploadId in_body(UploadPurpose purpose);
  /// The entity has taken the command: it tells the files itself. Not where it only repeats an earlier answer.
  void keep(const Reply& reply) {
    if (!reply.is_replay) stored_.clear();
  }

 private:
  Call& call_;
  const UserId owner_;
  const Address by_;
  std::vector<UploadId> stored_;
};

}  // namespace caravan::http
