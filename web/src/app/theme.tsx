import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";

export const choices = ["system", "light", "dark"] as const;
export type Choice = (typeof choices)[number];
const storeKey = "atelier.theme";

const ThemeContext = createContext<{ choice: Choice; dark: boolean; setChoice: (to: Choice) => void }>({
  choice: "system",
  dark: false,
  setChoice: () => undefined,
});
export const useTheme = () => use(ThemeContext);

function useSystemDark() {
  const [query] = useState(() => matchMedia("(prefers-color-scheme: dark)"));
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const look = () => setDark(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, [query]);
  return dark;
}

/** Light or dark, as a class of <html>: public/theme.js has set it for the first paint. */
export function Theme({ children }: { children: ReactNode }) {
  const systemDark = useSystemDark();
  const [choice, set] = useState<Choice>(
    () => choices.find((one) => one === localStorage.getItem(storeKey)) ?? "system",
  );
  const dark = choice === "system" ? systemDark : choice === "dark";
  useEffect(() => {
    document.documentElement.className = dark ? "theme-dark" : "theme-light";
  }, [dark]);
  const value = useMemo(
    () => ({
      choice,
      dark,
      setChoice: (to: Choice) => {
        localStorage.setItem(storeKey, to);
        set(to);
      },
    }),
    [choice, dark],
  );
  return <ThemeContext value={value}>{children}</ThemeContext>;
}
