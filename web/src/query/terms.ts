/** The terms of the language of docs/query.md, for the parser and for completion. */
export type Term =
  | { kind: "name"; parameter: "InstanceName" }
  | { kind: "text"; parameter: "InstanceId" | "WorkspaceId" | "CreateUserId" | "ImageName" | "ResourceId" | "GpuType" }
  | {
      kind: "oneOf";
      parameter: "AcceleratorType" | "Accessibility" | "PaymentType" | "OversoldInfo" | "OversoldType";
      values: readonly string[];
    }
  | { kind: "status"; values: readonly string[] }
  | { kind: "number"; what: "Cpu" | "Gpu" | "Memory" | "GpuMemory"; unit: number; whole: boolean }
  | { kind: "label" | "tag" | "created" | "sort" };

export const statuses = [
  "Creating",
  "ResourceAllocating",
  "EnvPreparing",
  "Queuing",
  "Starting",
  "Running",
  "Updating",
  "Saving",
  "Saved",
  "SaveFailed",
  "Stopping",
  "Stopped",
  "Recovering",
  "Failed",
  "Deleting",
] as const;
export type Status = (typeof statuses)[number];

export const terms: Record<string, Term> = {
  accelerator: { kind: "oneOf", parameter: "AcceleratorType", values: ["CPU", "GPU"] },
  access: { kind: "oneOf", parameter: "Accessibility", values: ["PRIVATE", "PUBLIC"] },
  cpu: { kind: "number", what: "Cpu", unit: 1000, whole: true },
  created: { kind: "created" },
  gpu: { kind: "number", what: "Gpu", unit: 1000, whole: true },
  "gpu-memory": { kind: "number", what: "GpuMemory", unit: 1024, whole: false },
  "gpu-type": { kind: "text", parameter: "GpuType" },
  id: { kind: "text", parameter: "InstanceId" },
  image: { kind: "text", parameter: "ImageName" },
  label: { kind: "label" },
  memory: { kind: "number", what: "Memory", unit: 1024, whole: false },
  name: { kind: "name", parameter: "InstanceName" },
  oversold: {
    kind: "oneOf",
    parameter: "OversoldInfo",
    values: ["ForbiddenQuotaOverSold", "ForceQuotaOverSold", "PendingQuotaOverSold"],
  },
  "oversold-type": {
    kind: "oneOf",
    parameter: "OversoldType",
    values: ["ForceQuotaOverSold", "AcceptQuotaOverSold", "ForbiddenQuotaOverSold"],
  },
  owner: { kind: "text", parameter: "CreateUserId" },
  payment: { kind: "oneOf", parameter: "PaymentType", values: ["PayAsYouGo", "Subscription"] },
  quota: { kind: "text", parameter: "ResourceId" },
  sort: { kind: "sort" },
  status: { kind: "status", values: statuses },
  tag: { kind: "tag" },
  workspace: { kind: "text", parameter: "WorkspaceId" },
};

/** What `sort:` takes, and the SortBy that it is. */
export const orders = { created: "GmtCreateTime", modified: "GmtModifiedTime", priority: "Priority" } as const;

export const operatorsOf = (term: Term): string[] =>
  term.kind === "number"
    ? ["=", ">", ">=", "<", "<="]
    : term.kind === "created"
      ? [">=", "<="]
      : [term.kind === "name" ? "~" : ":"];
