// The newest samples, and what the policy answered to one prompt before and after.

import { request } from "./api.js";
import { difference } from "./difference.js";
import { number, versionOrder } from "./format.js";
import { appendText, FoldedText, summary } from "./text.js";

const MOST_ROWS = 60;

const at = (id) => document.getElementById(id);

function line(style, text) {
  const element = document.createElement("bdi");
  element.className = `line model-line ${style}`;
  appendText(element, summary(text, 120));
  return element;
}

/** Of several scorers each score; a single one is the score, and where nothing rewards there is none. */
function scoreFacts(rollout) {
  const scores = Object.entries(rollout.scores ?? {});
  if (scores.length === 0 && rollout.score == null) {
    return [];
  }
  return scores.length < 2
    ? [`score ${number(rollout.score)}`]
    : scores.map(([name, score]) => `${name} ${number(score)}`);
}

export class Samples {
  /**
   * @param onProblem told what the server refuses
   * @param mayRate whether who looks may rate samples too
   */
  constructor(onProblem, mayRate = false) {
    this.onProblem = onProblem;
    this.rated = new Map();
    at("rating").hidden = !mayRate;
    at("rate-good").addEventListener("click", () => this.rate(1));
    at("rate-bad").addEventListener("click", () => this.rate(0));
    this.rollouts = [];
    this.waiting = [];
    this.chosen = null;
    this.versions = [];
    this.list = at("samples-list");
    const redraw = () => this.drawSides();
    this.prompt = new FoldedText(at("sample-prompt"), at("sample-prompt-more"), { characters: 600, lines: 10 });
    this.before = new FoldedText(at("before-text"), at("before-more"), { characters: 3000, lines: 60, onChange: redraw });
    this.after = new FoldedText(at("after-text"), at("after-more"), { characters: 3000, lines: 60, onChange: redraw });
    at("samples-new").addEventListener("click", () => this.release());
    at("samples-filter").addEventListener("input", () => this.draw());
    at("before").addEventListener("change", () => this.drawTexts());
    at("after").addEventListener("change", () => this.drawTexts());
    at("sample-differences").addEventListener("click", () => {
      const on = at("sample-differences").getAttribute("aria-pressed") !== "true";
      at("sample-differences").setAttribute("aria-pressed", String(on));
      this.drawSides();
    });
    this.list.addEventListener("pointerleave", () => this.release());
  }

  /** Replaces all, newest first. */
  set(rollouts) {
    this.rollouts = rollouts.slice(0, MOST_ROWS);
    this.waiting = [];
    this.draw();
  }

  /** Takes a new one; the list does not move under a hand. */
  add(rollout) {
    this.waiting = [rollout, ...this.waiting].slice(0, MOST_ROWS);
    if (this.list.matches(":hover") || this.list.contains(document.activeElement)) {
      at("samples-new").hidden = false;
      at("samples-new").textContent = `Show ${this.waiting.length} new`;
    } else if (!this.frame) {
      this.frame = setTimeout(() => {
        this.frame = 0;
        this.release();
      }, 250);
    }
  }

  release() {
    if (this.waiting.length > 0) {
      const known = new Set(this.waiting.map((rollout) => rollout.rolloutId));
      this.set([...this.waiting, ...this.rollouts.filter((rollout) => !known.has(rollout.rolloutId))]);
    }
    at("samples-new").hidden = true;
  }

  draw() {
    const filter = at("samples-filter").value.trim().toLowerCase();
    const shown = this.rollouts.filter((rollout) => !filter
      || [rollout.prompt, rollout.response, rollout.version, rollout.promptId]
        .some((text) => String(text ?? "").slice(0, 20_000).toLowerCase().includes(filter)));
    const focused = document.activeElement?.dataset?.rollout;
    this.list.replaceChildren(...shown.map((rollout) => this.row(rollout)));
    if (shown.length === 0) {
      const none = document.createElement("li");
      none.className = "none hint";
      none.textContent = filter ? "No sample holds this." : "No samples yet.";
      this.list.append(none);
    }
    if (focused) {
      [...this.list.querySelectorAll("button")].find((button) => button.dataset.rollout === focused)?.focus();
    }
  }

  row(rollout) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.rollout = rollout.rolloutId;
    button.setAttribute("aria-current", String(rollout.rolloutId === this.chosen));
    const facts = document.createElement("span");
    facts.className = "facts";
    for (const text of [
      ...scoreFacts(rollout), `KL ${number(rollout.kl)}`, `version ${rollout.version}`,
    ]) {
      const fact = document.createElement("span");
      fact.textContent = text;
      facts.append(fact);
    }
    button.append(line("", rollout.prompt), line("response", rollout.response), facts);
    button.addEventListener("click", () => this.choose(rollout));
    item.append(button);
    return item;
  }

  async choose(rollout) {
    this.chosen = rollout.rolloutId;
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-current", String(button.dataset.rollout === this.chosen));
    }
    this.prompt.set(rollout.prompt);
    this.show([rollout]);
    try {
      const answer = await request("GET", `/prompts/${encodeURIComponent(rollout.promptId)}/rollouts`);
      if (this.chosen === rollout.rolloutId) {
        this.show(Array.isArray(answer?.rollouts) && answer.rollouts.length > 0 ? answer.rollouts : [rollout]);
      }
    } catch (problem) {
      this.onProblem(problem);
    }
  }

  show(rollouts) {
    this.versions = [...rollouts].sort((one, other) =>
      versionOrder(one.version, other.version)
        || String(one.scoredAt ?? "").localeCompare(String(other.scoredAt ?? "")));
    const options = () => this.versions.map((rollout, index) => {
      const alike = this.versions.filter((other) => other.version === rollout.version);
      const which = alike.length > 1 ? `, sample ${alike.indexOf(rollout) + 1}` : "";
      return new Option(`version ${rollout.version}${which}`, String(index));
    });
    at("before").replaceChildren(...options());
    at("after").replaceChildren(...options());
    at("before").value = "0";
    at("after").value = String(this.versions.length - 1);
    at("sample-hint").hidden = true;
    at("sample-detail").hidden = false;
    this.drawTexts();
  }

  drawTexts() {
    for (const [side, text] of [["before", this.before], ["after", this.after]]) {
      const rollout = this.versions[Number(at(side).value)];
      text.set(rollout.response);
      at(`${side}-figures`).textContent = [
        ...scoreFacts(rollout), `KL ${number(rollout.kl)}`, String(rollout.finishReason ?? "").toLowerCase(),
      ].join(" \u00B7 ");
    }
    this.drawRating();
    this.drawSides();
  }

  /** Rates the sample on the right: a score of the scorer people. */
  async rate(value) {
    const rollout = this.versions[Number(at("after").value)];
    try {
      await request("POST", `/rollouts/${encodeURIComponent(rollout.rolloutId)}/rating`, { value });
      this.rated.set(rollout.rolloutId, value === 1 ? "Rated good." : "Rated bad.");
    } catch (problem) {
      if (problem.status !== 404 && problem.status !== 409) {
        this.onProblem(problem);
        return;
      }
      this.rated.set(rollout.rolloutId, problem.status === 409
        ? "It was rated otherwise before; the first rating counts." : "It is too old to be rated.");
    }
    this.drawRating();
  }

  drawRating() {
    const said = this.rated.get(this.versions[Number(at("after").value)]?.rolloutId);
    at("rating-said").textContent = said ?? "";
    at("rate-good").disabled = said !== undefined;
    at("rate-bad").disabled = said !== undefined;
  }

  drawSides() {
    if (at("sample-differences").getAttribute("aria-pressed") === "true") {
      const both = difference(this.before.shown, this.after.shown);
      this.before.draw(both.left);
      this.after.draw(both.right);
    } else {
      this.before.draw([{ text: this.before.shown, only: false }]);
      this.after.draw([{ text: this.after.shown, only: false }]);
    }
  }
}
