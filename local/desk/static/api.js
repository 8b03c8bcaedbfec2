// What the page asks of the desk.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 5000;

/** Post JSON and return the answer; throws an Error with the desk's reason. */
export async function post(path, body) {
  const response = await fetch(`/page/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (!response.ok) {
    throw new Error(answer.error ?? `HTTP ${response.status}`);
  }
  return answer;
}

/** The people who can sit at the desk. */
export async function people() {
  return (await fetch("/page/users")).json();
}

/** Hear of every change for one user until the returned function is called; reconnects by itself. */
export function listen(userId, { onEvent, onConnection }) {
  let ended = false;
  let delay = FIRST_DELAY;
  let socket;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/page/live?user=${encodeURIComponent(userId)}`);
    socket.onopen = () => {
      delay = FIRST_DELAY;
      onConnection(true);
    };
    socket.onmessage = ({ data }) => {
      if (!ended) {
        onEvent(JSON.parse(data));
      }
    };
    socket.onclose = () => {
      if (!ended) {
        onConnection(false);
        setTimeout(() => ended || connect(), delay);
        delay = Math.min(delay * 2, LONGEST_DELAY);
      }
    };
  }

  connect();
  return () => {
    ended = true;
    socket.close();
  };
}
