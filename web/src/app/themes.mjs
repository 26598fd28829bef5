import { theme } from "antd";

/** What the console uses of Ant Design: scripts/styles.mjs takes out the styles of these and no others. */
export const components = ["Button"];

const common = {
  zeroRuntime: true,
  hashed: false,
  token: {
    motion: false,
    fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans CJK SC', sans-serif",
    colorPrimary: "#0958d9",
    colorLink: "#0958d9",
    colorLinkHover: "#003eb3",
    colorError: "#cf1322",
    borderRadius: 8,
    borderRadiusSM: 6,
  },
};

export const themes = {
  light: {
    ...common,
    cssVar: { key: "theme-light" },
    algorithm: theme.defaultAlgorithm,
    token: { ...common.token, colorTextBase: "#10161f", colorBgLayout: "#f6f7f9" },
  },
  dark: {
    ...common,
    cssVar: { key: "theme-dark" },
    algorithm: theme.darkAlgorithm,
    token: {
      ...common.token,
      colorPrimary: "#1668dc",
      colorLink: "#7cb3ff",
      colorLinkHover: "#a8ccff",
      colorTextBase: "#ebf0f8",
      colorBgBase: "#0d1015",
    },
  },
};
