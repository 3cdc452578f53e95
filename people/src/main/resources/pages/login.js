// Signs in with a token, or with a name if the server asks for no more, and goes back.

import { openSession, signIn } from "./api.js";

const PAGES = ["/annotate", "/dashboard"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]*$/;
const at = (id) => document.getElementById(id);
// What the server asks for; both fields are there until it is known.
let asksForToken = null;

function next(session) {
  const wanted = new URLSearchParams(location.search).get("next");
  return PAGES.includes(wanted) && session.role === "admin" ? wanted : "/"; // which knows the role's own
}

try {
  const waiting = Object.keys(localStorage).filter((key) => key.startsWith("rlhf-outbox/")).length;
  if (waiting > 0) {
    at("kept").hidden = false;
    at("kept").firstElementChild.textContent = waiting === 1
      ? "1 judgement is kept in this browser and sent after you have signed in."
      : `${waiting} judgements are kept in this browser and sent after you have signed in.`;
  }
} catch {
  // Without storage nothing is kept.
}

function fields() {
  return asksForToken === null ? ["token", "name"] : [asksForToken ? "token" : "name"];
}

function show(asks) {
  asksForToken = asks;
  at("by-token").hidden = asks === false;
  at("by-name").hidden = asks === true;
  at(fields()[0]).focus();
}

/** Says what is wrong beside the field that mends it. */
function refuse(text, field = fields()[0]) {
  at("problem").textContent = text;
  at(field).setAttribute("aria-invalid", "true");
  at(field).focus();
}

/** What can be told without asking the server; null if nothing is wrong. */
function fault() {
  const name = at("name").value.trim();
  if (asksForToken && !at("token").value.trim()) {
    return ["Enter your token. Whoever runs this server makes one with: rlhf people token", "token"];
  }
  if (fields().includes("name") && name && !NAME.test(name)) {
    return ["A name begins with a letter or digit, and has letters, digits and . _ @ - alone.", "name"];
  }
  return null;
}

function explained(problem) {
  if (problem.status === 401) {
    return "This token is not known, or was revoked. Copy it again, or ask whoever runs this server for a new one"
      + ` (rlhf people token). The server says: ${problem.detail ?? problem.title ?? problem.status}`;
  }
  return problem.status === 0 ? `${problem.message} Is it running? Try again.` : problem.message;
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("problem").textContent = "";
  for (const field of ["token", "name"]) {
    at(field).removeAttribute("aria-invalid");
  }
  const wrong = fault();
  if (wrong) {
    refuse(...wrong);
    return;
  }
  at("sign-in").disabled = true;
  try {
    const [token, name] = ["token", "name"]
      .map((field) => (fields().includes(field) ? at(field).value.trim() : ""));
    location.assign(next(await signIn(token, name)));
  } catch (problem) {
    at("sign-in").disabled = false;
    if (problem.status === 400 && asksForToken === null) {
      show(true);
    }
    refuse(explained(problem));
  }
});

at("token").focus();
try {
  show((await openSession()).asksForToken ?? null);
} catch (problem) {
  if (problem.status === 401) {
    show(true);
  }
}
