#include "tests/crash/writer.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

namespace caravan::testing {

namespace {

constexpr int parcels_a_trip = 90;  // of the 100 that have room
constexpr int polls = 2'000;
constexpr auto poll = std::chrono::milliseconds(5);

}  // namespace

bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < polls; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(poll);
  }
  return false;
}

void Faults::add(const std::string& text) {
  std::printf("  FAULT %s\n", text.c_str());
  std::fflush(stdout);
  ++count_;
}

Writer::Writer(int port, Gate& gate, const std::string& name) : name_(name), market_(port, gate, name) {
  Market alone(port);
  customer_ = alone.person(name + "-customer");
  traveler_ = alone.person(name + "-traveler");
}

void Writer::doing(Between& count, const std::function<void()>& work) {
  ++count.most;
  work();
  ++count.least;
}

std::string Writer::accept(MarketDelivery& delivery) {
  doing(deals_.accepted, [&] { market_.accept(customer_, delivery); });
  return delivery.delivery;
}

void Writer::pick_up(const MarketDelivery& delivery) {
  doing(deals_.taken, [&] { market_.pick_up(customer_, traveler_, delivery); });
}

void Writer::hand_over(const MarketDelivery& delivery) {
  doing(deals_.carried, [&] { market_.hand_over(customer_, traveler_, delivery); });
}

void Writer::cancel(const MarketDelivery& delivery) {
  doing(deals_.cancelled, [&] {
    market_.call("POST", "/deliveries/" + delivery.delivery + "/cancel", customer_.token,
                 R"({"reason":"Changed my mind"})");
  });
}

MarketDelivery Writer::accepted_delivery() {
  if (parcels_++ % parcels_a_trip == 0) trip_ = market_.trip(traveler_);
  MarketDelivery delivery = market_.offered(customer_, traveler_, trip_);
  accept(delivery);
  return delivery;
}

}  // namespace caravan::testing
