// Shows a prompt that is a conversation: who says what, calls of tools and reasoning as such. The
// last messages are shown, since the question comes last; the others by a button.

import { appendText, FoldedText, summary } from "./text.js";

const SPEAKERS = new Map([
  ["system", "System"], ["developer", "Developer"], ["user", "User"], ["assistant", "Assistant"],
  ["tool", "Tool result"], ["function", "Tool result"],
]);
const NAMED = new Map([
  ["reasoning_content", "Reasoning"], ["reasoning", "Reasoning"], ["thinking", "Reasoning"],
  ["name", "Name"], ["tool_call_id", "Answers call"],
]);
const SHOWN_CHARACTERS = 1500;
const SHOWN_LINES = 16;

function pretty(value) {
  if (typeof value !== "string") {
    return JSON.stringify(value, null, 1);
  }
  try {
    return JSON.stringify(JSON.parse(value), null, 1);
  } catch {
    return value;
  }
}

/** The parts of a message beside its content, each with a heading. */
function others(message) {
  const parts = [];
  for (const [name, value] of Object.entries(message)) {
    if (name === "role" || name === "content" || value === null) {
      continue;
    }
    if (name === "tool_calls" && Array.isArray(value)) {
      for (const call of value) {
        const called = call?.function;
        parts.push(typeof called?.name === "string"
          ? { heading: `Calls ${called.name}`, text: pretty(called.arguments ?? {}), call: true }
          : { heading: "Calls", text: pretty(call), call: true });
      }
    } else {
      parts.push({ heading: NAMED.get(name) ?? name, text: typeof value === "string" ? value : pretty(value) });
    }
  }
  return parts;
}

/** A conversation in an element, with a button for its beginning. */
export class Conversation {
  constructor(body, button) {
    this.body = body;
    this.button = button;
    this.messages = [];
    button.addEventListener("click", () => {
      this.draw(0);
      this.body.focus();
    });
  }

  set(messages) {
    this.messages = messages;
    let from = Math.max(0, messages.length - 1);
    let characters = 0;
    let lines = 0;
    for (let at = messages.length - 1; at >= 0; at--) {
      const text = String(messages[at].content ?? "");
      characters += text.length;
      lines += text.split("\n").length + 1;
      if (at < messages.length - 1 && (characters > SHOWN_CHARACTERS || lines > SHOWN_LINES)) {
        break;
      }
      from = at;
    }
    this.draw(from);
  }

  draw(from) {
    const document = this.body.ownerDocument;
    const list = document.createElement("ol");
    list.className = "turns";
    for (const message of this.messages.slice(from)) {
      list.append(this.turn(document, message));
    }
    this.body.replaceChildren(list);
    this.button.hidden = from === 0;
    this.button.textContent = `Show the whole conversation: ${from.toLocaleString("en")} earlier `
      + (from === 1 ? "message" : "messages");
  }

  turn(document, message) {
    const turn = document.createElement("li");
    turn.className = "turn";
    turn.dataset.role = SPEAKERS.has(message.role) ? message.role : "other";
    const speaker = document.createElement("h3");
    appendText(speaker, summary(SPEAKERS.get(message.role) ?? message.role, 40));
    turn.append(speaker);
    const parts = others(message);
    if (message.content || parts.length === 0) {
      turn.append(...this.text(document, String(message.content ?? "")));
    }
    for (const part of parts) {
      const block = document.createElement("div");
      block.className = part.call ? "part call" : "part";
      const heading = document.createElement("h4");
      appendText(heading, summary(part.heading, 80));
      block.append(heading, ...this.text(document, part.text));
      turn.append(block);
    }
    return turn;
  }

  text(document, text) {
    const body = document.createElement("div");
    body.className = "model-text";
    body.dir = "auto";
    body.tabIndex = -1;
    const more = document.createElement("button");
    more.className = "plain fold";
    more.type = "button";
    new FoldedText(body, more).set(text);
    return [body, more];
  }
}
