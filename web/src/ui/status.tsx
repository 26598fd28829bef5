import { useText } from "../text";
import { Icon } from "./icons";

/** Whether it will be another state soon by itself. */
export const isPassing = (status: string | undefined) =>
  ![
    "Running",
    "Stopped",
    "Failed",
    "Saved",
    "SaveFailed",
    "Queuing",
    "Pending",
    "Arrearge",
    "DeleteFailed",
    undefined,
  ].includes(status);
export const canOpen = (status: string | undefined) => status === "Running";
export const canStart = (status: string | undefined) =>
  ["Stopped", "Failed", "SaveFailed", "Saved"].includes(status ?? "");
export const canStop = (status: string | undefined) =>
  [
    "Running",
    "Queuing",
    "ResourceAllocating",
    "EnvPreparing",
    "Starting",
    "Recovering",
    "Saved",
    "SaveFailed",
  ].includes(status ?? "");

export type Kind = "good" | "bad" | "off" | "waiting" | "passing";
export function kindOf(status: string): Kind {
  if (status === "Running") return "good";
  if (["Failed", "SaveFailed", "DeleteFailed"].includes(status)) return "bad";
  if (status === "Stopped" || status === "Saved" || status === "Arrearge") return "off";
  return ["Queuing", "Pending", "Waiting"].includes(status) ? "waiting" : "passing";
}

/** The word for a state; one that this console does not know as it is. */
export function useStatusName() {
  const t = useText();
  return (status: string) => {
    const key = `status.${status}` as "status.Running";
    return t.has(key) ? t(key) : status;
  };
}

/** A state as word, icon and colour. `over`: it is one of the past. */
export function StatusTag({ status = "", over = false }: { status?: string | undefined; over?: boolean }) {
  const name = useStatusName();
  const kind = kindOf(status);
  return <Badge kind={kind} still={over} word={name(status)} title={status} />;
}

export function Badge({
  kind,
  word,
  still = false,
  title,
}: {
  kind: Kind;
  word: string;
  still?: boolean;
  title?: string;
}) {
  return (
    <span className={`status status-${kind}`} title={title}>
      <Icon name={still && kind === "passing" ? "waiting" : kind} /> {word}
    </span>
  );
}
