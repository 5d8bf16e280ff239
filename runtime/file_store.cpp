#include "runtime/file_store.hpp"

#include <spdlog/spdlog.h>

namespace caravan {

std::span<const Alternative> FileStore::requests() const { return detail::alternatives(List<RemoveFiles>{}); }

void FileStore::handle(const EffectKey&, const AnyRecord& request, Done done) {
  const auto* files = request.get_if<RemoveFiles>();
  if (!files) return;
  try {
    for (const UploadId& id : files->upload_ids) uploads_.remove(id);
  } catch (const std::exception& error) {
    spdlog::error("a file that is gone keeps its bytes for now: {}", error.what());
    return;
  }
  done(AnyRecord(FilesRemoved{}));
}

}  // namespace caravan
