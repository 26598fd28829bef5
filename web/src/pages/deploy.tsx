import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { workspacesQuery } from "../api/instances";
import { useCreateService } from "../api/services";
import { useText } from "../text";
import { MayButton } from "../ui/may-button";
import { Title } from "../ui/title";
import { JsonEditor, readJson } from "./service/json-editor";

/** The smallest service that has a size of its own (docs/services.md). */
const first = `{
  "name": "hello",
  "metadata": {"instance": 1, "cpu": 1, "memory": 512},
  "containers": [
    {"script": "exec python3 -m http.server 8000", "port": 8000}
  ]
}
`;

/** Makes a service of a service JSON. */
export function Deploy() {
  const t = useText();
  const navigate = useNavigate();
  const create = useCreateService();
  const { data: workspaces = [] } = useQuery(workspacesQuery);
  const [workspace, setWorkspace] = useState("");
  const [text, setText] = useState(first);
  const config = readJson(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending || !config) return;
    create.mutate(
      { config, workspace },
      {
        onSuccess: ({ ServiceName: name = "" }) =>
          void navigate({ to: "/services/$name/$tab", params: { name, tab: "overview" } }),
      },
    );
  };
  return (
    <>
      <Title>{t("services.deploy.title")}</Title>
      <form className="deploy" onSubmit={submit}>
        <label className="field">
          {t("list.column.workspace")}
          <select className="input" value={workspace} onChange={(event) => setWorkspace(event.target.value)}>
            <option value="">{t("services.deploy.home")}</option>
            {workspaces.map((one) => (
              <option key={one.WorkspaceId} value={one.WorkspaceId}>
                {one.WorkspaceName}
              </option>
            ))}
          </select>
        </label>
        <JsonEditor label={t("services.deploy.json")} text={text} set={setText} error={create.error} />
        <MayButton
          may={["eas:CreateService", workspace]}
          htmlType="submit"
          type="primary"
          size="large"
          loading={create.isPending}
          disabled={!config}
        >
          {t("services.deploy.button")}
        </MayButton>
      </form>
    </>
  );
}
