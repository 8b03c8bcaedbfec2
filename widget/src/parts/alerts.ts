/** A tone, and a number before the page's title, for messages that nobody sees. */

/** So long another tab may take to say that the visitor sees them there. */
const PATIENCE_MS = 400;
const NOTES_HZ = [660, 880];
const NOTE_S = 0.12;
const VOLUME = 0.06;

/** One for the page, whose title is one too: what each widget has unseen. */
const unseen = new Map<object, number>();
let written: string | undefined;
let original = "";
let context: AudioContext | undefined;

/** `widget` has `count` messages that nobody has seen; `ring` is asked a moment later whether a tone is due. */
export function tell(widget: object, count: number, ring: () => boolean): void {
  const before = unseen.get(widget) ?? 0;
  unseen.set(widget, count);
  writeTitle();
  if (count > before) setTimeout(() => (unseen.get(widget) ?? 0) > 0 && ring() && sound(), PATIENCE_MS);
}

/** Forgets the widget. */
export function forget(widget: object): void {
  unseen.delete(widget);
  writeTitle();
}

/** Only where the page itself is out of sight; in sight the launcher has the number. */
function writeTitle(): void {
  // What the page has set meanwhile is its new title.
  if (document.title !== written) original = document.title;
  const count = [...unseen.values()].reduce((sum, each) => sum + each, 0);
  if (count > 0 && document.hidden) document.title = written = `(${count}) ${original}`;
  else if (written !== undefined) {
    if (document.title === written) document.title = original;
    written = undefined;
  }
}

document.addEventListener("visibilitychange", writeTitle);

function sound(): void {
  try {
    context ??= new AudioContext();
  } catch {
    // There is nothing to play it on.
    return;
  }
  const { destination, currentTime } = context;
  // Browsers play nothing before the visitor has touched the page.
  if (context.state === "suspended") void context.resume();
  NOTES_HZ.forEach((frequency, index) => {
    if (!context) return;
    const start = currentTime + index * NOTE_S;
    const oscillator = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(VOLUME, start, 0.01);
    gain.gain.setTargetAtTime(0, start + NOTE_S / 2, 0.03);
    oscillator.connect(gain).connect(destination);
    oscillator.start(start);
    oscillator.stop(start + 2 * NOTE_S);
  });
}
