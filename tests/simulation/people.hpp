#pragma once

#include <string>
#include <vector>

#include "actors/account/entity.hpp"
#include "actors/messages/requests.hpp"
#include "actors/values/parcel.hpp"

namespace caravan::simulation {

class World;

struct Person {
  UserId id;
  std::string name;
  std::string card;  // what the bank knows it by; tok_declined has no money

  Caller caller() const { return {.kind = Caller::Kind::user, .user = id, .stepped_up = true}; }
};

/// A few places on one road, so that everybody's parcels and trips meet.
const std::vector<Place>& places();

/// Something that a person may have a mind to do. False where there is nothing to do it with.
struct Intent {
  int weight;
  bool (*act)(World& world, const Person& who);
};
/// A trip with room, a request for it, an offer and its acceptance, one after the other.
void make_deal(World& world, const Person& customer, const Person& traveler);
/// As make_deal, with a traveler for each half of the way.
void make_relay(World& world, const Person& customer, const Person& first, const Person& second);
/// Of a broken relay the traveler offers the way from where the parcel is handed on, and the customer takes it.
void take_rest(World& world, RequestId request, const Person& customer, const Person& traveler);
std::span<const Intent> customer_intents();
std::span<const Intent> traveler_intents();
std::span<const Intent> carrying_intents();
std::span<const Intent> money_intents();
std::span<const Intent> office_intents();
bool add_payout_account(World& world, const Person& who);

/// Who lives in a run: customers, travelers, both, and the platform's office. They see what the journal says, and do
/// what comes to their minds, sensible or not.
class People {
 public:
  /// They register, and the office lets them in.
  void arrive(World& world);
  /// One of them does something.
  void act(World& world);
  /// A few travelers publish trips, and customers make deals with them.
  void make_deals(World& world);
  /// Most prove their address once its mail has come; the accounts of the others are closed in time.
  void read_mail(World& world, const SendMessage& mail);
  /// The office decides all disputes.
  void decide_all(World& world);
  /// The office brings everything that is still under way to an end, with nothing frozen any more: parcels home.
  void finish(World& world);
  /// The office gives back what travelers were paid long ago.
  void regret(World& world);
  /// The platform bears what the bank never took, so that it is paid out all the same.
  void bear_losses(World& world);
  /// Finance adds that much of what claims of covers wait for.
  void fill_pool(World& world, int percent = 100);

  Caller office() const;
  Caller colleague() const;  // as the office, but somebody else
  Caller service() const;
  const Person* find(UserId id) const;
  /// A traveler who is somebody else; nullptr where there is none.
  const Person* other_traveler(World& world, UserId than) const;
  /// Any entity that there is.
  Address something(World& world) const;

 private:
  std::vector<Person> customers_, travelers_;
  Person clerk_, colleague_;
};

}  // namespace caravan::simulation
