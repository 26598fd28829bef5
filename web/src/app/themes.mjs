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

/** Every colour that text has or stands on has a contrast of 4.5 at least: tests/contrast.test.ts. */
export const themes = {
  light: {
    ...common,
    cssVar: { key: "theme-light" },
    algorithm: theme.defaultAlgorithm,
    token: { ...common.token, colorPrimaryHover: "#1a69e0", colorTextBase: "#10161f", colorBgLayout: "#f6f7f9" },
  },
  dark: {
    ...common,
    cssVar: { key: "theme-dark" },
    algorithm: theme.darkAlgorithm,
    token: {
      ...common.token,
      colorPrimary: "#1668dc",
      colorPrimaryHover: "#2a6fd0",
      colorLink: "#7cb3ff",
      colorLinkHover: "#a8ccff",
      colorTextBase: "#ebf0f8",
      colorBgBase: "#0d1015",
    },
    // What is a ground for white is too dark to be read itself.
    components: {
      Button: {
        defaultHoverColor: "#7cb3ff",
        defaultHoverBorderColor: "#7cb3ff",
        defaultActiveColor: "#a8ccff",
        defaultActiveBorderColor: "#a8ccff",
      },
    },
  },
};
