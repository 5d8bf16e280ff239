#include "http/server/trusted_proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <stdexcept>
#include <vector>

#include "http/server/header_text.hpp"

namespace caravan::http {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t longest_chain = 32;

/// IPv4 within IPv6 ("::ffff:10.0.0.1") is what it stands for.
ip::address parse_address(std::string_view text, boost::system::error_code& failed) {
  const ip::address address = ip::make_address(std::string(text), failed);
  if (failed || !address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

/// Some gateways write "192.0.2.1:5678", "[2001:db8::1]" or "[2001:db8::1]:5678" into X-Forwarded-For.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const std::size_t colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;
}

template <class Network, class Address>
bool holds(const std::vector<Network>& networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const Network& network) {
    return Network(address, network.prefix_length()).canonical() == network.canonical();
  });
}

}  // namespace

bool is_private_address(const std::string& address) {
  static const TrustedProxies networks(
      "127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, ::1, fc00::/7, fe80::/10");
  return address == "localhost" || networks.trusts(address);
}

struct TrustedProxies::Networks {
  std::vector<ip::network_v4> v4;
  std::vector<ip::network_v6> v6;
};

TrustedProxies::TrustedProxies(std::string_view list) {
  Networks all;
  while (!trimmed(list).empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string given(trimmed(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
    boost::system::error_code failed;
    if (given.find('/') == std::string::npos) {
      const ip::address address = parse_address(given, failed);
      if (!failed && address.is_v4()) all.v4.emplace_back(address.to_v4(), 32);
      if (!failed && address.is_v6()) all.v6.emplace_back(address.to_v6(), 128);
    } else if (const auto network4 = ip::make_network_v4(given, failed); !failed) {
      all.v4.push_back(network4);
    } else if (const auto network6 = ip::make_network_v6(given, failed); !failed) {
      all.v6.push_back(network6);
    }
    if (failed)
      throw std::invalid_argument('"' + given + "\" is not an address or a network such as 10.0.0.0/8 or fd00::/8");
    if (all.v4.size() + all.v6.size() > limit)
      throw std::invalid_argument("more than " + std::to_string(limit) + " addresses and networks");
  }
  if (!all.v4.empty() || !all.v6.empty()) networks_ = std::make_shared<const Networks>(std::move(all));
}

bool TrustedProxies::trusts(const std::string& address) const {
  if (!networks_) return false;
  boost::system::error_code failed;
  const ip::address parsed = parse_address(address, failed);
  if (failed) return false;
  return parsed.is_v4() ? holds(networks_->v4, parsed.to_v4()) : holds(networks_->v6, parsed.to_v6());
}

std::string TrustedProxies::client(const std::string& peer, std::string_view forwarded) const {
  std::string client = peer;
  for (std::size_t hops = 0; hops < longest_chain && trusts(client) && !trimmed(forwarded).empty(); ++hops) {
    const std::size_t comma = forwarded.rfind(',');
    const std::string_view before = trimmed(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    forwarded = comma == std::string_view::npos ? std::string_view() : forwarded.substr(0, comma);
    boost::system::error_code failed;
    const ip::address address = parse_address(without_port(before), failed);
    if (failed) break;  // not an address: the nearest proxy that named one stands for the client
    client = address.to_string();
  }
  return client;
}

}  // namespace caravan::http
