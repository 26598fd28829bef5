#include "control/dsw/notebook_banner.h"

namespace atelier::control {

namespace {

constexpr const char* kPackage = R"json({
  "name": "atelier-idle",
  "version": "1.0.0",
  "description": "Warns before an idle instance is stopped",
  "jupyterlab": {"_build": {"load": "static/remoteEntry.js", "extension": "./extension"}}
}
)json";

// What webpack would make of a module that shares nothing: a container with init and get.
constexpr const char* kScript = R"js((() => {
  "use strict";
  const everyMs = 60000;
  const baseUrl = () =>
    JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl;

  const makeBar = () => {
    const bar = document.createElement("div");
    bar.id = "atelier-idle";
    bar.setAttribute("role", "alert");
    bar.style.cssText =
      "position:fixed;top:0;left:50%;transform:translateX(-50%);z-index:10000;display:none;" +
      "padding:6px 12px;border-radius:0 0 6px 6px;background:#7a4100;color:#fff;" +
      "font:14px sans-serif;box-shadow:0 2px 6px rgba(0,0,0,.4)";
    const text = document.createElement("span");
    const button = document.createElement("button");
    button.textContent = "Extend";
    button.style.cssText = "margin-left:12px;font:inherit;cursor:pointer";
    bar.append(text, button);
    document.body.append(bar);
    return { bar, text, button };
  };

  const activate = () => {
    const { bar, text, button } = makeBar();
    const show = (words) => {
      text.textContent = words;
      bar.style.display = words ? "block" : "none";
    };
    const look = async () => {
      try {
        const answer = await fetch(baseUrl() + "atelier/idle", { cache: "no-store" });
        if (!answer.ok) return;
        const idle = await answer.json();
        const minutes = idle.StopsInMinutes;
        show(idle.Warn
          ? `Idle: this instance will be stopped in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`
          : "");
      } catch (error) {
        // The server is away for a moment: the next look tells.
      }
    };
    button.onclick = async () => {
      button.disabled = true;
      try {
        const answer = await fetch(baseUrl() + "atelier/extend", { method: "POST" });
        show(answer.ok ? "" : "It could not be extended. Run a cell to keep the instance.");
      } catch (error) {
        show("The server cannot be reached. Run a cell to keep the instance.");
      } finally {
        button.disabled = false;
      }
    };
    setInterval(look, everyMs);
    document.addEventListener("visibilitychange", () => document.hidden || look());
    look();
  };

  const plugin = { id: "atelier-idle:plugin", autoStart: true, activate };
  const modules = { "./extension": () => ({ __esModule: true, default: plugin }) };
  const all = (window._JUPYTERLAB = window._JUPYTERLAB || {});
  all["atelier-idle"] = { init: async () => {}, get: async (name) => modules[name] };
})();
)js";

}  // namespace

std::map<std::string, std::string> IdleBanner() {
  return {{"atelier-idle/package.json", kPackage}, {"atelier-idle/static/remoteEntry.js", kScript}};
}

}  // namespace atelier::control
