// Shows text that a model wrote. Nothing in it is ever markup, changes the direction of what
// surrounds it, or stays unseen; and no length of it can stop the page.

const JOINING_SCRIPTS =
  "\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}"
  + "\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}"
  + "\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}"
  + "\\p{Script=Sinhala}\\p{Script=Myanmar}\\p{Script=Khmer}";

// What is legitimate comes first: whole emoji, and one joiner after a letter of a script that joins.
const SPECIAL = new RegExp(
  "(?<kept>\\p{RGI_Emoji}|(?<=\\p{Emoji})[\\uFE0E\\uFE0F]"
  + `|(?<=[${JOINING_SCRIPTS}])[\\u200C\\u200D])`
  + "|(?<run>(?<one>[[\\p{Cc}\\p{Cf}\\p{Cs}\\p{DI}\\u2028\\u2029\\u2800]--[\\n\\t]])\\k<one>*)"
  + "|(?<=\\p{M}{4})(?<marks>\\p{M}+)",
  "gv");

const NAMES = new Map([
  [0x00, "null"], [0x08, "backspace"], [0x0d, "carriage return"], [0x1b, "escape"],
  [0xad, "soft hyphen"], [0x61c, "Arabic letter mark"],
  [0x200b, "zero-width space"], [0x200c, "zero-width non-joiner"], [0x200d, "zero-width joiner"],
  [0x200e, "left-to-right mark"], [0x200f, "right-to-left mark"], [0x2028, "line separator"],
  [0x2029, "paragraph separator"], [0x202a, "left-to-right embedding"],
  [0x202b, "right-to-left embedding"], [0x202c, "end of direction"],
  [0x202d, "left-to-right override"], [0x202e, "right-to-left override"], [0x2060, "word joiner"],
  [0x2066, "left-to-right isolate"], [0x2067, "right-to-left isolate"],
  [0x2068, "first strong isolate"], [0x2069, "end of isolate"], [0x2800, "blank braille pattern"],
  [0xfeff, "byte order mark"],
]);

const MOST_CHIPS = 2000;

function chip(document, label, description) {
  const element = document.createElement("span");
  element.className = "unseen";
  element.textContent = label;
  element.title = description;
  return element;
}

function codePoint(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Appends text to an element as text, with what cannot be seen made visible. */
export function appendText(parent, text) {
  const document = parent.ownerDocument;
  let from = 0;
  let chips = 0;
  let pending = "";
  const flush = () => {
    if (pending) {
      parent.append(document.createTextNode(pending));
      pending = "";
    }
  };
  for (const match of text.matchAll(SPECIAL)) {
    if (match.groups.kept) {
      continue;
    }
    pending += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (chips >= MOST_CHIPS) {
      pending += "\u25A1";
      continue;
    }
    chips++;
    flush();
    const { run, one, marks } = match.groups;
    if (run) {
      const count = run.length / one.length;
      const name = NAMES.get(one.codePointAt(0)) ?? "invisible character";
      parent.append(chip(
        document, codePoint(one) + (count > 1 ? ` \u00D7${count.toLocaleString("en")}` : ""),
        name));
    } else {
      parent.append(chip(document, `+${marks.length.toLocaleString("en")} marks`,
        "more marks on one letter than are shown"));
    }
  }
  pending += text.slice(from);
  flush();
}

/** Where a text is cut so that at most so many characters and lines remain. */
export function cutAt(text, characters, lines) {
  let end = Math.min(text.length, characters);
  let seen = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    if (++seen === lines) {
      end = at;
      break;
    }
  }
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** Without spaces and line breaks around it; a loop, since a pattern takes quadratic time. */
function withoutBlankEnds(text) {
  const blank = (index) => " \n\t".includes(text[index]);
  let start = 0;
  let end = text.length;
  while (start < end && blank(start)) {
    start++;
  }
  while (end > start && blank(end - 1)) {
    end--;
  }
  return text.slice(start, end);
}

/** A text in an element that shows its beginning, and more by a button. */
export class FoldedText {
  /**
   * onChange is called after more is shown; keepEnd folds the beginning, for conversations, whose
   * question comes last.
   */
  constructor(
    body, button, { characters = 6000, lines = 120, keepEnd = false, onChange = () => {} } = {}) {
    this.body = body;
    this.button = button;
    this.characters = characters;
    this.lines = lines;
    this.keepEnd = keepEnd;
    this.text = "";
    this.start = 0;
    this.end = 0;
    button.addEventListener("click", () => {
      const rest = this.text.slice(this.end);
      this.start = 0;
      this.end += rest === "" ? 0 : Math.max(1, cutAt(rest, 50_000, 2_000));
      this.draw([{ text: this.shown, only: false }]);
      onChange();
      if (this.button.hidden) {
        this.body.focus();
      }
    });
  }

  set(text) {
    this.text = withoutBlankEnds(String(text ?? "").replaceAll("\r\n", "\n"));
    this.start = this.keepEnd ? this.text.length - this.lastPart().length : 0;
    this.end = this.keepEnd ? this.text.length : cutAt(this.text, this.characters, this.lines);
    this.draw([{ text: this.shown, only: false }]);
  }

  get shown() {
    return this.text.slice(this.start, this.end);
  }

  /** The last lines, cut between characters. */
  lastPart() {
    const part = this.text.split("\n").slice(-this.lines).join("\n").slice(-this.characters);
    return /^[\uDC00-\uDFFF]/.test(part) ? part.slice(1) : part;
  }

  /** Draws the shown text from its parts; those of this side only are marked. */
  draw(parts) {
    const fragment = this.body.ownerDocument.createElement("div");
    for (const part of parts) {
      if (part.only) {
        const mark = this.body.ownerDocument.createElement("mark");
        appendText(mark, part.text);
        fragment.append(mark);
      } else {
        appendText(fragment, part.text);
      }
    }
    this.body.replaceChildren(...fragment.childNodes);
    this.body.classList.toggle("empty", this.text === "");
    if (this.text === "") {
      this.body.textContent = "(an empty text)";
    }
    const hidden = this.text.length - this.end + this.start;
    this.button.hidden = hidden === 0;
    this.button.textContent = this.keepEnd
      ? "Show the whole conversation"
      : `Show more: ${hidden.toLocaleString("en")} of ${this.text.length.toLocaleString("en")}`
      + " characters are folded";
  }
}

/** The beginning of a text on one line, for lists and announcements. */
export function summary(text, characters = 160) {
  const line = String(text ?? "").slice(0, characters * 4).replace(/\s+/gu, " ").trim();
  return line.length > characters ? `${line.slice(0, cutAt(line, characters, 1))}\u2026` : line;
}
