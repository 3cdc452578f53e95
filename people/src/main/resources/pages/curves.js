// Live curves of the run, by step. The series are kept in full; only what is on the screen is drawn,
// and at most a few times a second.

import { number, round } from "./format.js";

const axisNumber = (tick) => (Math.abs(tick) < 0.001 && tick !== 0 ? number(tick) : round(tick));

const DRAW_EVERY_MILLISECONDS = 250;
const MOST_POINTS = 20_000;
const SMOOTH = 0.9;
const SCORES = "objective/scores/";
const MOST_SCORES = 12; // more are offered in the list
const EVALUATION = "evaluation/reward";
const EVALUATED_STEP = "evaluation/step";

// A curve takes the first of its metrics that the run measures.
const CURVES = [
  { id: "reward", title: "Reward", metrics: [/^objective\/scores$/, /^objective\/rlhf_reward$/, /^rewards\/chosen$/] },
  { id: "kl", title: "KL to the reference", metrics: [/^objective\/kl$/] },
  { id: "entropy", title: "Entropy", metrics: [/^policy\/entropy_avg$/, /^objective\/entropy$/] },
  { id: "length", title: "Response length", metrics: [/^response\/length$/, /length/] },
  {
    id: "accuracy",
    title: "Accuracy on judgements",
    metrics: [/^people\/accuracy$/, /^(live|people|judgements)\/.*accurac/, /^validation\/.*accurac/, /^rewards\/accuracies$/],
    range: [0, 1],
  },
  { id: "loss", title: "Loss", metrics: [/^loss$/, /^loss\/policy_avg$/, /^loss\//] },
];

function colour(name) {
  // A canvas does not resolve light-dark(): a real element does.
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function smoothed(values) {
  let weight = 0;
  let mean = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) {
      return null;
    }
    mean = SMOOTH * mean + (1 - SMOOTH) * value;
    weight = SMOOTH * weight + (1 - SMOOTH);
    return mean / weight;
  });
}

function onlyMetric(name) {
  return { test: (candidate) => candidate === name };
}

class Curve {
  constructor(definition, learners, onRemove) {
    this.definition = definition;
    this.learners = learners;
    this.metric = null;
    this.figure = document.createElement("figure");
    this.figure.className = "curve card";
    this.figure.dataset.curve = definition.id;
    const caption = document.createElement("figcaption");
    const title = document.createElement("span");
    title.className = "title";
    title.textContent = definition.title;
    this.value = document.createElement("span");
    this.value.className = "value";
    this.value.textContent = "\u2013";
    caption.append(title, this.value);
    if (onRemove) {
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "plain";
      remove.textContent = "\u00D7";
      remove.setAttribute("aria-label", `Remove ${definition.title}`);
      remove.addEventListener("click", () => {
        this.chart?.destroy();
        this.figure.remove();
        onRemove();
      });
      caption.append(remove);
    }
    this.plot = document.createElement("div");
    this.plot.className = "plot";
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", `${definition.title}: not measured yet`);
    this.nothing = document.createElement("p");
    this.nothing.className = "nothing";
    this.nothing.textContent = "Not measured yet";
    this.plot.append(this.nothing);
    this.note = document.createElement("p");
    this.note.className = "metric";
    this.figure.append(caption, this.plot, this.note);
    this.stale = true;
    this.visible = false;
    new IntersectionObserver((entries) => {
      this.visible = entries.at(-1).isIntersecting;
      this.draw();
    }, { rootMargin: "200px" }).observe(this.figure);
    new ResizeObserver(() => this.resize()).observe(this.plot);
  }

  /** The first of the curve's metrics that any of the learners measures: {learner, metric}. */
  find() {
    for (const pattern of this.definition.metrics) {
      for (const learner of this.learners.values()) {
        const metric = [...learner.series.keys()].find((name) => pattern.test(name));
        if (metric) {
          return { learner, metric };
        }
      }
    }
    return null;
  }

  draw() {
    if (!this.visible || !this.stale) {
      return;
    }
    this.stale = false;
    const found = this.find();
    if (!found) {
      return;
    }
    const { learner, metric } = found;
    const { steps } = learner;
    const values = learner.series.get(metric);
    const data = [steps, values, smoothed(values)];
    if (!this.chart || metric !== this.metric) {
      this.metric = metric;
      this.rebuild(data);
    } else {
      this.chart.setData(data);
    }
    this.nothing.hidden = true;
    let index = values.length - 1;
    while (index > 0 && !Number.isFinite(values[index])) {
      index--;
    }
    const text = number(values[index]);
    this.value.textContent = text;
    this.note.textContent = metric;
    this.figure.dataset.points = String(values.length);
    this.plot.setAttribute(
      "aria-label", `${this.definition.title}: ${text} at step ${steps[index]}`);
  }

  rebuild(data) {
    this.chart?.destroy();
    const quiet = colour("--quiet");
    const line = colour("--line");
    const accent = colour("--accent");
    const axis = {
      stroke: quiet, font: "12px system-ui, sans-serif", grid: { stroke: line, width: 1 },
      ticks: { show: false },
    };
    this.chart = new window.uPlot({
      width: this.plot.clientWidth || 300,
      height: this.plot.clientHeight || 190,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: { x: { time: false }, y: this.definition.range ? { range: this.definition.range } : {} },
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => axisNumber(tick)) },
      ],
      series: [
        {},
        { stroke: accent, width: 1, alpha: 0.35, points: { show: false }, spanGaps: true },
        { stroke: accent, width: 2.5, points: { show: data[0].length < 2, size: 6 }, spanGaps: true },
      ],
      hooks: { setCursor: [(chart) => this.hover(chart)] },
    }, data, this.plot);
  }

  hover(chart) {
    const index = chart.cursor.idx;
    if (index === null || index === undefined) {
      this.note.textContent = this.metric;
    } else {
      this.note.textContent =
        `step ${number(chart.data[0][index])}: ${number(chart.data[1][index])}`
        + ` (smoothed ${number(chart.data[2][index])})`;
    }
  }

  resize() {
    if (this.chart && this.plot.clientWidth > 0 && this.chart.width !== this.plot.clientWidth) {
      this.chart.setSize({ width: this.plot.clientWidth, height: this.plot.clientHeight });
    }
  }

  /** After a change of the theme. */
  recolour() {
    if (this.chart) {
      this.rebuild(this.chart.data);
    }
  }
}

/** What one learner measured: steps and, for each metric, as many values, null where it has none. */
class Learner {
  constructor() {
    this.steps = [];
    this.series = new Map();
  }

  /** Adds a step; after a roll-back, what came after it is dropped. */
  add(step, values) {
    while (this.steps.length > 0 && this.steps.at(-1) >= step) {
      this.steps.pop();
      this.series.forEach((series) => series.pop());
    }
    let grown = false;
    for (const name of Object.keys(values)) {
      if (!this.series.has(name)) {
        this.series.set(name, new Array(this.steps.length).fill(null));
        grown = true;
      }
    }
    this.steps.push(step);
    this.series.forEach((series, name) => {
      const value = values[name];
      series.push(typeof value === "number" && Number.isFinite(value) ? value : null);
    });
    this.dateBack(values);
    if (this.steps.length > MOST_POINTS) {
      this.steps.shift();
      this.series.forEach((series) => series.shift());
    }
    return grown;
  }

  /** What an older step's weights earned on held-out prompts is shown at that step. */
  dateBack(values) {
    const evaluated = values[EVALUATED_STEP];
    // No step has made the run's first weights: they are shown at the first one.
    const index = evaluated < this.steps[0] ? 0 : this.steps.indexOf(evaluated);
    if (index < 0) {
      return;
    }
    for (const [name, series] of this.series) {
      if (name.startsWith("evaluation/") && series.at(-1) !== null) {
        const value = series.pop();
        series.push(null);
        series[index] = value;
      }
    }
  }
}

export class Curves {
  constructor(parent, select) {
    this.parent = parent;
    this.select = select;
    this.learners = new Map();
    this.timer = 0;
    this.curves = CURVES.map((definition) => new Curve(definition, this.learners, null));
    parent.append(...this.curves.map((curve) => curve.figure));
    select.addEventListener("change", () => {
      this.addCurve(select.value);
      select.value = "";
    });
    addEventListener("theme", () => this.curves.forEach((curve) => curve.recolour()));
  }

  addCurve(name) {
    if (!name || this.curves.some((curve) => curve.definition.id === name)) {
      return;
    }
    const definition = { id: name, title: name, metrics: [onlyMetric(name)] };
    const curve = new Curve(definition, this.learners, () => {
      this.curves = this.curves.filter((other) => other !== curve);
    });
    this.curves.push(curve);
    this.parent.append(curve.figure);
    curve.figure.scrollIntoView({ block: "nearest" });
  }

  /** Of several rewards each has a curve, behind their sum's; a single one is its own sum. */
  showScores(names) {
    if (names.includes(EVALUATION) && !this.curves.some(({ definition }) => definition.id === EVALUATION)) {
      const title = "Reward on held-out prompts";
      const curve = new Curve({ id: EVALUATION, title, metrics: [onlyMetric(EVALUATION)] }, this.learners, null);
      this.curves[0].figure.after(curve.figure);
      this.curves.splice(1, 0, curve);
    }
    const scores = names.filter((name) => name.startsWith(SCORES)).slice(0, MOST_SCORES);
    if (scores.length < 2) {
      return;
    }
    for (const name of scores) {
      if (!this.curves.some((curve) => curve.definition.id === name)) {
        const title = `Score: ${name.slice(SCORES.length)}`;
        const curve = new Curve({ id: name, title, metrics: [onlyMetric(name)] }, this.learners, null);
        const before = this.curves.findLastIndex(
          ({ definition }) => definition.id === "reward" || definition.id.startsWith(SCORES));
        this.curves[before].figure.after(curve.figure);
        this.curves.splice(before + 1, 0, curve);
      }
    }
  }

  /** The step up to which all is known of every learner, or null. */
  get last() {
    const last = [...this.learners.values()].map((learner) => learner.steps.at(-1));
    return last.length > 0 ? Math.min(...last) : null;
  }

  clear() {
    this.learners.clear();
  }

  /** Takes a step {step, objective, values}; the policy and the reward model count their own steps. */
  add({ step, objective, values }) {
    if (!Number.isFinite(step) || typeof values !== "object" || values === null) {
      return;
    }
    const key = String(objective ?? "");
    if (!this.learners.has(key)) {
      this.learners.set(key, new Learner());
    }
    if (this.learners.get(key).add(step, values)) {
      this.offer();
    }
    this.later();
  }

  offer() {
    const measured = [...this.learners.values()].flatMap((learner) => [...learner.series.keys()]);
    const names = [...new Set(measured)].sort();
    this.select.replaceChildren(
      this.select.options[0], ...names.map((name) => new Option(name, name)));
    this.showScores(names);
  }

  later() {
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      for (const curve of this.curves) {
        curve.stale = true;
        curve.draw();
      }
    }, DRAW_EVERY_MILLISECONDS);
  }
}
