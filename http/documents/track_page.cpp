#include "http/documents/track_page.hpp"

#include <string>

#include "http/documents/content_policy.hpp"
#include "http/language.hpp"

namespace caravan::http {

namespace {

constexpr std::string_view track_style = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #fff; --ground: #f6f8fa; --line: #d0d7de;
  --road: #0b5fb3; --good: #116329; --bad: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #9da7b3; --paper: #161b22; --ground: #0d1117; --line: #3d444d; --road: #4493f8;
    --good: #56d364; --bad: #ff8b84; }
}
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  color: var(--ink); background: var(--ground); }
main { box-sizing: border-box; width: min(28rem, 100vw - 2rem); margin: 1rem; padding: 1.75rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: 16px; }
[hidden] { display: none !important; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h1.done { color: var(--good); }
p { margin: .25rem 0 0; }
#way, #expected { color: var(--quiet); }
#expected strong { color: var(--ink); }
progress { display: block; width: 100%; height: .75rem; margin: 1.5rem 0 .5rem; border: 0; border-radius: 1rem;
  overflow: hidden; background: var(--line); appearance: none; -webkit-appearance: none; }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--road); border-radius: 1rem; }
progress::-moz-progress-bar { background: var(--road); border-radius: 1rem; }
.ends { display: flex; justify-content: space-between; gap: 1rem; font-size: .9rem; color: var(--quiet); }
.ends :last-child { text-align: end; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 1rem; margin: .5rem 0 0; }
dt { color: var(--quiet); }
dd { margin: 0; text-align: end; overflow-wrap: anywhere; }
a { color: var(--road); }
:focus-visible { outline: 3px solid var(--road); outline-offset: 2px; border-radius: 4px; }
[role=status] { margin: 1.25rem 0 0; font-size: .9rem; color: var(--quiet); }
[role=status].failed { color: var(--bad); }
)";

/// The words of the page stand in its main element, so that one script serves every language.
constexpr std::string_view track_script = R"(
const part = id => document.getElementById(id);
const words = JSON.parse(document.querySelector('main').dataset.words), said = document.querySelector('[role=status]');
const moment = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: 'medium', timeStyle: 'short'});
const time = text => moment.format(new Date(text));
const token = location.hash.slice(1);
const put = (id, text) => {
  part(id).textContent = text || '';
  part(id).closest('[data-row]').hidden = !text;
};
const say = (kind, text) => { said.className = kind; said.textContent = text; };
let next = 0;

function showPosition(seen) {
  part('position').closest('[data-row]').hidden = !seen;
  if (!seen) return;
  const {lat, lng} = seen.location;
  const map = document.createElement('a');
  map.href = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=${seen.radius ? 12 : 15}/${lat}/${lng}`;
  map.rel = 'noreferrer noopener';
  map.target = '_blank';
  map.textContent = seen.radius ? words.area : words.exact;
  part('position').replaceChildren(map, `, ${time(seen.at)}`);
}

function show(parcel) {
  const isAhead = Boolean(parcel.expectedAt);
  part('parcel').hidden = false;
  const state = parcel.handedOn ? 'handedOn' : parcel.status;
  part('state').textContent = words[state] || state;
  part('state').className = state === 'delivered' ? 'done' : '';
  part('expected').hidden = !isAhead;
  if (isAhead) part('when').textContent = time(parcel.expectedAt);
  part('late').hidden = !(isAhead && parcel.late);
  const hasWay = parcel.progress !== undefined;
  part('way').textContent = `${parcel.from} → ${parcel.to}`;
  part('way').hidden = hasWay;
  part('progress').hidden = part('ends').hidden = !hasWay;
  if (hasWay) part('progress').value = parcel.progress;
  part('from').textContent = parcel.from;
  part('to').textContent = parcel.to;
  put('picked', parcel.pickedUpAt && time(parcel.pickedUpAt));
  put('handed', parcel.deliveredAt && time(parcel.deliveredAt));
  put('sender', parcel.people && parcel.people.customer);
  put('carrier', parcel.people && parcel.people.traveler);
  showPosition(parcel.position);
  say('', `${words.asOf} ${time(Date.now())}`);
}

async function look() {
  clearTimeout(next);
  let wait = 30;
  try {
    const answer = await fetch(`/api/v1/deliveries/shared/${encodeURIComponent(token)}`,
                               {cache: 'no-store', credentials: 'omit'});
    if (answer.ok) {
      show(await answer.json());
    } else if (answer.status === 404) {
      part('parcel').hidden = true;
      next = 0;
      return say('failed', words.ended);
    } else {
      wait = Math.max(wait, Number(answer.headers.get('Retry-After')) || 0);
      say('failed', words.away);
    }
  } catch {
    say('failed', words.away);
  }
  next = setTimeout(() => { if (!document.hidden) look(); }, 1000 * wait);
}

document.addEventListener('visibilitychange', () => { if (!document.hidden && next) look(); });
window.addEventListener('hashchange', () => location.reload());
if (token) look();
else say('failed', words.ended);
)";

/// The page in one language. No word has an apostrophe: `words` stands between two.
struct Words {
  std::string_view language, title, expected, late, picked_up, handed_over, from, carried_by, seen, needs_script, words;
};

constexpr Words english{"en",
                        "Your parcel",
                        "Expected",
                        "It is late.",
                        "Picked up",
                        "Handed over",
                        "From",
                        "Carried by",
                        "Last seen",
                        "This page needs JavaScript.",
                        R"({"accepted": "Waits to be picked up", "picked_up": "Picked up", "in_transit": "On its way",
 "delivered": "Delivered", "handedOn": "Handed on to the next traveler",
 "cancelled": "Cancelled", "returning": "On its way back", "returned": "Returned",
 "exact": "show on a map", "area": "in this area", "asOf": "As of", "ended": "This link shows nothing any more. Ask
 whoever sent it to you for a new one.", "away": "The server cannot be reached. We try again."})"};

constexpr Words german{"de",
                       "Dein Paket",
                       "Erwartet",
                       "Es verspätet sich.",
                       "Abgeholt",
                       "Übergeben",
                       "Von",
                       "Unterwegs mit",
                       "Zuletzt gesehen",
                       "Diese Seite braucht JavaScript.",
                       R"({"accepted": "Wartet auf die Abholung", "picked_up": "Abgeholt", "in_transit": "Unterwegs",
 "delivered": "Zugestellt", "handedOn": "Weitergegeben an die nächste Person",
 "cancelled": "Storniert", "returning": "Auf dem Rückweg", "returned": "Zurückgegeben",
 "exact": "auf der Karte zeigen", "area": "in dieser Gegend", "asOf": "Stand:", "ended": "Dieser Link zeigt nichts
 mehr. Bitte um einen neuen, wo du ihn bekommen hast.", "away": "Der Server ist nicht erreichbar. Wir versuchen es
 weiter."})"};

/// The words without their line breaks, which JSON does not take.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::erase(line, '\n');
  return line;
}

void add_row(std::string& body, std::string_view name, std::string_view id) {
  ((((body += "<dt>") += name) += "</dt><dd id=\"") += id) += "\"></dd>";
}

}  // namespace

Response track_page(const std::vector<std::string_view>& languages) {
  const Words& words = wanted_language(languages) == Language::german ? german : english;
  std::string body = "<!doctype html>\n<html lang=\"";
  ((((body += words.language) += "\"><head><meta charset=\"utf-8\"><title>") += words.title) +=
   " · Caravan</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
   "<meta name=\"robots\" content=\"noindex\">\n<style>") += track_style;
  ((body += "</style></head>\n<body><main data-words='") += one_line(words.words)) +=
      "'>\n<div id=\"parcel\" hidden><p id=\"way\"></p><h1 id=\"state\"></h1>\n";
  ((((body += "<p id=\"expected\">") += words.expected) += ": <strong id=\"when\"></strong> <span id=\"late\">") +=
   words.late) +=
      "</span></p>\n<progress id=\"progress\" max=\"100\" aria-labelledby=\"state\"></progress>\n"
      "<p class=\"ends\" id=\"ends\"><span id=\"from\"></span><span id=\"to\"></span></p>\n";
  for (const auto& [name, id] :
       {std::pair{words.seen, "position"}, std::pair{words.picked_up, "picked"}, std::pair{words.handed_over, "handed"},
        std::pair{words.from, "sender"}, std::pair{words.carried_by, "carrier"}}) {
    body += "<dl data-row hidden>";
    add_row(body, name, id);
    body += "</dl>\n";
  }
  (body += "</div><p role=\"status\"></p><noscript><p>") += words.needs_script;
  ((body += "</p></noscript></main>\n<script>") += track_script) += "</script></body></html>\n";
  const std::string policy = "default-src 'none'; script-src " + source_of(track_script) + "; style-src " +
                             source_of(track_style) +
                             "; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  return {200,
          std::move(body),
          "text/html; charset=utf-8",
          {{"Content-Security-Policy", policy},
           {"Content-Language", std::string(words.language)},
           {"Vary", "Accept-Language"}}};
}

}  // namespace caravan::http
