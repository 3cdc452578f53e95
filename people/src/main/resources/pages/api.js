// The HTTP API as the pages use it: session, errors as problem+json, time limits.

const BASE = "/api/v1";
const LIMIT_MILLISECONDS = 10_000;

let csrfToken = null;

/** An answer that is not 2xx, or none at all (status 0). */
export class Problem extends Error {
  constructor(status, title, detail, retryAfterSeconds = 0, ofServer = true) {
    super(detail || title || `The server answered ${status}.`);
    this.ofServer = ofServer;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same request may succeed later; a proxy in between knows nothing of that. */
  get passing() {
    return !this.ofServer || this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429
      || this.status >= 500;
  }
}

/** Resolves to the parsed body (null without one) or throws a Problem. */
export async function request(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  if (method !== "GET" && csrfToken) {
    headers["X-CSRF-Token"] = csrfToken;
  }
  let response;
  let text;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_MILLISECONDS),
    });
    text = await response.text();
  } catch {
    throw new Problem(0, "No connection", "The server cannot be reached.");
  }
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    if (response.ok) {
      throw new Problem(0, "No connection", "What answered is not the server of this page.");
    }
  }
  if (!response.ok) {
    const retryAfter = Number(response.headers.get("Retry-After"));
    throw new Problem(
      response.status, value?.title, value?.detail, Number.isFinite(retryAfter) ? retryAfter : 0,
      (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json"));
  }
  return value;
}

/** Who is here: {name, role}; throws a Problem with status 401 when nobody is. */
export async function openSession() {
  const session = await request("GET", "/session");
  csrfToken = session.csrfToken ?? null;
  return session;
}

/** Signs in; either may be absent. */
export async function signIn(token, name) {
  const body = {};
  if (token) {
    body.token = token;
  }
  if (name) {
    body.name = name;
  }
  const session = await request("POST", "/session", body);
  csrfToken = session.csrfToken ?? null;
  return session;
}

export async function signOut() {
  await request("DELETE", "/session");
  csrfToken = null;
}

/** Goes to the login page, which comes back here. */
export function goToLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

/** A random UUID; crypto.randomUUID exists on encrypted or local pages only. */
export function randomIdentifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (value) => value.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The milliseconds to wait before attempt number n (from 1): doubling, spread, bounded. */
export function backoff(attempt, retryAfterSeconds = 0) {
  const doubled = Math.min(15_000, 500 * 2 ** Math.min(attempt - 1, 10));
  return Math.max(doubled * (0.75 + Math.random() / 2), Math.min(retryAfterSeconds, 60) * 1000);
}
