#include "actors/request/written.hpp"

#include <string_view>
#include <utility>

#include "actors/messages/talk.hpp"

namespace caravan {

namespace {

/// The texts, each with its field.
std::vector<std::pair<std::string_view, std::string_view>> texts_of(const std::string& title, const Item& item) {
  std::vector<std::pair<std::string_view, std::string_view>> out{
      {"title", title}, {"item.description", item.description}, {"item.category", item.category}};
  if (item.declaration) out.emplace_back("item.declaration.contents", item.declaration->contents);
  return out;
}

}  // namespace

std::optional<Declaration> as_others_read(std::optional<Declaration> declaration) {
  if (declaration) declaration->contents = masked_contacts(declaration->contents);
  return declaration;
}

Item as_others_read(Item item) {
  item.description = masked_contacts(item.description);
  item.category = masked_contacts(item.category);
  item.declaration = as_others_read(std::move(item.declaration));
  return item;
}

std::vector<std::string> written_flags(const std::string& title, const Item& item) {
  std::string said;
  for (const auto& [field, text] : texts_of(title, item)) (said += text) += '\n';
  return talk_flags(said);
}

std::vector<RequestWarning> talk_warnings(const std::string& title, const Item& item) {
  std::vector<RequestWarning> out;
  for (const auto& [field, text] : texts_of(title, item))
    if (!talk_flags(text).empty())
      out.push_back(
          {"off_platform", std::string(field),
           "Nobody protects what is paid or agreed elsewhere. Mail addresses and numbers of nine digits or more, "
           "whatever they number, are masked for others until you have a deal with them."});
  return out;
}

}  // namespace caravan
