import { Button } from "antd";
import { useState } from "react";
import { useText } from "../text";

/** Copies a text, and says that it did. */
export function Copy({ text, children }: { text: string; children: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button size="small" onClick={() => void copy()}>
      {copied ? t("action.copied") : children}
    </Button>
  );
}

/** Saves a text as a file. */
export function download(name: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
