declare module "*.css" {
  const text: string;
  export default text;
}

/** Addresses of the chat chunks by language, relative to the loader; set by the build. */
declare const CHAT_CHUNKS: Readonly<Record<"en" | "de", string>>;
