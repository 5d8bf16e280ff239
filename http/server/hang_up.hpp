#pragma once

namespace caravan::http {

/// Shuts the reading side of every socket of this process that is bound to the port: of the one that listens and of
/// the connections that it accepted. What is being answered is still sent.
///
/// CivetWeb looks every two seconds whether it is to stop, and tells nobody which sockets it has: without this a stop
/// would wait that long for clients who keep their connections open and say nothing.
void hang_up(int port);

}  // namespace caravan::http
