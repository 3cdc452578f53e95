// The flow of events as a picture: a box for each that reads, a line for each topic, with the rate,
// what waits and how old the oldest of it is.

import { duration, number, round } from "./format.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const LATE_SECONDS = 30;
const STUCK_SECONDS = 300;

// Boxes by the topics that they read.
const BOXES = [
  { id: "admission", name: "Admission", reads: ["prompts"] },
  { id: "workers", name: "Rollout workers", reads: ["rollout-requests", "policy-weights"] },
  { id: "scoring", name: "Scorers", reads: ["rollouts", "reward-weights"] },
  { id: "learner", name: "Learner", reads: ["scored-rollouts"] },
  { id: "people", name: "People", reads: ["comparisons"] },
  { id: "verdicts", name: "Verdicts", reads: ["judgements"] },
  { id: "reward-learner", name: "Reward learner", reads: ["preferences"] },
];

// from, to, topic, kind; side: where the line leaves and arrives.
const LINES = [
  { from: null, to: "admission", topic: "prompts" },
  { from: "admission", to: "workers", topic: "rollout-requests" },
  { from: "workers", to: "scoring", topic: "rollouts" },
  { from: "scoring", to: "learner", topic: "scored-rollouts" },
  { from: "learner", to: "workers", topic: "policy-weights", kind: "weights" },
  { from: "scoring", to: "people", topic: "comparisons", kind: "people" },
  { from: "people", to: "verdicts", topic: "judgements", kind: "people" },
  { from: "verdicts", to: "reward-learner", topic: "preferences", kind: "people" },
  { from: "reward-learner", to: "scoring", topic: "reward-weights", kind: "weights" },
];

const WIDE = {
  size: [1180, 330], box: [170, 84],
  places: {
    admission: [112, 52], workers: [398, 52], scoring: [684, 52], learner: [970, 52],
    people: [112, 226], verdicts: [398, 226], "reward-learner": [684, 226],
  },
  lines: {
    prompts: ["M8 94H106", 56, 84],
    "rollout-requests": ["M282 94H392", 340, 84],
    rollouts: ["M568 94H678", 626, 84],
    "scored-rollouts": ["M854 94H964", 912, 84],
    "policy-weights": ["M1055 52V22H483V46", 769, 26],
    comparisons: ["M720 136V172H197V220", 440, 176],
    judgements: ["M282 268H392", 340, 258],
    preferences: ["M568 268H678", 626, 258],
    "reward-weights": ["M800 226V142", 800, 190],
  },
};
const TALL = {
  size: [366, 664], box: [158, 84],
  places: {
    admission: [8, 44], workers: [8, 200], scoring: [8, 356], learner: [8, 530],
    people: [194, 200], verdicts: [194, 356], "reward-learner": [194, 530],
  },
  lines: {
    prompts: ["M70 8V38", 110, 26],
    "rollout-requests": ["M70 128V194", 70, 164],
    rollouts: ["M70 284V350", 70, 322],
    "scored-rollouts": ["M70 440V524", 70, 508],
    "policy-weights": ["M87 614V646H360V180H140V194", 222, 650],
    comparisons: ["M166 374H180V242H188", 180, 322],
    judgements: ["M273 284V350", 273, 322],
    preferences: ["M273 440V524", 273, 508],
    "reward-weights": ["M232 530V474H130V446", 190, 478],
  },
};

function element(name, attributes, text) {
  const node = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }
  if (text !== undefined) {
    node.textContent = text;
  }
  return node;
}

function plainTopic(topic) {
  const known = LINES.map((line) => line.topic);
  return known.find((name) => topic === name || topic.endsWith(`.${name}`)) ?? topic;
}

export class Flow {
  constructor(parent, rows) {
    this.rows = rows;
    this.pictures = [this.picture("wide", WIDE), this.picture("tall", TALL)];
    parent.append(...this.pictures.map((picture) => picture.svg));
    this.show([], false);
  }

  picture(name, layout) {
    const [width, height] = layout.size;
    const svg = element("svg", { class: name, viewBox: `0 0 ${width} ${height}`, role: "img" });
    const head = element("marker", {
      id: `head-${name}`, viewBox: "0 0 8 8", refX: "6", refY: "4", markerWidth: "7",
      markerHeight: "7", orient: "auto-start-reverse",
    });
    head.append(element("path", { d: "M0 0l8 4-8 4z", class: "head" }));
    const definitions = element("defs", {});
    definitions.append(head);
    svg.append(definitions);
    const lines = new Map();
    for (const line of LINES) {
      const [path] = layout.lines[line.topic];
      const edge = element("path", {
        d: path, class: `edge ${line.kind ?? ""}`, "marker-end": `url(#head-${name})`,
      });
      svg.append(edge);
      lines.set(line.topic, edge);
    }
    for (const line of LINES) {
      const [, x, y] = layout.lines[line.topic];
      svg.append(element("text", { x, y, class: "edge-name", "text-anchor": "middle" }, line.topic));
    }
    const boxes = new Map();
    for (const { id, name: title } of BOXES) {
      const [x, y] = layout.places[id];
      const [boxWidth, boxHeight] = layout.box;
      const box = element("rect", {
        x, y, width: boxWidth, height: boxHeight, rx: 12, class: "box", "data-box": id,
      });
      const first = element("text", { x: x + 14, y: y + 50, class: "fact" });
      const second = element("text", { x: x + 14, y: y + 69, class: "fact" });
      svg.append(box, element("text", { x: x + 14, y: y + 27, class: "name" }, title), first, second);
      boxes.set(id, { box, first, second });
    }
    return { svg, boxes, lines };
  }

  /** Shows stages [{name, topic, rate, lag, oldestSeconds}]. */
  show(stages, paused) {
    const byTopic = new Map();
    for (const stage of stages) {
      const topic = plainTopic(String(stage.topic));
      // Several may read one topic: the one that is furthest behind counts.
      if (!byTopic.has(topic) || (stage.lag ?? 0) > (byTopic.get(topic).lag ?? 0)) {
        byTopic.set(topic, stage);
      }
    }
    const sentences = [];
    for (const { id, name, reads } of BOXES) {
      const read = reads.map((topic) => byTopic.get(topic)).filter(Boolean);
      const stage = byTopic.get(reads[0]) ?? read[0];
      const oldest = Math.max(0, ...read.map((one) => one.oldestSeconds ?? 0));
      const lag = read.reduce((sum, one) => sum + (one.lag ?? 0), 0);
      const waitingForPeople = id === "people";
      const late = !waitingForPeople && lag > 0 && oldest >= LATE_SECONDS;
      const stuck = late && oldest >= STUCK_SECONDS;
      const first = stage ? `${round(stage.rate)}/s` : "";
      const second = stage
        ? `${number(lag)} waiting${lag > 0 ? `, ${duration(oldest)}` : ""}`
        : "no figures";
      if (stage) {
        sentences.push(`${name}: ${first}, ${second}`);
      }
      for (const { boxes } of this.pictures) {
        const parts = boxes.get(id);
        parts.box.setAttribute("class",
          `box ${stuck ? "stuck" : late ? "late" : stage?.rate > 0 ? "working" : ""}`);
        parts.first.textContent = id === "admission" && paused ? "paused" : first;
        parts.second.textContent = second;
        parts.second.setAttribute("class", `fact ${stuck ? "stuck-fact" : late ? "late-fact" : ""}`);
      }
    }
    for (const { lines } of this.pictures) {
      lines.forEach((edge, topic) => {
        edge.classList.toggle("moving", (byTopic.get(topic)?.rate ?? 0) > 0);
      });
    }
    for (const { svg } of this.pictures) {
      svg.setAttribute("aria-label", `The flow of events. ${sentences.join(". ")}`);
    }
    this.rows.replaceChildren(...stages.map((stage) => {
      const row = document.createElement("tr");
      const cells = [
        ["th", stage.name], ["td", stage.topic], ["td", round(stage.rate), "number"],
        ["td", number(stage.lag), "number"], ["td", duration(stage.oldestSeconds), "number"],
      ];
      row.append(...cells.map(([kind, text, style]) => {
        const cell = document.createElement(kind);
        cell.textContent = text ?? "";
        if (style) {
          cell.className = style;
        }
        return cell;
      }));
      row.firstChild.setAttribute("scope", "row");
      return row;
    }));
  }
}
