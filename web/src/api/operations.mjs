/** The operations of the API that the console calls; scripts/types.mjs takes their types from the server. */
export const kOperations = [
  "ExtendInstance",
  "GetInstance",
  "GetInstanceEvents",
  "GetInstanceMetrics",
  "GetLifecycle",
  "ListInstances",
  "ListSystemLogs",
  "ListWorkspaces",
  "StartInstance",
  "StopInstance",
];
