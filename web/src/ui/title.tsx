import { useEffect } from "react";
import { useText } from "../text";

/** The heading of a page, and the title of its tab. */
export function Title({ children, extra }: { children: string; extra?: React.ReactNode }) {
  const t = useText();
  useEffect(() => {
    document.title = t("app.title", { page: children });
  }, [children, t]);
  return (
    <div className="title">
      <h1>{children}</h1>
      {extra}
    </div>
  );
}
