#pragma once

#include "runtime/links/session.hpp"

namespace caravan {

/// Which versions of messages between nodes, and of what entities write, this build can read. A cluster is upgraded
/// node by node, one version at a time. A new event, command, label or message is a new version, because a build that
/// does not know it can neither load an entity that holds it nor send on an effect that is one. It takes two releases:
/// one raises `newest` and reads the new form but writes it nowhere; the next raises `oldest` to the same number and
/// writes it. So no node writes what another one cannot read. `ClusterState::wire` has the version that all members
/// speak. Nothing asks for it yet, and a decision does not see it.
///
/// New fields are no new version: older builds pass over them, and lose none of them. A build takes no snapshot of an
/// entity whose snapshot or entries hold a field that it does not know, sends an effect on as it is stored, and has its
/// read models made anew at the next start. An older build decides without the field all the same; where that does
/// harm, the field goes the way of an event.
WireVersions spoken_versions();

}  // namespace caravan
