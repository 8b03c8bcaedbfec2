import type { CustomParameters } from "../npm";

const MOST = 20;
const LONGEST = 1000;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,49}$/;

/** The custom parameters that may be sent, of all that the page has given; its developer is told of the others. */
export class Parameters {
  /** By name, as text; a start sends them. */
  readonly known: Record<string, string> = {};
  private taken = 0;

  constructor(private readonly given: readonly CustomParameters[]) {
    this.take();
  }

  /** Those that were given since the last time. */
  take(): Readonly<Record<string, string>> {
    const fresh: Record<string, string> = {};
    for (; this.taken < this.given.length; this.taken++) {
      for (const [name, value] of Object.entries(this.given[this.taken] ?? {})) {
        const reason = this.objection(name, value);
        if (!reason) fresh[name] = this.known[name] = String(value);
        // eslint-disable-next-line no-console -- the developer's only way to learn of it
        else console.error(`Interact: the parameter "${name}" is left out: ${reason}`);
      }
    }
    return fresh;
  }

  private objection(name: string, value: unknown): string | undefined {
    if (!NAME.test(name)) return "a name is a letter and up to 49 letters, digits and underscores";
    if (!["string", "number", "boolean"].includes(typeof value)) return "a value is a text, a number or a boolean";
    if (Array.from(String(value)).length > LONGEST) return `a value has at most ${LONGEST} characters`;
    const isNew = !Object.hasOwn(this.known, name);
    return isNew && Object.keys(this.known).length >= MOST ? `there are at most ${MOST}` : undefined;
  }
}
