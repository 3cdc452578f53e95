// The dashboard: what it shows is asked for once, then kept up by the stream of events; after a lost
// connection what happened meanwhile is asked for again.

import { backoff, goToLogin, openSession, request, signOut } from "./api.js";
import { confirmed, Controls } from "./controls.js";
import { Curves } from "./curves.js";
import { Flow } from "./flow.js";
import { number } from "./format.js";
import { Live } from "./live.js";
import { Samples } from "./samples.js";
import { Annotators, DeadLetters } from "./tables.js";

const at = (id) => document.getElementById(id);

function notify(kind, text) {
  const element = document.createElement("div");
  element.className = `notice ${kind}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => element.remove());
  element.append(words, close);
  at("notices").append(element);
  while (at("notices").children.length > 4) {
    at("notices").firstElementChild.remove();
  }
}

function connection(state, kind, text) {
  at("connection").dataset.state = state;
  at("connection").className = `chip ${kind}`;
  if (at("connection").textContent !== text) {
    at("connection").textContent = text;
  }
}

async function start() {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openSession();
    } catch (problem) {
      if (problem.status === 401) {
        goToLogin();
        return null;
      }
      connection("lost", "warn", "No connection");
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
    }
  }
}

const session = await start();
if (session?.role === "annotator") {
  location.replace("/annotate");
} else if (session) {
  run(session);
}

function run({ name, role }) {
  const admin = role === "admin";
  at("person").textContent = name;
  at("sign-out").hidden = false;
  at("to-annotate").hidden = role === "viewer";
  at("controls").hidden = !admin;
  document.body.classList.toggle("is-admin", admin);
  at("sign-out").addEventListener("click", async () => {
    try {
      await signOut();
      goToLogin();
    } catch (problem) {
      notify("warn", `Still signed in. ${problem.message}`);
    }
  });

  const curves = new Curves(at("curves"), at("more-curves"));
  const flow = new Flow(at("flow-picture"), at("flow-rows"));
  const samples = new Samples((problem) => notify("warn", problem.message), role !== "viewer");
  const controls = new Controls(notify);
  const deadLetters = new DeadLetters(at("dead-letters"), at("dead-none"), at("dead-counts"));
  const annotators = new Annotators(
    at("annotators"), at("annotators-none"), at("agreement"), admin ? removeAnnotator : null);
  let status = {};

  async function removeAnnotator(annotator) {
    const agreed = await confirmed(
      "Remove all judgements of this person?",
      `Every judgement of ${annotator} is withdrawn and excluded from what is learned from now on.`
        + " This cannot be undone.",
      "Remove them", true);
    if (!agreed) {
      return;
    }
    try {
      const answer = await request("DELETE", `/annotators/${encodeURIComponent(annotator)}/judgements`);
      notify("good", `${number(answer?.withdrawn)} judgements of ${annotator} are withdrawn.`);
      annotators.set(await request("GET", "/annotators"));
    } catch (problem) {
      notify("bad", `Nothing was removed. ${problem.message}`);
    }
  }

  function showStatus(news) {
    status = { ...status, ...news };
    at("run").textContent = status.run ? String(status.run) : "Dashboard";
    at("run-details").textContent = [
      status.objective ? String(status.objective).toUpperCase() : "",
      status.paused ? "admission is paused" : "",
      status.connected === false ? "the server has lost its broker" : "",
    ].filter(Boolean).join(" \u00B7 ");
    at("tile-step").textContent = number(status.step);
    at("tile-policy").textContent = status.policyVersion ?? "\u2013";
    at("tile-reward-model").textContent = status.rewardModelVersion ?? "\u2013";
    at("tile-staleness").textContent = number(
      typeof status.staleness === "object" ? status.staleness?.mean : status.staleness);
    at("tile-open").textContent = number(status.openComparisons);
    at("tile-judgements").textContent = number(status.judgements);
    flow.show(Array.isArray(status.stages) ? status.stages : [], status.paused === true);
    controls.show(status.paused === true);
  }

  let refills = 0;

  /** Asks for all that may have happened; each part by itself, so that one failure costs one part. */
  async function refill() {
    const mine = ++refills;
    early = [];
    const ask = async (path, use) => {
      try {
        const answer = await request("GET", path);
        if (mine === refills && answer !== null) {
          await use(answer);
        }
      } catch (problem) {
        if (problem.status === 401) {
          goToLogin();
        } else if (problem.status !== 0 && mine === refills) {
          notify("warn", `Not shown: ${path.slice(1).split("?")[0]}. ${problem.message}`);
        }
      }
    };
    await Promise.all([
      ask("/status", async (news) => {
        showStatus(news);
        // A run that was rolled back meanwhile has other steps under the same numbers.
        const same = curves.last !== null && Number(news.step) >= curves.last
          && news.policyVersion !== undefined && generation(news) === knownGeneration;
        await ask(same ? `/metrics?after=${curves.last}` : "/metrics", ({ steps: ofPolicy, rewardSteps }) => {
          const steps = [...(ofPolicy ?? []), ...(rewardSteps ?? [])];
          if (!same) {
            curves.clear();
          }
          // What the stream told meanwhile comes after what was asked for.
          const newer = early.filter((step) => !steps.some(
            (other) => other.objective === step.objective && other.at >= step.at));
          for (const step of [...steps, ...newer]) {
            curves.add(step);
          }
          knownGeneration = generation(news);
        });
      }),
      ask("/rollouts?limit=50", ({ rollouts }) => samples.set(rollouts ?? [])),
      ask("/annotators", (news) => annotators.set(news)),
      ask("/dead-letters?limit=50", (news) => deadLetters.set(news)),
    ]);
    if (mine === refills) {
      early = null;
    }
  }

  let early = null;
  let knownGeneration = null;
  const generation = (news) => String(news.policyVersion).split(".")[0];

  const uses = {
    step: (step) => {
      curves.add(step);
      early?.push(step);
      if (step.objective === undefined || step.objective === status.objective) {
        showStatus({ step: step.step, ...(step.version && { policyVersion: step.version }) });
      }
    },
    rollout: (rollout) => samples.add(rollout),
    status: showStatus,
    annotators: (news) => (Array.isArray(news.annotators) ? annotators.set(news) : annotators.update(news)),
    comparison: ({ open }) => {
      if (Number.isFinite(open)) {
        showStatus({ openComparisons: open });
      }
    },
    "dead-letter": (deadLetter) => deadLetters.add(deadLetter),
    judgement: ({ withdrawn }) => {
      if (Number.isFinite(status.judgements)) {
        showStatus({ judgements: Math.max(0, status.judgements + (withdrawn ? -1 : 1)) });
      }
    },
  };

  new Live({
    opened: () => {
      connection("live", "good", "Live");
      refill();
    },
    lost: () => {
      connection("lost", "warn", "No connection: trying again");
      openSession().catch((problem) => {
        if (problem.status === 401) {
          goToLogin();
        }
      });
    },
    event: (type, data) => uses[type]?.(data),
  }).connect();
}
