import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";
import { useText } from "../text";
import { Icon } from "./icons";
import { Problem } from "./states";

/** Says what came of something. What went well is said for some seconds; what did not stays until it was read. */
interface Say {
  success: (text: string) => void;
  /** `what`: that was to be done, or its name. */
  error: (error: Error, what: string) => void;
}
const SayContext = createContext<Say | undefined>(undefined);

interface Message {
  id: number;
  text: string;
  error?: Error;
}
const shownFor = 5000; // milliseconds
const most = 3;

export function Messages({ children }: { children: ReactNode }) {
  const t = useText();
  const [messages, set] = useState<Message[]>([]);
  const last = useRef(0);
  const close = useCallback((id: number) => set((all) => all.filter((one) => one.id !== id)), []);
  const say = useMemo((): Say => {
    const add = (message: Omit<Message, "id">) => {
      const id = ++last.current;
      set((all) => [...all, { ...message, id }].slice(-most));
      if (!message.error) setTimeout(() => close(id), shownFor);
    };
    return { success: (text) => add({ text }), error: (error, text) => add({ text, error }) };
  }, [close]);
  return (
    <SayContext value={say}>
      {children}
      <div className="said">
        {messages.map(
          ({ id, text, error }) =>
            error && (
              <div key={id} className="said-error">
                <Problem error={error} what={text} />
                <button type="button" className="plain" aria-label={t("action.close")} onClick={() => close(id)}>
                  <Icon name="close" />
                </button>
              </div>
            ),
        )}
        {/* It stands there before it says something, or screen readers miss it. */}
        <div aria-live="polite">
          {messages.map(
            ({ id, text, error }) =>
              !error && (
                <p key={id}>
                  <Icon name="good" /> {text}
                </p>
              ),
          )}
        </div>
      </div>
    </SayContext>
  );
}

export function useSay(): Say {
  const say = use(SayContext);
  if (!say) throw new Error("useSay is used outside of Messages.");
  return say;
}
