// Numbers and times for people.

/** A number with about three digits. */
export function number(value) {
  if (value === null || value === undefined || value === "" || !Number.isFinite(Number(value))) {
    return "\u2013";
  }
  const size = Math.abs(value);
  if (Number.isInteger(Number(value)) || size >= 100) {
    return Math.round(value).toLocaleString("en");
  }
  if (size !== 0 && size < 0.001) {
    return Number(value).toExponential(1);
  }
  return Number(value).toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A round number without the noughts at its end, as on an axis. */
export function round(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString("en") : "\u2013";
}

export function share(part, whole) {
  return whole > 0 ? `${Math.round((100 * part) / whole)}\u2009%` : "\u2013";
}

/** Seconds as the largest unit that fits. */
export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds === null) {
    return "\u2013";
  }
  if (seconds < 1) {
    return seconds <= 0 ? "0 s" : `${seconds.toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** The time of day, with the date when it is another day. */
export function clock(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) {
    return "\u2013";
  }
  const time = date.toLocaleTimeString("en-GB");
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString("en-CA")} ${time}`;
}

/** A version "generation.step" as numbers to compare by. */
export function versionOrder(one, other) {
  const [generation, step] = String(one).split(".").map(Number);
  const [otherGeneration, otherStep] = String(other).split(".").map(Number);
  return generation - otherGeneration || step - otherStep;
}
