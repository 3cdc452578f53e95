// Who judged how much, and what was refused.

import { clock, number, share } from "./format.js";
import { appendText, summary } from "./text.js";

const MOST_DEAD_LETTERS = 100;

function cell(kind, style, text) {
  const element = document.createElement(kind);
  element.className = style;
  appendText(element, String(text ?? "\u2013"));
  return element;
}

export class Annotators {
  /** onDelete(annotator) is offered in each row unless it is null. */
  constructor(body, none, agreement, onDelete) {
    this.body = body;
    this.none = none;
    this.agreement = agreement;
    this.onDelete = onDelete;
    this.figures = new Map();
    this.all = null;
  }

  /** Replaces all. */
  set({ all, annotators }) {
    this.all = all;
    this.figures = new Map((annotators ?? []).map((figures) => [figures.annotator, figures]));
    this.draw();
  }

  /** Takes the newest figures of one annotator, or of all where the name is empty. */
  update(figures) {
    if (figures.annotator) {
      this.figures.set(figures.annotator, figures);
    } else {
      this.all = figures;
    }
    this.draw();
  }

  draw() {
    const { all } = this;
    const rows = [...this.figures.values()].sort((one, other) => other.judgements - one.judgements);
    this.none.hidden = rows.length > 0;
    this.body.replaceChildren(...rows.map((row) => this.row(row)));
    this.agreement.textContent = typeof all?.agreement === "number"
      ? `${number(all.judgements)} in all \u00B7 Krippendorff's alpha ${all.agreement.toFixed(2)}`
      : `${number(all?.judgements ?? 0)} in all \u00B7 agreement not known yet`;
  }

  row(figures) {
    const row = document.createElement("tr");
    const who = cell("th", "model-line", figures.annotator);
    who.setAttribute("scope", "row");
    const weight = document.createElement("td");
    const meter = document.createElement("meter");
    meter.min = 0;
    meter.max = 1;
    meter.value = figures.weight ?? 1;
    meter.setAttribute("aria-label", "Weight");
    weight.append(meter, ` ${number(figures.weight)}`);
    row.append(
      who,
      cell("td", "number", number(figures.judgements)),
      cell("td", "number", share(figures.ties, figures.judgements)),
      cell("td", "number", share(figures.skips, figures.judgements)),
      cell("td", "number", figures.goldAnswered > 0 ? `${figures.goldRight} of ${figures.goldAnswered}` : "\u2013"),
      weight,
      cell("td", "number", typeof figures.agreement === "number" ? share(figures.agreement, 1) : "\u2013"));
    const last = document.createElement("td");
    last.className = "admin";
    if (this.onDelete) {
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "plain";
      remove.textContent = "Remove";
      remove.setAttribute("aria-label", `Remove all judgements of ${figures.annotator}`);
      remove.addEventListener("click", () => this.onDelete(figures.annotator));
      last.append(remove);
    }
    row.append(last);
    return row;
  }
}

export class DeadLetters {
  constructor(body, none, counts) {
    this.body = body;
    this.none = none;
    this.countsElement = counts;
    this.counts = {};
  }

  /** Replaces all, newest first. */
  set({ deadLetters, counts }) {
    this.counts = { ...counts };
    this.body.replaceChildren(...(deadLetters ?? []).slice(0, MOST_DEAD_LETTERS).map((one) => this.row(one)));
    this.draw();
  }

  add(deadLetter) {
    this.counts[deadLetter.kind] = (this.counts[deadLetter.kind] ?? 0) + 1;
    this.body.prepend(this.row(deadLetter));
    while (this.body.rows.length > MOST_DEAD_LETTERS) {
      this.body.lastElementChild.remove();
    }
    this.draw();
  }

  draw() {
    this.none.hidden = this.body.rows.length > 0;
    this.countsElement.replaceChildren(...Object.entries(this.counts).map(([kind, count]) => {
      const chip = document.createElement("span");
      chip.className = "chip bad";
      chip.textContent = `${kind} ${number(count)}`;
      return chip;
    }));
  }

  row(letter) {
    const row = document.createElement("tr");
    const cut = (letter.cut ?? []).length > 0 ? ` (${letter.cut.join(", ")} cut)` : "";
    row.append(
      cell("td", "when", clock(letter.refusedAt)),
      cell("td", "", letter.stage),
      cell("td", "", letter.kind),
      cell("td", "model-line", summary(letter.reason, 400)),
      cell("td", "where", `${letter.topic} ${letter.partition}:${letter.offset}${cut}`));
    return row;
  }
}
