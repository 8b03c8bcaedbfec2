// Markdown of the bot, without HTML.

let renderer = null;
try {
  const { default: MarkdownIt } = await import("/vendor/markdown-it.js");
  renderer = new MarkdownIt({ html: false, linkify: true, breaks: true });
  renderer.renderer.rules.link_open = (tokens, index, options, _environment, self) => {
    tokens[index].attrSet("target", "_blank");
    tokens[index].attrSet("rel", "noopener noreferrer");
    return self.renderToken(tokens, index, options);
  };
  renderer.disable("image");
} catch (error) {
  console.error("Markdown is shown as text: run `npm ci` in the folder local/", error);
}

/** HTML for a Markdown text, or null where the library is missing. */
export function toHtml(markdown) {
  return renderer ? renderer.render(markdown) : null;
}
