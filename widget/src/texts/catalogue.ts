/** The chat's texts; the build puts each language's own file in this one's place. */
export { chat } from "./en";
