// How cards look: sizes in pixels, colours as custom properties, so that dark mode needs no second configuration.

const color = (name) => ({
  default: `var(--${name})`,
  subtle: name === "text" ? "var(--muted)" : `var(--${name})`,
  highlightColors: { default: "var(--own)", subtle: "var(--own)" },
});

const foregroundColors = {
  default: color("text"),
  dark: color("text"),
  light: color("muted"),
  accent: color("accent"),
  good: color("good"),
  warning: color("warning"),
  attention: color("danger"),
};

const container = (background) => ({ backgroundColor: `var(--${background})`, borderColor: "var(--line)", foregroundColors });

const font = (fontFamily) => ({
  fontFamily,
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 22 },
  fontWeights: { lighter: 400, default: 400, bolder: 600 },
});

export const hostConfig = {
  supportsInteractivity: true,
  spacing: { small: 6, default: 10, medium: 14, large: 20, extraLarge: 28, padding: 16 },
  separator: { lineThickness: 1, lineColor: "var(--line)" },
  fontTypes: { default: font("inherit"), monospace: font("ui-monospace, Consolas, monospace") },
  imageSizes: { small: 40, medium: 80, large: 160 },
  containerStyles: {
    default: container("surface"),
    emphasis: container("canvas"),
    accent: container("own"),
    good: container("canvas"),
    warning: container("canvas"),
    attention: container("danger-soft"),
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { color: "default", weight: "bolder", size: "small", suffix: " *", suffixColor: "attention" },
      optionalInputs: { color: "default", weight: "bolder", size: "small" },
    },
    errorMessage: { color: "attention", size: "small", spacing: "small", weight: "default" },
  },
  actions: {
    maxActions: 6,
    spacing: "default",
    buttonSpacing: 8,
    showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
    actionsOrientation: "horizontal",
    actionAlignment: "left",
    allowTitleToWrap: true,
  },
  adaptiveCard: { allowCustomStyle: true },
  textBlock: { headingLevel: 3 },
  factSet: {
    title: { color: "default", isSubtle: true, weight: "default", size: "default", wrap: true, maxWidth: 140 },
    value: { color: "default", isSubtle: false, weight: "default", size: "default", wrap: true },
    spacing: 12,
  },
};
