// Where figures come from: questions over HTTP, with the token that was given, and the stream of events.

const KEY = "tallystick-token";

export const token = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (text) => (text ? sessionStorage.setItem(KEY, text) : sessionStorage.removeItem(KEY)),
};

/** A question that was not answered, in words for people. */
export class Refused extends Error {
  constructor(status, detail) {
    super(Refused.words(status, detail));
    this.status = status;
  }

  static words(status, detail) {
    if (status === 401) return "The server asks who is there: give a token (button above). " + detail;
    if (status === 403) return "This token may not see that. " + detail;
    if (status === 429) return "The server is busy, and did nothing. " + detail;
    return detail || `The server answers ${status}.`;
  }
}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  const answer = await fetch(path, { ...options, headers, cache: "no-store", redirect: "error" });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, String(problem.detail ?? ""));
}

export async function json(path, signal) {
  return (await ask(path, { signal })).json();
}

/** What there is, a page of it: `{levels, total}`. */
export async function stock({ contains, sort, skip, limit }) {
  const query = new URLSearchParams({ limit, skip });
  if (contains) query.set("contains", contains);
  if (sort) query.set("sort", sort);
  const answer = await ask(`/v1/stock?${query}`);
  return { levels: await answer.json(), total: Number(answer.headers.get("Tally-Total")) };
}

/** Events up to a number, which must not be many. */
export async function events(query, signal) {
  const text = await (await ask(`/v1/events?${new URLSearchParams(query)}`, { signal })).text();
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/**
 * Events as they happen, from a number on, until `signal` says stop; it connects again by itself behind the last that
 * was seen. (EventSource cannot send a token.)
 *
 * @param {() => number} from where to begin, asked at each beginning.
 * @param {(event: object) => void} take is given each.
 * @param {(error: Error?) => void} tell how the connection fares; null: well.
 */
export async function follow(query, from, take, tell, signal) {
  let wait = 500;
  while (!signal.aborted) {
    try {
      const path = `/v1/events?${new URLSearchParams({ ...query, from: from() })}`;
      const answer = await ask(path, { headers: { Accept: "text/event-stream" }, signal });
      tell(null);
      wait = 500;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const messages = (rest + value).split("\n\n");
        rest = messages.pop();
        for (const message of messages) {
          const line = message.split("\n").find((line) => line.startsWith("data: "));
          if (line) take(JSON.parse(line.slice(6)));
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      tell(error);
    }
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, 8000);
  }
}
