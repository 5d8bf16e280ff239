#include "http/documents/mail_pages.hpp"

#include <string_view>

#include "http/documents/content_policy.hpp"

namespace caravan::http {

namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  color: #1b1f24; background: #f6f8fa; }
main { box-sizing: border-box; width: min(26rem, 100vw - 2rem); margin: 1rem; padding: 2rem; background: #fff;
  border: 1px solid #d0d7de; border-radius: 12px; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
p { margin: 0 0 1rem; }
form { display: grid; gap: 1rem; }
[hidden] { display: none !important; }
label { display: grid; gap: .25rem; font-weight: 600; }
input, button { font: inherit; padding: .6rem .8rem; border-radius: 8px; }
input { border: 1px solid #6e7781; color: inherit; background: inherit; }
button { border: 0; color: #fff; background: #0b5fb3; font-weight: 600; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid #4493f8; outline-offset: 2px; }
[role=status] { margin: 1rem 0 0; }
[role=status]:empty { display: none; }
.done { color: #116329; }
.failed { color: #a40e26; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; }
  main { background: #161b22; border-color: #3d444d; }
  .done { color: #56d364; }
  .failed { color: #ff8b84; }
}
)";

/// Posts the form's fields and the link's token to the form's address, and says what came of it.
constexpr std::string_view script = R"(
const form = document.querySelector('form'), said = document.querySelector('[role=status]');
const say = (kind, text) => { said.className = kind; said.textContent = text; };
const token = new URLSearchParams(location.search).get('token');
if (!token) {
  form.hidden = true;
  say('failed', 'This link is not whole: open it from the mail again.');
}
form.addEventListener('submit', async event => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  if ('repeated' in fields && fields.repeated !== fields.newPassword)
    return say('failed', 'The two passwords differ.');
  delete fields.repeated;
  if (!fields.password) delete fields.password;
  const button = form.querySelector('button');
  button.disabled = true;
  say('', 'One moment …');
  try {
    const answer = await fetch(form.action, {method: 'POST', headers: {'Content-Type': 'application/json'},
                                             body: JSON.stringify({token, ...fields})});
    if (answer.ok) {
      form.hidden = true;
      return say('done', form.dataset.done);
    }
    const problem = await answer.json();
    const more = form.querySelector('label[hidden]');
    if (problem.code === 'password_required' && more) more.hidden = false;
    say('failed', problem.code === 'token_invalid' ? 'This link was used already or is too old. Ask for a new one.'
                  : problem.errors ? problem.errors.map(error => error.detail).join('; ') : problem.detail);
  } catch {
    say('failed', 'The server cannot be reached. Try again.');
  }
  button.disabled = false;
});
)";

Response page(std::string_view title, std::string_view form) {
  std::string body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
  ((body += title) +=
   " · Caravan</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n") += "<style>";
  ((((body += style) += "</style></head>\n<body><main><h1>") += title) += "</h1>\n") += form;
  body += "<p role=\"status\"></p><noscript><p class=\"failed\">This page needs JavaScript.</p></noscript></main>\n";
  ((body += "<script>") += script) += "</script></body></html>\n";
  const std::string policy = "default-src 'none'; script-src " + source_of(script) + "; style-src " + source_of(style) +
                             "; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  return {200, std::move(body), "text/html; charset=utf-8", {{"Content-Security-Policy", policy}}};
}

}  // namespace

Response verify_email_page() {
  return page("Confirm your e-mail address",
              "<p>One click, and your account is ready to use.</p>\n"
              "<form action=\"/api/v1/auth/verify-email\" data-done=\"Thank you: your address is confirmed. You can "
              "sign in now.\">\n"
              "<label hidden>Your new password <input type=\"password\" name=\"password\" "
              "autocomplete=\"new-password\" minlength=\"8\" maxlength=\"256\"></label>\n"
              "<button>Confirm my address</button></form>\n");
}

Response confirm_email_page() {
  return page("Confirm your new e-mail address",
              "<p>One click, and it is the address of your account.</p>\n"
              "<form action=\"/api/v1/auth/email/verify\" data-done=\"Thank you: your account has this address "
              "now.\"><button>Confirm my address</button></form>\n");
}

Response not_me_page() {
  return page("That was not me",
              "<p>Somebody gave your address. One click, and no account has it.</p>\n"
              "<form action=\"/api/v1/auth/verify-email/reject\" data-done=\"Thank you: your address is free "
              "again.\"><button>It was not me</button></form>\n");
}

Response undo_page() {
  return page(
      "That was not me",
      "<p>One click takes back what was changed, or the deletion of the account, signs everybody out, and ends your "
      "password: we mail you a link for a new one.</p>\n"
      "<form action=\"/api/v1/auth/undo\" data-done=\"Thank you: it is taken back. Choose a new password now, "
      "with the link that we mailed you.\"><button>Take it back</button></form>\n");
}

Response keep_two_factor_page() {
  return page("Keep your second factor",
              "<p>It is to go off. One click, and it stays on.</p>\n"
              "<form action=\"/api/v1/auth/2fa/removal/stop\" data-done=\"Thank you: signing in goes on needing a "
              "code.\"><button>Keep it</button></form>\n");
}

Response unsubscribe_page() {
  return page("No more such mails",
              "<p>One click, and we mail you only what your account's safety rests on. Your preferences have the "
              "switch to have them again.</p>\n"
              "<form action=\"/api/v1/notifications/unsubscribe\" data-done=\"Thank you: no more such mails come.\">"
              "<button>No more mails</button></form>\n");
}

Response open_page() {
  std::string body =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Open it in Caravan · Caravan</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>";
  (body += style) +=
      "</style></head>\n<body><main><h1>Open it in Caravan</h1>\n"
      "<p>This link leads into your account: open Caravan on this device and sign in to see what the message spoke of. "
      "Nobody else sees it with this link.</p></main></body></html>\n";
  const std::string policy = "default-src 'none'; style-src " + source_of(style) +
                             "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  return {200, std::move(body), "text/html; charset=utf-8", {{"Content-Security-Policy", policy}}};
}

Response reset_password_page() {
  return page("Choose a new password",
              "<p>It replaces the old one, and signs you out everywhere.</p>\n"
              "<form action=\"/api/v1/auth/password/reset\" data-done=\"Your password is changed. You can sign in with "
              "it now.\">\n"
              "<label>New password <input type=\"password\" name=\"newPassword\" autocomplete=\"new-password\" "
              "minlength=\"8\" maxlength=\"256\" required></label>\n"
              "<label>The same again <input type=\"password\" name=\"repeated\" autocomplete=\"new-password\" "
              "minlength=\"8\" maxlength=\"256\" required></label>\n"
              "<button>Change my password</button></form>\n");
}

}  // namespace caravan::http
