#pragma once

#include <string_view>

#include "actors/delivery/entity.hpp"
#include "tests/simulation/world.hpp"

namespace caravan::simulation {

/// A delivery at the moment at which its people do something.
struct Scene {
  World& world;
  Uuid id;
  const DeliveryState& delivery;

  Caller customer() const { return {.kind = Caller::Kind::user, .user = delivery.terms.customer, .stepped_up = true}; }
  Caller traveler() const { return {.kind = Caller::Kind::user, .user = delivery.terms.traveler, .stepped_up = true}; }
  Address self() const { return {EntityKind::delivery, id}; }
  Address escrow() const { return {EntityKind::escrow, delivery.escrow_id.value}; }
  const Stop& stop(Handover at) const {
    return at == Handover::delivery ? delivery.terms.dropoff : delivery.terms.pickup;
  }
  /// The newest code of that handover in that status; nullptr where there is none.
  const QrCode* code(Handover type, QrStatus status = QrStatus::active) const;

  void write(AnyRecord command, const Caller& who) const { world.write(self(), std::move(command), who); }
  /// Something that must be refused with that code. Where it is, the census counts it.
  void cheat(std::string_view kind, const Address& to, AnyRecord command, const Caller& who,
             std::string_view code) const;
  void scan(const QrCode& code, Coordinates at, const Caller& who) const;
  /// The traveler's phone says that it was there then.
  void send_point(Coordinates at, Time then) const;
  void start_tracking() const;
  /// What a traveler says who has waited: that the sender or the receiver did not come.
  AnyRecord nobody_came(NextStep next = NextStep::giving_back) const;
  void open_dispute(const Caller& who) const;
  AnyRecord dispute_of(UserId opener) const;
};

}  // namespace caravan::simulation
