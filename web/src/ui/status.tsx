import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  LoadingOutlined,
  MinusCircleOutlined,
} from "@ant-design/icons";
import { Tag } from "antd";
import { useText } from "../text";
import { en } from "../text/en";

type Known = keyof typeof en.status;
const isKnown = (status: string): status is Known => Object.hasOwn(en.status, status);

/** Whether it will be another state soon by itself. */
export const isPassing = (status: string | undefined) =>
  !["Running", "Stopped", "Failed", "Saved", "SaveFailed", "Queuing", "Arrearge", undefined].includes(status);
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

export function kindOf(status: string): "good" | "bad" | "off" | "waiting" | "passing" {
  if (status === "Running") return "good";
  if (status === "Failed" || status === "SaveFailed") return "bad";
  if (status === "Stopped" || status === "Saved" || status === "Arrearge") return "off";
  return status === "Queuing" ? "waiting" : "passing";
}
const icons = {
  good: <CheckCircleOutlined />,
  bad: <CloseCircleOutlined />,
  off: <MinusCircleOutlined />,
  waiting: <ClockCircleOutlined />,
  passing: <LoadingOutlined />,
};

/** The word for a state; one that this console does not know as it is. */
export function useStatusName() {
  const t = useText();
  return (status: string) => (isKnown(status) ? t(`status.${status}`) : status);
}

/** A state as word, icon and colour. `over`: it is one of the past. */
export function StatusTag({ status = "", over = false }: { status?: string | undefined; over?: boolean }) {
  const name = useStatusName();
  const kind = kindOf(status);
  return (
    <Tag
      icon={over && kind === "passing" ? <ClockCircleOutlined /> : icons[kind]}
      className={`status status-${kind}`}
      title={status}
    >
      {name(status)}
    </Tag>
  );
}
