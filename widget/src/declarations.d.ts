declare module "*.css" {
  const text: string;
  export default text;
}

/** Addresses of the chat chunks by language, relative to the loader; set by the build. */
declare const CHAT_CHUNKS: Readonly<Record<"en" | "de", string>>;

/** Addresses of the files of src/parts by their names, relative to the loader; set by the build. */
declare const PARTS: Readonly<Record<string, string>>;
