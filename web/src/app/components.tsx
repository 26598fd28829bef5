import "virtual:components.css";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import type { ReactNode } from "react";
import { useLanguage } from "../text";
import { Messages } from "../ui/message";
import { useTheme } from "./theme";
import { themes } from "./themes.mjs";

/** Ant Design in the reader's language and theme. The sign-in page does without it, and so loads at once. */
export function Components({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const { dark } = useTheme();
  return (
    <ConfigProvider
      theme={themes[dark ? "dark" : "light"]}
      locale={language === "zh" ? zhCN : enUS}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <Messages>{children}</Messages>
    </ConfigProvider>
  );
}
