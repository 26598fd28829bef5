import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { IntlProvider, useFormatter, useTranslations } from "use-intl";
import type { en, FirstText } from "./en";

declare module "use-intl" {
  interface AppConfig {
    Messages: typeof en;
    Locale: Language;
  }
}

export const languages = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof languages;
const storeKey = "atelier.language";

function preferred(): Language {
  const chosen = localStorage.getItem(storeKey);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.languages.some((one) => one.startsWith("zh")) ? "zh" : "en";
}

/** A language with its texts: those of others are not loaded. */
export interface Loaded {
  language: Language;
  messages: FirstText;
}
const loader =
  (texts: Record<Language, () => Promise<FirstText>>) =>
  async (language = preferred()): Promise<Loaded> => ({ language, messages: await texts[language]() });
export const loadTexts = loader({
  en: async () => (await import("./en")).en,
  zh: async () => (await import("./zh")).zh,
});
/** Those of the sign-in page only. */
export const loadFirstTexts = loader({
  en: async () => (await import("./first/en")).first,
  zh: async () => (await import("./first/zh")).first,
});

const LanguageContext = createContext<{ language: Language; setLanguage: (to: Language) => void }>({
  language: "en",
  setLanguage: () => undefined,
});
export const useLanguage = () => use(LanguageContext);

/** The reader's language: their choice, else their browser's. */
export function Texts({ children, initial }: { children: ReactNode; initial: Loaded }) {
  const [{ language, messages }, set] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      setLanguage: (to: Language) => {
        localStorage.setItem(storeKey, to);
        void loadTexts(to).then(set);
      },
    }),
    [language],
  );
  return (
    <LanguageContext value={value}>
      <IntlProvider
        locale={language}
        messages={messages as typeof en}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export const useText = () => useTranslations();
export const useFormat = () => useFormatter();
