#include "runtime/file_store.hpp"

namespace caravan {

std::span<const Alternative> FileStore::requests() const { return file_store_class().requests; }

void FileStore::handle(const EffectKey&, const AnyRecord& request, Done done) {
  const auto* files = request.get_if<RemoveFiles>();
  if (!files) return;
  try {
    for (const UploadId& id : files->upload_ids) uploads_.remove(id);
  } catch (const std::exception& error) {
    return done(ProviderReply::failed(error.what()));
  }
  done(AnyRecord(FilesRemoved{}));
}

}  // namespace caravan
