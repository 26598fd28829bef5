import { theme } from "antd";

/** What the console uses of Ant Design: scripts/styles.mjs takes out the styles of these and no others. */
export const components = ["App", "Button", "Dropdown", "Input", "Menu", "Tag", "message"];

const common = {
  zeroRuntime: true,
  hashed: false,
  token: {
    motion: false,
    fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans CJK SC', sans-serif",
    colorPrimary: "#0958d9",
    colorLink: "#0958d9",
    colorLinkHover: "#003eb3",
  },
};

export const themes = {
  light: { ...common, cssVar: { key: "theme-light" }, algorithm: theme.defaultAlgorithm },
  dark: {
    ...common,
    cssVar: { key: "theme-dark" },
    algorithm: theme.darkAlgorithm,
    token: { ...common.token, colorPrimary: "#1668dc", colorLink: "#69b1ff", colorLinkHover: "#91caff" },
  },
};
