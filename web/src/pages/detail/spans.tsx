import { Button } from "antd";
import { useText } from "../../text";
import { type Span, spans } from "./span";

interface Props {
  follow: boolean; // the span ends now
  since: string | undefined;
  set: (search: Record<string, string>) => void;
}

/** How far back charts go. */
export function Spans({ follow, since = "1h", set }: Props) {
  const t = useText();
  return (
    <div role="group" aria-label={t("instance.span")} className="chips">
      {(Object.keys(spans) as Span[]).map((span) => {
        const pressed = follow && since === span;
        return (
          <Button
            key={span}
            size="small"
            shape="round"
            aria-pressed={pressed}
            type={pressed ? "primary" : "default"}
            onClick={() => set(span === "1h" ? {} : { since: span })}
          >
            {t(`instance.spans.${span}`)}
          </Button>
        );
      })}
    </div>
  );
}
