#include "config/cluster.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>

#include "http/access/key_files.hpp"
#include "http/access/key_ring.hpp"
#include "runtime/links/certificate.hpp"
#include "runtime/sandbox_clock.hpp"
#include "runtime/spoken_versions.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr auto line_every = 2s;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "node";
  return name.data();
}

/// What the nodes of one host prove to each other.
std::string link_secret(const std::filesystem::path& folder) {
  const http::KeyRing keys({.folder = folder});
  const http::DerivedKey secret(*keys.all()->front(), "links");
  return {reinterpret_cast<const char*>(secret.data()), http::DerivedKey::size()};
}

}  // namespace

std::string node_name(const Settings& settings) {
  return settings.node_name.empty() ? host_name() : settings.node_name;
}

std::string link_files_fault(const Settings& settings) {
  const std::array<std::pair<std::string, std::string>, 3> files{
      {{"link-ca", settings.link_ca}, {"link-cert", settings.link_cert}, {"link-key", settings.link_key}}};
  std::string set, missing;
  for (const auto& [name, path] : files) (path.empty() ? missing : set) += ' ' + name;
  if (!set.empty() && !missing.empty())
    return "links: there is" + set + ", and not" + missing + ": set link-ca, link-cert and link-key, or none of them";
  for (const auto& [name, path] : files)
    if (!path.empty() && access(path.c_str(), R_OK) != 0)
      return name + ": cannot read " + path + ": check the file and its permissions";
  if (settings.link_cert.empty()) return {};
  const std::string owner = name_in_certificate(settings.link_cert), node = node_name(settings);
  if (owner != node)
    return "link-cert: " + settings.link_cert + (owner.empty() ? " is no certificate" : " is of " + owner) +
           ", and this node is " + node + ": it must have that as its common name";
  if (!is_key_of(settings.link_key, settings.link_cert))
    return "link-key: " + settings.link_key + " is not the private key of " + settings.link_cert;
  return {};
}

cluster::ClusterOptions cluster_options(const Settings& settings, ClusterStore& store,
                                        const std::filesystem::path& secrets) {
  cluster::ClusterOptions options;
  options.store = &store;
  options.self.node = node_name(settings);
  options.self.link_address = settings.link_address;
  options.self.http_address = settings.http;
  options.self.wire_from = spoken_versions().oldest;
  options.self.wire_to = spoken_versions().newest;
  options.links.listen = settings.link;
  if (settings.link_cert.empty())
    options.links.secret = link_secret(secrets);
  else
    options.links.tls = LinkTls{settings.link_ca, settings.link_cert, settings.link_key};
  return options;
}

Follower::Follower(Of of) : of_(std::move(of)), goal_(of_.journal.head()) {
  worker_.start({.name = "follower",
                 .doing = "following the cluster's journal",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{.first = 1s, .last = 1s}});
}

bool Follower::step(const std::stop_token& stop) {
  look();
  if (!serves_) try_to_serve();
  return pause_for(follow_every, stop);
}

void Follower::look() {
  if (const std::uint64_t head = of_.journal.head(); head > head_) of_.projector.notify(head_ = head);
  if (of_.clock) of_.clock->follow(ClockMover::stored_offset(of_.journal));
}

std::string Follower::hindrance() {
  const cluster::ClusterState state = *of_.node.cluster_state();
  if (state.status != MemberStatus::active || !state.has_lease)
    return fmt::format("this node is {}; members that are alive: {}", to_text(state.status), state.members);
  for (const LinkState& link : state.links)
    if (!link.open)
      return fmt::format("no link to {} yet{}{}", link.peer.name, link.fault.empty() ? "" : ": ", link.fault);
  if (state.orphans > 0) return fmt::format("{} shards have no owner yet", state.orphans);
  const std::uint64_t position = of_.read_models.position();
  if (position < goal_)
    return fmt::format("read models: {} of {} entries ({} %)", position, goal_, position * 100 / goal_);
  return {};
}

void Follower::try_to_serve() {
  const std::string why = hindrance();
  if (why.empty()) {
    of_.before_serving();
    if (serves_.exchange(true)) return;
    of_.health.set_serving(true);
    spdlog::info("this node serves: it is {} of {} members", to_text(of_.node.cluster_state()->id),
                 of_.node.cluster_state()->members);
    return;
  }
  if (const auto now = std::chrono::steady_clock::now(); now >= next_line_) {
    next_line_ = now + line_every;
    spdlog::info("joining: {}", why);
  }
}

http::DependencyHealth cluster_health(const cluster::ClusterState& state) {
  if (state.phase == cluster::Membership::Phase::stopped) return {false, "no member any more: " + state.reason};
  const std::string detail = fmt::format("{} of {} members, {}, owns {} shards", to_text(state.id), state.members,
                                         to_text(state.status), state.shards);
  if (!state.has_lease) return {false, detail + ", has no lease: the store or its peers do not answer"};
  return {state.status == MemberStatus::active, detail};
}

}  // namespace caravan
