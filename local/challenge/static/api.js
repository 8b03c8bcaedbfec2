// The part of the providers' scripts that pages call: window.turnstile or window.hcaptcha, by the script's own address.
{
  const source = new URL(document.currentScript.src);
  const kind = source.pathname.startsWith("/turnstile/") ? "turnstile" : "hcaptcha";
  const widgets = new Map();

  const draw = (widget) => {
    const { container, options } = widget;
    const query = new URLSearchParams({ kind, siteKey: options.sitekey, id: widget.id });
    const frame = document.createElement("iframe");
    frame.src = `${source.origin}/_standin/frame?${query}`;
    frame.title = `Widget of ${kind}`;
    frame.width = 300;
    frame.height = 65;
    container.replaceChildren(frame);
  };

  addEventListener("message", ({ origin, data }) => {
    const widget = origin === source.origin && widgets.get(data?.id);
    if (widget) widget.options.callback?.(data.token);
  });

  window[kind] = {
    render(place, options) {
      const container = typeof place === "string" ? document.querySelector(place) : place;
      // Neither provider promises to work below a shadow root.
      if (container?.getRootNode() !== document) throw new Error(`Could not find the container of ${kind}`);
      const widget = { id: crypto.randomUUID(), container, options };
      widgets.set(widget.id, widget);
      draw(widget);
      return widget.id;
    },
    reset(id) {
      if (widgets.has(id)) draw(widgets.get(id));
    },
    remove(id) {
      widgets.get(id)?.container.replaceChildren();
      widgets.delete(id);
    },
  };
  const onload = source.searchParams.get("onload");
  if (onload) setTimeout(() => window[onload]?.(), 0);
}
