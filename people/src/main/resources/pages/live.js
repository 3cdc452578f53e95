// The stream of server-sent events. It comes back by itself with growing pauses, and says so each
// time, since what happened meanwhile has to be asked for.

import { backoff } from "./api.js";

const NAMES = [
  "step", "rollout", "comparison", "judgement", "preference", "statistics", "annotators",
  "dead-letter", "status",
];
// The server says something, if only a comment, every 15 s; a browser does not show comments, so a
// stream is only renewed when the page has been asleep.
const ASLEEP_MILLISECONDS = 60_000;

export class Live {
  /** handlers: {opened(), lost(), event(name, data)}; opened is called after every connect. */
  constructor(handlers) {
    this.handlers = handlers;
    this.failures = 0;
    this.source = null;
    this.lastTick = Date.now();
    addEventListener("online", () => this.renew());
    setInterval(() => {
      if (Date.now() - this.lastTick > ASLEEP_MILLISECONDS) {
        this.renew();
      }
      this.lastTick = Date.now();
    }, 5000);
  }

  connect() {
    clearTimeout(this.timer);
    this.source?.close();
    const source = new EventSource("/api/v1/events");
    this.source = source;
    source.addEventListener("open", () => {
      this.failures = 0;
      this.handlers.opened();
    });
    source.addEventListener("error", () => {
      source.close();
      if (this.source !== source) {
        return;
      }
      this.failures++;
      this.handlers.lost();
      this.timer = setTimeout(() => this.connect(), backoff(this.failures));
    });
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        let data;
        try {
          data = JSON.parse(event.data);
        } catch {
          return;
        }
        this.handlers.event(name, data);
      });
    }
  }

  renew() {
    if (this.source) {
      this.connect();
    }
  }
}
