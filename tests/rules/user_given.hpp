#pragma once

#include "actors/user/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Ann's profile to begin a test with.
namespace caravan::testkit::users {

inline const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), eve = test_id<UserId>(3);
inline const Address self = user_address(ann);
inline const DeliveryId parcel = test_id<DeliveryId>(7);
inline const Caller anns_account = entity({EntityKind::account, ann.value});

inline CreateProfile profile() {
  NewProfile profile;
  profile.email = "ann@example.com";
  profile.first_name = "Ann";
  profile.last_name = "Archer";
  return {profile};
}

inline Given<User> created() {
  Given<User> person(self);
  person.as(anns_account).when(profile());
  return person;
}

/// Ann, who carried a parcel for Bob. The caller is the delivery.
inline Given<User> finished() {
  Given<User> person = created();
  person.as(entity({EntityKind::delivery, parcel.value}));
  person.when(RecordDelivery{parcel, bob, DeliveryRole::traveler, true, test_start});
  return person;
}

}  // namespace caravan::testkit::users
