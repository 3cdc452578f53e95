// Signs in with a token, or with a name where the server asks for no more, and goes back.

import { signIn } from "./api.js";

const PAGES = ["/annotate", "/dashboard"];
const at = (id) => document.getElementById(id);

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

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("problem").textContent = "";
  at("sign-in").disabled = true;
  try {
    location.assign(next(await signIn(at("token").value.trim(), at("name").value.trim())));
  } catch (problem) {
    at("problem").textContent = problem.status === 401
      ? `This token is not known. ${problem.detail ?? ""}`
      : problem.message;
    at("sign-in").disabled = false;
    at("token").focus();
  }
});
at("token").focus();
