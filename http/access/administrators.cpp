#include "http/access/administrators.hpp"

#include "actors/account/rules.hpp"
#include "http/access/accounts.hpp"
#include "http/problem/problem.hpp"
#include "storage/read_models/users.hpp"
#include "storage/storage_error.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t enough = 2;
constexpr std::chrono::minutes look_every{5};  // administrators change seldom
constexpr std::chrono::seconds retry_after{10};
constexpr std::chrono::milliseconds account_patience{500};

}  // namespace

std::string advice_on_administrators(Door& door, const ReadModels& models) {
  std::size_t found = 0;
  for (const UserId administrator : administrators(models, all_permissions))
    if (hands_of(door, administrator, all_permissions).empty() && ++found == enough) return "";
  if (found == 0)
    return "no active administrator has all permissions from the settings: start once with "
           "bootstrap-admin=EMAIL:PASSWORD, and once more with a second person's";
  return "only one active administrator has all permissions from the settings, and nobody decides a case of theirs "
         "whom they promoted: start once with bootstrap-admin=EMAIL:PASSWORD of a second person whom nobody promoted";
}

std::string AdministratorsWatch::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < again_) return "";
  again_ = now + retry_after;
  std::string found;
  try {
    const ShortPatience patience(account_patience);
    found = advice_on_administrators(door_, models_);
  } catch (const Problem&) {
    return "";  // an account moves, or cannot be asked in time
  } catch (const StorageError&) {
    return "";  // /health tells of the store itself
  }
  again_ = now + look_every;
  const std::lock_guard lock(mutex_);
  const bool is_new = advice_ != found;
  advice_ = found;
  return is_new ? found : "";
}

std::string AdministratorsWatch::advice() const {
  const std::lock_guard lock(mutex_);
  return advice_;
}

}  // namespace caravan::http
