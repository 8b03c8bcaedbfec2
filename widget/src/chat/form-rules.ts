import { messageProblem, type Problem } from "./limits";

export interface FormValues {
  readonly name: string;
  readonly email: string;
  readonly message: string;
}

export type Field = keyof FormValues;

const NAME_CHARACTERS = 100;
const EMAIL_CHARACTERS = 254;
const EMAIL = /^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+\.[^\s@.<>"(),;:\\[\]]+$/;

/** What is wrong with the form, by field; an empty object where nothing is. */
export function formProblems({ name, email, message }: FormValues): Partial<Record<Field, Problem>> {
  const problems: Partial<Record<Field, Problem>> = {};
  if (name.trim() === "") problems.name = ["errorNameMissing"];
  else if (Array.from(name.trim()).length > NAME_CHARACTERS) problems.name = ["errorNameLong"];
  if (email.trim() === "") problems.email = ["errorEmailMissing"];
  else if (email.trim().length > EMAIL_CHARACTERS || !EMAIL.test(email.trim())) problems.email = ["errorEmail"];
  const problem = message.trim() === "" ? (["errorMessageMissing"] as const) : messageProblem(message.trim());
  if (problem) problems.message = problem;
  return problems;
}

/** The form's field that the server means by `field`, e.g. "customer.email". */
export function fieldOf(field: string | undefined): Field | undefined {
  if (field === undefined) return undefined;
  if (/email$/i.test(field)) return "email";
  if (/name$/i.test(field)) return "name";
  return /message$/i.test(field) ? "message" : undefined;
}
