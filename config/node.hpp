#pragma once

#include <memory>
#include <string>

#include "config/settings.hpp"

namespace caravan {

/// A whole node, wired: journal, entities, read models, providers, places, HTTP. Construction brings it to the point
/// where it serves; destruction stops it cleanly. Throws std::exception with one line that tells the remedy.
class ServingNode {
 public:
  explicit ServingNode(const Settings& settings);
  ~ServingNode();

  /// Where it answers: "http://127.0.0.1:8080".
  std::string url() const;
  /// Where it answers operators; empty where it does not.
  std::string operators_url() const;
  /// Goes on serving, but says that it is not ready, closes each connection after its answer so that clients turn
  /// elsewhere, and hands its shards over to the cluster's other nodes.
  void drain();
  /// Whether the cluster's other nodes own all by now. True of a node alone too, when no other node can take shards,
  /// and once the lease is lost: such a node can hand nothing over, and others claim its shards by themselves.
  bool has_handed_over() const;
  /// The journal takes no more writes, or the node is no member of its cluster any more: the process should end with a
  /// failure, to be restarted.
  bool is_broken() const;
  std::string why_broken() const;
  /// Looks once in a while whether there are administrators enough to decide about each other; /health shows what it
  /// found. Where there have come to be too few, one line that tells the remedy; empty otherwise.
  std::string news_of_administrators();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace caravan
