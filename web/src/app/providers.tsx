import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError, whenSignedOut } from "../api/client";
import { type Loaded, Texts } from "../text";
import { Theme } from "./theme";

/** Only what may pass by itself is asked again, and not for long. */
const worthRetrying = (failures: number, error: Error) =>
  failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503);

export function makeQueryClient() {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 1000, refetchOnWindowFocus: true } },
  });
  whenSignedOut(() => void client.invalidateQueries({ queryKey: ["session"] }));
  return client;
}

export function Providers({ children, client, texts }: { children: ReactNode; client: QueryClient; texts: Loaded }) {
  return (
    <QueryClientProvider client={client}>
      <Texts initial={texts}>
        <Theme>{children}</Theme>
      </Texts>
    </QueryClientProvider>
  );
}
