#pragma once

#include "runtime/links/session.hpp"

namespace caravan {

/// Which versions of messages between nodes, and of what entities write, this build can read. A cluster is upgraded
/// node by node, one version at a time. Whoever changes a message or an event so that the build before cannot read it
/// raises `newest` here, and sends or writes the new form only where `ClusterState::wire` says that all members speak
/// it. Fields that are added need none of this: older builds pass over them.
WireVersions spoken_versions();

}  // namespace caravan
