#pragma once

#include "actors/files/commands.hpp"
#include "runtime/provider.hpp"
#include "storage/uploads/uploads.hpp"

namespace caravan {

/// Removes the bytes of uploads that are gone, on the thread of the providers: files of this machine (or of its shared
/// folder) are gone in microseconds, and at most a few of them go at a time. What fails is asked for again by the
/// runtime.
class FileStore : public Provider {
 public:
  /// `uploads` must outlive it.
  explicit FileStore(Uploads& uploads) : uploads_(uploads) {}
  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

 private:
  Uploads& uploads_;
};

}  // namespace caravan
