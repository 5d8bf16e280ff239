#pragma once

#include "actors/entity/entity.hpp"
#include "actors/files/commands.hpp"
#include "actors/files/events.hpp"

namespace caravan {

struct Files {
  static constexpr EntityKind kind = EntityKind::files;
  using State = FilesState;
  using Rejection = FilesRejection;
  using Creates = List<StoreUpload, CloseFiles>;
  using Commands = List<StoreUpload, KeepUpload, DropUpload, CloseFiles, FilesRemoved, TimerFired>;
  using Events = List<UploadWasStored, UploadWasKept, UploadsWereRemoved, FilesWereClosed, FilesBegan>;
  using Queries = List<ViewUpload>;
};

}  // namespace caravan
