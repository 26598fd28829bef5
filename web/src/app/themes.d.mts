import type { ThemeConfig } from "antd";
export const components: string[];
export const themes: Record<"light" | "dark", ThemeConfig>;
