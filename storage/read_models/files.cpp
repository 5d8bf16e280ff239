#include "storage/read_models/files.hpp"

#include "actors/files/events.hpp"
#include "storage/read_models/locator.hpp"

namespace caravan::read_models {

const Projection& files_projection() {
  static constexpr Projection projection{.name = "files",
                                         .entries_of = bit(EntityKind::files),
                                         .on_entry = [](sqlite::Connection& database, const EntryView& view) {
                                           for (const AnyRecord& event : view.entry.events)
                                             if (const auto* stored = event.get_if<UploadWasStored>())
                                               if (const auto id = Uuid::parse(stored->upload.upload_id))
                                                 add_part(database, *id, view.entry.entity);
                                         }};
  return projection;
}

}  // namespace caravan::read_models
