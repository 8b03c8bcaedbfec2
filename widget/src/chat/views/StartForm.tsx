import type { JSX, TargetedInputEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { followPresence } from "../../shared/presence";
import { fill } from "../../texts";
import type { ChatState } from "../chat-state";
import { fieldOf, formProblems, type Field, type FormValues } from "../form-rules";
import type { Problem } from "../limits";
import type { Given } from "../submission";
import { plainName } from "../linkify";
import { useChallenge } from "./ChallengeBox";
import { useConsent } from "./Consent";
import { useLanguage } from "./context";
import { isElsewhere } from "./focus";
import { useCountdown, useUniqueId } from "./hooks";
import { ProblemNote } from "./ProblemNote";

const FIELDS: readonly Field[] = ["name", "email", "message"];

interface Props {
  readonly state: ChatState;
  /** Whether the visitor can see the form now. */
  readonly visible: boolean;
  readonly onStart: (values: FormValues, given: Given) => void;
  readonly onLeave: (values: FormValues, given: Given) => void;
}

/** Name, e-mail and first message; or a message to leave, where nobody is there. */
export function StartForm({ state, visible, onStart, onLeave }: Props): JSX.Element {
  const { texts } = useLanguage();
  const [values, setValues] = useState(state.form);
  const [problems, setProblems] = useState<Partial<Record<Field, Problem>>>({});
  const form = useRef<HTMLFormElement>(null);
  const { problem, starting, contact } = state;
  useProposals(state.form, setValues);
  const wait = useCountdown(useDeadline(problem));
  const challenge = useChallenge(contact?.widget?.challenge, problem, visible);
  const consent = useConsent(contact?.widget?.consent, problem);
  const nobody = useNobodyThere(form, problem);
  // What was refused last: a start, for which the form is the answer, or a message.
  const left = useRef(false);
  const leaving = nobody && contact?.widget?.offlineForm === true;

  const focusFirst = (found: Partial<Record<Field, Problem>>): void => {
    const first = FIELDS.find((field) => found[field]);
    if (first) form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
  };

  useEffect(() => {
    const field = problem?.code === "invalid" ? fieldOf(problem.field) : undefined;
    if (!field) return;
    const found = { [field]: ["errorField"] as Problem };
    setProblems(found);
    if (form.current && !isElsewhere(form.current.getRootNode())) focusFirst(found);
  }, [problem]);

  const submit = (event: Event): void => {
    event.preventDefault();
    const found = formProblems(values);
    setProblems(found);
    if (Object.keys(found).length > 0) focusFirst(found);
    else if (!starting && wait === 0 && consent.take(form.current)) {
      const { ready, token } = challenge.take();
      if (!ready) return;
      left.current = leaving;
      (leaving ? onLeave : onStart)(values, {
        challengeToken: token,
        consent: contact?.widget?.consentDigest ?? undefined,
      });
    }
  };

  const change =
    (field: Field) =>
    (value: string): void => {
      setValues({ ...values, [field]: value });
      if (problems[field]) setProblems({ ...problems, [field]: undefined });
    };

  const name = plainName(contact?.displayName ?? "");
  const atField =
    challenge.hasProblem || consent.hasProblem || (problem?.code === "invalid" && fieldOf(problem.field) !== undefined);
  return (
    <form class="body form" ref={form} noValidate onSubmit={submit}>
      {state.previousEnded && (
        <p class="notice" role="status">
          {texts.previousEnded}
        </p>
      )}
      <div class="intro">
        <h2>
          {leaving ? texts.offline : contact?.kind === "user" ? fill(texts.formTitleUser, { name }) : texts.formTitle}
        </h2>
        <p role="status">{leaving ? texts.leaveIntro : texts.formIntro}</p>
      </div>
      <FieldRow
        field="name"
        value={values.name}
        problem={problems.name}
        autocomplete="name"
        onChange={change("name")}
      />
      <FieldRow
        field="email"
        value={values.email}
        problem={problems.email}
        autocomplete="email"
        onChange={change("email")}
      />
      <FieldRow field="message" value={values.message} problem={problems.message} onChange={change("message")} />
      {consent.view}
      {challenge.view}
      {problem && !atField && (left.current || !leaving || problem.code !== "offline") && (
        <ProblemNote problem={problem} wait={wait} />
      )}
      <button type="submit" class="primary" aria-disabled={starting || wait > 0 ? "true" : undefined}>
        {leaving ? texts[starting ? "sending" : "leaveMessage"] : texts[starting ? "starting" : "startChat"]}
      </button>
    </form>
  );
}

/** Whether the contact's presence, or the last start, said that nobody is there. */
function useNobodyThere(form: { readonly current: HTMLElement | null }, problem: ChatState["problem"]): boolean {
  const [nobody, setNobody] = useState(false);
  useEffect(() => {
    const root = form.current?.getRootNode();
    return root instanceof ShadowRoot
      ? followPresence(root, (seen) => setNobody(seen?.state === "offline"))
      : undefined;
  }, [form]);
  const refused = problem?.code === "offline";
  useEffect(() => {
    if (refused) setNobody(true);
  }, [refused]);
  return nobody || refused;
}

/** What the page puts into the form; what the visitor wrote into other fields stays. */
function useProposals(form: FormValues, setValues: (change: (values: FormValues) => FormValues) => void): void {
  const before = useRef(form);
  useEffect(() => {
    const proposed = FIELDS.filter((field) => form[field] !== before.current[field]);
    before.current = form;
    if (proposed.length === 0) return;
    setValues((values) => ({ ...values, ...Object.fromEntries(proposed.map((field) => [field, form[field]])) }));
  }, [form, setValues]);
}

interface FieldProps {
  readonly field: Field;
  readonly value: string;
  readonly problem: Problem | undefined;
  readonly autocomplete?: string;
  readonly onChange: (value: string) => void;
}

function FieldRow({ field, value, problem, autocomplete, onChange }: FieldProps): JSX.Element {
  const { texts, locale } = useLanguage();
  const id = useUniqueId(field);
  const shared = {
    id,
    name: field,
    value,
    dir: "auto" as const,
    required: true,
    "aria-invalid": problem !== undefined,
    "aria-describedby": problem ? `${id}-problem` : undefined,
    onInput: (event: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{texts[field]}</label>
      {field === "message" ? (
        <textarea {...shared} rows={3} />
      ) : (
        <input {...shared} type={field === "email" ? "email" : "text"} autocomplete={autocomplete} list={undefined} />
      )}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {fill(texts[problem[0]], problem[1] ?? {}, locale)}
        </p>
      )}
    </div>
  );
}

/** When a busy server wants to be asked again. */
function useDeadline(problem: ChatState["problem"]): number | undefined {
  const [deadline, setDeadline] = useState<number>();
  useEffect(() => {
    setDeadline(problem?.retryAfter ? Date.now() + problem.retryAfter * 1000 : undefined);
  }, [problem]);
  return deadline;
}
