import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { IntlProvider, useFormatter, useTranslations } from "use-intl";
import { en, type Text } from "./en";
import { zh } from "./zh";

declare module "use-intl" {
  interface AppConfig {
    Messages: typeof en;
    Locale: Language;
  }
}

export const languages = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof languages;
const texts: Record<Language, Text> = { en, zh };
const storeKey = "atelier.language";

function preferred(): Language {
  const chosen = localStorage.getItem(storeKey);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.languages.some((one) => one.startsWith("zh")) ? "zh" : "en";
}

const LanguageContext = createContext<{ language: Language; setLanguage: (to: Language) => void }>({
  language: "en",
  setLanguage: () => undefined,
});
export const useLanguage = () => use(LanguageContext);

/** The reader's language: their choice, else their browser's. */
export function Texts({ children, initial }: { children: ReactNode; initial?: Language }) {
  const [language, set] = useState<Language>(initial ?? preferred);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      setLanguage: (to: Language) => {
        localStorage.setItem(storeKey, to);
        set(to);
      },
    }),
    [language],
  );
  return (
    <LanguageContext value={value}>
      <IntlProvider
        locale={language}
        messages={texts[language] as typeof en}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export const useText = () => useTranslations();
export const useFormat = () => useFormatter();
