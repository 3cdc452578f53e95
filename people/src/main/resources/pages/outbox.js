// What a person has said and the server has not confirmed yet. It lives in this browser's storage, so
// it survives a lost connection, a closed page and a new login; it is sent in order, and the
// identifier made here lets the server count each judgement once however often it is sent.

import { Problem, backoff, openSession, request } from "./api.js";

const PREFIX = "rlhf-outbox/";

/**
 * Events: "change" after every change of waiting or state; "sent" and "refused" with
 * detail {entry, problem}; "login" when the server wants to know who this is.
 */
export class Outbox extends EventTarget {
  constructor(person) {
    super();
    this.person = person;
    this.prefix = `${PREFIX}${encodeURIComponent(person)}/`;
    this.memory = new Map();
    this.sequence = 0;
    this.state = "idle";
    this.problem = null;
    this.attempts = 0;
    this.inFlight = null;
    this.wake = () => {};
    this.running = false;
    addEventListener("storage", () => this.changed());
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        this.hurry();
      }
    });
  }

  /** Keys of all entries, oldest first, also those of other tabs of this person. */
  keys() {
    const keys = new Set(this.memory.keys());
    try {
      for (let index = 0; index < localStorage.length; index++) {
        const key = localStorage.key(index);
        if (key.startsWith(this.prefix)) {
          keys.add(key);
        }
      }
    } catch {
      // Without storage the memory is all there is.
    }
    return [...keys].sort();
  }

  read(key) {
    if (this.memory.has(key)) {
      return this.memory.get(key);
    }
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  /** Entries that wait, oldest first. */
  entries() {
    return this.keys().map((key) => this.read(key)).filter((entry) => entry !== null);
  }

  /** How many entries of others wait in this browser. */
  ofOthers() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX) && !key.startsWith(this.prefix)).length;
    } catch {
      return 0;
    }
  }

  /** Adds {kind: "judgement", judgement} or {kind: "withdrawal", judgementId}; false: memory only. */
  add(entry) {
    const time = String(Date.now()).padStart(15, "0");
    const key = `${this.prefix}${time}-${String(this.sequence++).padStart(6, "0")}-`
      + (entry.judgementId ?? entry.judgement.judgementId);
    let stored = true;
    try {
      localStorage.setItem(key, JSON.stringify(entry));
    } catch {
      this.memory.set(key, entry);
      stored = false;
    }
    this.changed();
    // A server that asked for patience gets it.
    if (!this.problem?.retryAfterSeconds) {
      this.hurry();
    }
    return stored;
  }

  /** Takes a judgement back that was never sent; false when it may have been. */
  cancel(judgementId) {
    const key = this.keys().find((candidate) => {
      const entry = this.read(candidate);
      return entry?.kind === "judgement" && entry.judgement.judgementId === judgementId;
    });
    if (key === undefined || this.read(key).tried) {
      return false;
    }
    this.remove(key);
    return true;
  }

  remove(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // It was in memory only.
    }
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  setState(state, problem = null) {
    this.state = state;
    this.problem = problem;
    this.changed();
  }

  /** Sends now what waits. */
  hurry() {
    this.wake();
    if (!this.running) {
      this.run();
    }
  }

  async run() {
    this.running = true;
    try {
      while (this.keys().length > 0) {
        const outcome = await this.alone(() => this.sendFirst());
        if (outcome === "login") {
          this.setState("login");
          this.dispatchEvent(new Event("login"));
          return;
        }
        if (outcome !== "next") {
          this.attempts++;
          this.setState("waiting", outcome);
          await this.pause(backoff(this.attempts, outcome.retryAfterSeconds));
        }
      }
      this.setState("idle");
    } finally {
      this.running = false;
    }
  }

  /** Two tabs of one browser do not send the same entry, where the browser has locks. */
  alone(action) {
    return navigator.locks ? navigator.locks.request("rlhf-outbox", action) : action();
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async sendFirst() {
    const key = this.keys()[0];
    const entry = key === undefined ? null : this.read(key);
    if (entry === null) {
      if (key !== undefined) {
        this.remove(key);
      }
      return "next";
    }
    this.markTried(key, entry);
    if (this.state === "idle") {
      this.setState("sending");
    }
    try {
      if (entry.kind === "withdrawal") {
        await request("DELETE", `/judgements/${encodeURIComponent(entry.judgementId)}`);
      } else {
        const saved = await request("POST", "/judgements", entry.judgement);
        if (saved?.judgementId !== entry.judgement.judgementId) {
          throw new Problem(0, "No connection", "What answered is not the server of this page.");
        }
      }
      this.finish(key, "sent", entry);
      return "next";
    } catch (problem) {
      if (problem.status === 401) {
        return "login";
      }
      if (problem.status === 403) {
        // A session that began anew has another CSRF token; one of somebody else sends nothing of this person's.
        return openSession().then(
          (session) => (session.name === this.person ? problem : "login"),
          (other) => (other.status === 401 ? "login" : problem));
      }
      if (problem.passing) {
        return problem;
      }
      if (entry.kind === "withdrawal" && problem.status === 404) {
        this.finish(key, "sent", entry);
      } else {
        this.finish(key, "refused", entry, problem);
      }
      return "next";
    }
  }

  markTried(key, entry) {
    if (!entry.tried) {
      entry.tried = true;
      try {
        localStorage.setItem(key, JSON.stringify(entry));
        this.memory.delete(key);
      } catch {
        this.memory.set(key, entry);
      }
    }
  }

  finish(key, type, entry, problem = null) {
    this.attempts = 0;
    this.remove(key);
    this.setState(this.keys().length > 0 ? "sending" : "idle");
    this.dispatchEvent(new CustomEvent(type, { detail: { entry, problem } }));
  }
}
