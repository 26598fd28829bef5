import { message } from "antd";
import { createContext, type ReactNode, use } from "react";

/** Says what came of something, for some seconds and for screen readers. */
type Say = Pick<ReturnType<typeof message.useMessage>[0], "success" | "error">;
const SayContext = createContext<Say | undefined>(undefined);

export function Messages({ children }: { children: ReactNode }) {
  const [say, place] = message.useMessage();
  return (
    <SayContext value={say}>
      {place}
      {children}
    </SayContext>
  );
}

export function useSay(): Say {
  const say = use(SayContext);
  if (!say) throw new Error("useSay is used outside of Messages.");
  return say;
}
