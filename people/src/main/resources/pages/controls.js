// Run controls of an admin; each is confirmed before it is sent.

import { backoff, randomIdentifier, request } from "./api.js";

const at = (id) => document.getElementById(id);

const ATTEMPTS = 6;

const QUESTIONS = {
  pause: ["Pause admission?", "No new prompts are released. What is under way is finished and learned from.", "Pause"],
  resume: ["Resume admission?", "Prompts are released again.", "Resume"],
  checkpoint: ["Write a checkpoint now?", "The learner writes one after the step it is in.", "Write it"],
  "roll-back": [
    "Roll the run back?",
    "The learner goes back to a checkpoint and opens a new generation from it. Steps after it are kept in the log, but nothing follows from them any more.",
    "Roll back",
  ],
};

/** Resolves to whether the person agreed. */
export function confirmed(title, text, yes, dangerous = false) {
  const dialog = at("confirm");
  at("confirm-title").textContent = title;
  at("confirm-text").textContent = text;
  at("confirm-yes").textContent = yes;
  at("confirm-yes").className = dangerous ? "danger" : "main";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export class Controls {
  /** notify(kind, text) tells the person what came of it. */
  constructor(notify) {
    this.notify = notify;
    this.paused = false;
    this.unanswered = new Map();
    at("pause").addEventListener("click", () => this.ask(this.paused ? "resume" : "pause"));
    at("checkpoint").addEventListener("click", () => this.ask("checkpoint"));
    at("roll-back").addEventListener("click", () => this.ask("roll-back"));
  }

  show(paused) {
    this.paused = paused;
    at("pause").textContent = paused ? "Resume admission" : "Pause admission";
  }

  async ask(action) {
    const rollBack = action === "roll-back";
    at("confirm-field").hidden = !rollBack;
    at("confirm-step").value = "";
    const agreed = await confirmed(...QUESTIONS[action], rollBack);
    at("confirm-field").hidden = true;
    if (!agreed) {
      return;
    }
    const command = { action };
    if (rollBack && at("confirm-step").value !== "") {
      command.step = Math.max(0, Math.round(Number(at("confirm-step").value)));
    }
    await this.send(command, QUESTIONS[action][2]);
  }

  /**
   * Sends a command under one id until it is answered: if only the answer was lost, the run has it,
   * and a second command would roll back twice. Asked for anew, one without an answer keeps its id.
   */
  async send(command, what) {
    const wanted = JSON.stringify(command);
    const commandId = this.unanswered.get(wanted) ?? randomIdentifier();
    this.unanswered.set(wanted, commandId);
    for (let attempt = 1; ; attempt++) {
      try {
        await request("POST", "/controls", { ...command, commandId });
        this.unanswered.delete(wanted);
        this.notify("good", `${what}: sent to the run.`);
        return;
      } catch (problem) {
        if (!problem.passing) {
          this.unanswered.delete(wanted);
          this.notify("bad", `${what}: not done. ${problem.message}`);
          return;
        }
        if (attempt === ATTEMPTS) {
          this.notify(
            "bad",
            `${what}: not known whether the run has it. ${problem.message} Ask again later: it counts once.`);
          return;
        }
        if (attempt === 1) {
          this.notify("warn", `${what}: no answer yet, sending it again. ${problem.message}`);
        }
        await new Promise((resolve) => setTimeout(resolve, backoff(attempt, problem.retryAfterSeconds)));
      }
    }
  }
}
