// The page on which people judge. A press stores the judgement, shows the next question, which is
// here already, and only then talks to the server.

import {
  backoff, goToLogin, openSession, Problem, randomIdentifier, request, signOut,
} from "./api.js";
import { Conversation } from "./conversation.js";
import { difference } from "./difference.js";
import { Outbox } from "./outbox.js";
import { FoldedText, summary } from "./text.js";

const QUESTIONS_AHEAD = 2;
const UNDOS = 50;
const LONGEST_MILLISECONDS = 86_400_000;
// The server takes no longer list of questions to leave out.
const LONGEST_EXCLUSION = 2500;
// A press that comes this soon after a question appeared was not about it.
const SETTLE_MILLISECONDS = 150;
const SAID = { left: "answer 1", right: "answer 2", tie: "tie", skip: "skipped" };

const at = (id) => document.getElementById(id);
const work = at("work");

const settings = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`rlhf-annotate/${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`rlhf-annotate/${name}`, JSON.stringify(value));
    } catch {
      // It holds for this page only.
    }
  },
};

let outbox = null;
let current = null;
let ahead = [];
const history = [];
let judged = [];
let fetching = false;
let fetchTimer = 0;
let failures = 0;
let emptyAnswers = 0;
let shownAt = 0;
let hiddenMilliseconds = 0;
let hiddenSince = 0;
let differencesOn = settings.read("differences", false);
let keysOn = settings.read("keys", true);
let goal = settings.read("goal", 100);
let today = 0;
let perHour = null;
const spent = [];

const redraw = () => drawDifferences();
const prompt = new FoldedText(at("prompt"), at("prompt-more"), { characters: 1500, lines: 16, keepEnd: true });
const conversation = new Conversation(at("conversation"), at("conversation-more"));
const left = new FoldedText(at("left"), at("left-more"), { onChange: redraw });
const right = new FoldedText(at("right"), at("right-more"), { onChange: redraw });

function announce(text) {
  at("announcement").textContent = text;
}

// Questions

function known() {
  const waiting = outbox.entries()
    .filter((entry) => entry.kind === "judgement")
    .map((entry) => entry.judgement.comparisonId);
  const here = [current, ...ahead].filter(Boolean).map((question) => question.comparisonId);
  return [...new Set([...here, ...judged, ...waiting])];
}

/** The known questions as a list for the server, the most important first, as far as there is room. */
function exclusion() {
  let list = "";
  for (const comparisonId of known()) {
    // Encoded once for the list, whose commas are none of an id's, and once for the address.
    const encoded = encodeURIComponent(comparisonId);
    if (list.length + encoded.length >= LONGEST_EXCLUSION) {
      break;
    }
    list += (list ? "," : "") + encoded;
  }
  return list ? `?exclude=${list.replaceAll("%", "%25")}` : "";
}

/** Fetches until enough questions are here, none are open or the server is gone. */
async function fill() {
  if (fetching || outbox.state === "login") {
    return;
  }
  fetching = true;
  clearTimeout(fetchTimer);
  try {
    while ((current ? ahead.length : -1) < QUESTIONS_AHEAD) {
      const question = await request("GET", `/comparisons/next${exclusion()}`);
      failures = 0;
      if (outbox.problem?.status === 0) {
        outbox.hurry();
      }
      if (question === null) {
        emptyAnswers++;
        later(Math.min(15_000, 1000 * 2 ** Math.min(emptyAnswers, 4)));
        break;
      }
      emptyAnswers = 0;
      if (known().includes(question.comparisonId)) {
        // Its undo crossed the request: what is here is the same.
        later(1000);
        break;
      }
      question.expiresAt = expiry(question);
      ahead.push(question);
      if (!current) {
        showNext();
      }
    }
  } catch (problem) {
    if (problem.status === 401) {
      goToLogin();
      return;
    }
    failures++;
    later(backoff(failures, problem.retryAfterSeconds), problem);
  } finally {
    fetching = false;
  }
  drawState();
}

function later(milliseconds, problem = null) {
  fetchTimer = setTimeout(fill, milliseconds);
  if (!current) {
    showWaiting(problem);
  }
}

/** When the lease ends by this machine's clock, which may be wrong: then two minutes are assumed. */
function expiry(question) {
  const lease = Date.parse(question.leasedUntil) - Date.now();
  return Date.now() + (lease > 10_000 && lease < 3_600_000 ? lease : 120_000);
}

function showNext() {
  const connected = failures === 0;
  // Another person may have a question by now whose lease has ended; without a connection it is
  // still better than none.
  ahead = ahead.filter((question) => !connected || question.expiresAt > Date.now());
  current = ahead.shift() ?? null;
  if (current) {
    show(current);
  } else {
    showWaiting(null);
  }
  fill();
}

/** What a question asks: of a conversation, what its user says last. */
function asked(question) {
  const said = (question.messages ?? []).filter((message) => message.role === "user").at(-1);
  return said?.content ?? question.prompt;
}

function show(question, comment = "") {
  const turns = Array.isArray(question.messages) ? question.messages : [];
  for (const id of ["prompt", "prompt-more"]) {
    at(id).hidden = turns.length > 0;
  }
  at("conversation").hidden = turns.length === 0;
  at("conversation-more").hidden = true;
  if (turns.length > 0) {
    conversation.set(turns);
  } else {
    prompt.set(question.prompt);
  }
  left.set(question.left);
  right.set(question.right);
  drawDifferences();
  at("comment").value = comment;
  showComment(false);
  drawComment();
  at("question").hidden = false;
  at("waiting").hidden = true;
  work.dataset.state = "settling";
  work.dataset.comparison = question.comparisonId;
  shownAt = performance.now();
  hiddenMilliseconds = 0;
  hiddenSince = document.hidden ? shownAt : 0;
  setTimeout(() => {
    if (current === question) {
      work.dataset.state = "question";
    }
  }, SETTLE_MILLISECONDS);
  scrollTo({ top: 0 });
}

function showWaiting(problem) {
  current = null;
  delete work.dataset.comparison;
  at("question").hidden = true;
  at("waiting").hidden = false;
  let state = "loading";
  let title = "Fetching a question";
  let text = "";
  if (problem?.status === 403) {
    state = "forbidden";
    title = "This account does not judge";
    text = problem.message;
  } else if (problem) {
    state = "disconnected";
    title = problem.status === 0 ? "No connection to the server" : "The server has a problem";
    text = `${problem.message} This page tries again by itself; nothing is lost.`;
  } else if (emptyAnswers > 0) {
    state = "none-open";
    title = "All caught up";
    text = "No question is open right now. New ones appear here by themselves as the model writes.";
  }
  work.dataset.state = state;
  if (at("waiting-title").textContent !== title) {
    at("waiting-title").textContent = title;
  }
  at("waiting-text").textContent = text;
}

// Judging

function judge(choice) {
  if (!current || work.dataset.state !== "question") {
    return;
  }
  const question = current;
  const comment = at("comment").value.trim();
  const milliseconds = Math.min(
    LONGEST_MILLISECONDS, Math.max(0, Math.round(performance.now() - shownAt - hiddenMilliseconds)));
  const judgement = {
    judgementId: randomIdentifier(),
    comparisonId: question.comparisonId,
    choice,
    swapped: question.swapped === true,
    millisecondsSpent: milliseconds,
    judgedAt: new Date().toISOString(),
  };
  if (comment) {
    judgement.comment = comment;
  }
  const about = summary(asked(question), 60);
  if (!outbox.add({ kind: "judgement", judgement, about })) {
    notice("storage", "bad", "This browser keeps nothing for this page: do not close it before all is saved.");
  }
  history.push({ question, judgementId: judgement.judgementId, choice, comment, status: "waiting" });
  history.splice(0, history.length - UNDOS);
  judged = [question.comparisonId, ...judged].slice(0, 10);
  spent.push(milliseconds);
  spent.splice(0, spent.length - 20);
  today += answers(choice);
  press(choice);
  drawPace();
  current = null;
  showNext();
  announce(current
    ? `Noted: ${SAID[choice]}. Next prompt: ${summary(asked(current))}`
    : `Noted: ${SAID[choice]}. Waiting for the next question.`);
}

/** How many answers a choice is: a skip is none. */
function answers(choice) {
  return choice === "skip" ? 0 : 1;
}

function press(choice) {
  const button = at(choice === "skip" ? "skip" : `choose-${choice}`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), SETTLE_MILLISECONDS);
}

async function undo() {
  if (!outbox) {
    return;
  }
  const last = history.pop();
  if (!last) {
    await undoFromBefore();
    return;
  }
  if (!outbox.cancel(last.judgementId)) {
    outbox.add({ kind: "withdrawal", judgementId: last.judgementId });
  }
  judged = judged.filter((comparisonId) => comparisonId !== last.question.comparisonId);
  spent.pop();
  today = Math.max(0, today - answers(last.choice));
  if (current) {
    ahead.unshift(current);
  }
  ahead = ahead.filter((question) => question.comparisonId !== last.question.comparisonId);
  current = last.question;
  show(current, last.comment);
  drawPace();
  drawState();
  announce(`Taken back: ${SAID[last.choice]}. Judge it again. Prompt: ${summary(asked(current))}`);
}

/** Takes back the newest judgement of an earlier visit, whose question is not here. */
async function undoFromBefore() {
  try {
    const waiting = outbox.entries();
    const withdrawn = new Set(
      waiting.filter((entry) => entry.kind === "withdrawal").map((entry) => entry.judgementId));
    // What waits to be sent is newer than all that the server knows.
    let newest = waiting
      .filter((entry) => entry.kind === "judgement")
      .map((entry) => entry.judgement)
      .filter((judgement) => !withdrawn.has(judgement.judgementId))
      .at(-1);
    if (!newest) {
      const mine = await request("GET", "/judgements/mine?limit=20");
      newest = mine?.judgements?.find((judgement) => !withdrawn.has(judgement.judgementId));
    }
    if (!newest) {
      announce("There is nothing to take back.");
      return;
    }
    if (!outbox.cancel(newest.judgementId)) {
      outbox.add({ kind: "withdrawal", judgementId: newest.judgementId });
    }
    today = Math.max(0, today - answers(newest.choice));
    drawPace();
    notice("before", "good", `Your last judgement from before (${SAID[newest.choice] ?? newest.choice}) is taken back.`);
  } catch (problem) {
    notice("before", "warn", `Nothing was taken back. ${problem.message}`);
  }
}

// What the server says afterwards

const REFUSALS = {
  404: "was not known to the server any more",
  409: "had a judgement of yours already, which holds",
  410: "was closed before your judgement arrived",
};
const refusals = new Map();

function refused({ entry, problem }) {
  const index = history.findIndex((item) => item.judgementId === entry.judgement?.judgementId);
  if (index >= 0) {
    const [lost] = history.splice(index, 1);
    today = Math.max(0, today - answers(lost.choice));
  }
  const of = entry.kind === "withdrawal" ? "withdrawal" : String(problem.status);
  const seen = (refusals.get(of) ?? 0) + 1;
  refusals.set(of, seen);
  const why = REFUSALS[problem.status] ?? `was refused: ${problem.message}`;
  let text;
  if (entry.kind === "withdrawal") {
    text = `A judgement could not be taken back: ${problem.message}`;
  } else if (seen > 1) {
    text = `${seen} questions, the last \u201C${entry.about}\u201D: each ${why}. They do not count; nothing to do.`;
  } else {
    text = `The question \u201C${entry.about}\u201D ${why}. It does not count; nothing to do.`;
  }
  notice(`refused-${of}`, problem.status === 409 || problem.status === 410 ? "warn" : "bad", text,
    () => refusals.delete(of));
  drawPace();
}

function sent({ entry }) {
  const item = history.find((candidate) => candidate.judgementId === entry.judgement?.judgementId);
  if (item) {
    item.status = "saved";
  }
  if (failures > 0 || !current) {
    fill();
  }
  if (outbox.entries().length === 0 && (today % 10 === 0 || perHour === null)) {
    refreshPace();
  }
}

function notice(id, kind, text, onClose = () => {}) {
  let element = at(`notice-${id}`);
  if (!element) {
    element = document.createElement("div");
    element.id = `notice-${id}`;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => {
      element.remove();
      onClose();
    });
    element.append(document.createElement("p"), close);
    at("notices").append(element);
  }
  element.className = `notice ${kind}`;
  element.firstChild.textContent = text;
}

// Drawing

function drawDifferences() {
  if (differencesOn) {
    const both = difference(left.shown, right.shown);
    left.draw(both.left);
    right.draw(both.right);
  } else {
    left.draw([{ text: left.shown, only: false }]);
    right.draw([{ text: right.shown, only: false }]);
  }
  at("differences").setAttribute("aria-pressed", String(differencesOn));
}

function drawPace() {
  at("today").textContent = today.toLocaleString("en");
  at("goal").max = goal;
  at("goal").value = Math.min(today, goal);
  at("goal").classList.toggle("reached", today >= goal);
  at("goal-text").textContent = today >= goal ? `goal of ${goal} reached` : `goal ${goal}`;
  at("rate").textContent = perHour === null ? "\u2013" : Math.round(perHour).toLocaleString("en");
  if (spent.length > 0) {
    const sorted = [...spent].sort((one, other) => one - other);
    at("seconds-figure").hidden = false;
    at("seconds").textContent = (sorted[Math.floor(sorted.length / 2)] / 1000).toFixed(1);
  }
}

async function refreshPace() {
  try {
    const mine = await request("GET", "/judgements/mine?limit=1");
    perHour = Number.isFinite(mine.perHour) ? mine.perHour : null;
    // Those that wait here are not among the server's.
    const waiting = outbox.entries().filter((entry) => entry.kind === "judgement").length;
    if (Number.isFinite(mine.today)) {
      today = mine.today + waiting;
    }
    drawPace();
  } catch {
    // The figures of this visit remain.
  }
}

let wasConnected = true;

function drawState() {
  const waiting = outbox.entries().length;
  const count = waiting === 1 ? "1 judgement" : `${waiting} judgements`;
  const problem = outbox.problem;
  const chip = at("connection");
  let text = "All saved";
  let kind = "good";
  let state = "saved";
  if (outbox.state === "login") {
    [state, kind, text] = ["login", "warn", `Sign in again: ${count} kept here`];
  } else if (outbox.state === "waiting" || (failures > 0 && waiting > 0)) {
    state = "waiting";
    kind = "warn";
    text = problem && problem.status !== 0
      ? `Server not ready: ${count} kept here`
      : `No connection: ${count} kept here`;
  } else if (failures > 0) {
    [state, kind, text] = ["disconnected", "warn", "No connection"];
  } else if (waiting > 0) {
    [state, kind, text] = ["sending", "", "Saving"];
  }
  chip.dataset.state = state;
  chip.dataset.waiting = String(waiting);
  chip.className = `chip ${kind}`;
  if (chip.textContent !== text) {
    chip.textContent = text;
  }
  chip.title = problem && state === "waiting" ? problem.message : "";
  const connected = state !== "waiting" && state !== "disconnected";
  if (connected !== wasConnected) {
    wasConnected = connected;
    announce(connected
      ? "The connection is back."
      : "The connection is lost. Go on judging: everything is kept here and sent when it is back.");
  }
  const last = history.at(-1);
  at("last").textContent = last
    ? `Last: ${SAID[last.choice]}${last.status === "saved" ? " \u2713" : " \u2026"}`
    : "";
}

function showComment(open) {
  at("comment-panel").hidden = !open;
  at("add-comment").setAttribute("aria-expanded", String(open));
  if (open) {
    at("comment").focus();
    at("comment-panel").scrollIntoView({ block: "nearest" });
  } else if (document.activeElement === at("comment")) {
    work.focus();
  }
}

function drawComment() {
  at("add-comment").classList.toggle("has-comment", at("comment").value.trim() !== "");
}

// Hands

const actions = {
  1: () => judge("left"),
  2: () => judge("right"),
  0: () => judge("tie"),
  s: () => judge("skip"),
  u: undo,
  d: () => {
    differencesOn = !differencesOn;
    settings.write("differences", differencesOn);
    drawDifferences();
    announce(differencesOn ? "Words that differ are marked." : "No marks.");
  },
  c: () => {
    if (current) {
      showComment(at("comment-panel").hidden);
    }
  },
  "?": () => at("help-dialog").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.target === at("comment") && event.key === "Escape") {
    event.preventDefault();
    showComment(false);
    work.focus();
    return;
  }
  const action = Object.hasOwn(actions, event.key.toLowerCase()) ? actions[event.key.toLowerCase()] : null;
  if (!action || !keysOn || event.repeat || event.ctrlKey || event.metaKey || event.altKey
    || event.isComposing || at("help-dialog").open || event.target.matches?.("input, textarea, select")) {
    return;
  }
  event.preventDefault();
  action();
});

for (const [id, key] of Object.entries({
  "choose-left": "1", "choose-right": "2", "choose-tie": "0", skip: "s", undo: "u",
  differences: "d", "add-comment": "c", help: "?",
})) {
  at(id).addEventListener("click", () => actions[key]());
}

at("comment").addEventListener("input", drawComment);
at("keys-on").checked = keysOn;
at("keys-on").addEventListener("change", () => {
  keysOn = at("keys-on").checked;
  settings.write("keys", keysOn);
});
at("goal-field").value = goal;
at("goal-field").addEventListener("change", () => {
  const value = Math.round(Number(at("goal-field").value));
  if (value >= 1 && value <= 10_000) {
    goal = value;
    settings.write("goal", goal);
    drawPace();
  }
});
at("sign-out").addEventListener("click", async () => {
  try {
    await signOut();
    goToLogin();
  } catch (problem) {
    notice("sign-out", "warn", `Still signed in. ${problem.message}`);
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    hiddenSince = performance.now();
  } else if (hiddenSince > 0) {
    hiddenMilliseconds += performance.now() - hiddenSince;
    hiddenSince = 0;
  }
});
async function start() {
  drawPace();
  for (let attempt = 1; ; attempt++) {
    try {
      const session = await openSession();
      at("person").textContent = session.name;
      at("sign-out").hidden = false;
      at("to-dashboard").hidden = session.role === "annotator";
      return session;
    } catch (problem) {
      if (problem.status === 401) {
        goToLogin();
        return null;
      }
      showWaiting(problem instanceof Problem ? problem : new Problem(0));
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
    }
  }
}

const session = await start();
if (session) {
  outbox = new Outbox(session.name);
  outbox.addEventListener("change", drawState);
  outbox.addEventListener("sent", (event) => sent(event.detail));
  outbox.addEventListener("refused", (event) => refused(event.detail));
  outbox.addEventListener("login", goToLogin);
  const others = outbox.ofOthers();
  if (others > 0) {
    notice("others", "warn",
      `${others} unsent judgements of another person wait in this browser until that person signs in.`);
  }
  addEventListener("online", () => fill());
  outbox.hurry();
  fill();
  refreshPace();
}
