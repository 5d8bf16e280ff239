#include "actors/wallet/entity.hpp"

namespace caravan {

const EntityClass& wallet_class() { return entity_class<Wallet>(); }

}  // namespace caravan
