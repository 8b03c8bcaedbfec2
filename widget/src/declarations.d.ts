declare module "*.css" {
  const text: string;
  export default text;
}

/** The chat chunk's address, relative to the loader; set by the build, like those below. */
declare const CHAT: string;
/** The hash in the names of assets/texts-<language>-<hash>.js, and the languages that there are. */
declare const TEXTS: string;
declare const LANGUAGES: readonly string[];

/** Addresses of the files of src/parts by their names, relative to the loader. */
declare const PARTS: Readonly<Record<"presence", string>>;
